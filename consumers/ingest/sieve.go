package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
	"xushi/schema/store"
)

// refused are the rows of a batch that the store refuses for what is in them, each on its own, with its words.
type refused map[schema.Position]*clickhouse.Exception

// messages are the sequences of the messages that they came with, in order.
func (r refused) messages() []uint64 {
	sequences := make([]uint64, 0, len(r))
	for position := range r {
		sequences = append(sequences, position.Sequence())
	}
	slices.Sort(sequences)
	return slices.Compact(sequences)
}

// sift stores a batch that the store refuses as a whole for what is in it: the rows are halved until each bad one is
// alone. The others are stored, and each bad one becomes a dead letter with the store's own words, so that it holds
// up nobody else's. After a crash in the middle the same is done again, under the same identities.
func (w *writer) sift(ctx context.Context, b *batch) error {
	bad, before := refused{}, b.rows
	for _, whole := range b.blocks() {
		if err := w.tryRows(ctx, whole, bad); err != nil {
			return err
		}
	}
	b.rows -= len(bad)
	for _, sequence := range bad.messages() {
		// The batch keeps no messages, which costs the usual case nothing; the log has them.
		var m *schema.Message
		err := w.persist(ctx, "log", func(ctx context.Context) (err error) {
			m, err = w.reread(ctx, sequence)
			return err
		})
		if err != nil {
			return err
		}
		if m != nil {
			w.condemn(b, m, bad)
		}
	}
	if len(bad) > 0 {
		w.log.Warn("the store refuses rows for what is in them; they become dead letters, the others are stored",
			"reason", schema.StoreRefused, "rows", before-b.rows, "of", before, "store", anyOf(bad))
	}
	return nil
}

// tryRows stores the block, or, where it is refused, both halves of it, each of which may be refused in turn.
func (w *writer) tryRows(ctx context.Context, b block, bad refused) error {
	exception, err := w.insert(ctx, b)
	switch {
	case err != nil || exception == nil:
		return err
	case b.to-b.from == 1:
		bad[b.columns.positionOf(b.from)] = exception
		return nil
	}
	middle := (b.from + b.to) / 2
	if err := w.tryRows(ctx, block{b.columns, b.from, middle}, bad); err != nil {
		return err
	}
	return w.tryRows(ctx, block{b.columns, middle, b.to}, bad)
}

// reread gets a message from the log; nil if the log has lost it meanwhile (a broken disk): the log is the truth,
// and an event that is not in it has not happened.
func (w *writer) reread(ctx context.Context, sequence uint64) (*schema.Message, error) {
	stream, err := w.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	m, err := stream.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		w.log.Error("a message is no longer in the log", "sequence", sequence)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("message %d of stream %s: %w", sequence, schema.ProgressStream, err)
	}
	return &schema.Message{Subject: schema.PublishedSubject(m.Subject), Header: m.Header, Body: m.Data, Sequence: m.Sequence, Timestamp: m.Time}, nil
}

// condemn makes dead letters of the message's bad events, and takes back what their sender would have been told.
func (w *writer) condemn(b *batch, m *schema.Message, bad refused) {
	verdicts := map[schema.Position]schema.Verdict{}
	w.options.Policy.Open(m, func(o *schema.Opened) {
		position := o.Record.Position
		exception := bad[position]
		if exception == nil {
			return
		}
		o.Rejection = schema.Refuse(schema.StoreRefused, "", "数据库按其自身的约束拒绝存储该事件，请联系系统管理员；数据库的说明: "+storesWords(exception))
		b.letters = append(b.letters, newDeadLetter(m, o))
		if o.Record.Replays != 0 {
			b.linked = append(slices.DeleteFunc(b.linked, isReplay(position)), replayRow(m, o))
		}
		verdicts[position] = o.Verdict()
	})
	for i, r := range b.replies {
		if v, ok := verdicts[schema.At(r.verdict.Sequence, r.verdict.Index)]; ok {
			b.replies[i].verdict = v
		}
	}
}

// isReplay tells the row of replays that is about the event at position.
func isReplay(position schema.Position) func(store.Row) bool {
	return func(row store.Row) bool { return row[slices.Index(row, any("position"))+1] == uint64(position) }
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

// anyOf is what the store says of one of them.
func anyOf(bad refused) string {
	for _, exception := range bad {
		return storesWords(exception)
	}
	return ""
}
