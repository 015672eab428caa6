package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/producers/simulator"
	"xushi/schema"
)

// fill puts n single events into the log. Other seeds make other events.
func (l *journal) fill(ctx context.Context, n int, seed int64) error {
	told, done := newMeter("published", n), 0
	for m := range simulator.Bulk(l.ledger, n, seed) {
		told.at(done)
		done++
		if err := l.send(ctx, &nats.Msg{Subject: m.Subject, Header: m.Header, Data: m.Body}); err != nil {
			return err
		}
	}
	return l.complete(ctx)
}

// batchEvents are in one batch; only a department's last may have fewer.
const batchEvents = 100

var batchHeader = nats.Header{schema.ContentTypeHeader: {schema.BatchContent}}

// fillBatches puts the same events into the log as batches, each of one department.
func (l *journal) fillBatches(ctx context.Context, n int, seed int64) error {
	open := map[string][]string{} // bodies by subject
	send := func(subject string) error {
		m := &nats.Msg{Subject: subject, Header: batchHeader, Data: []byte("[" + strings.Join(open[subject], ",") + "]")}
		delete(open, subject)
		return l.send(ctx, m)
	}
	for m := range simulator.Bulk(l.ledger, n, seed) {
		subject := m.Subject[:strings.LastIndexByte(m.Subject, '.')+1] + schema.BatchToken
		open[subject] = append(open[subject], string(m.Body))
		if len(open[subject]) == batchEvents {
			if err := send(subject); err != nil {
				return err
			}
		}
	}
	for subject := range open {
		if err := send(subject); err != nil {
			return err
		}
	}
	return l.complete(ctx)
}

func (l *journal) send(ctx context.Context, m *nats.Msg) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err := l.js.PublishMsgAsync(m, jetstream.WithStallWait(patience))
	return err
}

// complete waits until the log has all that was sent.
func (l *journal) complete(ctx context.Context) error {
	select {
	case <-l.js.PublishAsyncComplete():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("fill the log: %w", ctx.Err())
	}
}
