package store_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema/store"
)

// refusalRows are what became of a plan's refused events, a line for each.
const refusalRows = `
	SELECT toString(batch_index) || ' ' || state
	       || if(state = 'replayed', ' by ' || toString(replayed_by % 65536) || ' ' || replay_outcome || if(replay_edited, ' edited', ''), '')
	       || if(dropped_at IS NULL, '', ' dropped by ' || dropped_by || ' because ' || dropped_because)
	FROM refusals WHERE plan = ? ORDER BY position`

// replay is a row of replays: the event at index of the message sent as the nth, which says that it is the
// letter once more.
type replay struct {
	nth, index       uint64
	plan, department string // default: the letter's
	reason, body     string // default: accepted, and the letter's
}

var refusals = []struct {
	name    string
	reason  string
	replays []replay
	want    string
}{
	{"nothing was done", "wrong_unit", nil, "0 open"},
	{"accepted", "wrong_unit", []replay{{nth: 1, index: 7}}, "0 replayed by 7 accepted"},
	{"accepted with another body", "wrong_unit", []replay{{nth: 1, body: "other"}}, "0 replayed by 0 accepted edited"},
	{"refused again", "wrong_unit", []replay{{nth: 1, reason: "wrong_mode"}}, "0 replayed by 0 refused"},
	{"the best of several counts", "wrong_unit", []replay{
		{nth: 1, index: 1, reason: "wrong_mode"}, {nth: 2, index: 2}, {nth: 3, index: 3, reason: "wrong_unit"}}, "0 replayed by 2 accepted"},
	{"of refused ones the last", "wrong_unit", []replay{{nth: 2, index: 2, reason: "a"}, {nth: 1, index: 1, reason: "b"}}, "0 replayed by 2 refused"},
	{"a batch counts together", "malformed_json", []replay{{nth: 1}, {nth: 1, index: 1, reason: "wrong_unit"}}, "0 replayed by 0 partly"},
	{"another department's claim", "wrong_unit", []replay{{nth: 1, department: "water"}}, "0 open"},
	{"another plan's claim", "wrong_unit", []replay{{nth: 1, plan: "elsewhere"}}, "0 open"},
	{"the plan was what was wrong", "unknown_plan", []replay{{nth: 1, plan: "elsewhere"}}, "0 replayed by 0 accepted"},
	{"the department was what was wrong", "unknown_department", []replay{{nth: 1, department: "water"}}, "0 replayed by 0 accepted"},
	{"a replay of what is yet to come", "wrong_unit", []replay{{nth: 0, index: 0}}, "0 open"},
}

// Every row is stored twice, as after a crash, and merged or not.
func TestRefusals(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	for range 2 {
		for i, test := range refusals {
			sequence := uint64(1 + 100*i)
			letter(t, conn, test.name, sequence, 0, test.reason)
			for _, r := range test.replays {
				err := store.Insert(t.Context(), conn, "replays", []store.Row{{
					"letter", sequence << 16, "position", (sequence+r.nth)<<16 | r.index,
					"plan", cmp.Or(r.plan, test.name), "department", cmp.Or(r.department, "housing"),
					"received_at", time.UnixMicro(int64(r.nth)), "reason", r.reason, "sha256", sum(cmp.Or(r.body, "the letter's")),
				}})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, when := range []string{"as stored", "merged"} {
		for _, test := range refusals {
			wantRows(t, conn, when, refusalRows, test.name, []string{test.want})
		}
		exec(t, conn, "OPTIMIZE TABLE dead_letters FINAL")
		exec(t, conn, "OPTIMIZE TABLE replays FINAL")
	}
}

// A drop reaches the refusals of its own plan that it names; the first of several stands, one that does not
// hold changes nothing, and what was replayed is replayed.
func TestDroppedRefusals(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	for index := range uint64(5) {
		letter(t, conn, "p", 1, index, "wrong_unit")
	}
	letter(t, conn, "q", 2, 0, "wrong_unit")
	at := func(index uint64) uint64 { return 1<<16 | index }
	drop := func(plan string, sequence uint64, because, refused string, letters ...uint64) {
		err := store.Insert(t.Context(), conn, "office_acts", []store.Row{{
			"plan", plan, "sequence", sequence, "type", "deadletter.dropped.v1", "at", time.UnixMicro(int64(sequence)),
			"by", "督查室", "reason", because, "refused", refused, "letters", letters,
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	drop("p", 9, "later", "", at(1), at(2))
	drop("p", 4, "tests", "", at(0), at(1), at(4))
	drop("p", 3, "void", "does not hold", at(3))
	drop("p", 5, "of another plan", "", 2<<16)
	err := store.Insert(t.Context(), conn, "replays", []store.Row{{"letter", at(4), "position", uint64(3 << 16), "plan", "p", "department", "housing", "sha256", sum("other")}})
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, conn, "p", refusalRows, "p", []string{
		"0 dropped dropped by 督查室 because tests",
		"1 dropped dropped by 督查室 because tests",
		"2 dropped dropped by 督查室 because later",
		"3 open",
		"4 replayed by 0 accepted edited dropped by 督查室 because tests",
	})
	wantRows(t, conn, "q", refusalRows, "q", []string{"0 open"})
}

func letter(t *testing.T, conn driver.Conn, plan string, sequence, index uint64, reason string) {
	t.Helper()
	err := store.Insert(t.Context(), conn, "dead_letters", []store.Row{{
		"plan", plan, "department", "housing", "position", sequence<<16 | index, "reason", reason, "sha256", sum("the letter's"),
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// sum stands for a SHA-256.
func sum(of string) string { return (of + strings.Repeat(" ", 32))[:32] }
