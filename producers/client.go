package producers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
	"xushi/seeds"
)

// Options of a client. The zero value of a field means its default.
type Options struct {
	// Register holds events against the ledgers of their plans before they are sent. Default: only
	// their form is checked here, the rest by the ingest.
	Register *seeds.Register
	// MaxInFlight bounds the messages that are sent and not yet acknowledged. Default 4096.
	MaxInFlight int
	// AckWait is how long one try waits for its acknowledgement. Default 5 s.
	AckWait time.Duration
	// Patience is how long a message is sent again after its first try failed for a passing reason: no
	// answer, or no connection. A context may end it sooner. Default 30 s.
	Patience time.Duration
}

// Client publishes progress events over one connection. It is safe for concurrent use.
//
// No message carries a Nats-Msg-Id. JetStream's window of ids is one for the whole stream: it would
// hide from us that an identity came twice with different contents, and one department could silence
// another's event by guessing its id. An event that is sent twice, because an acknowledgement was
// lost, is stored twice in the log and counts once: its identity is (plan, department, source, id).
type Client struct {
	nc    *nats.Conn
	js    jetstream.JetStream
	o     Options
	slots chan struct{} // one per message in flight

	mu      sync.Mutex
	pending map[*nats.Msg]*Future
	failed  Failures // of PublishAsync, since the last Flush
}

// New makes a client of a connection. It holds a subscription for acknowledgements until the connection
// is closed, so one client for each connection is enough; Flush before closing.
func New(nc *nats.Conn, o Options) (*Client, error) {
	if o.MaxInFlight < 0 || o.AckWait < 0 || o.Patience < 0 {
		return nil, errors.New("producers: an option is negative")
	}
	o.MaxInFlight = cmp.Or(o.MaxInFlight, 4096)
	o.AckWait = cmp.Or(o.AckWait, 5*time.Second)
	o.Patience = cmp.Or(o.Patience, 30*time.Second)
	c := &Client{nc: nc, o: o, slots: make(chan struct{}, o.MaxInFlight), pending: map[*nats.Msg]*Future{}}
	var err error
	c.js, err = jetstream.New(nc,
		jetstream.WithPublishAsyncMaxPending(o.MaxInFlight),
		jetstream.WithPublishAsyncTimeout(o.AckWait),
		jetstream.WithPublishAsyncAckHandler(c.acknowledged),
		jetstream.WithPublishAsyncErrHandler(c.failedOnce),
	)
	if err != nil {
		return nil, fmt.Errorf("producers: %w", err)
	}
	return c, nil
}

// Publish sends one event and waits until the log has it. An event that would be refused is not sent:
// the error is then a *schema.Rejection.
func (c *Client) Publish(ctx context.Context, e *schema.Event) (Receipt, error) {
	m, err := c.message(e)
	if err != nil {
		return Receipt{}, err
	}
	return c.sendAndWait(ctx, m)
}

// PublishAsync sends one event without waiting for its acknowledgement; it waits for a place while
// MaxInFlight messages are on their way. Flush tells which events failed; who wants to know of each may
// wait for its Future. ctx also bounds the tries after the first.
func (c *Client) PublishAsync(ctx context.Context, e *schema.Event) (*Future, error) {
	m, err := c.message(e)
	if err != nil {
		return nil, err
	}
	f := c.newFuture(ctx, m, 1)
	f.identity = identity{e.Plan, e.Department, e.Source, e.ID}
	if err := c.send(f); err != nil {
		return nil, err
	}
	return f, nil
}

// Send sends a message as it is, unchecked, and does not wait for its acknowledgement: for those who
// pass on what others made, and answer for it themselves; Flush waits for it but does not report on it.
// The message's header and data must not be changed afterwards.
func (c *Client) Send(ctx context.Context, m *nats.Msg) (*Future, error) {
	f := c.newFuture(ctx, nats.Msg{Subject: m.Subject, Header: m.Header, Data: m.Data}, 1)
	if err := c.send(f); err != nil {
		return nil, err
	}
	return f, nil
}

func (c *Client) sendAndWait(ctx context.Context, m nats.Msg) (Receipt, error) {
	f := c.newFuture(ctx, m, 1)
	if err := c.send(f); err != nil {
		return Receipt{}, err
	}
	return f.Wait(ctx)
}

// Flush waits until every message sent before it is acknowledged or has failed. Its error is a Failures
// that names every event of PublishAsync that failed since the last Flush, or, if ctx ends first, is
// still without an answer.
func (c *Client) Flush(ctx context.Context) error {
	c.mu.Lock()
	waiting := make([]*Future, 0, len(c.pending))
	for _, f := range c.pending {
		waiting = append(waiting, f)
	}
	c.mu.Unlock()

	for _, f := range waiting {
		if _, err := f.Wait(ctx); err != nil && ctx.Err() != nil {
			break
		}
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	failed := c.failed
	c.failed = nil
	for _, f := range waiting {
		if c.pending[&f.msg] == f && f.reported() {
			failed = append(failed, f.failure(fmt.Errorf("no acknowledgement yet: %w", context.Cause(ctx))))
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return failed
}
