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
	whole := noon.Truncate(time.Microsecond).Add(time.Microsecond) // as the store keeps it, and not before the act
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

// What was received before an act, be it by less than the store tells apart, was judged without it.
func TestAVersionIsNotInForceBeforeItsAct(t *testing.T) {
	t.Parallel()
	start := time.Date(2024, 7, 1, 12, 0, 0, 0, schema.Shanghai)
	act := start.Add(10*time.Microsecond + 500)
	h := applied(t, &seeds.History{}, start, version("a", func(*seeds.Ledger) {}))
	h = applied(t, h, act, version("b", func(l *seeds.Ledger) { l.Plan.Note = "b" }))
	if got := h.At(act.Add(-1)).Version; got != "a" {
		t.Errorf("a nanosecond before the act: version %s", got)
	}
	if at := h.Last().At; at.Sub(act) >= time.Microsecond || at.Nanosecond()%1000 != 0 {
		t.Errorf("in force from %s, of an act of %s", at, act)
	}
}

// A blank is nobody's approval.
func TestABlankApprovesNothing(t *testing.T) {
	t.Parallel()
	h := applied(t, &seeds.History{}, time.Unix(1, 0), version("a", func(*seeds.Ledger) {}))
	due := version("b", func(l *seeds.Ledger) { l.Commitments[0].Measures[0].DueDate-- })
	for _, r := range []seeds.Revision{{Approver: " \u3000", Reason: "r"}, {Approver: "a", Reason: "\t"}} {
		r.Ledger, r.At = due, time.Unix(2, 0)
		if _, err := h.Apply(r); err == nil || !strings.Contains(err.Error(), "needs an approver") {
			t.Errorf("approver %q, reason %q: %v", r.Approver, r.Reason, err)
		}
	}
}

// Whoever changes a threshold changes what a letter says of everybody: it needs an approver, for the plan as for
// one measure, and also where what holds stays the same for now.
func TestAThresholdNeedsAnApprover(t *testing.T) {
	t.Parallel()
	h := applied(t, &seeds.History{}, time.Unix(1, 0), version("a", func(*seeds.Ledger) {}))
	for says, change := range map[string]func(*seeds.Ledger){
		"plan p 门槛“滞后起点（百分点）”：10（默认） → 15":    func(l *seeds.Ledger) { l.Plan.Thresholds = seeds.Overrides{"lagging_gap_points": 15} },
		"measure area 门槛“报送宽限（天）”：7（随计划） → 7": func(l *seeds.Ledger) { floor(l).Thresholds = seeds.Overrides{"grace_days": 7} },
	} {
		changed := version("b", change)
		_, err := h.Apply(seeds.Revision{Ledger: changed, At: time.Unix(2, 0), By: "督查室"})
		unapproved, ok := errors.AsType[*seeds.UnapprovedError](err)
		if !ok || len(unapproved.Changes) != 1 || unapproved.Changes[0].String() != says {
			t.Errorf("want refused for %s, got %v", says, err)
		}
		applied(t, h, time.Unix(2, 0), changed)
	}
}
