package app

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/schema/store"
)

// figures are what a scrape would read.
func (w *watch) scrape(t *testing.T) string {
	t.Helper()
	reg := prometheus.NewRegistry()
	reg.MustRegister(w)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		for _, m := range f.GetMetric() {
			fmt.Fprint(&b, f.GetName())
			for _, l := range m.GetLabel() {
				fmt.Fprintf(&b, "{%s=%q}", l.GetName(), l.GetValue())
			}
			fmt.Fprintf(&b, " %g\n", m.GetGauge().GetValue())
		}
	}
	return b.String()
}

// ask is one turn of run.
func (w *watch) ask(ctx context.Context) error {
	figures, err := w.streams(ctx)
	w.hear("streams", figures, err)
	return err
}

// A log that refuses what is beyond its MaxBytes says so in time: once when it is four fifths full, and once when it
// has room again.
func TestStreamFillsUp(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	js := natsdtest.Connect(t, natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL())
	options := schema.DefaultStreamOptions()
	if err := schema.EnsureStreams(ctx, js, options); err != nil {
		t.Fatal(err)
	}
	// The second is one of a log that was divided once.
	for _, name := range []string{"ingest", "ingest-3"} {
		if _, err := js.CreateConsumer(ctx, schema.ProgressStream, jetstream.ConsumerConfig{Durable: name, AckPolicy: jetstream.AckAllPolicy, FilterSubject: "progress.>"}); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if _, err := js.Publish(ctx, "progress.demo-2024.zhujianwei.construction", make([]byte, 10_000)); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	w := newWatch(js, nil, ingest.Readers(1), slog.New(slog.NewTextHandler(&log, nil)))
	for i, c := range []struct {
		maxBytes int64
		warned   int
		relieved int
	}{{100_000, 0, 0}, {36_000, 1, 0}, {35_000, 1, 0}, {100_000, 1, 1}, {36_000, 2, 1}} {
		options.ProgressBytes = c.maxBytes
		if err := schema.EnsureStreams(ctx, js, options); err != nil {
			t.Fatal(err)
		}
		if err := w.ask(ctx); err != nil {
			t.Fatal(err)
		}
		if warned, relieved := strings.Count(log.String(), "nearly full"), strings.Count(log.String(), "room again"); warned != c.warned || relieved != c.relieved {
			t.Errorf("step %d: warned %d times, relieved %d; want %d, %d:\n%s", i, warned, relieved, c.warned, c.relieved, &log)
		}
	}
	got := w.scrape(t)
	for _, want := range []string{
		`xushi_stream_max_bytes{stream="PROGRESS"} 36000`, `xushi_stream_messages{stream="PROGRESS"} 3`, `xushi_stream_fill_ratio{stream="PROGRESS"} 0.8`,
		`xushi_ingest_pending_messages{consumer="ingest"} 3`, `xushi_ingest_unacknowledged_messages{consumer="ingest"} 0`, `xushi_ingest_lag_seconds{consumer="ingest"} `,
		`xushi_stream_connected 1`, `xushi_store_connected 0`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("a scrape lacks %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, "ingest-3") {
		t.Errorf("a consumer that nobody reads any more is told to be late:\n%s", got)
	}
	if strings.Contains(got, `xushi_ingest_lag_seconds{consumer="ingest"} 0`+"\n") {
		t.Error("messages wait, and the lag is 0")
	}
}

// A stream that is missing is named by the readiness and once in the log; the last figures stay.
func TestStreamMissing(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	js := natsdtest.Connect(t, natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL())
	if err := schema.EnsureStreams(ctx, js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	w := newWatch(js, nil, ingest.Readers(1), slog.New(slog.NewTextHandler(&log, nil)))
	if err := w.ask(ctx); err != nil || w.health() != nil {
		t.Fatal(err)
	}
	before := w.scrape(t)
	if err := js.DeleteStream(ctx, schema.ProgressStream); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := w.ask(ctx); err == nil {
			t.Error("the stream is missing, and it is not said")
		}
	}
	if err := w.health(); err == nil || !strings.Contains(err.Error(), schema.ProgressStream) {
		t.Errorf("the readiness says %v", err)
	}
	if n := strings.Count(log.String(), "does not give its figures"); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, &log)
	}
	if after := w.scrape(t); after != before {
		t.Errorf("the last figures were\n%s\nnow\n%s", before, after)
	}
	if err := schema.EnsureStreams(ctx, js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	if err := w.ask(ctx); err != nil || w.health() != nil || strings.Count(log.String(), "gives its figures again") != 1 {
		t.Errorf("the stream is back: %v, %v\n%s", err, w.health(), &log)
	}
}

// A view that cannot be refreshed is told of once, as is its end; its age is of what it still shows.
func TestViewFails(t *testing.T) {
	t.Parallel()
	ctx, conn := t.Context(), enginetest.Store(t)
	var log bytes.Buffer
	w := newWatch(natsdtest.Connect(t, natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL()), conn, nil, slog.New(slog.NewTextHandler(&log, nil)))
	look := func(statement string, warned, relieved int, says string) {
		t.Helper()
		if statement != "" {
			if err := conn.Exec(ctx, statement); err != nil {
				t.Fatal(err)
			}
		}
		_ = store.Refresh(ctx, conn) // it fails where the view does, which is what the watch is to find
		for range 2 {
			figures, err := w.views(ctx)
			if w.hear("store", figures, err); err != nil {
				t.Fatal(err)
			}
		}
		if a, b := strings.Count(log.String(), "it last had\" view=standing_daily"), strings.Count(log.String(), "refreshed again\" view=standing_daily"); a != warned || b != relieved {
			t.Errorf("after %q: warned %d times, relieved %d; want %d, %d:\n%s", statement, a, b, warned, relieved, &log)
		}
		if got := w.scrape(t); !strings.Contains(got, says) || !strings.Contains(got, `xushi_store_view_age_seconds{view="standing_daily"}`) {
			t.Errorf("after %q a scrape lacks %s:\n%s", statement, says, got)
		}
	}
	look("", 0, 0, `xushi_store_view_failed{view="standing_daily"} 0`)
	look("RENAME TABLE events TO events_away", 1, 0, `xushi_store_view_failed{view="standing_daily"} 1`)
	look("RENAME TABLE events_away TO events", 1, 1, `xushi_store_view_failed{view="standing_daily"} 0`)
}

// A database that was dropped is told from a server that is away, with what mends it.
func TestDatabaseDropped(t *testing.T) {
	t.Parallel()
	w := newWatch(nil, nil, nil, slog.New(slog.DiscardHandler))
	w.hear("store", nil, fmt.Errorf("ages of the views: %w", &clickhouse.Exception{Code: 81, Message: "Database progress does not exist"}))
	if err := w.health(); err == nil || !strings.Contains(err.Error(), "`xushi replay` makes it anew") {
		t.Errorf("the readiness says %v", err)
	}
}
