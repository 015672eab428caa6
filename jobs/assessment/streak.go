package assessment

import "time"

const week = 7 * 24 * time.Hour // Shanghai keeps no summer time

// LaggingWeeks (连续滞后周数) is for how many weeks in a row a measure has been at the alert level lagging
// or severe, this one included: each is assessed as of, and as known, a week before the next, and held
// against the ledger that was in force then, whose Log known gives. A ledger without the measure ends the row.
func LaggingWeeks(known func(at time.Time) *Log, measure string, asOf, knownAt time.Time, th Thresholds) int {
	for weeks := 0; ; weeks++ {
		l := known(knownAt)
		m, ok := l.ledger.Measure(measure)
		if !ok || asOf.Before(l.ledger.Plan.Start.Start()) {
			return weeks
		}
		a := l.AssessMeasure(m, asOf, knownAt, th)
		if a.Alert != LaggingAlert && a.Alert != SevereAlert {
			return weeks
		}
		asOf, knownAt = asOf.Add(-week), knownAt.Add(-week)
	}
}
