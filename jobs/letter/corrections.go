package letter

import (
	"slices"
	"time"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
)

// correction is a figure that was taken back, with what it was.
type correction struct {
	row
	When, Before, After, Why, Events string
}

// corrections lists those that arrived since the previous letter, newest last.
func (v *view) corrections() list[correction] {
	type taken struct {
		*entry
		*assessment.Correction
	}
	var since time.Time
	if v.in.Before != nil {
		since = v.in.Before.KnownAt
	}
	var all []taken
	for i := range v.entries {
		e := &v.entries[i]
		for j := range e.now.Corrections {
			if c := &e.now.Corrections[j]; c.At.After(since) {
				all = append(all, taken{e, c})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b taken) int { return a.At.Compare(b.At) })
	return cut(v, all, func(c taken) correction {
		return correction{
			row: v.row(c.entry), When: figures.At(c.At), Why: clip(oneLine(orElse(c.Reason, v.t("未注明"))), v.room.text), Events: c.ID + " → " + c.Target,
			Before: v.quantity(c.measure, c.Before.Rat()), After: v.quantity(c.measure, c.After.Rat()),
		}
	})
}
