package letter

import (
	"slices"
	"time"

	"xushi/jobs/figures"
	"xushi/jobs/supervision"
)

// correction is a figure that was taken back, with what it was.
type correction struct {
	*row
	When, Before, After, Why, Events string
}

// corrections lists those that arrived since the previous letter, newest last.
func corrections(rows []*row, before *supervision.Week) []correction {
	var since time.Time
	if before != nil {
		since = before.KnownAt
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
