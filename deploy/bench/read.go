package main

import (
	"context"
	"errors"
	"io"
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

// Durable names of the readers that are not the product's.
const (
	fetchConsumer   = "bench-fetch"
	obviousConsumer = "bench-obvious"
)

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
	consumer, err := js.CreateConsumer(ctx, schema.ProgressStream, readerConfig(fetchConsumer))
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
	if err := acknowledged(ctx, js, fetchConsumer, j.Last, func(uint64) {}); err != nil {
		return result{}, err
	}
	return w.stop()
}

// ingestOf is an ingest as installed; hangUp ends its connections.
func ingestOf(ctx context.Context, j job) (in *ingest.Ingest, js jetstream.JetStream, hangUp func() error, err error) {
	js, leave, err := connect(j.NATS)
	if err != nil {
		return nil, nil, nil, err
	}
	conn, err := store.Open(ctx, j.Store)
	if err != nil {
		leave()
		return nil, nil, nil, err
	}
	hangUp = func() error { leave(); return conn.Close() }
	acts, err := office.Open(ctx, js, schema.Policy{}, warnings())
	if err != nil {
		return nil, nil, nil, errors.Join(err, hangUp())
	}
	return ingest.New(js, conn, acts, warnings(), prometheus.NewRegistry(), ingest.Options{Partitions: j.Partitions}), js, hangUp, nil
}

// drain runs the ingest until everything is stored and acknowledged.
func drain(ctx context.Context, j job) (r result, err error) {
	in, js, hangUp, err := ingestOf(ctx, j)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, hangUp()) }()
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
	passing := &passing{marks: j.Marks}
	see := func(floor uint64) { passing.see(floor, time.Since(w.started).Seconds()) }
	if err := acknowledged(ctx, js, ingest.Consumer, j.Last, see); err != nil {
		return r, err
	}
	if r, err = w.stop(); err != nil {
		return r, err
	}
	r.Passed = passing.seconds
	stop()
	return r, <-ended
}

// ingesting is the job of an ingest that goes on until its standard input ends.
const ingesting = "ingest"

func keepIngesting(ctx context.Context, j job) (err error) {
	in, _, hangUp, err := ingestOf(ctx, j)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hangUp()) }()
	if err := tell(result{}); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it or is gone
		stop()
	}()
	return in.Run(running)
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

// look is how long to wait between two questions to a server: short against what is measured, long against
// what an answer costs it.
const look = 10 * time.Millisecond

// acknowledged waits until the server says that the consumer has acknowledged everything up to sequence,
// and tells see how far it is meanwhile.
func acknowledged(ctx context.Context, js jetstream.JetStream, name string, sequence uint64, see func(floor uint64)) error {
	again := time.NewTicker(look)
	defer again.Stop()
	told := newMeter("acknowledged", int(sequence))
	for {
		consumer, err := js.Consumer(ctx, schema.ProgressStream, name)
		switch {
		case err == nil:
			floor := consumer.CachedInfo().AckFloor.Stream
			see(floor)
			told.at(int(floor))
			if floor >= sequence {
				return nil
			}
		case !errors.Is(err, jetstream.ErrConsumerNotFound):
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// passing notes when a drain passes its marks.
type passing struct {
	marks   []uint64
	seconds []float64 // of the marks passed so far

	floor uint64 // as last seen
	at    float64
}

// see takes the floor of a moment; that of a mark lies between those of the floors around it, in proportion.
func (p *passing) see(floor uint64, now float64) {
	for len(p.seconds) < len(p.marks) && p.marks[len(p.seconds)] <= floor {
		share := float64(p.marks[len(p.seconds)]-p.floor) / float64(floor-p.floor)
		p.seconds = append(p.seconds, p.at+share*(now-p.at))
	}
	p.floor, p.at = floor, now
}
