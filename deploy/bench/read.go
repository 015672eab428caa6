package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/consumers/ingest"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds/office"
)

// ackEvery is how many messages a reader takes before it acknowledges: as many as fill an ingest's batch.
const ackEvery = 20_000

// readerConfig is the cheapest consumer that a reader of everything can have: no filter, and one
// acknowledgement speaks for all before it.
func readerConfig(name string) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{Durable: name, AckPolicy: jetstream.AckAllPolicy, MaxAckPending: 10 * ackEvery}
}

// fetch reads everything and does nothing else with it: the speed that no ingest can reach.
func fetch(ctx context.Context, j job) (result, error) {
	js, hangUp, err := connect(j.NATS)
	if err != nil {
		return result{}, err
	}
	defer hangUp()
	w, err := startWatch()
	if err != nil {
		return result{}, err
	}
	consumer, err := js.CreateConsumer(ctx, schema.ProgressStream, readerConfig("bench-fetch"))
	if err != nil {
		return result{}, err
	}
	read, done := uint64(0), make(chan struct{})
	consume, err := consumer.Consume(func(m jetstream.Msg) {
		read++
		if read%ackEvery == 0 || read == j.Last {
			_ = m.Ack() // a lost one shows in the wait below
		}
		if read == j.Last {
			close(done)
		}
	}, jetstream.PullMaxMessages(ackEvery))
	if err != nil {
		return result{}, err
	}
	defer consume.Stop()
	select {
	case <-done:
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
	if err := acknowledged(ctx, js, "bench-fetch", j.Last); err != nil {
		return result{}, err
	}
	return w.stop()
}

// drain runs the ingest until everything is stored and acknowledged.
func drain(ctx context.Context, j job) (r result, err error) {
	js, hangUp, err := connect(j.NATS)
	if err != nil {
		return r, err
	}
	defer hangUp()
	conn, err := store.Open(ctx, j.Store)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	acts, err := office.Open(ctx, js, schema.Policy{}, warnings())
	if err != nil {
		return r, err
	}
	in := ingest.New(js, conn, acts, warnings(), prometheus.NewRegistry(), ingest.Options{})
	finish, err := startProfile(j.Profile)
	if err != nil {
		return r, err
	}
	defer finish()
	running, stop := context.WithCancel(ctx)
	defer stop()
	w, err := startWatch()
	if err != nil {
		return r, err
	}
	ended := make(chan error, 1)
	go func() { ended <- in.Run(running) }()
	if err := acknowledged(ctx, js, ingest.Consumer, j.Last); err != nil {
		return r, err
	}
	if r, err = w.stop(); err != nil {
		return r, err
	}
	stop()
	return r, <-ended
}

// watch measures what the process does from its start to its stop.
type watch struct {
	started time.Time
	cpu     float64
}

func startWatch() (w watch, err error) {
	w.cpu, err = cpuOf(os.Getpid())
	w.started = time.Now()
	return w, err
}

func (w watch) stop() (result, error) {
	took := time.Since(w.started)
	cpu, err := cpuOf(os.Getpid())
	if err != nil {
		return result{}, err
	}
	peak, err := peakMB()
	return result{Seconds: took.Seconds(), CPU: cpu - w.cpu, PeakMB: peak}, err
}

// acknowledged waits until the server says that the consumer has acknowledged everything up to sequence.
func acknowledged(ctx context.Context, js jetstream.JetStream, name string, sequence uint64) error {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		consumer, err := js.Consumer(ctx, schema.ProgressStream, name)
		switch {
		case err == nil && consumer.CachedInfo().AckFloor.Stream >= sequence:
			return nil
		case err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound):
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
