package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/natsd"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds/office"
)

func serveNATS(ctx context.Context, j job) error {
	server, err := natsd.Start(natsd.Options{Dir: j.Dir, Listen: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	if err := tell(result{NATS: server.URL()}, nil); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it or is gone
	return server.Stop(ctx)
}

func connect(url string) (jetstream.JetStream, func(), error) {
	nc, err := nats.Connect(url)
	if err != nil {
		return nil, nil, err
	}
	js, err := jetstream.New(nc)
	return js, nc.Close, err
}

// fetch reads everything with a consumer of the ingest's configuration and does nothing else with it:
// the speed that no ingest can reach. It acknowledges as often as an ingest that fills its batches.
func fetch(ctx context.Context, j job) (result, error) {
	js, hangUp, err := connect(j.NATS)
	if err != nil {
		return result{}, err
	}
	defer hangUp()
	config := ingest.Options{}.ConsumerConfig()
	config.Durable = "bench-fetch"
	started := time.Now()
	consumer, err := js.CreateConsumer(ctx, schema.ProgressStream, config)
	if err != nil {
		return result{}, err
	}
	read, done := uint64(0), make(chan struct{})
	consume, err := consumer.Consume(func(m jetstream.Msg) {
		read++
		if read%20_000 == 0 || read == j.Events {
			_ = m.Ack() // a lost one shows in the wait below
		}
		if read == j.Events {
			close(done)
		}
	}, jetstream.PullMaxMessages(20_000))
	if err != nil {
		return result{}, err
	}
	defer consume.Stop()
	select {
	case <-done:
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
	if err := acknowledged(ctx, js, config.Durable, j.Events); err != nil {
		return result{}, err
	}
	took := time.Since(started)
	if err := js.DeleteConsumer(ctx, schema.ProgressStream, config.Durable); err != nil {
		return result{}, err
	}
	return result{Seconds: took.Seconds()}, nil
}

// drain runs the ingest until everything is stored and acknowledged.
func drain(ctx context.Context, j job) (result, error) {
	js, hangUp, err := connect(j.NATS)
	if err != nil {
		return result{}, err
	}
	defer hangUp()
	conn, err := store.Open(ctx, j.Store)
	if err != nil {
		return result{}, err
	}
	defer func() { _ = conn.Close() }()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	policy := schema.Policy{AllowSimulation: true}
	acts, err := office.Open(ctx, js, policy, log)
	if err != nil {
		return result{}, err
	}
	in := ingest.New(js, conn, acts, log, prometheus.NewRegistry(), ingest.Options{Policy: policy})

	finish, err := startProfile()
	if err != nil {
		return result{}, err
	}
	defer finish()
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	started := time.Now()
	go func() { ended <- in.Run(running) }()
	if err := acknowledged(ctx, js, ingest.Consumer, j.Events); err != nil {
		return result{}, err
	}
	took := time.Since(started)
	stop()
	if err := <-ended; err != nil {
		return result{}, err
	}
	peak, err := peakMB()
	return result{Seconds: took.Seconds(), PeakMB: peak}, err
}

// startProfile writes a CPU profile of the drain into the file that BENCH_PROFILE names, if it does.
func startProfile() (finish func(), err error) {
	name := os.Getenv("BENCH_PROFILE")
	if name == "" {
		return func() {}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return pprof.StopCPUProfile, pprof.StartCPUProfile(file)
}

// acknowledged waits until the server says that the consumer has acknowledged everything up to sequence.
func acknowledged(ctx context.Context, js jetstream.JetStream, name string, sequence uint64) error {
	look := time.NewTicker(50 * time.Millisecond)
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

// peakMB is the greatest resident memory that this process has had, as the kernel counts it.
func peakMB() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("no VmHWM in /proc/self/status")
}
