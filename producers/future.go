package producers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Receipt says where in the log a message is.
type Receipt struct {
	Sequence uint64 // of the message in PROGRESS
	Events   int    // in the message: 1, or those of a batch; they have the indexes 0, 1, …
}

// Future is a message on its way.
type Future struct {
	ctx      context.Context // of the caller; bounds the tries after the first
	msg      nats.Msg
	events   int
	identity *identity // of an event that Flush reports on
	failures int       // tries that failed
	giveUp   time.Time // set by the first of them

	done    chan struct{} // closed when the two below are final
	receipt Receipt
	err     error
}

type identity struct{ plan, department, source, id string }

func newFuture(ctx context.Context, m nats.Msg, events int) *Future {
	return &Future{ctx: ctx, msg: m, events: events, done: make(chan struct{})}
}

// Wait waits until the message is acknowledged or has failed for good. If ctx ends first, it is not
// known whether the log has it; sending it again is harmless.
func (f *Future) Wait(ctx context.Context) (Receipt, error) {
	select {
	case <-f.done:
		return f.receipt, f.err
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("no acknowledgement from %s: %w", f.msg.Subject, context.Cause(ctx))
	}
}

func (f *Future) failure(err error) *EventError {
	return &EventError{
		Plan: f.identity.plan, Department: f.identity.department,
		Source: f.identity.source, ID: f.identity.id, Err: err,
	}
}

// send takes a place in flight and sends the message for the first time.
func (c *Client) send(f *Future) error {
	select {
	case c.slots <- struct{}{}:
	case <-f.ctx.Done():
		return fmt.Errorf("not sent, %d messages are in flight: %w", c.o.MaxInFlight, context.Cause(f.ctx))
	}
	c.mu.Lock()
	c.pending[&f.msg] = f
	c.mu.Unlock()
	c.try(f)
	return nil
}

func (c *Client) try(f *Future) {
	if _, err := c.js.PublishMsgAsync(&f.msg); err != nil {
		c.failedOnce(c.js, &f.msg, err)
	}
}

// acknowledged is called by JetStream's reader of acknowledgements, which must not be held up.
func (c *Client) acknowledged(_ jetstream.JetStream, m *nats.Msg, ack *jetstream.PubAck) {
	c.settle(m, ack.Sequence, nil)
}

// failedOnce is called when a try has failed: it sends the message again after a pause, or ends it. It
// may run under JetStream's lock, so it sends nothing itself.
func (c *Client) failedOnce(_ jetstream.JetStream, m *nats.Msg, err error) {
	c.mu.Lock()
	f := c.pending[m]
	var pause time.Duration
	if f != nil {
		pause = c.pause(f, err)
	}
	c.mu.Unlock()
	switch {
	case pause > 0:
		time.AfterFunc(pause, func() { c.try(f) })
	case f != nil:
		c.settle(m, 0, explain(err, f))
	}
}

// pause counts the failure and tells how long to wait before the next try, 0 if there is to be none;
// c.mu is held.
func (c *Client) pause(f *Future, err error) time.Duration {
	now := time.Now()
	if f.failures++; f.failures == 1 {
		f.giveUp = now.Add(c.o.Patience)
	}
	pause := min(shortestPause<<min(f.failures-1, 8), longestPause)
	if !passing(err) || f.ctx.Err() != nil || now.Add(pause).After(f.giveUp) {
		return 0
	}
	return pause
}

func (c *Client) settle(m *nats.Msg, sequence uint64, err error) {
	c.mu.Lock()
	f := c.pending[m]
	delete(c.pending, m)
	if f != nil && err != nil && f.identity != nil {
		c.failed = append(c.failed, f.failure(err))
	}
	c.mu.Unlock()
	if f == nil {
		return
	}
	if err == nil {
		f.receipt = Receipt{Sequence: sequence, Events: f.events}
	}
	f.err = err
	<-c.slots
	close(f.done)
}

const (
	shortestPause = 100 * time.Millisecond
	longestPause  = 2 * time.Second
)

// passing tells whether another try may succeed. What the server itself answered, such as that the
// stream is full, is not for us to try again.
func passing(err error) bool {
	for _, e := range []error{
		jetstream.ErrNoStreamResponse, jetstream.ErrAsyncPublishTimeout, jetstream.ErrTooManyStalledMsgs,
		nats.ErrNoResponders, nats.ErrTimeout, nats.ErrDisconnected, nats.ErrReconnectBufExceeded,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func explain(err error, f *Future) error {
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("a message of %d bytes is more than this NATS server takes (its max_payload): %w", len(f.msg.Data), err)
	case errors.Is(err, jetstream.ErrNoStreamResponse):
		return fmt.Errorf("no stream takes %s, in %d tries; is this the right NATS server, and are its streams set up? %w", f.msg.Subject, f.failures, err)
	}
	return fmt.Errorf("publish to %s, in %d tries: %w", f.msg.Subject, f.failures, err)
}
