package assessment

import (
	"xushi/schema"
	"xushi/seeds"
)

// ReportDue is the day by whose 24:00 a measure's department owes its next report: its interval after the
// last one, or after reports were first owed. The data are stale only some days of grace later. ok is false
// while no report is owed: before the measure is due, and once it is completed.
func ReportDue(l *seeds.Ledger, a *Assessment) (day schema.Date, ok bool) {
	from := dueFrom(l, a.Measure)
	if a.Progress == Completed || schema.DateOf(a.AsOf) < from {
		return 0, false
	}
	if last := a.LastReported; last != nil {
		from = max(from, schema.DateOf(*last))
	}
	return from + schema.Date(a.Measure.ReportingIntervalDays), true
}
