package assessment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// verdict is what a worked example says of a measure; shares in percent, the gap in points.
type verdict struct {
	Progress Progress
	Alert    Alert
	Data     Data
	Planned  string
	Actual   string
	Gap      string
	Attained string
	LagDays  int
}

func verdictOf(a Assessment) verdict {
	return verdict{
		a.Progress, a.Alert, a.Data,
		round(a.PlannedShare, 100), round(a.ActualShare, 100), round(a.Gap, 1), round(a.Attainment, 100), a.LagDays,
	}
}

type example struct {
	name    string
	measure seeds.Measure
	journal journal
	asOf    time.Time
	want    verdict
}

func check(t *testing.T, examples []example) {
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(e.want, verdictOf(assess(e.measure, e.journal, e.asOf))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestWorkedExamples holds the worked examples of the domain notes, in their order and by their names.
func TestWorkedExamples(t *testing.T) {
	t.Parallel()
	area := measure(schema.Increment, "847000", year())
	rate := measure(schema.Level, "80", half(), baseline("60"))
	stages := milestone("design 2024-03-31 20", "shell 2024-06-30 30", "handover 2024-12-31 50")
	flood := measure(schema.Level, "80", season("2024-06-15", "2024-09-15"), baseline("100"), falling, due("2024-09-30"))
	var firstStage journal
	firstStage.reads("2024-06-28 09:00", "1", stage("design"))

	check(t, []example{
		{
			// 254100/847000 = 30%; 182/366 = 49.7268%; 30 − 49.7268 = −19.7268; 30/49.7268 = 60.33%.
			// 30% of 366 days = 109.8, so the plan last allowed it 109 days in: 182 − 109 = 73.
			"area 30%", area, log("2024-06-20 254100"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "49.73", "30.00", "-19.73", "60.33", 73},
		},
		{
			// 252406/847000 = 29.8%; 29.8/49.7268 = 59.93% < 60%; 29.8% of 366 = 109.07: 73 days again.
			"area 29.8%", area, log("2024-06-20 252406"), monday,
			verdict{Severe, SevereAlert, Fresh, "49.73", "29.80", "-19.93", "59.93", 73},
		},
		{
			"2 parks, none, first step in September",
			measure(schema.Increment, "2", steps("2024-09-30 50", "2024-12-31 100")), nil, monday,
			verdict{NotDue, NoAlert, Fresh, "0.00", "0.00", "", "", 0},
		},
		{
			// One of three is planned: 33.33%. Due by 24:00 of 06-15, so 06-16 is the first day late.
			"3 sites, none, first due 06-15, on 06-16",
			items("a 2024-06-15", "b 2024-08-31", "c 2024-10-31"), nil, at("2024-06-16 08:00"),
			verdict{NotStarted, LaggingAlert, NeverReported, "33.33", "0.00", "", "0.00", 1},
		},
		{
			// (60 − 60)/(80 − 60) = 0%. The first half was due by 06-30, the eve: 1 day.
			"level 80% from baseline 60, at 60, half planned", rate, log("2024-06-20 60"), monday,
			verdict{Severe, SevereAlert, Fresh, "50.00", "0.00", "-50.00", "0.00", 1},
		},
		{
			// (64 − 60)/20 = 20%; the gap is exactly −30, which is not below it; 20/50 = 40% < 60%.
			"level at 64", rate, log("2024-06-20 64"), monday,
			verdict{Severe, SevereAlert, Fresh, "50.00", "20.00", "-30.00", "40.00", 1},
		},
		{
			// 02-14 is 44 days in: 44/366 = 12.0219%; 140/1500 = 9.3333%; gap −2.6885, above the floor of
			// −5, so that the attainment of 77.64% is noise. 9.3333% of 366 = 34.16: 44 − 34 = 10 days.
			"1,500 households, 9.3% against 12% in February",
			measure(schema.Increment, "1500", year()), log("2024-02-10 140"), at("2024-02-14 08:00"),
			verdict{OnTrack, NoAlert, Fresh, "12.02", "9.33", "-2.69", "77.64", 10},
		},
		{
			"flood-season measure in April", flood, nil, at("2024-04-15 08:00"),
			verdict{NotDue, NoAlert, Fresh, "0.00", "", "", "", 0},
		},
		{
			// Two stages are due, 20 + 30 = 50%, and one is done, 20%: 20/50 = 40%. From 06-30 to 07-10: 10 days.
			"milestone stage due 06-30 with the commitment due in December, on 07-10",
			stages, firstStage, at("2024-07-10 08:00"),
			verdict{Lagging, LaggingAlert, Fresh, "50.00", "20.00", "", "40.00", 10},
		},
		{
			// (81 − 60)/20 = 105%; 105 − 50 = +55; 105/50 = 210%.
			"level already past its target in July", rate, log("2024-06-20 81"), monday,
			verdict{Ahead, NoAlert, Fresh, "50.00", "105.00", "55.00", "210.00", 0},
		},
		{
			"ratio without a denominator",
			measure(schema.Level, "80", half(), baseline("60"), ratio), log("2024-06-20 70"), monday,
			verdict{Unknown, NoAlert, Fresh, "50.00", "", "", "", 0},
		},
	})
}

func ratio(m *seeds.Measure) {
	m.Ratio = &seeds.Ratio{Numerator: "签约人数", Denominator: "重点人群人数", Per: dec("100")}
}

// TestByHand holds further examples, worked out in the comments.
func TestByHand(t *testing.T) {
	t.Parallel()
	trees := measure(schema.Increment, "1000", season("2024-06-15", "2024-09-15"), due("2024-09-30"))
	falls := measure(schema.Level, "80", half(), baseline("100"), falling)
	count := measure(schema.ToDate, "1000", year())
	dozen := measure(schema.ToDate, "12", year())
	rate := measure(schema.Level, "80", half(), baseline("60"))

	check(t, []example{
		{
			// The season has 93 days (16 + 31 + 31 + 15), 16 have passed: 17.2043%. 100/1000 = 10%;
			// gap −7.2043; 10/17.2043 = 58.125%, below 60% but less than 20% is planned: lagging, not severe.
			// 10% of 93 days = 9.3: 16 − 9 = 7 days.
			"inside a season", trees, log("2024-06-28 100"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "17.20", "10.00", "-7.20", "58.13", 7},
		},
		{
			// After the window the plan is frozen at 100%; 950/1000 = 95%: gap −5 exactly, which is watched.
			// 95% of 93 days = 88.35, that is 88 days from 06-15: 09-11; to 09-25: 14 days.
			"after a season and before the due date", trees, log("2024-09-20 950"), at("2024-09-25 08:00"),
			verdict{OnTrack, Watch, Fresh, "100.00", "95.00", "-5.00", "95.00", 14},
		},
		{
			"before a season, though something was done", trees, log("2024-04-01 100"), at("2024-05-06 08:00"),
			verdict{NotDue, NoAlert, Fresh, "0.00", "10.00", "10.00", "", 0},
		},
		{
			// January to 06-15 are 167 days; 60% of them = 100.2: 04-10, which is 82 days before 07-01
			// (20 of April, 31, 30 and 1 of July). Overdue, with the level that −40 gives.
			"overdue keeps the level of its gap",
			measure(schema.ToDate, "1000", linear("2024-01-01", "2024-06-15"), due("2024-06-15")), log("2024-06-10 600"), monday,
			verdict{Overdue, SevereAlert, Fresh, "100.00", "60.00", "-40.00", "60.00", 82},
		},
		{
			// 995/1000: gap −0.5. 99.5% of 167 days = 166.165: 06-15 itself (166 days in); to 07-01: 16.
			"overdue by a little is overdue without an alert",
			measure(schema.ToDate, "1000", linear("2024-01-01", "2024-06-15"), due("2024-06-15")), log("2024-06-10 995"), monday,
			verdict{Overdue, NoAlert, Fresh, "100.00", "99.50", "-0.50", "99.50", 16},
		},
		{
			// to_date: 300 and then 600 are 600, not 900. 60 − 49.7268 = +10.2732; 60/49.7268 = 120.66%.
			"to_date takes the latest", count, log("2024-03-01 300", "2024-06-20 600"), monday,
			verdict{Ahead, NoAlert, Fresh, "49.73", "60.00", "10.27", "120.66", 0},
		},
		{
			// increment: 300 and then 200 are 500: +0.2732; 50/49.7268 = 100.55%.
			"increment adds", measure(schema.Increment, "1000", year()), log("2024-03-01 300", "2024-06-20 200"), monday,
			verdict{OnTrack, NoAlert, Fresh, "49.73", "50.00", "0.27", "100.55", 0},
		},
		{
			"done early is completed", count, log("2024-06-20 1000"), monday,
			verdict{Completed, NoAlert, Fresh, "49.73", "100.00", "50.27", "201.10", 0},
		},
		{
			"done before anything was due is completed",
			measure(schema.ToDate, "1000", steps("2024-09-30 100")), log("2024-06-20 1200"), monday,
			verdict{Completed, NoAlert, Fresh, "0.00", "120.00", "120.00", "", 0},
		},
		{
			// (92 − 100)/(80 − 100) = 40%: gap −10; 40/50 = 80%, not below it; −10 lags by itself.
			"falling level", falls, log("2024-06-20 92"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "50.00", "40.00", "-10.00", "80.00", 1},
		},
		{
			// (104 − 100)/(80 − 100) = −20%: it rose instead; −70; −20/50 = −40%.
			"falling level that rose", falls, log("2024-06-20 104"), monday,
			verdict{Severe, SevereAlert, Fresh, "50.00", "-20.00", "-70.00", "-40.00", 1},
		},
		{
			// (104 − 100)/(80 − 100) = −20% in May, when the season's plan has not begun: no alert.
			"falling level that rose before its season",
			measure(schema.Level, "80", season("2024-06-15", "2024-09-15"), baseline("100"), falling),
			log("2024-05-02 104"), at("2024-05-06 08:00"),
			verdict{NotDue, NoAlert, Fresh, "0.00", "-20.00", "-20.00", "", 0},
		},
		{
			// 100% of 95% planned: +5 points would be on track, but a level that is there is ahead.
			"level just past its plan and at its target",
			measure(schema.Level, "80", steps("2024-06-30 95", "2024-12-31 100"), baseline("60")), log("2024-06-20 80"), monday,
			verdict{Ahead, NoAlert, Fresh, "95.00", "100.00", "5.00", "105.26", 0},
		},
		{
			// On the way from baseline 100 to target 80 the plan has 88 by 05-31: (88 − 100)/(−20) = 60%.
			// (90 − 100)/(−20) = 50%: gap −10; the plan passed 50% on the morning of 06-01, so 05-31
			// is the last date, 31 days before 07-01 (30 of June and 1).
			"level planned by levels",
			measure(schema.Level, "80", &seeds.Curve{Kind: seeds.ByLevel, Levels: []seeds.LevelDate{
				{By: date("2024-05-31"), Value: dec("88")}, {By: date("2024-12-31"), Value: dec("80")},
			}}, baseline("100"), falling),
			log("2024-06-20 90"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "60.00", "50.00", "-10.00", "83.33", 31},
		},
		{
			"level at its target on the due date is still ahead", rate, log("2024-12-20 80"), at("2024-12-31 23:59"),
			verdict{Ahead, NoAlert, Fresh, "50.00", "100.00", "50.00", "200.00", 0},
		},
		{
			"level at its target past the due date is completed", rate, log("2024-12-20 80"), at("2025-01-01 00:00"),
			verdict{Completed, NoAlert, Fresh, "100.00", "100.00", "0.00", "100.00", 0},
		},
		{
			// (79 − 60)/20 = 95%. The plan exceeds 95% only from the morning of 01-01: 1 day.
			"level short of its target past the due date is overdue", rate, log("2024-12-20 79"), at("2025-01-01 00:00"),
			verdict{Overdue, Watch, Fresh, "100.00", "95.00", "-5.00", "95.00", 1},
		},
		{
			"level without a reading while due", rate, nil, monday,
			verdict{Unknown, NoAlert, NeverReported, "50.00", "", "", "", 0},
		},
		{
			"count without a reading while due", count, nil, monday,
			// Nothing was due on the morning of 01-01, something on that of 01-02: 182 days.
			verdict{NotStarted, SevereAlert, NeverReported, "49.73", "0.00", "-49.73", "0.00", 182},
		},
		{
			// 12 × 49.7268% = 5.97: five are planned, 41.67%. Two are done. The third was due when
			// 3/12 of 366 days = 91.5 had passed, on the 92nd day, 04-01: 91 days before 07-01.
			"small count behind", dozen, log("2024-06-20 2"), monday,
			verdict{Severe, SevereAlert, Fresh, "41.67", "16.67", "", "40.00", 91},
		},
		{
			// Five of the five planned. The sixth is due with half the year, the 183rd day: today.
			"small count level with its plan", dozen, log("2024-06-20 5"), monday,
			verdict{OnTrack, NoAlert, Fresh, "41.67", "41.67", "", "100.00", 0},
		},
		{
			// The sixth, due 07-01, is one day late on 07-02; 16.67 points behind by one day is no more
			// than lagging. 12 × 183/366 = 6 are planned; 5/6 = 83.33%.
			"small count one day late", dozen, log("2024-06-20 5"), at("2024-07-02 00:00"),
			verdict{Lagging, LaggingAlert, Fresh, "50.00", "41.67", "", "83.33", 1},
		},
		{
			// 9 of 12 against 5: +33.33 points, but a small count knows no percent rows.
			"small count before its plan", dozen, log("2024-06-20 9"), monday,
			verdict{OnTrack, NoAlert, Fresh, "41.67", "75.00", "", "180.00", 0},
		},
		{
			"no curve", measure(schema.ToDate, "1000", nil), log("2024-06-20 500"), monday,
			verdict{Unknown, NoAlert, Fresh, "", "50.00", "", "", 0},
		},
		{
			"no baseline", measure(schema.Level, "80", half()), log("2024-06-20 70"), monday,
			verdict{Unknown, NoAlert, Fresh, "50.00", "", "", "", 0},
		},
	})
}
