package assessment

import (
	"slices"

	"xushi/schema"
	"xushi/seeds"
)

// Withdrawals are a plan's voids and replacements, by what they withdraw. With them the plan's log can be
// taken apart: what withdraws an event may have been sent under another commitment than the event was.
type Withdrawals map[identity]*schema.Record

// NewWithdrawals takes those among a plan's records that withdraw something. Each identity must be settled
// already: one record of each, the one of lowest position.
func NewWithdrawals(records []schema.Record) Withdrawals {
	var voids []*schema.Record
	for i := range records {
		if _, ok := withdraws(&records[i]); ok {
			voids = append(voids, &records[i])
		}
	}
	slices.SortFunc(voids, byKnowledge)
	return withdrawals(voids)
}

// withdrawals maps each identity that is withdrawn to the first record known to withdraw it; voids are in
// order of knowledge. Nothing is ever revived: that this record is itself voided later changes nothing for
// its target.
func withdrawals(voids []*schema.Record) Withdrawals {
	by := make(Withdrawals, len(voids))
	for _, v := range voids {
		target, _ := withdraws(v)
		if _, ok := by[target]; !ok {
			by[target] = v
		}
	}
	return by
}

// Log is NewLog for a part of the plan's records. It assesses those commitments as the whole log does of which
// the part has every record that speaks of the commitment, or of one of its measures. OpenVoids are those of
// the part alone.
func (w Withdrawals) Log(ledger *seeds.Ledger, part []schema.Record) *Log {
	l := settled(ledger, part)
	l.place(w)
	return l
}
