package seeds

import (
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// parts are the members that a kind of curve takes.
type parts struct{ window, steps, levels, items, stages need }

type need int

const (
	forbidden need = iota
	optional
	required
)

var kinds = map[CurveKind]parts{
	Linear:     {window: required},
	Steps:      {steps: required},
	Season:     {window: required, steps: optional, levels: optional},
	ByItem:     {window: optional, items: required},
	ByLevel:    {levels: required},
	Milestones: {stages: required},
}

// curve checks that what is planned never falls, begins at nothing and is whole by the due date. A
// measure without a curve is allowed: it is assessed as unknown.
func (c *checker) curve(m *Measure, at place) {
	v := m.Curve
	if v == nil {
		return
	}
	p, known := kinds[v.Kind]
	if !known {
		c.require(false, at.field("kind"), "unknown kind of curve %q", v.Kind)
		return
	}
	c.part(at.field("start"), v.Kind, p.window, v.window())
	c.part(at.field("steps"), v.Kind, p.steps, len(v.Steps) > 0)
	c.part(at.field("levels"), v.Kind, p.levels, len(v.Levels) > 0)
	c.part(at.field("items"), v.Kind, p.items, len(v.Items) > 0)
	c.part(at.field("stages"), v.Kind, p.stages, len(v.Stages) > 0)
	c.require(len(v.Steps) == 0 || len(v.Levels) == 0, at, "takes steps or levels, not both")
	if v.window() {
		c.require(c.inPlan(v.Start) && v.Start <= v.End, at.field("start"), "%s must lie in the plan and not after the end, %s", v.Start, v.End)
		c.require(v.End <= m.DueDate, at.field("end"), "%s is later than the due date, %s", v.End, m.DueDate)
	}
	c.steps(m, at.field("steps"))
	c.levels(m, at.field("levels"))
	c.curveItems(m, at)
	c.stages(m, at.field("stages"))
}

func (c *checker) part(at place, kind CurveKind, need need, there bool) {
	c.require(need != required || there, at, "a curve of kind %s needs this", kind)
	c.require(need != forbidden || !there, at, "a curve of kind %s does not take this", kind)
}

// by checks one date of a curve: after the one before, inside the plan and the window, not past the due date.
func (c *checker) by(m *Measure, at place, by, before schema.Date) {
	c.require(by == 0 || by > before, at.field("by"), "%s must be later than %s before it", by, before)
	c.due(m, at.field("by"), by)
	if m.Curve.Kind == Season && by != 0 {
		c.require(by >= m.Curve.Start && by <= m.Curve.End, at.field("by"), "%s lies outside the season", by)
	}
}

// due requires a date of the plan by which the measure may still be planned.
func (c *checker) due(m *Measure, at place, by schema.Date) {
	if by == 0 {
		c.require(false, at, "must be a date of the plan")
		return
	}
	c.require(c.inPlan(by), at, "%s lies outside the plan", by)
	c.require(by <= m.DueDate, at, "%s is later than the due date, %s", by, m.DueDate)
}

func (c *checker) steps(m *Measure, at place) {
	var last Step
	for i, s := range m.Curve.Steps {
		here := at.entry(i, "")
		c.by(m, here, s.By, last.By)
		c.require(s.Share.GreaterThan(last.Share), here.field("share"), "%s must be over %s before it: planned shares are cumulative", s.Share, last.Share)
		last = s
	}
	c.require(len(m.Curve.Steps) == 0 || last.Share.Equal(hundred), at, "must end at 100, not at %s", last.Share)
}

var hundred = decimal.NewFromInt(100)

func (c *checker) levels(m *Measure, at place) {
	if len(m.Curve.Levels) == 0 {
		return
	}
	c.require(m.Mode == schema.Level, at, "only a level is planned by levels")
	last := LevelDate{}
	from := m.BaselineValue
	for i, l := range m.Curve.Levels {
		here := at.entry(i, "")
		c.by(m, here, l.By, last.By)
		c.require(from == nil || (m.Direction == Fall) == l.Value.LessThan(*from) && !l.Value.Equal(*from),
			here.field("value"), "%s does not %s from %s before it", l.Value, m.Direction, from)
		last, from = l, &l.Value
	}
	c.require(last.Value.Equal(m.TargetValue), at, "must end at the target, %s, not at %s", m.TargetValue, last.Value)
}

// curveItems checks the dates of items, and that a window is there exactly where items are left
// without one.
func (c *checker) curveItems(m *Measure, at place) {
	if m.Curve.Kind != ByItem {
		return
	}
	c.require(m.Itemised, at.field("kind"), "only an itemised measure is planned item by item")
	dated := map[string]bool{}
	for i, d := range m.Curve.Items {
		here := at.field("items").entry(i, d.Item)
		c.by(m, here, d.By, 0)
		c.require(m.lists(d.Item), here.field("item"), "no item %q on the measure's list", d.Item)
		c.require(!dated[d.Item], here.field("item"), "%q is dated twice", d.Item)
		dated[d.Item] = true
	}
	undated := m.TargetValue.Sub(decimal.NewFromInt(int64(len(m.Curve.Items))))
	c.require(!undated.IsPositive() || m.Curve.window(), at, "%s items have no date: give them a start and an end to be spread over", undated)
	c.require(undated.IsPositive() || !m.Curve.window(), at.field("start"), "every item has its date: nothing is left to be spread from start to end")
}
