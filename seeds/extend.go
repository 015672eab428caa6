package seeds

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"xushi/schema"
)

// Extension (延期) is a decision that a measure, or one piece of it, may be done later than planned.
type Extension struct {
	Measure  string
	Piece    string // an item or a stage; "" is the whole
	Until    schema.Date
	Shorten  bool // it may be earlier than planned, too
	Approver string
	Reason   string
}

// ErrEarlier says that a day is before the planned one, and Shorten was not asked for.
var ErrEarlier = errors.New("would be earlier, which is no extension and must be asked for")

// Extend is the ledger with an extension in it, proved like any other: the end of the measure's curve, or the
// date of the piece, moves to the day, and the due date with it where it would be earlier. Whatever was planned
// before that end stays as it was, but for what is spread evenly, which is spread anew. The measure names who
// decided. The ledger itself stays as it is.
func (l *Ledger) Extend(e Extension) (*Ledger, error) {
	if _, ok := l.Measure(e.Measure); !ok {
		return nil, fmt.Errorf("no measure %q in version %s of plan %s", e.Measure, l.Version, l.Plan.ID)
	}
	if e.Until < l.Plan.Start || e.Until > l.Plan.End {
		return nil, fmt.Errorf("%s is out of the plan's reach, which is from %s to %s: what is to take longer belongs to the next year's plan", e.Until, l.Plan.Start, l.Plan.End)
	}
	extended, err := Restore(l.Plan.ID, l.JSON())
	if err != nil {
		return nil, err
	}
	m, _ := extended.Measure(e.Measure)
	due, curve := m.DueDate, canonicalCurve(m)
	if err := m.extend(e); err != nil {
		return nil, err
	}
	var changed []string
	if m.DueDate != due {
		changed = append(changed, "due_date")
	}
	if canonicalCurve(m) != curve {
		changed = append(changed, "curve")
	}
	m.assign(Assignment{Fields: changed, AssignedBy: e.Approver, Confidence: High, Basis: e.Reason})
	return Parse(l.Plan.ID, extended.JSON())
}

func canonicalCurve(m *Measure) string { return m.Curve.Words(m) }

// extend moves the dates of an extension.
func (m *Measure) extend(e Extension) error {
	planned, err := m.plannedEnd(e.Piece)
	switch {
	case err != nil:
		return err
	case e.Until == planned:
		return fmt.Errorf("%s is planned by %s already", m.called(e.Piece), planned)
	case e.Until < planned && !e.Shorten:
		return fmt.Errorf("%s is planned by %s: %s %w", m.called(e.Piece), planned, e.Until, ErrEarlier)
	}
	m.Curve.move(e.Piece, planned, e.Until)
	if next := m.overtaken(e); next != nil {
		return fmt.Errorf("stage %s would come after stage %s (%s), which is planned by %s: extend that one first", e.Piece, next.Stage, next.Name, next.By)
	}
	if e.Until > m.DueDate || e.Piece == "" && e.Until < planned {
		m.DueDate = e.Until
	}
	return nil
}

// called is a measure or a piece of it, in an error.
func (m *Measure) called(piece string) string {
	if piece == "" {
		return "measure " + m.ID
	}
	return piece + " of measure " + m.ID
}

// plannedEnd is the date by which all of a measure, or a piece of it, is planned.
func (m *Measure) plannedEnd(piece string) (schema.Date, error) {
	if piece == "" {
		return m.Curve.wholeBy(m.DueDate), nil
	}
	var dated []string
	for _, p := range m.Pieces() {
		if p.ID == piece && p.By != 0 {
			return p.By, nil
		}
		if p.By != 0 {
			dated = append(dated, p.ID)
		}
	}
	if len(dated) == 0 {
		return 0, fmt.Errorf("measure %s has no stage or item with a date of its own: extend the whole", m.ID)
	}
	return 0, fmt.Errorf("measure %s has no stage or item %q with a date of its own; those that have one: %s", m.ID, piece, strings.Join(dated, ", "))
}

// wholeBy is the first date by which everything is planned; otherwise says it where there is no curve. The last
// of steps or levels may be earlier than their season's end.
func (c *Curve) wholeBy(otherwise schema.Date) schema.Date {
	switch {
	case c == nil:
		return otherwise
	case len(c.Steps) > 0:
		return c.Steps[len(c.Steps)-1].By
	case len(c.Levels) > 0:
		return c.Levels[len(c.Levels)-1].By
	}
	_, last := c.span()
	return last
}

// move puts the dates of a piece, or of everything that is planned by the end of the whole, to another day.
func (c *Curve) move(piece string, from, to schema.Date) {
	if c == nil {
		return
	}
	shift := func(id string, by *schema.Date) {
		if *by == from && (piece == "" || piece == id) {
			*by = to
		}
	}
	for i := range c.Steps {
		shift("", &c.Steps[i].By)
	}
	for i := range c.Levels {
		shift("", &c.Levels[i].By)
	}
	for i := range c.Items {
		shift(c.Items[i].Item, &c.Items[i].By)
	}
	for i := range c.Stages {
		shift(c.Stages[i].Stage, &c.Stages[i].By)
	}
	if shift("", &c.End); c.Kind == Season {
		c.End = max(c.End, to)
	}
}

// overtaken is a stage that is planned earlier than the one before it, which was extended; nil if none is.
func (m *Measure) overtaken(e Extension) *Stage {
	if e.Piece == "" || !m.Milestone() {
		return nil
	}
	at := slices.IndexFunc(m.Curve.Stages, func(s Stage) bool { return s.Stage == e.Piece })
	for i := range m.Curve.Stages[at+1:] {
		if next := &m.Curve.Stages[at+1+i]; next.By < e.Until {
			return next
		}
	}
	return nil
}

// assign says who set some of the measure's fields, in place of who had.
func (m *Measure) assign(a Assignment) {
	for i := range m.Assigned {
		was := &m.Assigned[i]
		was.Fields = slices.DeleteFunc(was.Fields, func(field string) bool { return slices.Contains(a.Fields, field) })
	}
	m.Assigned = slices.DeleteFunc(m.Assigned, func(was Assignment) bool { return len(was.Fields) == 0 })
	m.Assigned = append(m.Assigned, a)
}
