package supervision

import "time"

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

// verification is the one of a commitment that holds; nil if none does.
func (w *Week) verification(commitment string) *Verification {
	for i := range w.Verifications {
		if v := &w.Verifications[i]; v.Commitment == commitment && v.LapsedAt.IsZero() {
			return v
		}
	}
	return nil
}
