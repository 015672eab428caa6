package assessment_test

import (
	"testing"
	"time"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// A target that was raised makes a measure lag from then on: the weeks before are those of the target before.
func TestLaggingWeeksGoByTheVersionOfEachWeek(t *testing.T) {
	t.Parallel()
	j := log("2024-05-01 500") // 49.7% are planned on 07-01: on plan for 1000, far behind for 2000
	low, high := NewLog(plan(measure(schema.ToDate, "1000", year())), j), NewLog(plan(measure(schema.ToDate, "2000", year())), j)
	none := NewLog(plan(measure(schema.ToDate, "1000", year(), func(m *seeds.Measure) { m.ID = "other" })), j)
	since := func(before *Log, moment time.Time) func(time.Time) *Log {
		return func(at time.Time) *Log {
			if at.Before(moment) {
				return before
			}
			return high
		}
	}
	for name, tt := range map[string]struct {
		known func(time.Time) *Log
		want  int
	}{
		"always 1000":               {always(low), 0},
		"always 2000":               {always(high), 21}, // since 02-12: nothing on record, and then a quarter
		"2000 since three Mondays":  {since(low, monday.AddDate(0, 0, -14)), 3},
		"new three Mondays ago":     {since(none, monday.AddDate(0, 0, -14)), 3},
		"2000 since the day before": {since(low, monday.AddDate(0, 0, -1)), 1},
	} {
		if got := LaggingWeeks(tt.known, "m", monday, monday, Default()); got != tt.want {
			t.Errorf("%s: %d weeks, want %d", name, got, tt.want)
		}
	}
}
