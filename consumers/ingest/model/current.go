package model

import (
	"cmp"

	"xushi/schema"
	"xushi/seeds"
)

// figure is what a measure comes to.
type figure struct {
	actual   int64 // millionths
	readings uint64
	last     int64 // microseconds; 0: never
}

// piece is the newest reading of one part of a measure.
type piece struct {
	sum    int64
	latest content
}

// current works out every measure of the ledger from the events that stand: the readings of its
// reporting department, summed if they are increments, else the newest of each piece, summed over pieces.
func (m *Model) current() map[string]figure {
	figures := map[string]figure{}
	pieces := map[string]map[string]*piece{}
	withdrawn := m.withdrawn()
	m.Counts.Withdrawn = len(withdrawn)
	for identity, contents := range m.accepted {
		c := &contents[0]
		if withdrawn[identity] {
			continue
		}
		switch c.kind {
		case schema.Unchanged:
			m.unchanged(figures, c)
		case schema.Reported:
			measure, ok := m.ledger.Measure(c.measure)
			if !ok || measure.ReportingDepartment != c.department {
				continue
			}
			f := figures[c.measure]
			f.readings++
			f.last = max(f.last, c.occurred)
			figures[c.measure] = f
			if pieces[c.measure] == nil {
				pieces[c.measure] = map[string]*piece{}
			}
			p := pieces[c.measure][c.piece]
			if p == nil {
				p = &piece{latest: *c}
				pieces[c.measure][c.piece] = p
			}
			p.sum += c.millionths
			if newer(c, &p.latest) {
				p.latest = *c
			}
		}
	}
	for id, all := range pieces {
		measure, _ := m.ledger.Measure(id)
		f := figures[id]
		for _, p := range all {
			if measure.Mode == schema.Increment {
				f.actual += p.sum
			} else {
				f.actual += p.latest.millionths
			}
		}
		figures[id] = f
	}
	return figures
}

// unchanged keeps a measure, or all of a commitment, fresh.
func (m *Model) unchanged(figures map[string]figure, c *content) {
	for _, measure := range m.measuresOf(c) {
		f := figures[measure.ID]
		f.last = max(f.last, c.occurred)
		figures[measure.ID] = f
	}
}

func (m *Model) measuresOf(c *content) (found []*seeds.Measure) {
	for _, measure := range m.ledger.Measures() {
		if measure.Commitment.ID == c.commitment && measure.ReportingDepartment == c.department && (c.measure == "" || c.measure == measure.ID) {
			found = append(found, measure)
		}
	}
	return found
}

// newer tells whether a happened after b; of one moment, whichever the log has later.
func newer(a, b *content) bool {
	return cmp.Or(cmp.Compare(a.occurred, b.occurred), cmp.Compare(a.received, b.received), cmp.Compare(a.position, b.position)) > 0
}
