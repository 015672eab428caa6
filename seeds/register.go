package seeds

// Register is the ledgers of every plan through time: what an event is admitted against is the version
// that was in force when it was received.
type Register struct {
	plans map[string]*History
}

// NewRegister makes a register of histories by plan, each with at least one version. It sees what is added
// to the map before it is used; from then on the map must stay unchanged.
func NewRegister(plans map[string]*History) *Register { return &Register{plans} }
