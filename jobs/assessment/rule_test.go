package assessment_test

import (
	"testing"
	"time"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// TestWhichRuleFired: whoever asks why is told the first rule that matched, of the status and of the level.
func TestWhichRuleFired(t *testing.T) {
	t.Parallel()
	percentOf := func(planned string) seeds.Measure {
		return measure(schema.ToDate, "1000", steps("2024-06-30 "+planned, "2024-12-31 100"))
	}
	rate := measure(schema.Level, "80", half(), baseline("60"))
	past := measure(schema.ToDate, "1000", linear("2024-01-01", "2024-06-15"), due("2024-06-15"))
	for _, c := range []struct {
		name    string
		measure seeds.Measure
		journal journal
		asOf    time.Time
		want    Fired
	}{
		{"no curve", measure(schema.ToDate, "1000", nil), log("2024-06-20 5"), monday, Fired{LacksInput, NotGraded}},
		{"no baseline", measure(schema.Level, "80", half()), nil, monday, Fired{LacksInput, NotGraded}},
		{"no reading", rate, nil, monday, Fired{LacksReading, NotGraded}},
		{"completed", percentOf("50"), log("2024-06-20 1000"), monday, Fired{TargetReached, NotGraded}},
		{"overdue by 40 points", past, log("2024-06-10 600"), monday, Fired{PastDue, SevereGap}},
		{"overdue by half a point", past, log("2024-06-10 995"), monday, Fired{PastDue, NoneBehind}},
		{"nothing planned", measure(schema.ToDate, "1000", steps("2024-09-30 100")), log("2024-06-20 5"), monday, Fired{NothingPlanned, NotGraded}},
		{"nothing done, 4 points behind", percentOf("4"), log("2024-06-20 0"), monday, Fired{NothingDone, NoneBehind}},
		{"nothing done, 10 points behind", percentOf("10"), nil, monday, Fired{NothingDone, LaggingGap}},

		// −40 points and 43% of what is planned: both arms are severe, the points come first.
		{"30 of 70", percentOf("70"), log("2024-06-20 300"), monday, Fired{SevereGap, SevereGap}},
		{"27.6 of 49.8, which is 55.4%", percentOf("49.8"), log("2024-06-20 276"), monday, Fired{SevereAttainment, SevereAttainment}},
		{"50 of 60", percentOf("60"), log("2024-06-20 500"), monday, Fired{LaggingGap, LaggingGap}},
		{"15 of 20, which is 75%", percentOf("20"), log("2024-06-20 150"), monday, Fired{LaggingAttainment, LaggingAttainment}},
		{"55 of 60", percentOf("60"), log("2024-06-20 550"), monday, Fired{Otherwise, WatchGap}},
		{"50 of 50", percentOf("50"), log("2024-06-20 500"), monday, Fired{Otherwise, NoneBehind}},
		{"60 of 50", percentOf("50"), log("2024-06-20 600"), monday, Fired{AheadGap, NoneBehind}},
		{"a level at its target in July", rate, log("2024-06-20 80"), monday, Fired{ReachedEarly, NoneBehind}},

		{"an item 31 days late", items("a 2024-05-31", "b 2024-12-31"), itemDone("b"), monday, Fired{SevereDays, SevereDays}},
		{"an item 30 days late", items("a 2024-06-01", "b 2024-12-31"), itemDone("b"), monday, Fired{LaggingDays, LaggingDays}},
		{"no item late", items("a 2024-06-01", "b 2024-12-31"), itemDone("a"), monday, Fired{Otherwise, NoneBehind}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if a := assess(c.measure, c.journal, c.asOf); a.Fired != c.want {
				t.Errorf("got %+v, want %+v", a.Fired, c.want)
			}
		})
	}
}
