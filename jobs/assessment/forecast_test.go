package assessment_test

import (
	"fmt"
	"testing"
	"time"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// TestForecast is worked out in the comments: with a share s done in n days, the whole takes n ÷ s days.
func TestForecast(t *testing.T) {
	t.Parallel()
	area := measure(schema.ToDate, "1000", year())
	hundred := measure(schema.ToDate, "1000", linear("2024-01-01", "2024-04-09"), due("2024-04-30")) // 31 + 29 + 31 + 9 = 100 days
	long := measure(schema.ToDate, "3653", year())
	rate := measure(schema.Level, "80", year(), baseline("60"))
	thrifty := measure(schema.ToDate, "1000", year(), func(m *seeds.Measure) { m.Thresholds = seeds.Overrides{"forecast_planned_percent": 50} })

	for _, c := range []struct {
		name    string
		measure seeds.Measure
		journal journal
		asOf    time.Time
		want    string // the day, and how many days after the due date; "": none is given
	}{
		// 182 ÷ 0.3 = 606.67: on the 607th day, the 241st of 2025.
		{"30% in 182 days", area, log("2024-06-20 300"), monday, "2025-08-29 241"},
		// 182 ÷ 0.5 = 364: the 364th day of 2024 exactly.
		{"half in 182 days", area, log("2024-06-20 500"), monday, "2024-12-29 -2"},
		// 183 ÷ 0.5 = 366, on plan to the day: the year's last.
		{"half in half a leap year", area, log("2024-06-20 500"), at("2024-07-02 00:00"), "2024-12-31 0"},
		// 182 ÷ 0.501 = 363.27: the 364th day.
		{"a part of a day is a day", area, log("2024-06-20 501"), monday, "2024-12-29 -2"},
		// (66 − 60) ÷ 20 = 30%, as above.
		{"a level, of its way from the baseline", rate, log("2024-06-20 66"), monday, "2025-08-29 241"},
		// The curve ends 04-09. On 06-01 152 days have passed: 152 ÷ 0.8 = 190, which is 07-08; 69 days after 04-30.
		{"overdue, going on as before", hundred, log("2024-04-20 800"), at("2024-06-01 08:00"), "2024-07-08 69"},

		// 15 of 100 days have passed on 01-16: exactly 15% are planned. 15 ÷ 0.1 = 150: 05-29.
		{"15% planned", hundred, log("2024-01-10 100"), at("2024-01-16 00:00"), "2024-05-29 29"},
		{"14% planned", hundred, log("2024-01-10 100"), at("2024-01-15 23:59:59"), ""},
		{"less planned than the ledger asks for", thrifty, log("2024-06-20 500"), monday, ""}, // 49.7% of 50%
		{"as much as it asks for", thrifty, log("2024-06-20 500"), at("2024-07-02 00:00"), "2024-12-31 0"},

		// 182 ÷ (182 ÷ 3653) = 3653 days: the last day of 2033, ten years with three leap days.
		{"ten years out", long, log("2024-06-20 182"), monday, "2033-12-31 3287"},
		{"further out", long, log("2024-06-20 181"), monday, ""},
		{"nothing done", area, nil, monday, ""},
		{"a level below its baseline", rate, log("2024-06-20 59"), monday, ""},
		{"completed", area, log("2024-06-20 1000"), monday, ""},
		{"a level at its target, which may still fall back", rate, log("2024-06-20 80"), monday, ""},
		{"unknown", measure(schema.Level, "80", year()), log("2024-06-20 70"), monday, ""},
		{"no curve", measure(schema.ToDate, "1000", nil), log("2024-06-20 500"), monday, ""},
		{"by steps", measure(schema.ToDate, "1000", half()), log("2024-06-20 300"), monday, ""},
		{"in a season", measure(schema.ToDate, "1000", season("2024-01-01", "2024-12-31")), log("2024-06-20 300"), monday, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if f := assess(c.measure, c.journal, c.asOf).Forecast; f != nil {
				got = fmt.Sprint(f.Finish, " ", f.DaysLate)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestForecastIsAnOutlook: however late it says, no status says so.
func TestForecastIsAnOutlook(t *testing.T) {
	t.Parallel()
	a := assess(measure(schema.ToDate, "1000", year()), log("2024-06-20 480"), monday) // 182 ÷ 0.48 = 379.2 days
	if a.Forecast == nil || a.Forecast.DaysLate != 14 || a.Progress != OnTrack || a.Alert != NoAlert {
		t.Errorf("forecast %+v, %s, %s; want 14 days late and on_track without an alert", a.Forecast, a.Progress, a.Alert)
	}
}
