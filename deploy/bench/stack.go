package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/natsd"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/office"
)

// warehouse is the ClickHouse engine, in its own process, with the tables and views as installed.
type warehouse struct {
	engine *engine.Process
	conn   driver.Conn
	dsn    string
}

func startWarehouse(ctx context.Context, dir string) (_ *warehouse, err error) {
	w := &warehouse{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.stop(context.WithoutCancel(ctx)))
		}
	}()
	if w.engine, err = engine.Start(ctx, engine.Options{DataDir: filepath.Join(dir, "clickhouse"), Listen: anyPort, Progress: os.Stderr}); err != nil {
		return nil, err
	}
	w.dsn = w.engine.DSN("progress")
	if err = store.Migrate(ctx, w.dsn); err != nil {
		return nil, err
	}
	w.conn, err = store.Open(ctx, w.dsn)
	return w, err
}

func (w *warehouse) stop(ctx context.Context) error {
	var all []error
	if w.conn != nil {
		all = append(all, w.conn.Close())
	}
	if w.engine != nil {
		all = append(all, w.engine.Stop(ctx))
	}
	return errors.Join(all...)
}

// journal is a NATS server, in its own process, with the product's streams and the office's first act.
type journal struct {
	*child
	js     jetstream.JetStream
	hangUp func()
	ledger *seeds.Ledger
}

const anyPort = "127.0.0.1:0"

// startJournal starts a server whose log has room for so many events, divided into partitions or, with 1, not.
func startJournal(ctx context.Context, dir string, events, partitions int) (_ *journal, err error) {
	l := &journal{hangUp: func() {}}
	if l.ledger, err = seeds.BuiltIn(seeds.Default); err != nil {
		return nil, err
	}
	if l.child, err = start(ctx, job{Kind: serving, Dir: dir}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.stop())
		}
	}()
	if l.js, l.hangUp, err = connect(l.url()); err != nil {
		return nil, err
	}
	o := schema.DefaultStreamOptions()
	o.Partitions = partitions
	o.ProgressBytes = int64(events)*roomAnEvent + roomBeside
	if err = schema.EnsureStreams(ctx, l.js, o); err != nil {
		return nil, err
	}
	acts, err := office.Open(ctx, l.js, schema.Policy{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	_, err = acts.Apply(ctx, office.Application{Ledger: l.ledger, By: "bench", Reason: "bench"})
	return l, err
}

func (l *journal) url() string { return l.first.NATS }

func (l *journal) stop() error {
	l.hangUp()
	return l.end()
}

// last is the sequence of the last event, or batch, in the log.
func (l *journal) last(ctx context.Context) (uint64, error) {
	stream, err := l.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return 0, err
	}
	return stream.CachedInfo().State.LastSeq, nil
}

// forget makes every reader begin at the first message.
func (l *journal) forget(ctx context.Context) error {
	stream, err := l.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return err
	}
	names := stream.ConsumerNames(ctx)
	for name := range names.Name() {
		if err := stream.DeleteConsumer(ctx, name); err != nil {
			return err
		}
	}
	return names.Err()
}

// emptied leaves no event in the store, and none read.
func emptied(ctx context.Context, w *warehouse, l *journal) error {
	return errors.Join(w.conn.Exec(ctx, "TRUNCATE TABLE events"), l.forget(ctx))
}

// holds fails unless the store has exactly so many events.
func (w *warehouse) holds(ctx context.Context, events int) error {
	var rows uint64
	if err := w.conn.QueryRow(ctx, "SELECT count() FROM events FINAL").Scan(&rows); err != nil {
		return err
	}
	if rows != uint64(events) {
		return fmt.Errorf("%d rows were stored of %d", rows, events)
	}
	return nil
}

// serving is the job of a NATS server; it goes on until its standard input ends.
const serving = "nats"

func serveNATS(ctx context.Context, j job) error {
	server, err := natsd.Start(natsd.Options{Dir: j.Dir, Listen: anyPort, Logger: warnings()})
	if err != nil {
		return err
	}
	if err := tell(result{NATS: server.URL()}); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it or is gone
	return server.Stop(context.WithoutCancel(ctx))
}

func connect(url string) (jetstream.JetStream, func(), error) {
	nc, err := nats.Connect(url)
	if err != nil {
		return nil, func() {}, err
	}
	js, err := jetstream.New(nc)
	return js, nc.Close, err
}

func warnings() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
