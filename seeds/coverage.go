package seeds

// Coverage is how much of the source text has an owner in the ledger, as counted by the check that proves
// it, and how much the ledger holds. A ledger that passes the check owns all of it.
type Coverage struct {
	Clauses Tally
	Arabic  Tally // numerals in digits
	Chinese Tally // Chinese numerals
	Worded  Tally // 全覆盖

	Commitments, Measures, Milestones, Stages, Departments int // a measure here is a quantified one
}

// Coverage counts how much of its text the ledger owns: of one that was loaded, all.
func (l *Ledger) Coverage() Coverage {
	_, coverage, _ := parse(l.Plan.ID, l.JSON()) // the counts of one that does not hold go as far as it does
	return coverage
}

// Tally counts parts of the text: all, and by what owns them.
type Tally struct {
	Total int
	By    map[Owner]int
}

// Owned is how many parts have exactly one owner.
func (t *Tally) Owned() int {
	n := 0
	for _, of := range t.By {
		n += of
	}
	return n
}

func (t *Tally) count(owner Owner, owned bool) {
	t.Total++
	if owned {
		if t.By == nil {
			t.By = map[Owner]int{}
		}
		t.By[owner]++
	}
}

// Complete tells whether every part of the text has its owner.
func (c *Coverage) Complete() bool {
	for _, t := range []Tally{c.Clauses, c.Arabic, c.Chinese, c.Worded} {
		if t.Owned() != t.Total {
			return false
		}
	}
	return c.Clauses.Total > 0
}

func (c *Coverage) numerals(s Script) *Tally {
	switch s {
	case Arabic:
		return &c.Arabic
	case Chinese:
		return &c.Chinese
	default:
		return &c.Worded
	}
}

// holds counts what the ledger is made of.
func (c *Coverage) holds(l *Ledger) {
	c.Departments, c.Commitments = len(l.Departments), len(l.Commitments)
	for _, m := range l.Measures() {
		if m.Milestone() {
			c.Milestones++
			c.Stages += len(m.Curve.Stages)
		} else {
			c.Measures++
		}
	}
}
