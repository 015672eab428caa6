package assessment

import (
	"time"

	"xushi/seeds"
)

const week = 7 * 24 * time.Hour // Shanghai keeps no summer time

// LaggingWeeks (连续滞后周数) is for how many weeks in a row the measure has been at the alert level lagging
// or severe, this one included: each is assessed as of, and as known, a week before the next.
func (l *Log) LaggingWeeks(m *seeds.Measure, asOf, knownAt time.Time, th Thresholds) int {
	weeks := 0
	for ; !asOf.Before(l.ledger.Plan.Start.Start()); weeks++ {
		a := l.AssessMeasure(m, asOf, knownAt, th)
		if a.Alert != LaggingAlert && a.Alert != SevereAlert {
			break
		}
		asOf, knownAt = asOf.Add(-week), knownAt.Add(-week)
	}
	return weeks
}
