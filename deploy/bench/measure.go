package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/engine"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/office"
)

const (
	backlog = 500_000
	rounds  = 5
)

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

// stack is the real parts, each in its own process, with the backlog in the log.
type stack struct {
	nats   *child
	engine *engine.Process
	js     jetstream.JetStream
	hangUp func()
	store  driver.Conn
	dsn    string
	dir    string
}

func measure(ctx context.Context) (_ report, err error) {
	dir, err := os.MkdirTemp("", "xushi-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	up, err := upOnce(ctx, dir)
	if err != nil {
		return nil, err
	}
	progress("it took %.1f s", up)
	s, err := startStack(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop(context.WithoutCancel(ctx))) }()
	published, err := s.fill(ctx)
	if err != nil {
		return nil, err
	}
	var ratios, fetched, drained, memory, cpu []float64
	for i := range rounds {
		f, d, err := s.round(ctx)
		if err != nil {
			return nil, err
		}
		progress("round %d of %d: only fetched in %.2f s (CPU %.2f s), drained in %.2f s (CPU %.2f s) with %.0f MB",
			i+1, rounds, f.Seconds, f.CPUSeconds, d.Seconds, d.CPUSeconds, d.PeakMB)
		ratios = append(ratios, f.Seconds/d.Seconds)
		fetched = append(fetched, backlog/f.Seconds)
		drained = append(drained, backlog/d.Seconds)
		memory = append(memory, d.PeakMB)
		cpu = append(cpu, d.CPUSeconds/backlog*1e6)
	}
	return report{
		{"drain_over_fetch", round(median(ratios)), "drain rate ÷ rate of only fetching, the same consumer", "≥ 0.30"},
		{"ingest_rss_mb", round(median(memory)), "peak resident memory of the ingest during the drain, MB", "< 250"},
		{"up_once_seconds", round(up), "wall time of xushi up --once, engine cached, empty data folder, s", "< 20"},
		{"drain_per_second", round(median(drained)), "events from file storage into ClickHouse", ""},
		{"fetch_per_second", round(median(fetched)), "events from file storage, only fetched", ""},
		{"ingest_cpu_us", round(median(cpu)), "CPU time of the ingest an event, µs", ""},
		{"publish_per_second", round(published), "events into file storage, acknowledged", ""},
	}, nil
}

func startStack(ctx context.Context, dir string) (_ *stack, err error) {
	s := &stack{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop(context.WithoutCancel(ctx)))
		}
	}()
	progress("starting NATS and the ClickHouse engine")
	if s.nats, err = start(ctx, job{Kind: "nats", Dir: filepath.Join(dir, "nats")}); err != nil {
		return nil, err
	}
	if s.engine, err = engine.Start(ctx, engine.Options{DataDir: filepath.Join(dir, "clickhouse"), Listen: "127.0.0.1:0", Progress: os.Stderr}); err != nil {
		return nil, err
	}
	s.dsn = s.engine.DSN("progress")
	if err = store.Migrate(ctx, s.dsn); err != nil {
		return nil, err
	}
	if s.store, err = store.Open(ctx, s.dsn); err != nil {
		return nil, err
	}
	if s.js, s.hangUp, err = connect(s.nats.first.NATS); err != nil {
		return nil, err
	}
	return s, schema.EnsureStreams(ctx, s.js, schema.DefaultStreamOptions())
}

func (s *stack) stop(ctx context.Context) error {
	var all []error
	if s.hangUp != nil {
		s.hangUp()
	}
	if s.store != nil {
		all = append(all, s.store.Close())
	}
	if s.engine != nil {
		all = append(all, s.engine.Stop(ctx))
	}
	if s.nats != nil {
		all = append(all, s.nats.end())
	}
	return errors.Join(all...)
}

// fill publishes the backlog and tells how many a second.
func (s *stack) fill(ctx context.Context) (float64, error) {
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		return 0, err
	}
	acts, err := office.Open(ctx, s.js, schema.Policy{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	if _, err := acts.Apply(ctx, office.Application{Ledger: ledger, By: "bench", Reason: "bench"}); err != nil {
		return 0, err
	}
	progress("publishing %d events", backlog)
	rate, err := publish(ctx, s.js, ledger, backlog)
	if err != nil {
		return 0, err
	}
	stream, err := s.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return 0, err
	}
	state := stream.CachedInfo().State
	if state.Msgs != backlog {
		return 0, fmt.Errorf("the log holds %d events of %d", state.Msgs, backlog)
	}
	progress("%d bytes an event in the log", state.Bytes/backlog)
	return rate, nil
}

// round only fetches everything, then drains it into an empty table, and counts.
func (s *stack) round(ctx context.Context) (fetched, drained result, err error) {
	j := job{NATS: s.nats.first.NATS, Store: s.dsn, Events: backlog}
	j.Kind = "fetch"
	if fetched, err = do(ctx, j); err != nil {
		return
	}
	if err = s.store.Exec(ctx, "TRUNCATE TABLE events"); err != nil {
		return
	}
	if err = s.js.DeleteConsumer(ctx, schema.ProgressStream, ingest.Consumer); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return
	}
	j.Kind = "drain"
	if drained, err = do(ctx, j); err != nil {
		return
	}
	var rows uint64
	if err = s.store.QueryRow(ctx, "SELECT count() FROM events FINAL").Scan(&rows); err == nil && rows != backlog {
		err = fmt.Errorf("%d rows were stored of %d", rows, backlog)
	}
	return
}
