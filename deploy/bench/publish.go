package main

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/producers/simulator"
	"xushi/seeds"
)

// publish fills the log with n valid events and tells how many it took a second.
func publish(ctx context.Context, js jetstream.JetStream, l *seeds.Ledger, n int) (rate float64, err error) {
	started := time.Now()
	for m := range simulator.Bulk(l, n, 1) {
		if _, err := js.PublishMsgAsync(&nats.Msg{Subject: m.Subject, Header: m.Header, Data: m.Body}, jetstream.WithStallWait(patience)); err != nil {
			return 0, err
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	select {
	case <-js.PublishAsyncComplete():
		return float64(n) / time.Since(started).Seconds(), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
