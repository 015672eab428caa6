package ingest_test

import (
	"strings"
	"testing"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/engine"
	"xushi/schema"
)

// While the store is away, no more of a backlog is taken than the options allow, however long it is and however long
// that lasts; when the store is back, all of it is stored.
func TestBacklogWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	const backlog = 200_000
	options := engine.Options{DataDir: t.TempDir(), Listen: "127.0.0.1:0"}
	first := ownEngine(t, options)
	w := newWorldWith(t, first.DSN("progress"))
	last := w.publishAll(readings(t, backlog))
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := ingest.Options{BatchRows: 5000, FetchMessages: 10_000}
	r := w.run(o)
	w.inTrouble(r, "store", "connection refused")

	// The requests of a second and more come to nothing: the ingest has what it may have.
	taken, unchanged := 0, 0
	look := func() bool {
		now := w.consumer().NumAckPending
		if now != taken {
			taken, unchanged = now, 0
		}
		unchanged++
		return unchanged == 200
	}
	w.await("the ingest to take no more", look)
	if most := o.FetchMessages + 2*o.BatchRows; taken == 0 || taken > most {
		t.Errorf("%d messages are in hand; want at most %d", taken, most)
	}
	t.Logf("%d of %d messages in hand while the store is away", taken, backlog)

	options.Listen = strings.TrimPrefix(first.URL(), "http://")
	ownEngine(t, options)
	w.settled(last)
	w.whole(r, backlog)
	w.told("store")
	if n := w.stored(schema.ProgressStream); n != backlog {
		t.Errorf("the log has %d messages", n)
	}
	r.end(t)
}
