package assessment_test

import (
	"testing"
	"time"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// TestTheDueDay: a due date binds at 24:00. The whole of its day is in time, for everything short of the target
// by however little; from the next 00:00 on it is overdue.
func TestTheDueDay(t *testing.T) {
	t.Parallel()
	tonne := measure(schema.ToDate, "847000", linear("2024-01-01", "2024-06-30"), due("2024-06-30"))
	dozen := measure(schema.ToDate, "12", linear("2024-01-01", "2024-06-30"), due("2024-06-30"))
	rate := measure(schema.Level, "80", steps("2024-06-30 100"), baseline("60"), due("2024-06-30"))
	fall := measure(schema.Level, "30", steps("2024-06-30 100"), baseline("60"), falling, due("2024-06-30"))
	leap := measure(schema.ToDate, "847000", linear("2024-01-01", "2024-02-29"), due("2024-02-29"))
	for _, c := range []struct {
		name         string
		measure      seeds.Measure
		journal      journal
		day          string // the due date
		before, past Progress
	}{
		{"one short of 847,000", tonne, log("2024-06-20 846999"), "2024-06-30", OnTrack, Overdue},
		{"a millionth short", tonne, log("2024-06-20 846999.999999"), "2024-06-30", OnTrack, Overdue},
		{"847,000", tonne, log("2024-06-20 847000"), "2024-06-30", Completed, Completed},
		// 12 × 181/182 = 11.93: eleven are planned on the day itself, and the twelfth by its end.
		{"11 of 12", dozen, log("2024-06-20 11"), "2024-06-30", OnTrack, Overdue},
		{"12 of 12", dozen, log("2024-06-20 12"), "2024-06-30", Completed, Completed},
		{"a level a millionth short", rate, log("2024-06-20 79.999999"), "2024-06-30", NotDue, Overdue},
		{"a level at its target, whose final reading is the due date's", rate, log("2024-06-20 80"), "2024-06-30", NotDue, Completed},
		{"a falling level a millionth over", fall, log("2024-06-20 30.000001"), "2024-06-30", NotDue, Overdue},
		{"a falling level at its target", fall, log("2024-06-20 30"), "2024-06-30", NotDue, Completed},
		{"due on 29 February", leap, log("2024-02-20 846999"), "2024-02-29", OnTrack, Overdue},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			day := date(c.day)
			for _, moment := range []struct {
				at   time.Time
				want Progress
			}{
				{day.Start(), c.before},
				{day.End().Add(-time.Second), c.before},
				{day.End(), c.past},
			} {
				if a := assess(c.measure, c.journal, moment.at); a.Progress != moment.want {
					t.Errorf("at %s: %s, want %s", moment.at, a.Progress, moment.want)
				}
			}
		})
	}
}

// TestPlannedAtTheEdges: what is planned at a moment counts whole Shanghai days before it, and "by" a date binds
// at its 24:00; worked out in the comments.
func TestPlannedAtTheEdges(t *testing.T) {
	t.Parallel()
	leap, common := year(), linear("2025-01-01", "2025-12-31")
	flood := season("2024-06-15", "2024-09-15") // 16 + 31 + 31 + 15 = 93 days
	stepped := &seeds.Curve{Kind: seeds.Season, Start: flood.Start, End: flood.End, Steps: steps("2024-07-31 40", "2024-09-15 100").Steps}
	levels := &seeds.Curve{Kind: seeds.Season, Start: flood.Start, End: flood.End, Levels: []seeds.LevelDate{
		{By: date("2024-07-31"), Value: dec("90")}, {By: date("2024-09-15"), Value: dec("80")},
	}}
	count := func(c *seeds.Curve) seeds.Measure { return measure(schema.ToDate, "1000", c) }
	level := measure(schema.Level, "80", levels, baseline("100"), falling)
	stages := milestone("design 2024-02-29 20", "built 2024-12-31 80")
	for _, c := range []struct {
		name    string
		measure seeds.Measure
		at      string
		want    string // per cent
	}{
		{"the first day", count(leap), "2024-01-01 23:59:59", "0.00"},
		{"the second", count(leap), "2024-01-02 00:00:00", "0.27"},               // 1/366
		{"29 February", count(leap), "2024-02-29 23:59:59", "16.12"},             // 59/366
		{"the day after it", count(leap), "2024-03-01 00:00:00", "16.39"},        // 60/366
		{"without a 29 February", count(common), "2025-03-01 00:00:00", "16.16"}, // 59/365
		{"the last day", count(leap), "2024-12-31 23:59:59", "99.73"},            // 365/366
		{"after it", count(leap), "2025-01-01 00:00:00", "100.00"},
		{"a stage due on 29 February, on it", stages, "2024-02-29 23:59:59", "0.00"},
		{"and after it", stages, "2024-03-01 00:00:00", "20.00"},

		{"the eve of a season", count(flood), "2024-06-14 23:59:59", "0.00"},
		{"its first day", count(flood), "2024-06-15 23:59:59", "0.00"},
		{"its second", count(flood), "2024-06-16 00:00:00", "1.08"}, // 1/93
		{"its last", count(flood), "2024-09-15 23:59:59", "98.92"},  // 92/93
		{"after it, frozen", count(flood), "2024-09-16 00:00:00", "100.00"},
		{"long after it", count(flood), "2024-12-31 08:00:00", "100.00"},

		{"a season by steps, on the first step's day", count(stepped), "2024-07-31 23:59:59", "0.00"},
		{"after that day", count(stepped), "2024-08-01 00:00:00", "40.00"},
		{"on its last day", count(stepped), "2024-09-15 23:59:59", "40.00"},
		{"after its last day", count(stepped), "2024-09-16 00:00:00", "100.00"},

		// From 100 to 80: 90 is half of the way.
		{"a season of levels, on the first level's day", level, "2024-07-31 23:59:59", "0.00"},
		{"after that day, half of the way", level, "2024-08-01 00:00:00", "50.00"},
		{"on its last day, still", level, "2024-09-15 23:59:59", "50.00"},
		{"after its last day", level, "2024-09-16 00:00:00", "100.00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := assess(c.measure, nil, at(c.at))
			if got := round(a.PlannedShare, 100); got != c.want {
				t.Errorf("%s planned, want %s", got, c.want)
			}
			if (a.Progress == NotDue) != (c.want == "0.00") {
				t.Errorf("%s with %s planned", a.Progress, c.want)
			}
		})
	}
}

// TestSeasonsOfLevels: a level that is followed in its season alone is neither due nor stale before it, and
// judged by the season's last level after it.
func TestSeasonsOfLevels(t *testing.T) {
	t.Parallel()
	m := measure(schema.Level, "80", &seeds.Curve{Kind: seeds.Season, Start: date("2024-06-15"), End: date("2024-09-15"), Levels: []seeds.LevelDate{
		{By: date("2024-07-31"), Value: dec("90")}, {By: date("2024-09-15"), Value: dec("80")},
	}}, baseline("100"), falling, due("2024-09-30"))
	check(t, []example{
		{"before it, though worse than its baseline", m, log("2024-05-20 104"), at("2024-06-01 08:00"),
			verdict{NotDue, NoAlert, Fresh, "0.00", "-20.00", "-20.00", "", 0}},
		{"inside, without a reading", m, nil, at("2024-08-01 08:00"),
			verdict{Unknown, NoAlert, NeverReported, "50.00", "", "", "", 0}},
		// (96 − 100)/(80 − 100) = 20% of 50%: −30 exactly, 40% attained. Half was due by 07-31: 1 day.
		{"inside, a fifth of the way", m, log("2024-07-20 96"), at("2024-08-01 08:00"),
			verdict{Severe, SevereAlert, Fresh, "50.00", "20.00", "-30.00", "40.00", 1}},
		{"inside, at its target before its final reading", m, log("2024-07-20 80"), at("2024-08-01 08:00"),
			verdict{Ahead, NoAlert, Fresh, "50.00", "100.00", "50.00", "200.00", 0}},
		// After the window the plan stands still: (81 − 100)/(−20) = 95%, −5. All of it was due by 09-15: 5 days.
		{"after it, before the due date", m, log("2024-09-10 81"), at("2024-09-20 08:00"),
			verdict{OnTrack, Watch, Fresh, "100.00", "95.00", "-5.00", "95.00", 5}},
		{"after the due date", m, log("2024-09-10 80"), at("2024-10-01 00:00"),
			verdict{Completed, NoAlert, Fresh, "100.00", "100.00", "0.00", "100.00", 0}},
	})
}

// TestSmallCountsOnEveryCurve: up to twelve whole pieces are planned piece by piece whatever the curve, and a
// thirteenth or half a piece more makes a quantity of them, in percentage points.
func TestSmallCountsOnEveryCurve(t *testing.T) {
	t.Parallel()
	undated := &seeds.Curve{Kind: seeds.ByItem, Start: date("2024-01-01"), End: date("2024-12-31")}
	check(t, []example{
		// 12 × 182/366 = 5.97: five of twelve, of which four are done. The fifth was due when 5/12 of 366 = 152.5
		// days had passed, on the 153rd, 06-01: 30 days.
		{"12, linear", measure(schema.ToDate, "12", year()), log("2024-06-20 4"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "41.67", "33.33", "", "80.00", 30}},
		// 13: 182/366 = 49.73%; 4/13 = 30.77%: −18.96 points, 61.88%. 30.77% of 366 = 112.6: 182 − 112 = 70.
		{"13, linear", measure(schema.ToDate, "13", year()), log("2024-06-20 4"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "49.73", "30.77", "-18.96", "61.88", 70}},
		// 4.5 of 11.5 = 39.13%: −10.60. 39.13% of 366 = 143.2: 182 − 143 = 39.
		{"11.5, linear", measure(schema.ToDate, "11.5", year()), log("2024-06-20 4.5"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "49.73", "39.13", "-10.60", "78.69", 39}},
		// Half of seven are 3.5: three are planned, since 06-30.
		{"7, by steps", measure(schema.ToDate, "7", half()), log("2024-06-20 2"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "42.86", "28.57", "", "66.67", 1}},
		// 10 × 16/93 = 1.72: one is planned, since a tenth of 93 days = 9.3 had passed, on the 10th, 06-24: 7 days.
		{"10, in a season", measure(schema.Increment, "10", season("2024-06-15", "2024-09-15")), nil, monday,
			verdict{NotStarted, LaggingAlert, NeverReported, "10.00", "0.00", "", "0.00", 7}},
		// Increments add: 1 and 2 are three.
		{"7, by increments", measure(schema.Increment, "7", half()), log("2024-03-20 1", "2024-06-20 2"), monday,
			verdict{OnTrack, NoAlert, Fresh, "42.86", "42.86", "", "100.00", 0}},
		// Undated items of an open list, spread over the year: 6 × 182/366 = 2.98, two, of which the second was due
		// when a third of 366 = 122 days had passed, 05-01: 61 days.
		{"6, undated items", func() seeds.Measure {
			m := measure(schema.ToDate, "6", undated)
			m.Itemised, m.ItemsOpen = true, true
			return m
		}(), itemDone("x"), monday,
			verdict{Severe, SevereAlert, Fresh, "33.33", "16.67", "", "50.00", 61}},
		// Thirteen dated items are itemised all the same: the oldest missing, of 06-29, is two days late.
		{"13, itemised", items("a 2024-06-29", "b 2024-07-31", "c 2024-07-31", "d 2024-07-31", "e 2024-07-31", "f 2024-07-31", "g 2024-07-31",
			"h 2024-07-31", "i 2024-07-31", "j 2024-07-31", "k 2024-07-31", "l 2024-07-31", "m 2024-07-31"), itemDone("b"), monday,
			verdict{Lagging, LaggingAlert, Fresh, "7.69", "7.69", "", "100.00", 2}},
		// A level is no count of pieces, however small: 6 on the way from 0 to 10 is 60%, half is planned.
		{"a level of 10", measure(schema.Level, "10", half(), baseline("0")), log("2024-06-20 6"), monday,
			verdict{Ahead, NoAlert, Fresh, "50.00", "60.00", "10.00", "120.00", 0}},
	})
}
