package seeds

import "fmt"

// Register is the ledgers of every plan through time: what an event is admitted against is the version
// that was in force when it was received.
type Register struct {
	plans map[string]*History
}

// NewRegister makes a register of ledgers of different plans, each in force from ever on.
func NewRegister(ledgers ...*Ledger) (*Register, error) {
	plans := make(map[string]*History, len(ledgers))
	for _, l := range ledgers {
		if _, twice := plans[l.Plan.ID]; twice {
			return nil, fmt.Errorf("two ledgers for plan %s: load one of them", l.Plan.ID)
		}
		plans[l.Plan.ID] = NewHistory(Revision{Ledger: l})
	}
	return RegisterOf(plans), nil
}

// RegisterOf makes a register of histories by plan, each with at least one version. The map must stay
// unchanged.
func RegisterOf(plans map[string]*History) *Register { return &Register{plans} }
