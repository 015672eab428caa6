package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go/jetstream"
)

// writer stores batches in turn and acknowledges what its floor allows.
type writer struct {
	*Ingest
	consumer jetstream.Consumer
	floor    floor
}

func (w *writer) run(ctx context.Context, batches <-chan *batch) {
	// While stored messages wait above a gap, the gap may be another process's to close: the server's
	// own floor says when it has been.
	look := time.NewTicker(w.options.AckWait / 4)
	defer look.Stop()
	for {
		select {
		case b, open := <-batches:
			if !open {
				return
			}
			if err := w.settle(ctx, b); err != nil {
				w.log.Warn("a batch is left to be delivered again", "messages", b.messages, "err", err)
				return // only a stop that ran out of time ends here
			}
		case <-look.C:
			if w.floor.blocked() {
				w.askFloor(ctx)
			}
		}
	}
}

// settle stores the batch, then its dead letters, then acknowledges, then answers whoever asked. Each
// step is retried until it succeeds or ctx ends.
func (w *writer) settle(ctx context.Context, b *batch) error {
	started := time.Now()
	if b.rows.rows() > 0 {
		if err := w.persist(ctx, "store", func() error { return b.rows.insert(ctx, w.store) }); err != nil {
			return err
		}
		w.metrics.stored(b.rows.rows(), time.Since(started))
	}
	if len(b.letters) > 0 {
		if err := w.persist(ctx, "dead letters", func() error { return w.bury(ctx, b.letters) }); err != nil {
			return err
		}
		w.metrics.buried(b.letters)
	}
	for _, r := range b.runs {
		w.floor.add(r)
	}
	w.acknowledge()
	w.answer(b.replies)
	return nil
}

// persist does one step until it succeeds, telling health and log what it waits for.
func (w *writer) persist(ctx context.Context, part string, step func() error) error {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval, policy.MaxInterval = 100*time.Millisecond, 5*time.Second
	_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, step() },
		backoff.WithBackOff(policy), backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, wait time.Duration) {
			w.health.note(part, err)
			w.metrics.retries.WithLabelValues(part).Inc()
			w.log.Warn("the batch is kept and tried again", "part", part, "in", wait.Round(time.Millisecond), "err", err)
		}))
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	w.health.clear(part)
	return nil
}

// bury publishes dead letters and awaits each one's acknowledgement. A second try may repeat some;
// their message ids, which are positions, let the stream drop those.
func (w *writer) bury(ctx context.Context, letters []deadLetter) error {
	futures := make([]jetstream.PubAckFuture, 0, len(letters))
	for _, l := range letters {
		f, err := w.js.PublishMsgAsync(l.message)
		if err != nil {
			return fmt.Errorf("publish to %s: %w", l.message.Subject, err)
		}
		futures = append(futures, f)
	}
	for _, f := range futures {
		select {
		case <-f.Ok():
		case err := <-f.Err():
			return fmt.Errorf("publish to %s: %w", f.Msg().Subject, err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (w *writer) acknowledge() {
	m := w.floor.advance()
	if m == nil {
		return
	}
	if err := m.Ack(); err != nil {
		// Not acknowledged means delivered again, and stored again under the same identity.
		w.log.Warn("acknowledge", "sequence", w.floor.sequence, "err", err)
	}
	w.metrics.floor.Set(float64(w.floor.sequence))
}

func (w *writer) askFloor(ctx context.Context) {
	info, err := w.consumer.Info(ctx)
	if err != nil {
		w.log.Warn("ask the server for the consumer's ack floor", "err", err)
		return
	}
	w.floor.raise(info.AckFloor.Stream)
	w.acknowledge()
}

func (w *writer) answer(replies []reply) {
	for _, r := range replies {
		body, err := json.Marshal(r.verdict)
		if err == nil {
			err = w.js.Conn().Publish(r.to, body)
		}
		if err != nil {
			w.log.Warn("tell a sender the verdict", "to", r.to, "err", err)
		}
	}
}
