package seeds_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

func date(s string) schema.Date {
	d, err := schema.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// rat compares with an exact fraction such as "182/366"; "" is nil.
func rat(t *testing.T, what string, got *big.Rat, want string) {
	t.Helper()
	if want == "" {
		if got != nil {
			t.Errorf("%s = %s, want unknown", what, got)
		}
		return
	}
	w, ok := new(big.Rat).SetString(want)
	if !ok {
		t.Fatalf("%q is no fraction", want)
	}
	if got == nil || got.Cmp(w) != 0 {
		t.Errorf("%s = %v, want %s", what, got, want)
	}
}

func year() *seeds.Curve {
	return &seeds.Curve{Kind: seeds.Linear, Start: date("2024-01-01"), End: date("2024-12-31")}
}

func floodSeason() *seeds.Curve {
	return &seeds.Curve{Kind: seeds.Season, Start: date("2024-06-15"), End: date("2024-09-15")}
}

var (
	// area is a large count that is planned evenly over a leap year.
	area = &seeds.Measure{TargetValue: dec("847000"), Mode: schema.ToDate, Curve: year()}

	// quarters is a large count with a step at the end of the first half.
	quarters = &seeds.Measure{TargetValue: dec("1200"), Mode: schema.Increment, Curve: &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{
		{By: date("2024-06-30"), Share: dec("12.5")}, {By: date("2024-12-31"), Share: dec("100")},
	}}}

	// flood is a rate over the flood season: June 16 days + July 31 + August 31 + September 15 = 93.
	flood = &seeds.Measure{TargetValue: dec("20"), Mode: schema.Level, Curve: floodSeason()}

	// rate is to rise from 60 to 80.
	rate = &seeds.Measure{TargetValue: dec("80"), BaselineValue: new(dec("60")), Mode: schema.Level, Curve: year()}

	// intensity is to fall from 50 to 40, by 46 at the end of June.
	intensity = &seeds.Measure{TargetValue: dec("40"), BaselineValue: new(dec("50")), Mode: schema.Level, Direction: seeds.Fall, Curve: &seeds.Curve{
		Kind: seeds.ByLevel, Levels: []seeds.LevelDate{{By: date("2024-06-30"), Value: dec("46")}, {By: date("2024-12-31"), Value: dec("40")}},
	}}

	// projects is a small count that is planned evenly: 11 pieces over 366 days.
	projects = &seeds.Measure{TargetValue: dec("11"), Mode: schema.ToDate, Curve: year()}

	// sites are three items, each with its date.
	sites = &seeds.Measure{TargetValue: dec("3"), Mode: schema.ToDate, Itemised: true, Curve: &seeds.Curve{Kind: seeds.ByItem, Items: []seeds.ItemDate{
		{Item: "c", By: date("2024-11-30")}, {Item: "a", By: date("2024-06-15")}, {Item: "b", By: date("2024-09-30")},
	}}}

	// buildings are twelve items: one dated, eleven evenly from 04-01 to 12-31, which is
	// 30+31+30+31+31+30+31+30+31 = 275 days, a piece every 25 days.
	buildings = &seeds.Measure{TargetValue: dec("12"), Mode: schema.ToDate, Itemised: true, Curve: &seeds.Curve{
		Kind: seeds.ByItem, Items: []seeds.ItemDate{{Item: "a", By: date("2024-11-30")}},
		Start: date("2024-04-01"), End: date("2024-12-31"),
	}}

	// metro is a milestone of three stages with weights that no count of stages would give.
	metro = &seeds.Measure{TargetValue: dec("3"), Mode: schema.ToDate, Unit: seeds.StageUnit, Curve: &seeds.Curve{Kind: seeds.Milestones, Stages: []seeds.Stage{
		{Stage: "design", Name: "完成设计", By: date("2024-03-31"), Weight: dec("12.5")},
		{Stage: "shell", Name: "主体封顶", By: date("2024-09-30"), Weight: dec("50.5")},
		{Stage: "opened", Name: "投入运营", By: date("2024-12-15"), Weight: dec("37")},
	}}}
)

func seasonOf(m seeds.Measure, steps []seeds.Step, levels []seeds.LevelDate) *seeds.Measure {
	m.Curve = floodSeason()
	m.Curve.Steps, m.Curve.Levels = steps, levels
	return &m
}

func TestPlannedShare(t *testing.T) {
	t.Parallel()
	seasonSteps := seasonOf(*quarters, []seeds.Step{{By: date("2024-07-31"), Share: dec("40")}, {By: date("2024-09-15"), Share: dec("100")}}, nil)
	seasonLevels := seasonOf(*intensity, nil, []seeds.LevelDate{{By: date("2024-07-31"), Value: dec("47")}, {By: date("2024-09-15"), Value: dec("40")}})
	noBaseline := *intensity
	noBaseline.BaselineValue = nil
	for _, test := range []struct {
		name    string
		measure *seeds.Measure
		day     string
		want    string
	}{
		{"linear: nothing before the first day is over", area, "2024-01-01", "0"},
		{"linear: one day of 366", area, "2024-01-02", "1/366"},
		{"linear: half a leap year is 31+29+31+30+31+30 = 182 days", area, "2024-07-01", "182/366"},
		{"linear: the last morning lacks a day", area, "2024-12-31", "365/366"},
		{"linear: whole when the year is over", area, "2025-01-01", "1"},
		{"linear: and stays whole", area, "2026-01-01", "1"},
		{"linear: nothing the year before", area, "2023-12-31", "0"},

		{"steps: by 06-30 binds at 24:00, so not in its morning", quarters, "2024-06-30", "0"},
		{"steps: but the next morning", quarters, "2024-07-01", "125/1000"},
		{"steps: held until the next", quarters, "2024-12-31", "125/1000"},
		{"steps: whole after the last", quarters, "2025-01-01", "1"},

		{"season: nothing in April", flood, "2024-04-10", "0"},
		{"season: nothing in its first morning", flood, "2024-06-15", "0"},
		{"season: a day of 93", flood, "2024-06-16", "1/93"},
		{"season: 06-15 to 06-30 are 16 days", flood, "2024-07-01", "16/93"},
		{"season: the last morning lacks a day", flood, "2024-09-15", "92/93"},
		{"season: whole after it", flood, "2024-09-16", "1"},
		{"season: frozen", flood, "2024-12-31", "1"},
		{"season by steps: nothing until the first", seasonSteps, "2024-07-31", "0"},
		{"season by steps: the first", seasonSteps, "2024-08-01", "2/5"},
		{"season by steps: frozen", seasonSteps, "2024-12-01", "1"},
		{"season by levels: nothing before it", seasonLevels, "2024-06-14", "0"},
		{"season by levels: (47−50)/(40−50)", seasonLevels, "2024-08-01", "3/10"},
		{"season by levels: frozen", seasonLevels, "2024-12-01", "1"},

		{"level: at the baseline before the first date", intensity, "2024-06-30", "0"},
		{"level: (46−50)/(40−50)", intensity, "2024-07-01", "4/10"},
		{"level: whole", intensity, "2025-01-01", "1"},
		{"level: unknown without a baseline", &noBaseline, "2024-07-01", ""},
		{"level: a linear share needs no baseline", &seeds.Measure{TargetValue: dec("80"), Mode: schema.Level, Curve: year()}, "2024-07-01", "182/366"},
		{"level: 4 places per thousand are no four pieces", &seeds.Measure{TargetValue: dec("4"), Mode: schema.Level, Curve: year()}, "2024-01-02", "1/366"},

		{"small count: 11×33/366 = 0.99", projects, "2024-02-03", "0"},
		{"small count: 11×34/366 = 1.02", projects, "2024-02-04", "1/11"},
		{"small count: 11×182/366 = 5.47", projects, "2024-07-01", "5/11"},
		{"small count: 11×365/366 = 10.97", projects, "2024-12-31", "10/11"},
		{"small count: twelve is small, 12×182/366 = 5.97", &seeds.Measure{TargetValue: dec("12"), Mode: schema.ToDate, Curve: year()}, "2024-07-01", "5/12"},
		{"thirteen is not", &seeds.Measure{TargetValue: dec("13"), Mode: schema.ToDate, Curve: year()}, "2024-07-01", "182/366"},
		{"nor is 5.5 km", &seeds.Measure{TargetValue: dec("5.5"), Mode: schema.ToDate, Curve: year()}, "2024-07-01", "182/366"},
		{"thirty items are: 30×182/366 = 14.9", &seeds.Measure{TargetValue: dec("30"), Mode: schema.ToDate, Itemised: true, Curve: year()}, "2024-07-01", "14/30"},

		{"items: due 06-15 is not late that morning", sites, "2024-06-15", "0"},
		{"items: but the next", sites, "2024-06-16", "1/3"},
		{"items: in whatever order they are listed", sites, "2024-10-01", "2/3"},
		{"items: all", sites, "2024-12-01", "1"},
		{"undated items: 11×24/275 = 0.96", buildings, "2024-04-25", "0"},
		{"undated items: 11×25/275 = 1", buildings, "2024-04-26", "1/12"},
		{"undated items: 11×243/275 = 9.72", buildings, "2024-11-30", "9/12"},
		{"undated and dated: 11×244/275 + 1 = 10.76", buildings, "2024-12-01", "10/12"},
		{"undated and dated: 12", buildings, "2025-01-01", "1"},

		{"milestone: a stage due 03-31 is not late that morning", metro, "2024-03-31", "0"},
		{"milestone: but the next, and weighs 12.5 of 100", metro, "2024-04-01", "1/8"},
		{"milestone: nothing between the dates", metro, "2024-09-30", "1/8"},
		{"milestone: 12.5 + 50.5 = 63, not 2 of 3", metro, "2024-10-01", "63/100"},
		{"milestone: whole after its last stage", metro, "2024-12-16", "1"},
		{"milestone: nothing the year before", metro, "2023-12-31", "0"},

		{"no curve", &seeds.Measure{TargetValue: dec("80"), Mode: schema.Increment}, "2024-07-01", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rat(t, "PlannedShare("+test.day+")", test.measure.PlannedShare(date(test.day)), test.want)
		})
	}
}

func TestPlannedIsInTheMeasuresUnit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		measure *seeds.Measure
		day     string
		want    string
	}{
		{"a count: 847000×182/366", area, "2024-07-01", "154154000/366"},
		{"a small count in pieces", projects, "2024-07-01", "5"},
		{"a milestone in stages, whatever their weights", metro, "2024-10-01", "2"},
		{"a milestone before its first stage", metro, "2024-03-31", "0"},
		{"a rising level: 60 + 20×182/366", rate, "2024-07-01", "12800/183"},
		{"a falling level", intensity, "2024-07-01", "46"},
		{"a falling level at its target", intensity, "2025-01-01", "40"},
		{"a level without a baseline", flood, "2024-07-01", ""},
		{"no curve", &seeds.Measure{TargetValue: dec("80"), Mode: schema.Increment}, "2024-07-01", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rat(t, "Planned("+test.day+")", test.measure.Planned(date(test.day)), test.want)
		})
	}
}

func TestDueFromIsTheFirstDayWithSomethingPlanned(t *testing.T) {
	t.Parallel()
	noBaseline := *intensity
	noBaseline.BaselineValue = nil
	for _, test := range []struct {
		name    string
		measure *seeds.Measure
		want    string // "" if unknown
	}{
		{"linear", area, "2024-01-02"},
		{"steps", quarters, "2024-07-01"},
		{"season", flood, "2024-06-16"},
		{"level", intensity, "2024-07-01"},
		{"small count: its first piece", projects, "2024-02-04"},
		{"items: the earliest", sites, "2024-06-16"},
		{"milestone: its first stage", metro, "2024-04-01"},
		{"a level whose start is unknown", &noBaseline, ""},
		{"no curve", &seeds.Measure{TargetValue: dec("80")}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := test.measure.DueFrom()
			if ok != (test.want != "") || ok && got != date(test.want) {
				t.Errorf("DueFrom() = %s, %t, want %q", got, ok, test.want)
			}
		})
	}
}

func TestDueDateOfAPiece(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		measure *seeds.Measure
		piece   int
		want    string // "" if there is none
	}{
		{"linear: planned on the morning of 02-04, so due 02-03", projects, 1, "2024-02-03"},
		{"linear: the last", projects, 11, "2024-12-31"},
		{"items: the earliest date first", sites, 1, "2024-06-15"},
		{"items: the second", sites, 2, "2024-09-30"},
		{"items: the third", sites, 3, "2024-11-30"},
		{"there is no fourth", sites, 4, ""},
		{"pieces are counted from 1", sites, 0, ""},
		{"undated: 25 days from 04-01 end with 04-25", buildings, 1, "2024-04-25"},
		// 9 undated by 225 days, the dated one on 11-30, the tenth undated by 250 days = 12-06
		{"the dated one among the undated", buildings, 10, "2024-11-30"},
		{"an undated after it", buildings, 11, "2024-12-06"},
		{"milestone: the first stage", metro, 1, "2024-03-31"},
		{"milestone: the second, though 63 of 100 are not 2 of 3", metro, 2, "2024-09-30"},
		{"milestone: the last", metro, 3, "2024-12-15"},
		{"a milestone of three has no fourth", metro, 4, ""},
		{"a large count has no pieces", area, 1, ""},
		{"nor has a level", flood, 1, ""},
		{"no curve", &seeds.Measure{TargetValue: dec("3"), Mode: schema.ToDate}, 1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := test.measure.DueDateOf(test.piece)
			if ok != (test.want != "") || ok && got != date(test.want) {
				t.Errorf("DueDateOf(%d) = %s, %t, want %q", test.piece, got, ok, test.want)
			}
		})
	}
}
