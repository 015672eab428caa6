package seeds

import "time"

// History is the versions of one plan's ledger in the order in which they came into force: what was
// promised at one moment is not what was promised at another, and both can be asked for.
type History struct {
	revisions []Revision
}

// Revision is one version of a ledger, with the act that put it in force.
type Revision struct {
	Ledger   *Ledger
	At       time.Time // in force from this moment until the next revision's
	By       string    // who applied it
	Reason   string    // why
	Approver string    // who approved it; "" where nothing in it needs approval
	Changes  []Change  // against the version before; nil of the first
}

// Change is one difference between two versions of a ledger.
type Change struct {
	Object        string // "commitment", "measure", "department", "plan", "statement", "numeral"
	ID            string // of that object
	Field         string // by its name in the ledger's files; "" where the whole object was added or removed
	Before, After string // in words for a reader; "" where there was, or is, nothing
	Controlled    bool   // changes what a department is held to: a target, a curve, a due date. It needs an approver
}

// NewHistory makes a history of revisions in the order of their moments.
func NewHistory(revisions ...Revision) *History { return &History{revisions: revisions} }

// At is the ledger in force at the moment. The first version is in force before its own moment too: what
// had arrived before anything was applied is held against what was applied first.
func (h *History) At(t time.Time) *Ledger {
	ledger := h.revisions[0].Ledger
	for _, r := range h.revisions {
		if r.At.After(t) {
			break
		}
		ledger = r.Ledger
	}
	return ledger
}

// Revisions are those that came into force after since and not after until, oldest first.
func (h *History) Revisions(since, until time.Time) []Revision {
	var among []Revision
	for _, r := range h.revisions {
		if r.At.After(since) && !r.At.After(until) {
			among = append(among, r)
		}
	}
	return among
}
