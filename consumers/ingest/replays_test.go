package ingest_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"xushi/consumers/ingest"
	"xushi/schema"
)

// A refused event that is sent once more is linked with its refusal, whether it is accepted or not, and also
// where it had come by another way meanwhile: then its row in events is one with that of the other, whose
// link is none, and the refusal still knows.
func TestReplaysAreLinked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := reading("late", "1")
	bad.Data.Unit = "亩"
	good, worse := reading("late", "1"), bad
	worse.Data.Value = "x"
	once := func(e schema.Event) *nats.Msg { return message(t, e) }
	again := func(e schema.Event, of uint64) *nats.Msg {
		m := once(e)
		m.Header.Set(schema.ReplaysHeader, strconv.FormatUint(uint64(schema.At(of, 0)), 10))
		return m
	}
	first, second, third := w.publish(once(bad)), w.publish(once(bad)), w.publish(once(bad))
	w.publish(once(good))
	w.publish(again(good, first))
	refusedAgain := w.publish(again(worse, second))
	last := w.publish(again(reading("other", "2"), third))
	w.run(ingest.Options{})
	w.settled(last)
	if err := w.conn.Exec(t.Context(), "OPTIMIZE TABLE events FINAL"); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := w.conn.QueryRow(t.Context(), `
		SELECT groupArray(concat(toString(sequence), ' ', state, ' ', toString(bitShiftRight(replayed_by, 16)), ' ', replay_outcome, ' of ', toString(bitShiftRight(replays, 16))))
		FROM (SELECT * FROM refusals ORDER BY position)`).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 replayed 5 accepted of 0", "2 replayed 6 refused of 0", "3 replayed 7 accepted of 0",
		fmt.Sprintf("%d open 0  of 2", refusedAgain),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refusals (-want +got)\n%s", diff)
	}
	if n := w.count("SELECT replays FROM events FINAL WHERE id = 'other'"); n != uint64(schema.At(third, 0)) {
		t.Errorf("the event says that it replays %d, want %d", n, schema.At(third, 0))
	}
}
