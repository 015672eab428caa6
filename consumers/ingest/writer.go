package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// writer stores batches in turn and acknowledges what its floor allows.
type writer struct {
	*Ingest
	floor    floor
	blockage blockage
}

// run stores full batches and gives them back empty, until there are no more or ctx ends.
func (w *writer) run(ctx context.Context, full <-chan *batch, empty chan<- *batch) {
	w.askFloor(ctx)
	// While stored messages wait above a gap, the gap may be another process's to close: the server's
	// own floor says when it has been.
	look := time.NewTicker(w.options.AckWait / 4)
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
			if w.floor.blocked() {
				w.askFloor(ctx)
			}
			w.watchFloor()
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
	if b.anew {
		w.floor = floor{}
		w.askFloor(ctx)
	}
	for _, r := range b.runs {
		w.floor.add(r)
	}
	w.acknowledge()
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

var ack = []byte("+ACK")

func (w *writer) acknowledge() {
	to := w.floor.advance()
	if to == "" {
		return
	}
	if err := w.js.Conn().Publish(to, ack); err != nil {
		// Not acknowledged means delivered again, and stored again under the same identity.
		w.log.Warn("acknowledge", "sequence", w.floor.sequence, "err", err)
	}
	w.metrics.floor.Set(float64(w.floor.sequence))
}

// askFloor takes the server's word for what need not be waited for: what is acknowledged already, and
// what is no longer in the log (lost with a disk, or never there).
func (w *writer) askFloor(ctx context.Context) {
	consumer, err := w.js.Consumer(ctx, schema.ProgressStream, Consumer)
	if err != nil {
		w.log.Warn("ask the server for the consumer's ack floor", "err", err)
		return
	}
	w.floor.raise(consumer.CachedInfo().AckFloor.Stream)
	stream, err := w.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		w.log.Warn("ask the server for the stream's state", "err", err)
		return
	}
	next, err := stream.GetMsg(ctx, w.floor.sequence+1, jetstream.WithGetMsgSubject(allProgress))
	if err == nil {
		w.floor.raise(next.Sequence - 1)
	}
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
