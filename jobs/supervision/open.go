package supervision

import (
	"fmt"

	"xushi/schema"
	"xushi/seeds"
)

// open opens an item for every commitment that is behind and is followed by none, in the order of the text.
func (f *fold) open() {
	for i := range f.Ledger.Commitments {
		c := &f.Ledger.Commitments[i]
		last := f.item(c.ID)
		if last != nil && (last.IsOpen() || last.awaitsRecovery()) {
			continue
		}
		behind := f.behind(c.ID)
		if len(behind) == 0 {
			continue
		}
		item := Item{
			Number: f.number(), Commitment: c.ID, Department: c.LeadDepartment, State: Open,
			Opened: f.Week, OpenedAt: f.AsOf, AskedAt: f.KnownAt, Due: f.answerDue(behind),
		}
		for _, m := range behind {
			item.Measures = append(item.Measures, m.ID)
		}
		f.newest[c.ID] = len(f.next.Items)
		f.next.Items = append(f.next.Items, item)
	}
}

// awaitsRecovery tells that the office closed the item while its commitment lagged, and it has not caught up
// since: what the office has settled is not opened again by the next letter.
func (i *Item) awaitsRecovery() bool {
	return i.State == Closed && i.ClosedBy != "" && i.RecoveredAt.IsZero()
}

// number is the next one. Items are never taken out, so that none is given twice.
func (f *fold) number() string {
	year := f.Ledger.Plan.Start.Start().Year()
	return fmt.Sprintf("%d-%03d", year, len(f.next.Items)+1)
}

// answerDue is the eve of the week in which an item that is opened now is escalated: the strictest of its
// measures says after how many weeks.
func (f *fold) answerDue(behind []*seeds.Measure) schema.Date {
	weeks := f.Ledger.ThresholdsOf(behind[0]).EscalateWeeks
	for _, m := range behind[1:] {
		weeks = min(weeks, f.Ledger.ThresholdsOf(m).EscalateWeeks)
	}
	return eve(f.Week, weeks)
}

// eve is the day before the Monday so many weeks later: no letter of a week before is sent after it.
func eve(w schema.Week, weeks int) schema.Date { return w.Monday() + schema.Date(7*weeks) - 1 }
