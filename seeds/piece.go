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
	for i := range m.Items {
		all = append(all, m.itemPiece(i))
	}
	if m.Milestone() {
		for i := range m.Curve.Stages {
			all = append(all, m.stagePiece(i))
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

// piece finds a piece that the ledger names; without an ID if it names none.
func (m *Measure) piece(id string) Piece {
	for i := range m.Items {
		if m.Items[i].ID == id {
			return m.itemPiece(i)
		}
	}
	if m.Milestone() {
		for i := range m.Curve.Stages {
			if m.Curve.Stages[i].Stage == id {
				return m.stagePiece(i)
			}
		}
	}
	return Piece{}
}

func (m *Measure) itemPiece(i int) Piece {
	item := &m.Items[i]
	return Piece{ID: item.ID, Name: item.Name, By: m.Curve.itemDate(item.ID)}
}

func (m *Measure) stagePiece(i int) Piece {
	stage := &m.Curve.Stages[i]
	return Piece{ID: stage.Stage, Name: stage.Name, By: stage.By}
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
