package seeds

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// History is the versions of one plan's ledger in the order in which they came into force, and who
// confirmed what of them: what was promised at one moment is not what was promised at another, and both
// can be asked for. It is never changed; Apply and Confirm give a longer one. The zero value has no version.
type History struct {
	revisions []Revision
	moments   []moment // ascending; one for every act
}

// moment is from when on a ledger is known as it is there, with its confirmations.
type moment struct {
	at     time.Time
	ledger *Ledger
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

// ErrInForce says that a ledger which is to be applied is the one in force: nothing would change.
var ErrInForce = errors.New("this version is in force already")

// UnapprovedError says that a new version changes what departments are held to, and nobody has approved it.
type UnapprovedError struct{ Changes []Change }

func (e *UnapprovedError) Error() string {
	lines := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		lines[i] = "  " + c.String()
	}
	return "what departments are held to changes, which needs an approver and a reason:\n" + strings.Join(lines, "\n")
}

// NewHistory makes a history of revisions in the order of their moments, as they are.
func NewHistory(revisions ...Revision) *History {
	h := &History{revisions: revisions}
	for _, r := range revisions {
		h.moments = append(h.moments, moment{r.At, r.Ledger})
	}
	return h
}

// At is the ledger in force at the moment, with what had been confirmed of it by then. A question about a
// moment before the first version is answered by the first.
func (h *History) At(t time.Time) *Ledger {
	if newest := &h.moments[len(h.moments)-1]; !newest.at.After(t) { // as nearly always
		return newest.ledger
	}
	later := sort.Search(len(h.moments), func(i int) bool { return h.moments[i].at.After(t) })
	return h.moments[max(later-1, 0)].ledger
}

// InForce is the newest version, with everything that is confirmed of it; nil if there is none.
func (h *History) InForce() *Ledger {
	if len(h.moments) == 0 {
		return nil
	}
	return h.moments[len(h.moments)-1].ledger
}

// Since is from when on everything is as InForce says.
func (h *History) Since() time.Time {
	if len(h.moments) == 0 {
		return time.Time{}
	}
	return h.moments[len(h.moments)-1].at
}

// First is the version that came into force first; there must be one.
func (h *History) First() Revision { return h.revisions[0] }

// Last is the version that came into force last; there must be one.
func (h *History) Last() Revision { return h.revisions[len(h.revisions)-1] }

// Version finds a version by its name, whenever it was in force, without what was confirmed of it.
func (h *History) Version(version string) (*Ledger, bool) {
	for _, r := range h.revisions {
		if r.Ledger.Version == version {
			return r.Ledger, true
		}
	}
	return nil, false
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

// Apply is the history with one more version, from r.At on; what it changes is found here. It refuses the
// version that is in force (ErrInForce), a change without the approver and the reason that it needs
// (UnapprovedError), and a measure that is counted in another way than ever before.
func (h *History) Apply(r Revision) (*History, error) {
	r.Changes = nil
	if before := h.InForce(); before != nil {
		if before.Version == r.Ledger.Version {
			return nil, ErrInForce
		}
		if before.Plan.ID != r.Ledger.Plan.ID {
			return nil, fmt.Errorf("the ledger is of plan %s, not of %s", r.Ledger.Plan.ID, before.Plan.ID)
		}
		if err := h.recounted(r.Ledger); err != nil {
			return nil, err
		}
		r.Changes = Diff(before, r.Ledger)
		if needs := slices.DeleteFunc(slices.Clone(r.Changes), func(c Change) bool { return !c.Controlled }); len(needs) > 0 && (strings.TrimSpace(r.Approver) == "" || strings.TrimSpace(r.Reason) == "") {
			return nil, &UnapprovedError{needs}
		}
	}
	next := h.then(r.At, r.Ledger.confirmedAs(h.InForce()))
	r.At = next.Since()
	next.revisions = append(slices.Clip(next.revisions), r)
	return next, nil
}

// then is the history with one more moment. Acts follow each other: one whose clock stands before the act
// that it follows counts from right after it. Moments are whole microseconds, as the store keeps them, and
// none is before its act: what was received just before an act was judged without it.
func (h *History) then(at time.Time, l *Ledger) *History {
	if whole := at.Truncate(time.Microsecond); !whole.Equal(at) {
		at = whole.Add(time.Microsecond)
	}
	if last := h.Since(); len(h.moments) > 0 && !at.After(last) {
		at = last.Add(time.Microsecond)
	}
	return &History{revisions: h.revisions, moments: append(slices.Clip(h.moments), moment{at, l})}
}

// recounted refuses a measure that is counted in another way than in any version before: readings of both
// would mix under one id.
func (h *History) recounted(l *Ledger) error {
	var errs []error
	for _, m := range l.Measures() {
		for _, r := range h.revisions {
			if was, ok := r.Ledger.Measure(m.ID); ok && was.counting() != m.counting() {
				errs = append(errs, fmt.Errorf("measure %s is counted as %q, and was as %q in version %s: a different way of counting is a new measure with a new id",
					m.ID, m.counting(), was.counting(), r.Ledger.Version))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// counting is how a measure's readings are counted.
func (m *Measure) counting() string {
	how := m.Unit + " " + string(m.Mode)
	if m.Itemised {
		how += " itemised"
	}
	if r := m.Ratio; r != nil {
		how += " " + r.Numerator + " ÷ " + r.Denominator + " × " + r.Per.String()
	}
	return how
}
