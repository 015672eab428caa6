package model_test

import (
	"context"
	"errors"
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

// checks is how many ways one run of the tests drains the log; -rapid.checks says otherwise.
const checks = "8"

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
)

// log is one log and the store that it is drained into, again and again.
type log struct {
	*testing.T
	url   string
	js    jetstream.JetStream
	store driver.Conn
	model *model.Model
	acts  *office.Acts
}

// TestSameLogSameStore: whatever the batches' boundaries, however many ingests there are, whenever they
// start, end or are cut off, and whatever is delivered again in whatever order, one log comes to one store.
func TestSameLogSameStore(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	rapid.Check(t, func(rt *rapid.T) {
		l.forget(rt)
		d := &drain{log: l, T: rt, ackWait: time.Duration(rapid.IntRange(100, 500).Draw(rt, "AckWait ms")) * time.Millisecond}
		defer d.endAll()
		for range rapid.IntRange(0, 8).Draw(rt, "steps") {
			d.step()
		}
		d.settle()
		d.endAll()
		l.compare(rt)
	})
}

func newLog(t *testing.T) *log {
	t.Helper()
	l := &log{T: t, store: enginetest.Store(t)}
	l.url = natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL()
	l.js = natsdtest.Connect(t, l.url)
	natsdtest.EnsureStreams(t, l.js)
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
	if err := l.js.DeleteConsumer(ctx, schema.ProgressStream, ingest.Consumer); err != nil && !isNoConsumer(err) {
		t.Fatal(err)
	}
	if err := l.js.DeleteStream(ctx, schema.DeadLettersStream); err != nil {
		t.Fatal(err)
	}
	if err := schema.EnsureStreams(ctx, l.js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	if err := l.store.Exec(ctx, "TRUNCATE TABLE events"); err != nil {
		t.Fatal(err)
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
	*rapid.T
	ackWait time.Duration
	running []*running
}

type running struct {
	conn *nats.Conn
	stop context.CancelFunc
	done chan error
}

// slow is a register that takes its time, so that there is something in hand when an ingest is cut off.
type slow struct {
	*office.Acts
	each time.Duration
}

func (s slow) Admit(rec *schema.Record) *schema.Rejection {
	if s.each > 0 {
		<-time.After(s.each)
	}
	return s.Acts.Admit(rec)
}

// step starts an ingest, ends one as planned, cuts one off, or lets them work for a while.
func (d *drain) step() {
	switch action := rapid.SampledFrom([]string{"start", "start", "end", "cut", "cut", "wait", "wait"}).Draw(d.T, "action"); {
	case action == "wait":
		<-time.After(time.Duration(rapid.IntRange(1, 60).Draw(d.T, "ms")) * time.Millisecond)
	case action == "start" && len(d.running) < 4:
		d.start()
	case len(d.running) > 0:
		i := rapid.IntRange(0, len(d.running)-1).Draw(d.T, "which")
		r := d.running[i]
		d.running = append(d.running[:i], d.running[i+1:]...)
		if action == "cut" {
			r.conn.Close() // what it has fetched is lost to it
		}
		d.end(r, action == "cut")
	}
}

func (d *drain) start() {
	nc, err := nats.Connect(d.url)
	if err != nil {
		d.T.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		d.T.Fatal(err)
	}
	o := ingest.Options{
		BatchRows:     rapid.SampledFrom([]int{20, 100, 500, 20_000}).Draw(d.T, "BatchRows"),
		BatchBytes:    rapid.SampledFrom([]int{20_000, 16 << 20}).Draw(d.T, "BatchBytes"),
		BatchAge:      time.Duration(rapid.IntRange(1, 50).Draw(d.T, "BatchAge ms")) * time.Millisecond,
		FetchMessages: rapid.SampledFrom([]int{3, 50, 1000}).Draw(d.T, "FetchMessages"),
		AckWait:       d.ackWait,
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{conn: nc, stop: stop, done: make(chan error, 1)}
	register := slow{d.acts, time.Duration(rapid.SampledFrom([]int{0, 0, 0, 100}).Draw(d.T, "µs an event")) * time.Microsecond}
	in := ingest.New(js, d.store, register, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), o)
	go func() { r.done <- in.Run(ctx) }()
	d.running = append(d.running, r)
}

// end waits for an ingest's end; one that was cut off may say so.
func (d *drain) end(r *running, cut bool) {
	r.stop()
	select {
	case err := <-r.done:
		if err != nil && !cut {
			d.T.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		d.T.Fatal("Run does not end")
	}
	r.conn.Close()
}

func (d *drain) endAll() {
	for _, r := range d.running {
		d.end(r, false)
	}
	d.running = nil
}

// settle waits until everything is stored, by one ingest at least.
func (d *drain) settle() {
	if len(d.running) == 0 {
		d.start()
	}
	deadline, look := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer look.Stop()
	for {
		backlog, err := schema.BacklogOf(d.log.Context(), d.js, schema.ProgressStream, ingest.Consumer)
		if err != nil {
			d.T.Fatal(err)
		}
		if backlog.Pending() == 0 {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			d.T.Fatalf("%d messages are not settled after %s", backlog.Pending(), patience)
		}
	}
}

func isNoConsumer(err error) bool { return errors.Is(err, jetstream.ErrConsumerNotFound) }
