package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// writer stores batches in turn and acknowledges what its floors allow.
type writer struct {
	*Ingest
	lanes []*lane
	buf   []byte // of the last insert
}

// run stores full batches and gives them back empty, until there are no more or ctx ends.
func (w *writer) run(ctx context.Context, full <-chan *batch, empty chan<- *batch) {
	look := time.NewTicker(askFloorEvery)
	defer look.Stop()
	for {
		select {
		case b, open := <-full:
			if !open {
				return
			}
			if err := w.settle(ctx, b); err != nil {
				w.log.Warn("a batch is left to be delivered again", "messages", b.messages, "err", err)
				return // only a stop that ran out of time ends here
			}
			b.reset()
			empty <- b
		case <-look.C:
			for _, l := range w.lanes {
				w.unblock(ctx, l)
			}
			w.watchFloors()
		}
	}
}

// settle stores the batch, then its dead letters, then acknowledges, then answers whoever asked. Each
// step is retried until it succeeds or ctx ends.
func (w *writer) settle(ctx context.Context, b *batch) error {
	if err := w.save(ctx, b); err != nil {
		return err
	}
	if err := w.persist(ctx, "dead letters", func(ctx context.Context) error { return w.buryAll(ctx, b) }); err != nil {
		return err
	}
	for k, l := range w.lanes {
		if l.take(&b.taken, k) {
			w.acknowledge(l)
			w.unblock(ctx, l)
		}
	}
	w.answer(b.replies)
	return nil
}

// buryAtOnce is how many dead letters wait for their acknowledgement together.
const buryAtOnce = 1000

// buryAll takes the batch's dead letters off it as they are acknowledged, so that a second try goes on
// where the first one failed.
func (w *writer) buryAll(ctx context.Context, b *batch) error {
	for len(b.letters) > 0 {
		some := b.letters[:min(buryAtOnce, len(b.letters))]
		if err := w.bury(ctx, some); err != nil {
			return err
		}
		w.metrics.buried(some)
		b.letters = b.letters[len(some):]
	}
	return nil
}

// bury publishes dead letters and awaits each one's acknowledgement. A second try may repeat some;
// their message ids, which are positions, let the stream drop those.
func (w *writer) bury(ctx context.Context, letters []deadLetter) error {
	futures := make([]jetstream.PubAckFuture, 0, len(letters))
	for _, l := range letters {
		f, err := w.js.PublishMsgAsync(l.message, jetstream.WithStallWait(w.options.AckWait))
		if errors.Is(err, nats.ErrMaxPayload) { // its own headers are too much for a server that took the message
			cut(l.message)
			f, err = w.js.PublishMsgAsync(l.message, jetstream.WithStallWait(w.options.AckWait))
		}
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
