package model_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"pgregory.net/rapid"

	"xushi/consumers/ingest"
	"xushi/consumers/ingest/model"
	"xushi/consumers/ingest/traffic"
	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds/office"
	"xushi/seeds/seedstore"
)

// checks is how many ways one run of the tests drains each log.
const checks = "5"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", checks); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	enginetest.Main(m)
}

const (
	events   = 500
	patience = time.Minute
	ttl      = 300 * time.Millisecond // after which what a cut off ingest owned is another's
)

// log is one log and the store that it is drained into, again and again.
type log struct {
	*testing.T
	streams schema.StreamOptions
	url     string
	js      jetstream.JetStream
	dsn     string
	store   driver.Conn
	model   *model.Model
	acts    *office.Acts
}

// TestSameLogSameStore: whatever the batches' boundaries, however many ingests there are, whenever they
// start, end or are cut off, and whatever is delivered again in whatever order, one log comes to one store.
func TestSameLogSameStore(t *testing.T) {
	t.Parallel()
	for _, partitions := range []int{1, schema.Partitions} {
		t.Run(fmt.Sprintf("%d partitions", partitions), func(t *testing.T) {
			t.Parallel()
			l := newLog(t, partitions)
			rapid.Check(t, l.drainedAnyhow)
		})
	}
}

// drainedAnyhow drains the log in some way into an empty store.
func (l *log) drainedAnyhow(t *rapid.T) {
	l.forget(t)
	d := &drain{log: l, rt: t, ackWait: time.Duration(rapid.IntRange(100, 600).Draw(t, "AckWait ms")) * time.Millisecond}
	defer d.endAll()
	for range rapid.IntRange(0, 5).Draw(t, "lives") {
		d.live()
	}
	d.settle()
	d.endAll()
	l.compare(t)
}

func newLog(t *testing.T, partitions int) *log {
	t.Helper()
	l := &log{T: t, streams: schema.DefaultStreamOptions(), dsn: enginetest.Database(t)}
	if err := store.Migrate(t.Context(), l.dsn); err != nil {
		t.Fatal(err)
	}
	var err error
	if l.store, err = store.Open(t.Context(), l.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.store.Close() }) // a test that is over has nothing to lose
	l.url = natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL()
	l.js = natsdtest.Connect(t, l.url)
	l.streams.Partitions = partitions
	if err := schema.EnsureStreams(t.Context(), l.js, l.streams); err != nil {
		t.Fatal(err)
	}
	ledger := natsdtest.Hongqiao(t)
	l.acts = natsdtest.Acts(t, l.js)
	history := natsdtest.Apply(t, l.acts, office.Application{Ledger: ledger})
	if err := seedstore.Apply(t.Context(), l.store, ledger, history.First().At); err != nil {
		t.Fatal(err)
	}
	l.model = model.New(ledger)
	made := traffic.New(traffic.Options{Ledger: ledger, Seed: 1, Events: events, Far: events})
	for m, ok := made.Next(); ok; m, ok = made.Next() {
		l.model.Published(&m)
		ack, err := l.js.PublishMsg(t.Context(), m.NATS())
		if err != nil {
			t.Fatal(err)
		}
		l.model.Acknowledged(&m, ack.Sequence)
	}
	if err := l.model.ReadLog(t.Context(), l.js); err != nil {
		t.Fatal(err)
	}
	t.Logf("the log: %+v", l.model.Counts)
	return l
}

// forget takes away all that came of the log.
func (l *log) forget(t *rapid.T) {
	ctx := l.Context()
	stream, err := l.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		t.Fatal(err)
	}
	names := stream.ConsumerNames(ctx)
	for name := range names.Name() {
		if err := stream.DeleteConsumer(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := names.Err(); err != nil {
		t.Fatal(err)
	}
	if err := l.js.DeleteStream(ctx, schema.DeadLettersStream); err != nil {
		t.Fatal(err)
	}
	if err := schema.EnsureStreams(ctx, l.js, l.streams); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"events", "dead_letters"} {
		if err := l.store.Exec(ctx, "TRUNCATE TABLE "+table); err != nil {
			t.Fatal(err)
		}
	}
}

func (l *log) compare(t *rapid.T) {
	if err := store.Refresh(l.Context(), l.store); err != nil {
		t.Fatal(err)
	}
	found, err := l.model.Compare(l.Context(), l.store, l.js)
	if err != nil {
		t.Fatal(err)
	}
	if !found.None() {
		t.Errorf("lost %d, doubled %d, misjudged %d:", found.Lost, found.Doubled, found.Misjudged)
		for _, example := range found.Examples {
			t.Log(example)
		}
	}
}

// drain is one way to bring the log into the store.
type drain struct {
	*log
	rt      *rapid.T
	ackWait time.Duration
	running []*running // those at work
	cut     []*running // those that were cut off and may not have ended yet
}

type running struct {
	nats  *nats.Conn
	store driver.Conn
	stop  context.CancelFunc
	done  chan error
}

// live starts an ingest and lets it work for a moment; then it stays, or ends as planned, or is cut off from
// everything, with what it has in hand, so that the next one comes while the server still waits for this one.
func (d *drain) live() {
	r := d.start()
	<-time.After(time.Duration(rapid.IntRange(0, 60).Draw(d.rt, "works for ms")) * time.Millisecond)
	switch rapid.SampledFrom([]string{"stays", "ends", "cut", "cut"}).Draw(d.rt, "then") {
	case "stays":
		d.running = append(d.running, r)
	case "ends":
		d.end(r)
	case "cut":
		r.stop()
		r.nats.Close()
		_ = r.store.Close() // what fails from now on is not there to be told
		d.cut = append(d.cut, r)
	}
}

func (d *drain) start() *running {
	nc, err := nats.Connect(d.url)
	if err != nil {
		d.rt.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		d.rt.Fatal(err)
	}
	conn, err := store.Open(d.Context(), d.dsn)
	if err != nil {
		d.rt.Fatal(err)
	}
	o := ingest.Options{
		BatchRows:     rapid.SampledFrom([]int{20, 100, 20_000}).Draw(d.rt, "BatchRows"),
		BatchBytes:    rapid.SampledFrom([]int{20_000, 16 << 20}).Draw(d.rt, "BatchBytes"),
		BatchAge:      time.Duration(rapid.IntRange(1, 100).Draw(d.rt, "BatchAge ms")) * time.Millisecond,
		FetchMessages: rapid.SampledFrom([]int{3, 50, 1000}).Draw(d.rt, "FetchMessages"),
		AckWait:       d.ackWait,
		Partitions:    d.streams.Partitions,
		PinnedTTL:     ttl,
		StopTimeout:   time.Duration(rapid.SampledFrom([]int{1, 10_000}).Draw(d.rt, "StopTimeout ms")) * time.Millisecond,
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{nats: nc, store: conn, stop: stop, done: make(chan error, 1)}
	in := ingest.New(js, conn, d.acts, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), o)
	go func() { r.done <- in.Run(ctx) }()
	return r
}

// end ends an ingest as planned.
func (d *drain) end(r *running) {
	r.stop()
	if err := d.ended(r); err != nil {
		d.rt.Errorf("Run: %v", err)
	}
	r.nats.Close()
	if err := r.store.Close(); err != nil {
		d.rt.Error(err)
	}
}

func (d *drain) ended(r *running) error {
	select {
	case err := <-r.done:
		return err
	case <-time.After(patience):
		d.rt.Fatal("Run does not end")
		return nil
	}
}

func (d *drain) endAll() {
	for _, r := range d.running {
		d.end(r)
	}
	for _, r := range d.cut {
		_ = d.ended(r) // it may say that it was cut off
	}
	d.running, d.cut = nil, nil
}

// settle waits until everything is stored, by one ingest at least.
func (d *drain) settle() {
	if len(d.running) == 0 {
		d.running = append(d.running, d.start())
	}
	deadline, look := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer look.Stop()
	for {
		backlog, err := schema.BacklogOf(d.Context(), d.js, schema.ProgressStream, ingest.Readers(d.streams.Partitions)...)
		if err != nil {
			d.rt.Fatal(err)
		}
		if backlog.Pending() == 0 {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			d.rt.Fatalf("%d messages are not settled after %s", backlog.Pending(), patience)
		}
	}
}
