package producers

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// PublishBatch sends events of one plan and one department as batches, as few as the limits of size
// allow, and waits until the log has them; receipts are in the order of the events. If any event would
// be refused, nothing is sent and the error is a Failures of all those. If a batch fails on its way, its
// receipt is zero and the error says which events it had; sending all again is harmless.
func (c *Client) PublishBatch(ctx context.Context, events []*schema.Event) ([]Receipt, error) {
	return c.publishBatch(ctx, events, "")
}

func (c *Client) publishBatch(ctx context.Context, events []*schema.Event, verdictTo string) ([]Receipt, error) {
	bodies, err := c.encodeAll(events)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	address := schema.Address{Plan: events[0].Plan, Department: events[0].Department, Commitment: schema.BatchToken}
	header := withVerdictTo(batchHeader, verdictTo)
	var futures []*Future
	var failures []error
	for len(bodies) > 0 {
		n := c.fitting(bodies)
		m := nats.Msg{Subject: address.Subject(), Header: header, Data: array(bodies[:n])}
		f := c.newFuture(ctx, m, n)
		if err := c.send(f); err != nil {
			failures = append(failures, err)
			break
		}
		futures, bodies = append(futures, f), bodies[n:]
	}
	receipts := make([]Receipt, 0, len(futures))
	first := 0
	for _, f := range futures {
		r, err := f.Wait(ctx)
		if err != nil {
			failures = append(failures, fmt.Errorf("events %d to %d: %w", first, first+f.events-1, err))
		}
		receipts = append(receipts, r)
		first += f.events
	}
	return receipts, errors.Join(failures...)
}

// encodeAll checks and writes every event, so that a sender hears of all mistakes at once.
func (c *Client) encodeAll(events []*schema.Event) ([][]byte, error) {
	bodies := make([][]byte, len(events))
	var failures Failures
	for i, e := range events {
		if e.Plan != events[0].Plan || e.Department != events[0].Department {
			return nil, fmt.Errorf("a batch is of one plan and one department: event 0 is of %s in %s, event %d of %s in %s",
				events[0].Department, events[0].Plan, i, e.Department, e.Plan)
		}
		var err error
		if bodies[i], err = c.encode(e); err != nil {
			failures = append(failures, &EventError{Index: i, Plan: e.Plan, Department: e.Department, Source: e.Source, ID: e.ID, Err: err})
		}
	}
	if len(failures) > 0 {
		return nil, failures
	}
	return bodies, nil
}

// headerRoom is what the headers of a batch take of the server's max_payload, with some to spare.
const headerRoom = 1 << 10

// fitting is how many of the bodies fit into one batch; at least one, whose size the server then judges.
func (c *Client) fitting(bodies [][]byte) int {
	room := min(schema.MaxBatchBytes, int(c.nc.MaxPayload())-headerRoom)
	size := len("]")
	for n, body := range bodies {
		size += len(",") + len(body)
		if n > 0 && size > room || n == schema.MaxBatchEvents {
			return n
		}
	}
	return len(bodies)
}

func array(bodies [][]byte) []byte {
	size := 1
	for _, body := range bodies {
		size += len(body) + 1
	}
	buf := make([]byte, 0, size)
	for i, body := range bodies {
		if i == 0 {
			buf = append(buf, '[')
		} else {
			buf = append(buf, ',')
		}
		buf = append(buf, body...)
	}
	return append(buf, ']')
}
