package assessment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// TestCorrectionRules holds the event contract's rules of identity, voids and replacements.
func TestCorrectionRules(t *testing.T) {
	t.Parallel()
	adds := measure(schema.Increment, "1000", year())
	counts := measure(schema.ToDate, "1000", year())

	for _, c := range []struct {
		name    string
		measure seeds.Measure
		write   func(j *journal)
		want    string   // actual_to_date
		events  []string // that it is computed from
	}{
		{
			"a void withdraws", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-04-01 09:00", "50")
				j.voids("2024-05-01 09:00", "e1")
			},
			"50", []string{"e2"},
		},
		{
			"a void may arrive before what it voids", adds,
			func(j *journal) {
				j.voids("2024-03-01 09:00", "e2")
				j.reads("2024-03-02 09:00", "100")
			},
			"0", nil,
		},
		{
			"a replacement is a void and a new reading", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-03-05 09:00", "70", replaces("e1"))
			},
			"70", []string{"e2"},
		},
		{
			"a replacement may arrive before what it replaces", adds,
			func(j *journal) {
				j.reads("2024-03-05 09:00", "70", replaces("e2"))
				j.reads("2024-03-01 09:00", "100", received("2024-03-06 09:00"))
			},
			"70", []string{"e1"},
		},
		{
			"a voided replacement does not revive what it replaced", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-03-05 09:00", "70", replaces("e1"))
				j.voids("2024-03-06 09:00", "e2")
			},
			"0", nil,
		},
		{
			"not even if its void came first", adds,
			func(j *journal) {
				j.voids("2024-02-01 09:00", "e3")
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-03-05 09:00", "70", replaces("e2"))
			},
			"0", nil,
		},
		{
			"a void cannot be voided", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.voids("2024-03-05 09:00", "e1")
				j.voids("2024-03-06 09:00", "e2")
			},
			"0", nil,
		},
		{
			"a chain of replacements leaves the last", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-03-05 09:00", "70", replaces("e1"))
				j.reads("2024-03-06 09:00", "80", replaces("e2"))
			},
			"80", []string{"e3"},
		},
		{
			"another source cannot void", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.voids("2024-03-05 09:00", "e1", source("/other"))
			},
			"100", []string{"e1"},
		},
		{
			"another department cannot void", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.voids("2024-03-05 09:00", "e1", by("helper"))
			},
			"100", []string{"e1"},
		},
		{
			"one id of two sources is two events", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100", id("x"))
				j.reads("2024-03-02 09:00", "10", id("x"), source("/other"))
			},
			"110", []string{"x", "x"},
		},
		{
			"of a conflict the lowest position wins, whatever else says otherwise", adds,
			func(j *journal) {
				j.reads("2024-03-05 09:00", "100", id("x"))
				j.reads("2024-03-01 09:00", "70", id("x"))
				j.reads("2024-03-06 09:00", "80", id("x"))
			},
			"100", []string{"x"},
		},
		{
			"what lost its identity withdraws nothing", adds,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-03-02 09:00", "5", id("x"))
				j.voids("2024-03-03 09:00", "e1", id("x"))
			},
			"105", []string{"e1", "x"},
		},
		{
			"to_date: withdrawing the latest brings back the one before", counts,
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-04-01 09:00", "300")
				j.voids("2024-05-01 09:00", "e2")
			},
			"100", []string{"e1"},
		},
		{
			"to_date: the latest is what happened last, not what arrived last", counts,
			func(j *journal) {
				j.reads("2024-04-01 09:00", "300")
				j.reads("2024-03-01 09:00", "100", received("2024-05-01 09:00"))
			},
			"300", []string{"e1"},
		},
		{
			"to_date: of one moment, what arrived last", counts,
			func(j *journal) {
				j.reads("2024-04-01 09:00", "300", received("2024-04-03 09:00"))
				j.reads("2024-04-01 09:00", "100", received("2024-04-02 09:00"))
			},
			"300", []string{"e1"},
		},
		{
			"to_date: of one moment and arrival, the highest position", counts,
			func(j *journal) {
				j.reads("2024-04-01 09:00", "300")
				j.reads("2024-04-01 09:00", "100")
			},
			"100", []string{"e2"},
		},
		{
			"to_date: the latest of each item, summed", items("a 2024-03-31", "b 2024-06-30", "c 2024-12-31"),
			func(j *journal) {
				j.reads("2024-04-01 09:00", "1", item("b"))
				j.reads("2024-03-01 09:00", "1", item("a"))
				j.reads("2024-05-01 09:00", "1", item("a"))
				j.reads("2024-03-01 09:00", "0", item("b"))
			},
			"2", []string{"e1", "e3"},
		},
		{
			"level: the latest", measure(schema.Level, "80", half(), baseline("60")),
			func(j *journal) {
				j.reads("2024-03-01 09:00", "75")
				j.reads("2024-04-01 09:00", "64")
			},
			"64", []string{"e2"},
		},
		{
			"what happens after as-of does not count", adds,
			func(j *journal) {
				j.reads("2024-07-01 08:00", "100")
				j.reads("2024-07-01 08:01", "10")
			},
			"100", []string{"e1"},
		},
		{
			"a reading moved past as-of is withdrawn all the same", adds,
			func(j *journal) {
				j.reads("2024-06-01 09:00", "100")
				j.reads("2024-07-02 09:00", "100", replaces("e1"), received("2024-06-30 09:00"))
			},
			"0", nil,
		},
		{
			"another plan's records are not ours", adds,
			func(j *journal) {
				j.reads("2024-06-01 09:00", "100", func(r *schema.Record) { r.Plan = "p-2025" })
			},
			"0", nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var j journal
			c.write(&j)
			for range 2 { // forwards and backwards: delivery order is nothing
				a := assess(c.measure, j, monday)
				if actual(a) != c.want || !slices.Equal(ids(a.Events), c.events) {
					t.Errorf("got %s of %v, want %s of %v", actual(a), ids(a.Events), c.want, c.events)
				}
				slices.Reverse(j)
			}
		})
	}
}

// TestReplacementMovesAReadingToAnotherMeasure: identity knows no measure, so a reading sent for the
// wrong one can be replaced by one for the right one.
func TestReplacementMovesAReadingToAnotherMeasure(t *testing.T) {
	t.Parallel()
	m, n := measure(schema.Increment, "1000", year()), measure(schema.Increment, "1000", year())
	n.ID = "n"
	var j journal
	j.reads("2024-03-01 09:00", "100")
	j.reads("2024-03-05 09:00", "100", of("n"), replaces("e1"))
	all := NewLog(plan(m, n), j).Assess(monday, monday)
	if actual(all[0]) != "0" || actual(all[1]) != "100" {
		t.Errorf("got %s and %s, want 0 and 100", actual(all[0]), actual(all[1]))
	}
	if len(all[0].Corrections) != 1 || all[1].Corrections != nil {
		t.Errorf("corrections %v and %v; want one of the measure that lost it", all[0].Corrections, all[1].Corrections)
	}
}

// TestKnownAt replays what was known at each moment of one story, as of the worked examples' Monday.
func TestKnownAt(t *testing.T) {
	t.Parallel()
	var j journal
	j.reads("2024-03-01 09:00", "100")
	j.reads("2024-03-02 09:00", "200", received("2024-04-01 09:00"))
	j.voids("2024-05-01 09:00", "e1")
	j.reads("2024-03-02 09:00", "150", replaces("e2"), received("2024-06-01 09:00"))
	j.voids("2024-06-15 09:00", "e4")
	j.voids("2024-06-20 09:00", "e1") // once more, which changes nothing
	m := measure(schema.Increment, "1000", year())
	for _, c := range []struct{ knownAt, want string }{
		{"2024-03-01 08:59", "0"},
		{"2024-03-01 09:00", "100"},
		{"2024-03-31 09:00", "100"},
		{"2024-04-01 09:00", "300"},
		{"2024-05-01 08:59", "300"},
		{"2024-05-01 09:00", "200"},
		{"2024-06-01 09:00", "150"},
		{"2024-06-15 09:00", "0"},
	} {
		if a := assessKnown(m, j, monday, at(c.knownAt)); actual(a) != c.want {
			t.Errorf("known at %s: %s, want %s", c.knownAt, actual(a), c.want)
		}
	}
}

// TestAnIdentityNeverChangesItsWord: the simulator may date an arrival before that of a lower position.
// The winner is settled by position all the same, so that no known-at ever saw the loser.
func TestAnIdentityNeverChangesItsWord(t *testing.T) {
	t.Parallel()
	var j journal
	j.reads("2024-03-01 09:00", "100", id("x"), received("2024-05-01 09:00"))
	j.reads("2024-03-01 09:00", "70", id("x"), received("2024-04-01 09:00"))
	m := measure(schema.Increment, "1000", year())
	for knownAt, want := range map[string]string{"2024-04-15 09:00": "0", "2024-05-01 09:00": "100"} {
		if a := assessKnown(m, j, monday, at(knownAt)); actual(a) != want {
			t.Errorf("known at %s: %s, want %s", knownAt, actual(a), want)
		}
	}
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	note := func(r *schema.Record) { r.Data.Note = "多计一栋" }
	correction := func(when, id, target, before, after, reason string) Correction {
		return Correction{at(when), id, target, dec(before), dec(after), reason}
	}
	for _, c := range []struct {
		name    string
		measure seeds.Measure
		write   func(j *journal)
		want    []Correction
	}{
		{
			"a void and a replacement, each with the figures around it", measure(schema.Increment, "1000", year()),
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-03-02 09:00", "200")
				j.voids("2024-04-01 09:00", "e1")
				j.reads("2024-04-15 09:00", "50")
				j.reads("2024-03-02 09:00", "180", replaces("e2"), note, received("2024-05-01 09:00"))
			},
			[]Correction{
				correction("2024-04-01 09:00", "e3", "e1", "300", "200", "重复计入"),
				correction("2024-05-01 09:00", "e5", "e2", "250", "230", "多计一栋"),
			},
		},
		{
			"one that raises, or changes nothing, is not listed", measure(schema.ToDate, "1000", year()),
			func(j *journal) {
				j.reads("2024-03-01 09:00", "100")
				j.reads("2024-03-02 09:00", "120", replaces("e1"))
				j.reads("2024-03-03 09:00", "150")
				j.voids("2024-03-04 09:00", "e2")
			},
			nil,
		},
		{
			"what never counted cannot be lowered", measure(schema.Increment, "1000", year()),
			func(j *journal) {
				j.voids("2024-03-01 09:00", "e2")
				j.reads("2024-03-02 09:00", "100")
			},
			nil,
		},
		{
			"a falling level is taken back when it rises", measure(schema.Level, "80", half(), baseline("100"), falling),
			func(j *journal) {
				j.reads("2024-03-01 09:00", "95")
				j.reads("2024-04-01 09:00", "85")
				j.voids("2024-05-01 09:00", "e2")
			},
			[]Correction{correction("2024-05-01 09:00", "e3", "e2", "85", "95", "重复计入")},
		},
		{
			"not when it falls", measure(schema.Level, "80", half(), baseline("100"), falling),
			func(j *journal) {
				j.reads("2024-03-01 09:00", "95")
				j.reads("2024-04-01 09:00", "97")
				j.voids("2024-05-01 09:00", "e2")
			},
			nil,
		},
		{
			"a level with nothing left is unknown, not lowered", measure(schema.Level, "80", half(), baseline("60")),
			func(j *journal) {
				j.reads("2024-03-01 09:00", "70")
				j.voids("2024-05-01 09:00", "e1")
			},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var j journal
			c.write(&j)
			if diff := cmp.Diff(c.want, assess(c.measure, j, monday).Corrections); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestOpenVoids(t *testing.T) {
	t.Parallel()
	var j journal
	j.reads("2024-03-01 09:00", "100")
	j.voids("2024-03-02 09:00", "e1")
	j.voids("2024-03-03 09:00", "typo")
	j.voids("2024-03-04 09:00", "e2")
	j.reads("2024-03-05 09:00", "50", replaces("lost"))
	j.voids("2024-03-06 09:00", "e7")
	j.reads("2024-03-07 09:00", "10")
	j.voids("2024-03-08 09:00", "e1", source("/other"))

	for knownAt, want := range map[string][]string{
		"2024-03-02 09:00": nil,
		"2024-03-06 09:00": {"e3 typo", "e4 e2 void", "e5 lost", "e6 e7"},
		"2024-03-07 09:00": {"e3 typo", "e4 e2 void", "e5 lost"},
		"2024-03-08 09:00": {"e3 typo", "e4 e2 void", "e5 lost", "e8 e1"},
	} {
		var got []string
		for _, v := range NewLog(plan(measure(schema.Increment, "1000", year())), j).OpenVoids(at(knownAt)) {
			s := v.Record.ID + " " + v.Target
			if v.TargetIsVoid {
				s += " void"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("known at %s (-want +got)\n%s", knownAt, diff)
		}
	}
}

func TestExplanation(t *testing.T) {
	t.Parallel()
	var j journal
	explain := func(when, problem string, change ...func(*schema.Record)) {
		j.entry(schema.Explained, when, append(change, func(r *schema.Record) {
			r.Data.Problem, r.Data.NextStep = problem, problem+"之措施"
		})...)
	}
	explain("2024-05-01 09:00", "征拆")
	explain("2024-06-01 09:00", "资金", by("helper"))
	explain("2024-06-10 09:00", "误报")
	explain("2024-07-02 09:00", "尚未发生", received("2024-06-01 09:00"))
	j.voids("2024-06-20 09:00", "e3")
	m := measure(schema.Increment, "1000", year())
	for knownAt, want := range map[string]string{
		"2024-04-01 09:00": "", "2024-05-15 09:00": "征拆", "2024-06-15 09:00": "误报", "2024-06-20 09:00": "资金",
	} {
		a := assessKnown(m, j, monday, at(knownAt))
		step := want + "之措施"
		if want == "" {
			step = ""
		}
		if a.Problem != want || a.NextStep != step {
			t.Errorf("known at %s: %q, %q; want %q", knownAt, a.Problem, a.NextStep, want)
		}
		if (a.Explained == nil) != (want == "") || want != "" && (a.Explained.Problem != want || a.Explained.NextStep != step) {
			t.Errorf("known at %s: explained by %+v, want %q", knownAt, a.Explained, want)
		}
	}
}

// TestExplanationIsAnEvent: an answer to a supervision item is told by who gave it, when, and in which event.
func TestExplanationIsAnEvent(t *testing.T) {
	t.Parallel()
	var j journal
	j.entry(schema.Explained, "2024-06-01 09:00", by("helper"), source("/desk"), id("why"), received("2024-06-03 10:00"), func(r *schema.Record) {
		r.Data.Problem, r.Data.NextStep = "资金", "追加"
	})
	want := &Explanation{
		Department: "helper", Source: "/desk", ID: "why", Time: at("2024-06-01 09:00"), ReceivedAt: at("2024-06-03 10:00"),
		Problem: "资金", NextStep: "追加",
	}
	if diff := cmp.Diff(want, assess(measure(schema.Increment, "1000", year()), j, monday).Explained); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestBadges: who confirmed the curve, whether the figures are made up, and of when they are.
func TestBadges(t *testing.T) {
	t.Parallel()
	m := measure(schema.Increment, "1000", year())
	var j journal
	j.reads("2024-06-20 09:00", "500")
	j.unchanged("2024-06-25 09:00")
	a := assess(m, j, monday)
	if a.Unconfirmed || a.Simulated || !a.LastReported.Equal(at("2024-06-25 09:00")) {
		t.Errorf("unconfirmed %v, simulated %v, last reported %v; want false, false, 06-25", a.Unconfirmed, a.Simulated, a.LastReported)
	}
	m.CurveConfirmedBy = ""
	j.reads("2024-05-20 09:00", "500", source(schema.SimulatorSource))
	if a := assess(m, j, monday); !a.Unconfirmed || !a.Simulated {
		t.Errorf("unconfirmed %v, simulated %v; want both", a.Unconfirmed, a.Simulated)
	}
	if a := assess(m, nil, monday); a.LastReported != nil || a.Simulated {
		t.Errorf("nothing reported: last %v, simulated %v; want neither", a.LastReported, a.Simulated)
	}
}

// TestPlannedInUnits: the planned value stands beside the share, of a level on its way down too.
func TestPlannedInUnits(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]seeds.Measure{
		"421185.79": measure(schema.Increment, "847000", year()), // 847000 × 182/366
		"90.00":     measure(schema.Level, "80", half(), baseline("100"), falling),
		"5.00":      measure(schema.ToDate, "12", year()),
		"":          measure(schema.Level, "80", half()),
	} {
		if got := round(assess(m, nil, monday).Planned, 1); got != want {
			t.Errorf("planned %q, want %q", got, want)
		}
	}
}

// TestAssessIsInTheOrderOfTheText and covers every measure.
func TestAssessIsInTheOrderOfTheText(t *testing.T) {
	t.Parallel()
	var measures []seeds.Measure
	for _, id := range []string{"c", "a", "b"} {
		m := measure(schema.Increment, "1000", year())
		m.ID = id
		measures = append(measures, m)
	}
	var ids []string
	for _, a := range NewLog(plan(measures...), nil).Assess(monday, monday.Add(time.Hour)) {
		ids = append(ids, a.Measure.ID)
		if !a.AsOf.Equal(monday) || !a.KnownAt.Equal(monday.Add(time.Hour)) {
			t.Errorf("%s: as of %v, known at %v", a.Measure.ID, a.AsOf, a.KnownAt)
		}
	}
	if !slices.Equal(ids, []string{"c", "a", "b"}) {
		t.Errorf("got %v", ids)
	}
}
