package letter

import (
	"fmt"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/seeds"
)

// entry is one measure with all that a letter knows of it, before it is put into words: a plan may have ten
// thousand of them, and most are only counted and written into the workbook.
type entry struct {
	measure *seeds.Measure
	now     *assessment.Assessment
	before  *supervision.Standing // nil if there is nothing to compare with
	streak  int                   // letters in a row at which it was behind
	item    *supervision.Item     // that its commitment has open; nil: none
	number  int                   // its place in the ledger, from 1
}

// entries are the measures that the letter speaks of, in the order of the text.
func entries(in *Input) ([]entry, error) {
	now := make(map[string]*assessment.Assessment, len(in.Now))
	for i := range in.Now {
		now[in.Now[i].Measure.ID] = &in.Now[i]
	}
	items := map[string]*supervision.Item{}
	for i := range in.This.Items {
		if item := &in.This.Items[i]; item.IsOpen() {
			items[item.Commitment] = item
		}
	}
	measures := in.Ledger.Measures()
	all := make([]entry, 0, len(measures))
	for i, m := range measures {
		e := entry{measure: m, now: now[m.ID], number: i + 1, streak: in.This.Standings[m.ID].LaggingWeeks, item: items[m.Commitment.ID]}
		if e.now == nil {
			return nil, fmt.Errorf("no assessment of measure %q", m.ID)
		}
		if in.Before != nil {
			if before, ok := in.Before.Standings[m.ID]; ok {
				e.before = &before
			}
		}
		all = append(all, e)
	}
	return all, nil
}
