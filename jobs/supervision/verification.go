package supervision

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"xushi/schema"
)

// Verification (核实) is the office's word, with evidence, that all of a commitment is completed (销号).
type Verification struct {
	Commitment string
	At         time.Time
	By, Reason string
	Evidence   []string
	LapsedAt   time.Time // of the first letter by which a measure was completed no longer; zero: it holds
}

// Verified tells whether a commitment stands as 已销号 in this week's letter.
func (w *Week) Verified(commitment string) bool { return w.verification(commitment) != nil }

// Lapsed are the verifications that lapsed with this week's letter: a figure was corrected below its target,
// or the target was raised.
func (w *Week) Lapsed() (lapsed []Verification) {
	for _, v := range w.Verifications {
		if v.LapsedAt.Equal(w.AsOf) {
			lapsed = append(lapsed, v)
		}
	}
	return lapsed
}

// verification is the one of a commitment that holds; nil if none does.
func (w *Week) verification(commitment string) *Verification {
	for i := range w.Verifications {
		if v := &w.Verifications[i]; v.Commitment == commitment && v.LapsedAt.IsZero() {
			return v
		}
	}
	return nil
}

// lapse ends the verifications of what is completed no longer. A commitment that left the ledger stays as it was.
func (f *fold) lapse() {
	for i := range f.next.Verifications {
		v := &f.next.Verifications[i]
		if !v.LapsedAt.IsZero() || len(f.measuresOf(v.Commitment)) == 0 || f.completed(v.Commitment) {
			continue
		}
		v.LapsedAt = f.AsOf
		if item := f.item(v.Commitment); item != nil && item.State == Verified {
			item.State = Lapsed
		}
	}
}

// verify takes a commitment off the list, if all of it is completed by this letter.
func (f *fold) verify(at time.Time, v *schema.Verification) {
	switch {
	case !f.completed(v.Commitment):
		f.note(Note{At: at, By: v.By, Commitment: v.Commitment, Reason: "截至本期尚有指标未完成，未予销号"})
		return
	case f.next.Verified(v.Commitment):
		f.note(Note{At: at, By: v.By, Commitment: v.Commitment, Reason: "此前已核实销号"})
		return
	}
	f.next.Verifications = append(f.next.Verifications, Verification{
		Commitment: v.Commitment, At: at, By: v.By, Reason: v.Reason, Evidence: v.Evidence,
	})
	slices.SortStableFunc(f.next.Verifications, func(a, b Verification) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Commitment, b.Commitment))
	})
	item := f.item(v.Commitment)
	if item == nil || item.State == Closed { // what was closed by hand stays closed
		return
	}
	if item.RecoveredAt.IsZero() {
		item.RecoveredAt = f.AsOf
	}
	item.State, item.ClosedAt, item.ClosedBy, item.Reason, item.Evidence = Verified, at, v.By, v.Reason, v.Evidence
}
