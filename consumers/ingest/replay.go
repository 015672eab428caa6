package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"xushi/schema"
)

// Span is a part of the log; the zero value is all of it.
type Span struct {
	From       uint64    // first sequence
	Since      time.Time // or first moment, as the log dates its messages; the zero time: from the beginning
	Plan       string    // only what was published for this plan; empty: for any
	Department string    // only by this department; empty: by any
}

func (s Span) has(subject string) bool {
	if s.Plan == "" && s.Department == "" {
		return true
	}
	address, _ := schema.ParseAddress(schema.PublishedSubject(subject))
	return (s.Plan == "" || s.Plan == address.Plan) && (s.Department == "" || s.Department == address.Department)
}

// Replayed is what a replay came to.
type Replayed struct {
	Messages, Accepted, Refused int
}

// Replay reads a span of the log, as far as it goes now, into the store again: by the same verdicts and in
// the same batches as Run, and so to the same rows, which fold into those that are there. It acknowledges
// nothing, tells no sender, and publishes no dead letter a second time; it may run beside any number of
// ingests. progress hears up to which sequence everything is stored, and where that will end.
func (i *Ingest) Replay(ctx context.Context, span Span, progress func(through, last uint64)) (Replayed, error) {
	stream, err := i.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return Replayed{}, fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	// Every act of before the last message is known from here on.
	if err := i.register.Sync(ctx); err != nil {
		return Replayed{}, err
	}
	state := stream.CachedInfo().State
	r := &replay{
		Ingest: i, span: span, progress: progress,
		next: max(span.From, state.FirstSeq), last: state.LastSeq,
		full: make(chan *batch), empty: make(chan *batch, 1), current: newBatch(0),
	}
	r.empty <- newBatch(0)
	stages, ctx := errgroup.WithContext(ctx)
	stages.Go(func() error { return r.read(ctx) })
	stages.Go(func() error { return r.write(ctx) })
	err = stages.Wait()
	return r.done, err
}

// replay is one replay under way: like an ingest it fills one batch while it stores the other.
type replay struct {
	*Ingest
	span     Span
	progress func(through, last uint64)

	next, last  uint64 // sequence to be read next, and the last one to read
	begun       bool   // next is known by a message
	full, empty chan *batch
	current     *batch
	done        Replayed // by the storing side
}

const replayPause = time.Second // between two consumers, of which the first was lost

// read reads to the end, and goes on where it was whenever the connection or the consumer was lost.
func (r *replay) read(ctx context.Context) error {
	defer close(r.full)
	for r.next <= r.last {
		err := r.readSome(ctx)
		switch {
		case err == nil:
		case ctx.Err() != nil || errors.Is(err, nats.ErrConnectionClosed):
			return err
		default:
			r.log.Warn("the replay goes on where it was", "sequence", r.next, "err", err)
			select {
			case <-time.After(replayPause):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return r.hand(ctx)
}

// readSome reads through one consumer, which nothing is acknowledged to: what was lost on the way shows in
// the numbers that it gives its messages.
func (r *replay) readSome(ctx context.Context) error {
	consumer, err := r.js.CreateConsumer(ctx, schema.ProgressStream, r.consumerConfig())
	if err != nil {
		return fmt.Errorf("consumer for a replay: %w", err)
	}
	pending := consumer.CachedInfo().NumPending // after them the log has nothing, even where it has lost its last messages
	incoming := newIncoming(r.options.FetchMessages)
	pull, err := newPuller(r.js.Conn(), r.js, consumer.CachedInfo().Name, incoming)
	if err != nil {
		return err
	}
	pull.bound(r.options.FetchMessages, r.options.FetchBytes)
	defer pull.close()
	look := time.NewTicker(r.options.BatchAge)
	defer look.Stop()
	for delivered := uint64(0); r.next <= r.last && delivered < pending; {
		if err := pull.ask(); err != nil {
			return err
		}
		select {
		case m := <-incoming:
			pull.heard = time.Now()
			if ok, err := pull.take(m); err != nil || !ok {
				if err != nil {
					return err
				}
				continue
			}
			delivered++
			if err := r.take(ctx, m, delivered); err != nil {
				return err
			}
		case <-look.C:
			if err := pull.check(); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r.next = r.last + 1
	return nil
}

var errMissed = errors.New("a message was lost on its way")

// take judges one message, the n-th of its consumer.
func (r *replay) take(ctx context.Context, m *nats.Msg, n uint64) error {
	d, ok := readDelivery(m.Reply)
	if !ok || d.order != n {
		return errMissed
	}
	r.next, r.begun = d.sequence+1, true
	if d.sequence > r.last || !r.span.has(schema.PublishedSubject(m.Subject)) {
		return nil
	}
	r.current.add(m, d, r.options.Policy, r.register)
	if r.current.full(r.options) {
		return r.hand(ctx)
	}
	return nil
}

func (r *replay) consumerConfig() jetstream.ConsumerConfig {
	c := jetstream.ConsumerConfig{
		Description: "a replay into ClickHouse", AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true,
		InactiveThreshold: time.Minute,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy, OptStartSeq: max(r.next, 1),
	}
	if at := r.span.Since; !r.begun && !at.IsZero() {
		c.DeliverPolicy, c.OptStartSeq, c.OptStartTime = jetstream.DeliverByStartTimePolicy, 0, &at
	}
	return c
}

func (r *replay) hand(ctx context.Context) error {
	select {
	case r.full <- r.current:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case r.current = <-r.empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write stores what read hands over.
func (r *replay) write(ctx context.Context) error {
	w := &writer{Ingest: r.Ingest}
	for b := range r.full {
		if err := w.save(ctx, b); err != nil {
			return err
		}
		r.done.Messages += b.messages
		r.done.Accepted += b.rows
		r.done.Refused += len(b.letters)
		if b.messages > 0 {
			r.progress(b.last, r.last)
		}
		b.reset()
		r.empty <- b
	}
	return ctx.Err()
}
