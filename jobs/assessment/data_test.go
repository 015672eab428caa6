package assessment_test

import (
	"testing"
	"time"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

func TestDataStatus(t *testing.T) {
	t.Parallel()
	count := measure(schema.Increment, "1000", year())
	season := measure(schema.Level, "80", season("2024-06-15", "2024-09-15"), baseline("100"), falling)
	open := items("a 2024-05-31", "b 2024-05-31", "c 2024-12-31")

	var quiet, whole, silent, other journal
	quiet.reads("2024-01-10 09:00", "500")
	quiet.unchanged("2024-06-20 09:00")
	whole.reads("2024-01-10 09:00", "500")
	whole.unchanged("2024-06-20 09:00", of(""))
	silent.unchanged("2024-06-20 09:00")
	other.reads("2024-01-10 09:00", "500")
	other.unchanged("2024-06-20 09:00", by("helper"))

	var foreign, agreeing journal
	foreign.reads("2024-06-01 09:00", "99", by("helper"))
	agreeing.reads("2024-06-20 09:00", "500")
	agreeing.unchanged("2024-06-21 09:00", by("helper"))

	var withdrawn journal
	withdrawn.reads("2024-06-20 09:00", "500")
	withdrawn.voids("2024-06-21 09:00", "e1")

	proof := func(r *schema.Record) { r.Data.Evidence = []string{"津红建〔2024〕12号"} }
	var proven, unproven journal
	proven.reads("2024-06-10 09:00", "400")
	proven.reads("2024-06-20 09:00", "100", proof)
	unproven.reads("2024-06-10 09:00", "400", proof)
	unproven.reads("2024-06-20 09:00", "100")

	check := func(ours []string, theirs ...string) journal {
		j := log(ours...)
		for _, v := range theirs {
			j.reads("2024-06-21 09:00", v, by("helper"))
		}
		return j
	}
	var partly, contrary journal
	partly.reads("2024-06-20 09:00", "1", item("a"))
	partly.reads("2024-06-20 09:00", "1", item("b"))
	partly.reads("2024-06-21 09:00", "1", item("a"), by("helper"))
	contrary.reads("2024-06-20 09:00", "1", item("a"))
	contrary.reads("2024-06-21 09:00", "1", item("b"), by("helper"))

	for _, c := range []struct {
		name    string
		measure seeds.Measure
		journal journal
		asOf    time.Time
		want    Data
	}{
		// 05-25 08:00 + 30 + 7 days = 07-01 08:00.
		{"at the deadline", count, at37("2024-05-25 08:00"), monday, Fresh},
		{"a moment later", count, at37("2024-05-25 08:00"), monday.Add(time.Nanosecond), Stale},
		{"no change refreshes", count, quiet, monday, Fresh},
		{"no change of the whole commitment refreshes", count, whole, monday, Fresh},
		{"another department's no change does not", count, other, monday, Stale},
		{"no change alone is a report", count, silent, monday, Fresh},
		{"a withdrawn report is none", count, withdrawn, monday, NeverReported},
		{"completed: the clock has stopped", count, log("2024-01-10 1000"), monday, Fresh},
		{"overdue: the clock runs on", measure(schema.Increment, "1000", linear("2024-01-01", "2024-03-31"), due("2024-03-31")), log("2024-03-30 900"), monday, Stale},

		// Something of the season is first due on the morning of 06-16; + 30 + 7 days = 07-23 00:00.
		{"a reading before the season is fresh until 37 days into it", season, log("2024-03-01 99"), at("2024-07-23 00:00"), Fresh},
		{"and no longer", season, log("2024-03-01 99"), at("2024-07-23 00:01"), Stale},
		{"before the season", season, nil, at("2024-06-15 08:00"), Fresh},
		{"on its second morning", season, nil, at("2024-06-16 00:00"), NeverReported},
		{"before anything is due, another department's reading is no dispute", season, foreign, at("2024-06-15 08:00"), Fresh},

		{"without a curve reports are owed", measure(schema.Increment, "1000", nil), nil, monday, NeverReported},
		{"without a baseline too, from the first level's date", levelsWithoutBaseline(), nil, monday, NeverReported},
		{"not before it", levelsWithoutBaseline(), nil, at("2024-05-31 23:59"), Fresh},

		{"sums differ", count, check([]string{"2024-06-10 400", "2024-06-20 100"}, "400"), monday, Disputed},
		{"another department's no change is no figure to differ", count, agreeing, monday, Fresh},
		{"sums agree", count, check([]string{"2024-06-10 400", "2024-06-20 100"}, "300", "200"), monday, Fresh},
		{"latest values differ", measure(schema.ToDate, "1000", year()), check([]string{"2024-06-20 500"}, "400"), monday, Disputed},
		{"latest values agree", measure(schema.ToDate, "1000", year()), check([]string{"2024-06-20 500"}, "400", "500"), monday, Fresh},
		{"only another department speaks", count, check(nil, "400"), monday, NeverReported},
		{"stale comes before disputed", count, check([]string{"2024-01-10 500"}, "400"), monday, Stale},
		{"a cross-check of one item of two", open, partly, monday, Fresh},
		{"an item that only the cross-check has done", open, contrary, monday, Disputed},

		{"evidence demanded, the newest has it", measure(schema.Increment, "1000", year(), evidenced), proven, monday, Fresh},
		{"evidence demanded, the newest has none", measure(schema.Increment, "1000", year(), evidenced), unproven, monday, Unverified},
		{"disputed comes before unverified", measure(schema.Increment, "1000", year(), evidenced), check([]string{"2024-06-20 500"}, "400"), monday, Disputed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if a := assess(c.measure, c.journal, c.asOf); a.Data != c.want {
				t.Errorf("got %s, want %s", a.Data, c.want)
			}
		})
	}
}

// at37 is one reading, level with the plan of the worked examples, at a moment of the day.
func at37(when string) journal {
	var j journal
	j.reads(when, "500")
	return j
}

func levelsWithoutBaseline() seeds.Measure {
	return measure(schema.Level, "80", &seeds.Curve{Kind: seeds.ByLevel, Levels: []seeds.LevelDate{
		{By: date("2024-05-31"), Value: dec("70")}, {By: date("2024-12-31"), Value: dec("80")},
	}})
}

// TestStaleIsNeverGreen: on track and ahead are promises about today that stale data cannot make.
func TestStaleIsNeverGreen(t *testing.T) {
	t.Parallel()
	count := measure(schema.ToDate, "1000", year())
	for _, c := range []struct {
		reading         string
		progress, shown Progress
	}{
		{"2024-01-10 500", OnTrack, ShownStale},
		{"2024-01-10 700", Ahead, ShownStale},
		{"2024-01-10 350", Lagging, Lagging},
		{"2024-06-20 500", OnTrack, OnTrack},
		{"2024-01-10 1000", Completed, Completed},
	} {
		a := assess(count, log(c.reading), monday)
		if a.Progress != c.progress || a.Shown() != c.shown {
			t.Errorf("%s: %s shown as %s; want %s shown as %s", c.reading, a.Progress, a.Shown(), c.progress, c.shown)
		}
	}
}

// TestOnlyTheReportingDepartmentCounts: what a supporting department reports is never a summand, unless
// the ledger names it as the one that reports.
func TestOnlyTheReportingDepartmentCounts(t *testing.T) {
	t.Parallel()
	var j journal
	j.reads("2024-06-20 09:00", "300")
	j.reads("2024-06-21 09:00", "200", by("helper"))
	count := measure(schema.Increment, "1000", year())
	if a := assess(count, j, monday); actual(a) != "300" {
		t.Errorf("the lead reports: %s, want 300", actual(a))
	}
	count.ReportingDepartment = "helper"
	if a := assess(count, j, monday); actual(a) != "200" {
		t.Errorf("the helper reports: %s, want 200", actual(a))
	}
}

func TestUnknownSaysWhatIsMissingAndWhoSuppliesIt(t *testing.T) {
	t.Parallel()
	counted := func(r *schema.Record) { r.Numerator, r.Denominator = null("700"), null("1000") }
	var rated journal
	rated.reads("2024-06-20 09:00", "70", counted)
	known := func(m *seeds.Measure) { ratio(m); m.Ratio.DenominatorValue = ptr("1000") }

	for _, c := range []struct {
		name           string
		measure        seeds.Measure
		journal        journal
		reason, actual string
	}{
		{"no curve", measure(schema.ToDate, "1000", nil), log("2024-06-20 5"), "缺少计划曲线，待区牵头局提供", "5"},
		{"no baseline", measure(schema.Level, "80", half()), log("2024-06-20 70"), "缺少基期值，待区牵头局提供", "70"},
		{"no denominator", measure(schema.Level, "80", half(), baseline("60"), ratio), log("2024-06-20 70"), "缺少分母（重点人群人数），待区牵头局提供", "70"},
		{"a denominator in the ledger", measure(schema.Level, "80", half(), baseline("60"), known), log("2024-06-20 70"), "", "70"},
		{"a denominator in a reading", measure(schema.Level, "80", half(), baseline("60"), ratio), rated, "", "70"},
		{"that, but no baseline", measure(schema.Level, "80", half(), ratio), rated, "缺少基期值，待区牵头局提供", "70"},
		{"neither, nor a curve", measure(schema.Level, "80", nil, ratio), nil, "缺少基期值、分母（重点人群人数）、计划曲线，待区牵头局提供", ""},
		{"no reading", measure(schema.Level, "80", half(), baseline("60")), nil, "尚无读数，待区牵头局报送", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := assess(c.measure, c.journal, monday)
			if a.Reason != c.reason || actual(a) != c.actual {
				t.Errorf("got %q and %q, want %q and %q", a.Reason, actual(a), c.reason, c.actual)
			}
			if (a.Progress == Unknown) != (c.reason != "") {
				t.Errorf("progress %s with reason %q", a.Progress, a.Reason)
			}
		})
	}
}
