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

// Future is a message on its way. It is the one piece of memory that its way takes.
type Future struct {
	client   *Client
	ctx      context.Context // of the caller; bounds the tries after the first
	msg      nats.Msg
	events   int
	identity identity // of an event that Flush reports on; else zero

	// Guarded by the client's mu.
	failures int           // tries that failed
	giveUp   time.Time     // set by the first of them
	settled  bool          // the two below are final
	receipt  Receipt       //
	err      error         //
	done     chan struct{} // closed when it is settled; nil until somebody waits, which of most messages nobody does
}

type identity struct{ plan, department, source, id string }

func (c *Client) newFuture(ctx context.Context, m nats.Msg, events int) *Future {
	return &Future{client: c, ctx: ctx, msg: m, events: events}
}

// Wait waits until the message is acknowledged or has failed for good. If ctx ends first, it is not
// known whether the log has it; sending it again is harmless.
func (f *Future) Wait(ctx context.Context) (Receipt, error) {
	select {
	case <-f.settling():
		return f.receipt, f.err
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("no acknowledgement from %s: %w", f.msg.Subject, context.Cause(ctx))
	}
}

// over is the channel of whoever asks when it is settled already.
var over = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// settling is closed when the future is settled.
func (f *Future) settling() <-chan struct{} {
	f.client.mu.Lock()
	defer f.client.mu.Unlock()
	switch {
	case f.settled:
		return over
	case f.done == nil:
		f.done = make(chan struct{})
	}
	return f.done
}

// reported tells whether Flush is to name the event if it fails.
func (f *Future) reported() bool { return f.identity != identity{} }

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
	defer c.mu.Unlock()
	f := c.pending[m]
	if f == nil {
		return
	}
	delete(c.pending, m)
	if err == nil {
		f.receipt = Receipt{Sequence: sequence, Events: f.events}
	} else if f.reported() {
		c.failed = append(c.failed, f.failure(err))
	}
	f.err, f.settled = err, true
	<-c.slots // it holds one, so that this waits for nobody
	if f.done != nil {
		close(f.done)
	}
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
