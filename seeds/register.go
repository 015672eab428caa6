package seeds

import "fmt"

// Register is the set of ledgers in force, by plan: what an event is admitted against.
type Register struct {
	plans map[string]*Ledger
}

// NewRegister makes a register of ledgers of different plans.
func NewRegister(ledgers ...*Ledger) (*Register, error) {
	r := &Register{plans: make(map[string]*Ledger, len(ledgers))}
	for _, l := range ledgers {
		if _, twice := r.plans[l.Plan.ID]; twice {
			return nil, fmt.Errorf("two ledgers for plan %s: load one of them", l.Plan.ID)
		}
		r.plans[l.Plan.ID] = l
	}
	return r, nil
}
