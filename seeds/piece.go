package seeds

import "xushi/schema"

// Piece is one thing that a measure is reported by, if it is not reported as a whole: an item of a list
// or a stage of a milestone. Each is done or not.
type Piece struct {
	ID   string
	Name string
	By   schema.Date // by whose 24:00 it is planned; 0: it has no date of its own
}

// Pieces lists the pieces that the ledger names, in its order. An open list may come to have others.
func (m *Measure) Pieces() []Piece {
	var all []Piece
	for _, i := range m.Items {
		all = append(all, Piece{ID: i.ID, Name: i.Name, By: m.Curve.itemDate(i.ID)})
	}
	if m.Milestone() {
		for _, s := range m.Curve.Stages {
			all = append(all, Piece{ID: s.Stage, Name: s.Name, By: s.By})
		}
	}
	return all
}

// PieceDue is the date by whose 24:00 the piece is planned, if the ledger gives it a date of its own.
func (m *Measure) PieceDue(id string) (schema.Date, bool) {
	p := m.piece(id)
	return p.By, p.By != 0
}

// PieceName is a piece's name, or its ID where the ledger does not know it.
func (m *Measure) PieceName(id string) string {
	if p := m.piece(id); p.ID != "" {
		return p.Name
	}
	return id
}

func (m *Measure) piece(id string) Piece {
	for _, p := range m.Pieces() {
		if p.ID == id {
			return p
		}
	}
	return Piece{}
}

// itemDate is 0 without a date of its own, and without a curve.
func (c *Curve) itemDate(item string) schema.Date {
	if c == nil {
		return 0
	}
	for _, i := range c.Items {
		if i.Item == item {
			return i.By
		}
	}
	return 0
}
