package letter

import (
	"fmt"
	"slices"

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

	verified, wasVerified bool // the office has verified its commitment, and had at the previous letter

	rank        int // place in the lag table, from 1; 0: not in it
	explainedAt int // rank of the entry of the same commitment that explains this one too; 0: itself
}

// entries are the measures that the letter speaks of, in the order of the text, and those that it only mentions.
func entries(in *Input) (own, supported []entry, err error) {
	now := map[string]*assessment.Assessment{}
	for i := range in.Now {
		if a := &in.Now[i]; in.mentions(a.Measure) {
			now[a.Measure.ID] = a
		}
	}
	items := map[string]*supervision.Item{}
	for i := range in.This.Items {
		if item := &in.This.Items[i]; item.IsOpen() {
			items[item.Commitment] = item
		}
	}
	verified, wasVerified := verifications(in.This), verifications(in.Before)
	for _, m := range in.Ledger.Measures() {
		if !in.mentions(m) {
			continue
		}
		c := m.Commitment.ID
		e := entry{
			measure: m, now: now[m.ID], streak: in.This.Standings[m.ID].LaggingWeeks, item: items[c],
			verified: verified[c], wasVerified: wasVerified[c],
		}
		if e.now == nil {
			return nil, nil, fmt.Errorf("no assessment of measure %q", m.ID)
		}
		if in.Before != nil {
			if before, ok := in.Before.Standings[m.ID]; ok {
				e.before = &before
			}
		}
		if in.concerns(m) {
			e.number = len(own) + 1
			own = append(own, e)
		} else {
			supported = append(supported, e)
		}
	}
	return own, supported, nil
}

// mentions tells whether a measure is in the letter at all: one to a department also says how those stand that
// it supports, but counts them for who leads them.
func (in *Input) mentions(m *seeds.Measure) bool {
	return in.concerns(m) || slices.Contains(m.Commitment.SupportingDepartments, in.Department)
}

// concerns tells whether the letter speaks of a measure: one to a department only of what it leads or reports.
func (in *Input) concerns(m *seeds.Measure) bool {
	d := in.Department
	return d == "" || m.ReportingDepartment == d || m.Commitment.LeadDepartment == d
}

// verifications are the commitments that a week has as 已销号.
func verifications(w *supervision.Week) map[string]bool {
	all := map[string]bool{}
	if w != nil {
		for i := range w.Verifications {
			all[w.Verifications[i].Commitment] = w.Verifications[i].LapsedAt.IsZero()
		}
	}
	return all
}

// listed tells whether it stands in the lag table.
func (e *entry) listed() bool { return e.now.Behind() || e.now.Overdue() }

// wasListed tells whether it stood in the previous letter's.
func (e *entry) wasListed() bool { return e.before != nil && (e.before.Behind() || e.before.Overdue()) }
