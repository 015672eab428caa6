package letter

import (
	"slices"
	"time"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
)

// correction is a figure that was taken back, with what it was.
type correction struct {
	*row
	When, Before, After, Why, Events string
}

// corrections lists those that arrived since the previous letter, newest last.
func corrections(rows []*row, lastWeek []assessment.Assessment) []correction {
	var since time.Time
	if len(lastWeek) > 0 {
		since = lastWeek[0].KnownAt
	}
	type dated struct {
		at time.Time
		correction
	}
	var all []dated
	for _, r := range rows {
		for _, c := range r.now.Corrections {
			if !c.At.After(since) {
				continue
			}
			all = append(all, dated{c.At, correction{
				row: r, When: figures.At(c.At), Why: c.Reason, Events: c.ID + " → " + c.Target,
				Before: figures.Quantity(r.measure, c.Before.Rat()), After: figures.Quantity(r.measure, c.After.Rat()),
			}})
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return a.at.Compare(b.at) })
	shown := make([]correction, len(all))
	for i := range all {
		shown[i] = all[i].correction
	}
	return shown
}
