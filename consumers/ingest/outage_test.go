package ingest_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/engine"
	"xushi/schema"
)

// TestStoreAway: while the store is away ingest says so and keeps what it has; when the store is back
// it catches up by itself.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	options := engine.Options{DataDir: t.TempDir(), Listen: "127.0.0.1:0"}
	first, err := engine.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Stop(t.Context()) })
	w := newWorldWith(t, first.DSN("progress"))
	r := w.run(ingest.Options{BatchRows: 100, AckWait: 2 * time.Second})
	w.settled(w.publishAll(readings(t, 1000)[:500]))
	if err := r.Health(); err != nil {
		t.Errorf("all is well, yet: %v", err)
	}

	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	last := w.publishAll(readings(t, 1000)[500:])
	w.await("the ingest to say that the store is away", func() bool {
		err := r.Health()
		return err != nil && strings.HasPrefix(err.Error(), "store: ")
	})
	if c := w.consumer(); c.AckFloor.Stream != 500 {
		t.Errorf("acknowledged up to %d with the store away", c.AckFloor.Stream)
	}

	options.Listen = strings.TrimPrefix(first.URL(), "http://")
	second, err := engine.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Stop(t.Context()) })
	w.settled(last)
	if rows, sum := w.count("SELECT count() FROM events FINAL"), w.sum(); rows != 1000 || sum != "500500" {
		t.Errorf("%d rows, sum %s; want 1000, 500500", rows, sum)
	}
	if err := r.Health(); err != nil {
		t.Errorf("the store is back, yet: %v", err)
	}
	r.end(t) // before the store goes
}

// TestServerAway: the same for the stream's server.
func TestServerAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.run(short)
	w.settled(w.publishAll(readings(t, 200)[:100]))
	w.stopNATS()
	w.await("the ingest to say that the stream is away", func() bool {
		err := r.Health()
		return err != nil && strings.HasPrefix(err.Error(), "stream: ")
	})
	w.startNATS(strings.TrimPrefix(w.nats.URL(), "nats://"))
	w.await("the departments' connection", w.js.Conn().IsConnected)
	w.settled(w.publishAll(readings(t, 200)[100:]))
	if rows := w.count("SELECT count() FROM events FINAL"); rows != 200 {
		t.Errorf("%d rows, want 200", rows)
	}
	if err := r.Health(); err != nil {
		t.Errorf("the server is back, yet: %v", err)
	}
}

// TestConsumerDeleted: somebody deletes the consumer; ingest makes it anew.
func TestConsumerDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(short)
	w.settled(w.publishAll(readings(t, 200)[:100]))
	if err := w.js.DeleteConsumer(t.Context(), schema.ProgressStream, ingest.Consumer); err != nil {
		t.Fatal(err)
	}
	w.settled(w.publishAll(readings(t, 200)[100:]))
	if rows, sum := w.count("SELECT count() FROM events FINAL"), w.sum(); rows != 200 || sum != "20100" {
		t.Errorf("%d rows, sum %s; want 200, 20100", rows, sum)
	}
}

// fragile makes the log anew without what denies the deeds of a broken disk.
func (w *world) fragile() jetstream.Stream {
	w.Helper()
	ctx := w.Context()
	stream, err := w.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		w.Fatal(err)
	}
	config := stream.CachedInfo().Config
	config.DenyDelete = false
	if err := w.js.DeleteStream(ctx, schema.ProgressStream); err != nil {
		w.Fatal(err)
	}
	if stream, err = w.js.CreateStream(ctx, config); err != nil {
		w.Fatal(err)
	}
	return stream
}

// TestHoleInTheLog: a message that the log has lost does not hold up those above it.
func TestHoleInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	stream := w.fragile()
	last := w.publishAll(readings(t, 5))
	for _, lost := range []uint64{2, 3} {
		if err := stream.DeleteMsg(ctx, lost); err != nil {
			t.Fatal(err)
		}
	}
	w.run(short)
	w.settled(last)
	if sum := w.sum(); sum != "10" { // 1 + 4 + 5
		t.Errorf("sum %s, want 10", sum)
	}
}

// The connection is closed for good, e.g. since the server no longer knows the account, while the store is away: Run
// says so and ends, although it has something in hand that cannot be stored.
func TestConnectionClosedForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("RENAME TABLE events TO events_away")
	r := w.run(ingest.Options{StopTimeout: time.Second})
	w.publishAll(readings(t, 100))
	w.inTrouble(r, "store", "events")
	r.js.Conn().Close()
	select {
	case err := <-r.ended:
		if !errors.Is(err, nats.ErrConnectionClosed) {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Run does not end")
	}
}

// A replay ends where the log does, also where that has lost its last messages.
func TestReplayOfALogThatLostItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stream := w.fragile()
	last := w.publishAll(readings(t, 5))
	if err := stream.DeleteMsg(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done, err := ingest.New(w.js, w.conn, demo(), slog.New(slog.DiscardHandler), prometheus.NewRegistry(), ingest.Options{}).
		Replay(ctx, ingest.Span{}, func(uint64, uint64) {})
	if want := (ingest.Replayed{Messages: 4, Accepted: 4}); err != nil || done != want {
		t.Errorf("%+v, %v; want %+v", done, err, want)
	}
}
