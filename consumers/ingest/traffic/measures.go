package traffic

import "xushi/seeds"

// measures are those of a ledger, by what a reading of them can do wrong.
type measures struct {
	all        []*seeds.Measure
	plain      []*seeds.Measure // one number, at least zero and with no greatest
	open       []*seeds.Measure // itemised
	closed     []*seeds.Measure // itemised, and the ledger lists every item
	milestones []*seeds.Measure
	ratios     []*seeds.Measure // with a greatest value
}

func sort(l *seeds.Ledger) measures {
	all := measures{all: l.Measures()}
	for _, m := range all.all {
		switch {
		case m.Milestone():
			all.milestones = append(all.milestones, m)
		case m.Itemised && m.ItemsOpen:
			all.open = append(all.open, m)
		case m.Itemised:
			all.closed = append(all.closed, m)
		case m.Ratio != nil && m.MaxValue != nil:
			all.ratios = append(all.ratios, m)
		case m.Ratio == nil && m.MinValue == nil && m.MaxValue == nil:
			all.plain = append(all.plain, m)
		}
	}
	return all
}

// uninvolved is a department that neither leads nor supports the commitment of the measure.
func (g *Generator) uninvolved(m *seeds.Measure) string {
	for _, d := range g.ledger.Departments {
		if !m.Commitment.Involves(d.ID) {
			return d.ID
		}
	}
	return ""
}
