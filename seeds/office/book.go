package office

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"xushi/schema"
	"xushi/seeds"
)

// Judged is an act of the log with what became of it.
type Judged struct {
	schema.Act                 // its ledger is in Revision; At is from when it counts
	Refused    error           // why it does not hold, and changes nothing; nil: it holds
	Revision   *seeds.Revision // the version that it put in force; nil of any other act
	Changed    bool            // anything is otherwise since; false also of a confirmation of what was confirmed
}

// book is what a run of acts comes to. It depends on the acts and their order alone, so that every reader
// of the log comes to the same; and on no clock.
type book struct {
	sequence uint64 // up to which the log is read
	plans    map[string]*seeds.History
	ledgers  map[string]uint64 // sequence of each plan's last message about its ledger, whether it holds or not
	judged   []Judged
	register *seeds.Register
}

func newBook() *book {
	plans := map[string]*seeds.History{}
	return &book{plans: plans, ledgers: map[string]uint64{}, register: seeds.NewRegister(plans)}
}

// copy is for writing on; the original stays as its readers have it.
func (b *book) copy() *book {
	plans := maps.Clone(b.plans)
	return &book{b.sequence, plans, maps.Clone(b.ledgers), slices.Clip(b.judged), seeds.NewRegister(plans)}
}

// read takes in a message of the log.
func (b *book) read(policy schema.Policy, m *schema.Message) Judged {
	act, err := policy.OpenAct(m)
	if m.Subject == schema.ActSubject(act.Plan, schema.LedgerApplied) {
		b.ledgers[act.Plan] = m.Sequence
	}
	b.sequence = m.Sequence
	if err != nil {
		return b.note(Judged{Act: act, Refused: err})
	}
	return b.note(b.take(act))
}

func (b *book) note(j Judged) Judged {
	b.judged = append(b.judged, j)
	return j
}

// take adds an act to its plan's history, if it holds.
func (b *book) take(act schema.Act) Judged {
	switch { // no version hears of these
	case act.Type == schema.DeadLetterDropped:
		return Judged{Act: act, Changed: true}
	case supervises(act.Type):
		err := supervised(b.plans[act.Plan], act)
		return Judged{Act: act, Refused: err, Changed: err == nil}
	}
	history := b.plans[act.Plan]
	if history == nil {
		history = &seeds.History{}
	}
	j := Judged{Act: act}
	if act.Type == schema.AssignmentConfirmed {
		next, changed, err := confirm(history, act)
		if j.Refused, j.Changed = err, changed; changed {
			j.At, b.plans[act.Plan] = next.Since(), next
		}
		return j
	}
	next, err := apply(history, act)
	j.Refused, j.Applied = err, withoutLedger(*act.Applied)
	if err == nil {
		last := next.Last()
		j.At, j.Revision, j.Changed, b.plans[act.Plan] = last.At, &last, true, next
	}
	return j
}

// Replay is the histories that acts which hold come to, by plan: those of a log that was judged before.
func Replay(acts []schema.Act) (map[string]*seeds.History, error) {
	b := newBook()
	for _, act := range acts {
		if j := b.take(act); j.Refused != nil {
			return nil, fmt.Errorf("act %d of plan %s: %w", act.Sequence, act.Plan, j.Refused)
		}
	}
	return b.plans, nil
}

func withoutLedger(a schema.Application) *schema.Application {
	a.Ledger = nil
	return &a
}

func apply(history *seeds.History, act schema.Act) (*seeds.History, error) {
	a := act.Applied
	ledger, err := seeds.Restore("ledger.json", a.Ledger)
	if err != nil {
		return nil, err
	}
	if ledger.Plan.ID != act.Plan {
		return nil, fmt.Errorf("the act is of plan %s, its ledger of %s", act.Plan, ledger.Plan.ID)
	}
	if ledger.Version != a.LedgerVersion {
		return nil, fmt.Errorf("the ledger is version %s, the act says %s", ledger.Version, a.LedgerVersion)
	}
	if base := versionInForce(history); base != a.BaseVersion {
		return nil, fmt.Errorf("compared with version %q while %q was in force: %w", a.BaseVersion, base, ErrSuperseded)
	}
	return history.Apply(seeds.Revision{Ledger: ledger, At: act.At, By: a.By, Reason: a.Reason, Approver: a.Approver})
}

func confirm(history *seeds.History, act schema.Act) (next *seeds.History, changed bool, err error) {
	c := act.Confirmed
	return history.Confirm(seeds.Confirmation{
		Object: c.Object, ID: c.ID, Field: c.Field, LedgerVersion: c.LedgerVersion, By: c.ConfirmedBy, Reason: c.Reason, At: act.At,
	})
}

func versionInForce(h *seeds.History) string {
	if l := h.InForce(); l != nil {
		return l.Version
	}
	return ""
}

// ErrSuperseded says that another version came into force since the one that was looked at: look again.
var ErrSuperseded = errors.New("another version has come into force meanwhile; look at what changes now, and apply again")
