package assessment_test

import (
	"testing"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// A report is owed an interval of 30 days after the last, or after reports were first owed.
func TestReportDue(t *testing.T) {
	t.Parallel()
	count := measure(schema.Increment, "1000", year())
	flood := measure(schema.Level, "80", season("2024-06-15", "2024-09-15"), baseline("100"), falling)
	var unchanged journal
	unchanged.reads("2024-03-10 09:00", "100")
	unchanged.unchanged("2024-06-20 09:00")

	for _, c := range []struct {
		name    string
		measure seeds.Measure
		journal journal
		asOf    string
		want    string // "": none is owed
	}{
		{"after a reading", count, log("2024-06-10 500"), "2024-07-01 08:00", "2024-07-10"},
		{"after word that nothing has changed", count, unchanged, "2024-07-01 08:00", "2024-07-20"},
		{"never reported: after the plan's first planned day", count, nil, "2024-07-01 08:00", "2024-02-01"},
		{"not before anything is planned", flood, nil, "2024-06-15 08:00", ""},
		{"from the day on which something is", flood, nil, "2024-06-16 08:00", "2024-07-16"},
		{"an early reading does not bring it forward", flood, log("2024-05-01 99"), "2024-06-16 08:00", "2024-07-16"},
		{"completed", count, log("2024-06-10 1000"), "2024-07-01 08:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := plan(c.measure)
			m, _ := l.Measure("m")
			a := NewLog(l, c.journal).AssessMeasure(m, at(c.asOf), at(c.asOf))
			day, ok := ReportDue(l, &a)
			got := ""
			if ok {
				got = day.String()
			}
			if got != c.want {
				t.Errorf("due %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever is stale was due days of grace before.
func TestStaleDataWereDueBefore(t *testing.T) {
	t.Parallel()
	count := measure(schema.Increment, "1000", year())
	j := log("2024-05-01 100")
	for _, c := range []struct {
		asOf string
		want Data
	}{{"2024-06-01 08:00", Fresh}, {"2024-06-07 08:59", Fresh}, {"2024-06-07 09:01", Stale}} {
		a := assess(count, j, at(c.asOf))
		due, ok := ReportDue(plan(count), &a)
		if !ok || due != date("2024-05-31") || a.Data != c.want {
			t.Errorf("%s: due %s (%t), data %s; want 2024-05-31 and %s", c.asOf, due, ok, a.Data, c.want)
		}
	}
}
