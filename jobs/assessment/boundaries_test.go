package assessment_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// TestThresholdBoundaries plans a percentage of 1000 by 06-30 and reports another, in tenths of a
// percent, on either side of every threshold.
func TestThresholdBoundaries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		planned, done string // per cent; done is also in tens of the target
		progress      Progress
		alert         Alert
		why           string
	}{
		{"60", "50.1", OnTrack, Watch, "gap −9.9, attainment 83.5%"},
		{"60", "50", Lagging, LaggingAlert, "gap −10"},
		{"90", "60", Lagging, LaggingAlert, "gap −30, attainment 66.7%"},
		{"90", "59.9", Severe, SevereAlert, "gap −30.1"},
		{"90", "60.1", Lagging, LaggingAlert, "gap −29.9"},
		{"40", "50", Ahead, NoAlert, "gap +10"},
		{"40", "49.9", OnTrack, NoAlert, "gap +9.9"},
		{"50", "45", OnTrack, Watch, "gap −5, attainment 90%"},
		{"50", "45.1", OnTrack, NoAlert, "gap −4.9"},
		{"40", "32", OnTrack, Watch, "attainment 80%, gap −8"},
		{"40", "31.9", Lagging, LaggingAlert, "attainment 79.75%, gap −8.1"},
		{"20", "12", Lagging, LaggingAlert, "attainment 60%, gap −8"},
		{"20", "11.9", Severe, SevereAlert, "attainment 59.5%, gap −8.1"},
		{"20", "15", Lagging, LaggingAlert, "attainment 75% at the floor, gap −5"},
		{"20", "15.1", OnTrack, NoAlert, "attainment 75.5% above the floor, gap −4.9"},
		{"10", "5", Lagging, LaggingAlert, "attainment 50%, planned 10%"},
		{"9.9", "4.9", OnTrack, Watch, "attainment 49.5%, planned 9.9%, gap −5"},
		{"20", "11", Severe, SevereAlert, "attainment 55%, planned 20%"},
		{"19.9", "10.9", Lagging, LaggingAlert, "attainment 54.8%, planned 19.9%"},
		{"10", "0.1", Lagging, LaggingAlert, "gap −9.9, attainment 1%"},
		{"10", "0", NotStarted, LaggingAlert, "gap −10"},
		{"4", "0", NotStarted, NoAlert, "gap −4"},
	} {
		t.Run(fmt.Sprintf("%s of %s: %s", c.done, c.planned, c.why), func(t *testing.T) {
			t.Parallel()
			m := measure(schema.ToDate, "1000", steps("2024-06-30 "+c.planned, "2024-12-31 100"))
			a := assess(m, log("2024-06-20 "+dec(c.done).Shift(1).String()), monday)
			if a.Progress != c.progress || a.Alert != c.alert {
				t.Errorf("got %s, %s; want %s, %s", a.Progress, a.Alert, c.progress, c.alert)
			}
		})
	}
}

// TestExactness: a third is no decimal, and what is exactly at a threshold must not be rounded past it.
func TestExactness(t *testing.T) {
	t.Parallel()
	// On 04-22 the first 112 of the 336 days from 01-01 to 12-01 have passed: exactly 1/3 of 3000 is 1000.
	// 10 points less is 700: exactly −10 and lagging; 700.000001 is not.
	m := measure(schema.ToDate, "3000", linear("2024-01-01", "2024-12-01"))
	asOf := at("2024-04-22 08:00")
	if a := assess(m, log("2024-04-20 700"), asOf); a.Alert != LaggingAlert || a.Gap.RatString() != "-10" {
		t.Errorf("700: got %s, gap %s; want lagging, gap exactly -10", a.Alert, a.Gap.RatString())
	}
	// Attainment is then 70%, which lags by itself: a plan of 2/3 tells the two arms apart. 224 days
	// have passed on 08-12; 2000 − 300 = 1700, attainment 85%.
	asOf = at("2024-08-12 08:00")
	if a := assess(m, log("2024-08-10 1700"), asOf); a.Alert != LaggingAlert || a.Gap.RatString() != "-10" {
		t.Errorf("1700: got %s, gap %s; want lagging, gap exactly -10", a.Alert, a.Gap.RatString())
	}
	if a := assess(m, log("2024-08-10 1700.000001"), asOf); a.Alert != Watch {
		t.Errorf("1700.000001: got %s, want watch", a.Alert)
	}
}

func TestDueDateBindsAtMidnight(t *testing.T) {
	t.Parallel()
	m := measure(schema.ToDate, "1000", linear("2024-01-01", "2024-06-30"), due("2024-06-30"))
	j := log("2024-06-20 999")
	midnight := at("2024-07-01 00:00")
	if a := assess(m, j, midnight.Add(-time.Nanosecond)); a.Progress != OnTrack {
		t.Errorf("a moment before 24:00 of the due date: %s, want on_track", a.Progress)
	}
	if a := assess(m, j, midnight); a.Progress != Overdue {
		t.Errorf("at 24:00 of the due date: %s, want overdue", a.Progress)
	}
}

// TestPieces holds what is peculiar to small counts and lists of items.
func TestPieces(t *testing.T) {
	t.Parallel()
	done := func(items ...string) journal {
		var j journal
		for _, i := range items {
			j.reads("2024-02-01 09:00", "1", item(i))
		}
		return j
	}
	open := items("a 2024-05-31", "b 2024-06-30")
	open.TargetValue, open.ItemsOpen = dec("4"), true // two more, spread evenly over June and July
	open.Curve.Start, open.Curve.End = date("2024-06-01"), date("2024-07-30")

	type piecewise struct {
		Progress       Progress
		Alert          Alert
		LagDays        int
		Done, Missing  []string
		AttainedOfPlan string
	}
	for _, c := range []struct {
		name    string
		measure seeds.Measure
		journal journal
		want    piecewise
	}{
		{
			// One was planned and one is done, but not the one that was due: 07-01 is day 30 after 06-01.
			"a dated item is missing though another was done early",
			items("a 2024-06-01", "b 2024-12-31"), done("b"),
			piecewise{Lagging, LaggingAlert, 30, []string{"b"}, []string{"a"}, "100.00"},
		},
		{
			"thirty-one days late is severe",
			items("a 2024-05-31", "b 2024-12-31"), done("b"),
			piecewise{Severe, SevereAlert, 31, []string{"b"}, []string{"a"}, "100.00"},
		},
		{
			"the oldest of the missing counts",
			items("a 2024-05-31", "b 2024-06-30", "c 2024-01-31"), done("c"),
			piecewise{Severe, SevereAlert, 31, []string{"c"}, []string{"a", "b"}, "33.33"},
		},
		{
			"an item due today is not missing yet", items("a 2024-06-01", "b 2024-07-01"), done("a"),
			piecewise{OnTrack, NoAlert, 0, []string{"a"}, nil, "100.00"},
		},
		{
			"nothing missing", items("a 2024-06-01", "b 2024-12-31"), done("a"),
			piecewise{OnTrack, NoAlert, 0, []string{"a"}, nil, "100.00"},
		},
		{
			// Undated: one of two when half of the 60 days had passed, on the 30th, 06-30. Planned are
			// a, b and that one. b and it are missing since 06-30: one day.
			"undated items of an open list are planned in number", open, done("a"),
			piecewise{Lagging, LaggingAlert, 1, []string{"a"}, []string{"b"}, "33.33"},
		},
		{
			"an item that a department registered counts in number", open, done("z", "a", "b"),
			piecewise{OnTrack, NoAlert, 0, []string{"a", "b", "z"}, nil, "100.00"},
		},
		{
			"an open list that is complete in number is completed", open, done("w", "x", "y", "z"),
			piecewise{Completed, NoAlert, 0, []string{"w", "x", "y", "z"}, []string{"a", "b"}, "133.33"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := assess(c.measure, c.journal, monday)
			got := piecewise{a.Progress, a.Alert, a.LagDays, a.DonePieces, a.MissingPieces, round(a.Attainment, 100)}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestAnItemReportedUndone: the latest reading of an item may take it back.
func TestAnItemReportedUndone(t *testing.T) {
	t.Parallel()
	var j journal
	j.reads("2024-06-01 09:00", "1", item("a"))
	j.reads("2024-06-20 09:00", "0", item("a"))
	a := assess(items("a 2024-06-15", "b 2024-12-31"), j, monday)
	if a.DonePieces != nil || !slices.Equal(a.MissingPieces, []string{"a"}) || a.Progress != NotStarted {
		t.Errorf("got done %v, missing %v, %s; want a missing, not_started", a.DonePieces, a.MissingPieces, a.Progress)
	}
}

func TestDueSoon(t *testing.T) {
	t.Parallel()
	dozen := measure(schema.ToDate, "12", steps("2024-07-10 50", "2024-12-31 100"))
	by := func(d string) seeds.Measure { return measure(schema.ToDate, "1000", linear("2024-01-01", d), due(d)) }
	for _, c := range []struct {
		name    string
		measure seeds.Measure
		journal journal
		want    bool
	}{
		{"due today", by("2024-07-01"), log("2024-06-20 500"), true},
		{"due in 14 days", by("2024-07-15"), log("2024-06-20 500"), true},
		{"due in 15 days", by("2024-07-16"), log("2024-06-20 500"), false},
		{"due yesterday", by("2024-06-30"), log("2024-06-20 500"), false},
		{"due in 14 days, done", by("2024-07-15"), log("2024-06-20 1000"), false},
		{"a piece due in 9 days", dozen, log("2024-06-20 5"), true},
		{"all pieces of that date done", dozen, log("2024-06-20 6"), false},
		{"an item due in 9 days", items("a 2024-07-10", "b 2024-12-31"), nil, true},
		{"that item done", items("a 2024-07-10", "b 2024-12-31"), itemDone("a"), false},
		{"the item of that date done early, an older one missing", items("a 2024-06-15", "b 2024-07-10"), itemDone("b"), false},
		{"another item done", items("a 2024-07-10", "b 2024-12-31"), itemDone("b"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if a := assess(c.measure, c.journal, monday); a.DueSoon != c.want {
				t.Errorf("due soon: %v, want %v", a.DueSoon, c.want)
			}
		})
	}
}

func itemDone(i string) journal {
	var j journal
	j.reads("2024-06-20 09:00", "1", item(i))
	return j
}

// TestThresholdsAreHeld changes one threshold at a time and sees it change a verdict.
func TestThresholdsAreHeld(t *testing.T) {
	t.Parallel()
	percentOf := func(planned string) seeds.Measure {
		return measure(schema.ToDate, "1000", steps("2024-06-30 "+planned, "2024-12-31 100"))
	}
	for name, c := range map[string]struct {
		change  seeds.Overrides
		measure seeds.Measure
		journal journal
		by      func(Assessment) any
		want    any // before the change it was something else
	}{
		"SevereGap":         {seeds.Overrides{"severe_gap_points": 20}, percentOf("90"), log("2024-06-20 650"), alert, SevereAlert},
		"LaggingGap":        {seeds.Overrides{"lagging_gap_points": 8}, percentOf("90"), log("2024-06-20 820"), alert, LaggingAlert},
		"WatchGap":          {seeds.Overrides{"watch_gap_points": 3}, percentOf("90"), log("2024-06-20 860"), alert, Watch},
		"AheadGap":          {seeds.Overrides{"ahead_gap_points": 3}, percentOf("50"), log("2024-06-20 540"), progress, Ahead},
		"SevereAttainment":  {seeds.Overrides{"severe_attainment_percent": 80}, percentOf("40"), log("2024-06-20 310"), alert, SevereAlert},
		"SeverePlanned":     {seeds.Overrides{"severe_planned_percent": 10}, percentOf("15"), log("2024-06-20 70"), alert, SevereAlert},
		"LaggingAttainment": {seeds.Overrides{"lagging_attainment_percent": 90}, percentOf("50"), log("2024-06-20 440"), alert, LaggingAlert},
		"LaggingPlanned":    {seeds.Overrides{"lagging_planned_percent": 5}, percentOf("8"), log("2024-06-20 20"), alert, LaggingAlert},
		"AttainmentFloor":   {seeds.Overrides{"attainment_floor_points": 3}, percentOf("15"), log("2024-06-20 110"), alert, LaggingAlert},
		"SevereDays":        {seeds.Overrides{"severe_days": 10}, items("a 2024-06-15", "b 2024-12-31"), itemDone("b"), alert, SevereAlert},
		"DueSoonDays":       {seeds.Overrides{"due_soon_days": 183}, percentOf("50"), log("2024-06-20 500"), soon, true},
		"ForecastPlanned":   {seeds.Overrides{"forecast_planned_percent": 50}, measure(schema.ToDate, "1000", year()), log("2024-06-20 500"), silent, true},
		"GraceDays":         {seeds.Overrides{"grace_days": 0}, measure(schema.ToDate, "1000", year()), log("2024-05-30 500"), data, Stale},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := c.by(judged(plan(c.measure), c.journal))
			ofPlan := plan(c.measure)
			ofPlan.Plan.Thresholds = c.change
			ofPlan.Index()
			c.measure.Thresholds = c.change
			after, ofMeasure := c.by(judged(ofPlan, c.journal)), c.by(judged(plan(c.measure), c.journal))
			if after != ofMeasure {
				t.Errorf("changed for the plan %v, for the measure %v", after, ofMeasure)
			}
			if before == c.want || after != c.want {
				t.Errorf("by default %v, changed %v; want the change alone to give %v", before, after, c.want)
			}
		})
	}
}

func judged(l *seeds.Ledger, j journal) Assessment {
	m, _ := l.Measure("m")
	return NewLog(l, j).AssessMeasure(m, monday, monday)
}

func alert(a Assessment) any    { return a.Alert }
func progress(a Assessment) any { return a.Progress }
func data(a Assessment) any     { return a.Data }
func soon(a Assessment) any     { return a.DueSoon }
func silent(a Assessment) any   { return a.Forecast == nil }

func TestLabels(t *testing.T) {
	t.Parallel()
	var labels []string
	for _, p := range []Progress{Unknown, Completed, Overdue, NotDue, NotStarted, Severe, Lagging, Ahead, OnTrack, ShownStale} {
		labels = append(labels, p.Label())
	}
	for _, a := range []Alert{NoAlert, Watch, LaggingAlert, SevereAlert} {
		labels = append(labels, a.Label())
	}
	for _, d := range []Data{Fresh, Stale, NeverReported, Disputed, Unverified} {
		labels = append(labels, d.Label())
	}
	if slices.Contains(labels, "") {
		t.Errorf("a status has no label: %q", labels)
	}
}
