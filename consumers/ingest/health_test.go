package ingest

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
)

// However often something is tried, its trouble is two lines in the log: one where it begins, and one where it ends,
// with how long it took.
func TestTroubleIsToldOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := newHealth(slog.New(slog.NewTextHandler(&log, nil)))
		h.clear("store") // it was well all along
		for range 90 {
			h.note("store", errors.New("connection refused"))
			<-time.After(time.Second)
		}
		h.note("stream", errors.New("gone"))
		if all := h.all(); len(all) != 2 || all[0].Part != "store" || all[1].Part != "stream" {
			t.Errorf("troubles: %v", all)
		}
		if got, want := h.err().Error(), "store: for 1m30s: connection refused\nstream: for 0s: gone"; got != want {
			t.Errorf("health is\n%s\nwant\n%s", got, want)
		}
		h.clear("store")
		h.clear("store")
		h.clear("stream")
		if h.err() != nil {
			t.Errorf("all is well, yet: %v", h.err())
		}
		if n := strings.Count(log.String(), "\n"); n != 4 || strings.Count(log.String(), "part=store after=1m30s") != 1 {
			t.Errorf("%d lines, want 4:\n%s", n, &log)
		}
	})
}

// How long something lasts is told by the monotonic clock, which no jump of the wall clock moves.
func TestDurationsAreMonotonic(t *testing.T) {
	t.Parallel()
	h := newHealth(slog.New(slog.DiscardHandler))
	h.note("store", errors.New("away"))
	f, b, message := floor{runs: []run{{2, 3}}}, blockage{}, newBatch(1)
	b.look(&f)
	message.note(&nats.Msg{}, delivery{})
	for name, moment := range map[string]time.Time{"a trouble": h.all()[0].Since, "a blocked floor": b.since, "a batch": message.started} {
		if !strings.Contains(moment.String(), " m=") {
			t.Errorf("the beginning of %s, %s, has no reading of the monotonic clock", name, moment)
		}
	}
}

// A floor that stands still with something stored above it is blocked; one that moves is not.
func TestBlockage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f floor
		var b blockage
		look := func(want time.Duration) {
			t.Helper()
			if got := b.look(&f); got != want {
				t.Errorf("blocked for %s, want %s", got, want)
			}
		}
		look(0)
		f.add(run{11, 20})
		look(0) // since now
		<-time.After(time.Minute)
		look(time.Minute)
		f.add(run{21, 30}) // more is stored above, which helps nothing
		<-time.After(time.Minute)
		look(2 * time.Minute)
		f.raise(5) // somebody else gets on
		look(0)
		<-time.After(time.Second)
		look(time.Second)
		f.raise(10)
		f.acknowledge()
		look(0)
	})
}
