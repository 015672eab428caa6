package ingest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"xushi/consumers/ingest"
	"xushi/schema"
)

// What is judged, and what is stored of it, goes by the log's clock alone: a process whose own clock is a quarter of
// a century behind, and then jumps, comes to the same, to the byte.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	received := time.Date(2024, 6, 30, 10, 0, 0, 0, time.UTC)
	at := func(id string, occurred time.Time) *nats.Msg {
		e := reading(id, "1")
		e.Time = occurred
		m := message(t, e)
		m.Header.Set(schema.VerdictToHeader, "_INBOX.x.y")
		return m
	}
	messages := []*nats.Msg{
		at("long-ago", received.AddDate(-40, 0, 0)),
		at("before-the-process-clock", time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)),
		at("now", received),
		at("just-within-the-skew", received.Add(schema.MaxClockSkew)),
		at("just-beyond-it", received.Add(schema.MaxClockSkew+time.Microsecond)),
		at("in-the-process-future", received.AddDate(100, 0, 0)),
	}
	judge := func() (all []ingest.Judged) {
		for i, m := range messages {
			m.Reply = fmt.Sprintf("$JS.ACK.PROGRESS.ingest.1.%d.%d.%d.0", i+1, i+1, received.UnixNano())
			all = append(all, ingest.JudgeMessage(m, demo()))
		}
		return all
	}
	want := judge()
	refused := 0
	for _, j := range want {
		refused += len(j.Letters)
	}
	if refused != 2 {
		t.Errorf("%d refused, want the 2 that are beyond the skew", refused)
	}
	synctest.Test(t, func(t *testing.T) { // its clock begins at the year 2000
		if year := time.Now().UTC().Year(); year != 2000 {
			t.Fatalf("the process's clock is at %d", year)
		}
		for range 2 {
			if diff := cmp.Diff(want, judge()); diff != "" {
				t.Errorf("by another clock:\n%s", diff)
			}
			<-time.After(50 * 365 * 24 * time.Hour) // a jump
		}
	})
}
