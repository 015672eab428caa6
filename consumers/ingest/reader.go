package ingest

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// reader judges messages and gathers them into batches by rows, bytes and age. There are two batches:
// it fills one while the writer stores the other.
type reader struct {
	*Ingest
	pull    *puller
	full    chan *batch // to the writer
	empty   chan *batch // back from it
	current *batch
}

// run reads until ctx ends, and on until the server has sent all that it was asked for. storing ends
// when there is no more time even for that.
func (r *reader) run(ctx, storing context.Context) error {
	defer close(r.full)
	defer r.pull.close()
	r.current = newBatch()
	age := time.NewTicker(r.options.BatchAge)
	defer age.Stop()
	stop := ctx.Done()
	for !r.pull.stopping || r.pull.waiting() {
		r.ask()
		select {
		case m := <-r.pull.incoming:
			switch err := r.takeAll(storing, m); {
			case errors.Is(err, errConsumerGone):
				r.revive(ctx, storing, err)
			case storing.Err() != nil:
				return nil
			case err != nil:
				return err
			}
		case r.due() <- r.current:
			r.renew(storing)
		case <-age.C:
			if err := r.look(); err != nil {
				return err
			}
		case <-stop:
			stop, r.pull.stopping = nil, true
		case <-storing.Done():
			return nil
		}
	}
	if r.current.messages > 0 {
		r.hand(storing)
	}
	return nil
}

func (r *reader) ask() {
	if err := r.pull.ask(); err != nil {
		r.health.note("stream", err)
	}
}

// due is where a batch goes that is old enough, as soon as the writer is free; until then it grows.
func (r *reader) due() chan<- *batch {
	if r.current.messages > 0 && time.Since(r.current.started) >= r.options.BatchAge {
		return r.full
	}
	return nil
}

// takeAll takes m and what has come in behind it, up to a full batch. None is judged before the register
// knows every act of the office that was stored before it: what is in hand when the register is brought up
// to date is judged by that, and what comes in meanwhile waits for the next time.
func (r *reader) takeAll(storing context.Context, m *nats.Msg) error {
	for inHand := 0; ; inHand-- {
		if inHand == 0 {
			r.offer(storing)
			inHand = 1 + len(r.pull.incoming)
			if err := r.learn(storing); err != nil {
				return err // m is not acknowledged, so that it comes again
			}
		}
		if err := r.take(m); err != nil {
			return err
		}
		if r.current.full(r.options) {
			r.hand(storing)
			return nil
		}
		r.ask()
		select {
		case m = <-r.pull.incoming:
		default:
			return nil
		}
	}
}

// offer hands over a batch that is due if the writer is free. What comes in without end must not keep it: an
// ingest that is slower than what is delivered, and delivered again, would else fill it and never store it.
func (r *reader) offer(storing context.Context) {
	select {
	case r.due() <- r.current:
		r.renew(storing)
	default:
	}
}

// learn brings the register up to date. While that cannot be had nothing is judged: a verdict on old
// knowledge would be another one in a replay.
func (r *reader) learn(storing context.Context) error {
	return r.persist(storing, "acts", func(ctx context.Context) error {
		err := r.register.Sync(ctx)
		if errors.Is(err, nats.ErrConnectionClosed) {
			return backoff.Permanent(err)
		}
		return err
	})
}

// take heeds a message; if it is one of the log, it goes into the batch.
func (r *reader) take(m *nats.Msg) error {
	ok, err := r.pull.take(m)
	if err != nil {
		return err
	}
	r.health.clear("stream")
	if !ok {
		return nil
	}
	if !r.current.add(m, r.options.Policy, r.register) {
		r.log.Error("a message that JetStream did not send is no message of the log", "subject", m.Subject)
	}
	return nil
}

// look notices that the server is away. Only a closed connection is an error.
func (r *reader) look() error {
	err := r.pull.check()
	if err == nil || errors.Is(err, nats.ErrConnectionClosed) {
		return err
	}
	r.health.note("stream", err)
	return nil
}

// hand gives the current batch to the writer, or gives up when storing ends.
func (r *reader) hand(storing context.Context) {
	select {
	case r.full <- r.current:
		r.renew(storing)
	case <-storing.Done():
	}
}

// renew takes an empty batch for the one that was handed over.
func (r *reader) renew(storing context.Context) {
	select {
	case r.current = <-r.empty:
	case <-storing.Done():
		r.current = newBatch() // the writer has given up, and will not see it
	}
}

// revive makes a consumer anew where somebody deleted it, alone or with its stream. It begins at the beginning of
// the log: what is stored is stored again, under the same identities.
//
// Before that, everything of the old one is stored: an acknowledgement of a message of the old one would speak for
// those of the same numbers of the new one, which nobody has stored if the log is another.
func (r *reader) revive(ctx, storing context.Context, cause error) {
	r.health.note("stream", cause)
	if r.current.messages > 0 {
		r.hand(storing)
	}
	select {
	case other := <-r.empty:
		r.empty <- other
	case <-storing.Done():
		return
	}
	err := r.persist(ctx, "consumer", func(ctx context.Context) error {
		_, err := r.js.CreateOrUpdateConsumer(ctx, schema.ProgressStream, r.options.ConsumerConfig())
		return err
	})
	if err != nil && ctx.Err() == nil {
		r.log.Error("the consumer cannot be made anew", "consumer", Consumer, "err", err)
	}
	r.current.anew = true
}
