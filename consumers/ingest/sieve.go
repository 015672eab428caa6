package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"xushi/schema"
)

// sieve stores a batch that the store refuses for what is in it: it halves the rows until each bad one is alone. The
// others are stored, and each bad one becomes a dead letter with the store's own words, so that one bad row holds up
// nobody else's.
//
// The rows are read from the log once more, for the batch keeps no messages: that costs the usual case nothing. What
// was stored before a crash in the middle is stored again after it, under the same identities.
type sieve struct {
	*writer
	messages []*schema.Message // of the batch, by sequence
	bad      map[schema.Position]*clickhouse.Exception
}

// sift stores the good rows of b and makes dead letters of the others.
func (w *writer) sift(ctx context.Context, b *batch) error {
	s := &sieve{writer: w, bad: map[schema.Position]*clickhouse.Exception{}}
	err := w.persist(ctx, "log", func(ctx context.Context) (err error) {
		s.messages, err = w.reread(ctx, b.runs)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.halve(ctx, s.positions()); err != nil {
		return err
	}
	s.condemn(b)
	return nil
}

// rereadAtOnce is how many messages are asked for at the same time.
const rereadAtOnce = 64

// reread gets the messages of some runs from the log, without those that it has lost meanwhile (a broken disk): the
// log is the truth, and an event that is not in it has not happened.
func (w *writer) reread(ctx context.Context, runs []run) ([]*schema.Message, error) {
	stream, err := w.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	var sequences []uint64
	for _, r := range runs {
		for sequence := r.low; sequence <= r.high; sequence++ {
			sequences = append(sequences, sequence)
		}
	}
	slices.Sort(sequences)
	sequences = slices.Compact(sequences)
	messages := make([]*schema.Message, len(sequences))
	reading, ctx := errgroup.WithContext(ctx)
	reading.SetLimit(rereadAtOnce)
	for i, sequence := range sequences {
		reading.Go(func() (err error) {
			messages[i], err = message(ctx, stream, sequence)
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				w.log.Error("a message is no longer in the log", "sequence", sequence)
				return nil
			}
			return err
		})
	}
	err = reading.Wait()
	return slices.DeleteFunc(messages, func(m *schema.Message) bool { return m == nil }), err
}

func message(ctx context.Context, stream jetstream.Stream, sequence uint64) (*schema.Message, error) {
	m, err := stream.GetMsg(ctx, sequence)
	if err != nil {
		return nil, fmt.Errorf("message %d of stream %s: %w", sequence, schema.ProgressStream, err)
	}
	return &schema.Message{Subject: m.Subject, Header: nats.Header(m.Header), Body: m.Data, Sequence: m.Sequence, Timestamp: m.Time}, nil
}

// each opens a message and hands over those of its events that are admitted.
func (s *sieve) each(m *schema.Message, take func(*schema.Opened)) {
	s.options.Policy.Open(m, func(o *schema.Opened) {
		if o.Rejection == nil && s.register.Admit(&o.Record) == nil {
			take(o)
		}
	})
}

// positions are those of all rows, in order.
func (s *sieve) positions() (all []schema.Position) {
	for _, m := range s.messages {
		s.each(m, func(o *schema.Opened) { all = append(all, o.Record.Position) })
	}
	return all
}

// halve stores rows that are refused together: both halves, each of which may be refused in turn.
func (s *sieve) halve(ctx context.Context, rows []schema.Position) error {
	halves := [][]schema.Position{rows[:len(rows)/2], rows[len(rows)/2:]}
	for _, half := range halves {
		if len(half) == 0 {
			continue
		}
		b := s.only(half)
		refused, err := s.insert(ctx, b)
		switch {
		case err != nil:
			return err
		case refused == nil:
		case len(half) == 1:
			s.bad[half[0]] = refused
		default:
			if err := s.halve(ctx, half); err != nil {
				return err
			}
		}
	}
	return nil
}

// only is a batch of some rows, which are neighbours.
func (s *sieve) only(rows []schema.Position) *batch {
	first, last := rows[0], rows[len(rows)-1]
	from, _ := slices.BinarySearchFunc(s.messages, first.Sequence(), func(m *schema.Message, sequence uint64) int {
		return cmp.Compare(m.Sequence, sequence)
	})
	b := newBatch()
	for _, m := range s.messages[from:] {
		if m.Sequence > last.Sequence() {
			break
		}
		s.each(m, func(o *schema.Opened) {
			if p := o.Record.Position; first <= p && p <= last {
				b.rows++
				b.columns.add(&o.Record)
			}
		})
	}
	return b
}

// condemn makes dead letters of the bad rows, and takes back what their senders would have been told.
func (s *sieve) condemn(b *batch) {
	if len(s.bad) == 0 {
		return
	}
	b.rows -= len(s.bad)
	verdicts := map[schema.Position]schema.Verdict{}
	var words string
	for _, m := range s.messages {
		s.each(m, func(o *schema.Opened) {
			exception, bad := s.bad[o.Record.Position]
			if !bad {
				return
			}
			words = storesWords(exception)
			o.Rejection = schema.Refuse(schema.StoreRefused, "", "数据库按其自身的约束拒绝存储该事件，请联系系统管理员；数据库的说明: "+words)
			b.letters = append(b.letters, newDeadLetter(m, o))
			if o.Record.Replays != 0 {
				b.linked = append(b.linked, replayRow(m, o)) // of two rows with one key the later stands
			}
			verdicts[o.Record.Position] = o.Verdict()
		})
	}
	for i, r := range b.replies {
		if v, bad := verdicts[schema.At(r.verdict.Sequence, r.verdict.Index)]; bad {
			b.replies[i].verdict = v
		}
	}
	s.log.Warn("the store refuses rows for what is in them; they become dead letters, the others are stored",
		"reason", schema.StoreRefused, "rows", len(s.bad), "of", b.rows+len(s.bad), "store", words)
}

// maxStoresWords bounds, in bytes, what a dead letter quotes of the store: its words quote the row.
const maxStoresWords = 512

func storesWords(e *clickhouse.Exception) string {
	words := e.Message
	if len(words) > maxStoresWords {
		words = words[:maxStoresWords] + "…"
	}
	return fmt.Sprintf("%s (code %d)", strings.ToValidUTF8(words, ""), e.Code)
}
