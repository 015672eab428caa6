package seeds_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// version is the small plan, changed and called by a name.
func version(name string, change func(*seeds.Ledger)) *seeds.Ledger {
	l := town()
	change(l)
	l.Index()
	l.Version = name
	return l
}

func applied(t *testing.T, h *seeds.History, at time.Time, l *seeds.Ledger) *seeds.History {
	t.Helper()
	next, err := h.Apply(seeds.Revision{Ledger: l, At: at, By: "督查室", Reason: "测试", Approver: "区长"})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// Acts follow each other: by a clock that went back, a version comes into force right after the one before.
func TestHistoryFollowsTheOrderOfActs(t *testing.T) {
	t.Parallel()
	noon := time.Date(2024, 7, 1, 12, 0, 0, 1500, schema.Shanghai)
	a := version("a", func(*seeds.Ledger) {})
	b := version("b", func(l *seeds.Ledger) { l.Plan.Note = "b" })
	one := applied(t, &seeds.History{}, noon, a)
	both := applied(t, one, noon.Add(-time.Hour), b)
	whole := noon.Truncate(time.Microsecond) // as the store keeps it
	for at, want := range map[time.Time]string{
		noon.AddDate(-1, 0, 0): "a", whole: "a", whole.Add(time.Microsecond - 1): "a", whole.Add(time.Microsecond): "b", noon.AddDate(1, 0, 0): "b",
	} {
		if got := both.At(at).Version; got != want {
			t.Errorf("at %s: version %s, want %s", at, got, want)
		}
	}
	if one.InForce() != a || len(one.Revisions(time.Time{}, noon.AddDate(9, 0, 0))) != 1 {
		t.Error("a longer history changed the one that it continues")
	}
	if _, err := both.Apply(seeds.Revision{Ledger: b}); !errors.Is(err, seeds.ErrInForce) {
		t.Errorf("the version in force, applied again: %v", err)
	}
}

// A measure keeps its way of counting for ever, also where it was left out of a version in between.
func TestAMeasureKeepsItsWayOfCounting(t *testing.T) {
	t.Parallel()
	h := applied(t, &seeds.History{}, time.Unix(1, 0), version("a", func(*seeds.Ledger) {}))
	h = applied(t, h, time.Unix(2, 0), version("b", func(l *seeds.Ledger) { l.Commitments[0].Measures = l.Commitments[0].Measures[:1] }))
	for name, change := range map[string]func(*seeds.Measure){
		"unit":     func(m *seeds.Measure) { m.Unit = "户" },
		"mode":     func(m *seeds.Measure) { m.Mode = schema.ToDate },
		"itemised": func(m *seeds.Measure) { m.Itemised = true },
		"ratio":    func(m *seeds.Measure) { m.Ratio = &seeds.Ratio{Numerator: "签约人数", Denominator: "人数"} },
	} {
		_, err := h.Apply(seeds.Revision{Ledger: version(name, func(l *seeds.Ledger) { change(signed(l)) }), Reason: "r", Approver: "a"})
		if err == nil || !strings.Contains(err.Error(), "measure rate is counted as") {
			t.Errorf("another %s: %v", name, err)
		}
	}
	applied(t, h, time.Unix(3, 0), version("c", func(*seeds.Ledger) {})) // as it was
}
