package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/ingest/model"
	"xushi/consumers/ingest/traffic"
)

// window is how many publishes may wait for their acknowledgement.
const window = 1000

// publisher sends everything until it is acknowledged. What is not, when the server dies, it sends again,
// as a department's system does: the log may then hold it twice.
type publisher struct {
	js     jetstream.JetStream
	model  *model.Model
	source *traffic.Generator

	allowed    atomic.Int64 // events that may be sent so far
	sent       atomic.Int64 // events that were
	unanswered atomic.Int64 // messages that were sent again for want of an acknowledgement

	flight []flying
	again  []traffic.Message
}

// flying is a message whose acknowledgement is awaited.
type flying struct {
	message traffic.Message
	future  jetstream.PubAckFuture
}

// connect is how a producer talks to a server that comes and goes: nothing is kept for it while it is away.
func connect(url string) (jetstream.JetStream, error) {
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond), nats.ReconnectJitter(0, 0), nats.ReconnectBufSize(-1),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // a server that was killed is no news here
	if err != nil {
		return nil, err
	}
	return jetstream.New(nc, jetstream.WithPublishAsyncMaxPending(2*window), jetstream.WithPublishAsyncTimeout(10*time.Second))
}

// run sends all that there is, as far as it is allowed to.
func (p *publisher) run(ctx context.Context) error {
	for m, ok := p.source.Next(); ok; m, ok = p.source.Next() {
		p.model.Published(&m)
		for p.sent.Load() >= p.allowed.Load() {
			if err := p.land(ctx); err != nil {
				return err
			}
			if err := pause(ctx); err != nil {
				return err
			}
		}
		if err := p.send(ctx, m); err != nil {
			return err
		}
		p.sent.Add(int64(len(m.Elements)))
	}
	return p.land(ctx)
}

// land waits until everything under way is acknowledged.
func (p *publisher) land(ctx context.Context) error {
	for len(p.flight) > 0 || len(p.again) > 0 {
		if err := p.repeat(ctx); err != nil {
			return err
		}
		if len(p.flight) > 0 {
			if err := p.settle(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *publisher) send(ctx context.Context, m traffic.Message) error {
	if err := p.repeat(ctx); err != nil {
		return err
	}
	return p.throw(ctx, m)
}

// repeat sends again what was not acknowledged.
func (p *publisher) repeat(ctx context.Context) error {
	again := p.again
	p.again = nil
	for _, m := range again {
		if err := p.throw(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// throw sends a message as soon as it can be sent.
func (p *publisher) throw(ctx context.Context, m traffic.Message) error {
	for {
		for len(p.flight) >= window {
			if err := p.settle(ctx); err != nil {
				return err
			}
		}
		future, err := p.js.PublishMsgAsync(m.NATS())
		if err == nil {
			p.flight = append(p.flight, flying{m, future})
			return nil
		}
		if errors.Is(err, nats.ErrConnectionClosed) {
			return err
		}
		if len(p.flight) > 0 {
			err = p.settle(ctx)
		} else {
			err = pause(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// settle waits for what becomes of the first message under way.
func (p *publisher) settle(ctx context.Context) error {
	first := p.flight[0]
	p.flight = p.flight[1:]
	select {
	case ack := <-first.future.Ok():
		p.model.Acknowledged(&first.message, ack.Sequence)
	case <-first.future.Err(): //nolint:errcheck // whatever it is, the message is sent again
		p.unanswered.Add(1)
		p.again = append(p.again, first.message)
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// pause is a moment, for what is looked at again and again.
func pause(ctx context.Context) error {
	select {
	case <-time.After(2 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
