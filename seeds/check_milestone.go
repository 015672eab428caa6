package seeds

import (
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// milestone checks what a deliverable without a number is counted by: its stages, each done or not.
func (c *checker) milestone(m *Measure, at place) {
	if !m.Milestone() {
		c.require(m.Unit != StageUnit, at.field("unit"), "%s is the unit of milestones: give the measure a curve of kind %s", StageUnit, Milestones)
		return
	}
	c.expect(m.NumeralText == "" && m.NumeralOffset == 0, at.field("numeral_text"), "a milestone is a promise without a number: leave this out")
	stages := decimal.NewFromInt(int64(len(m.Curve.Stages)))
	c.require(m.TargetValue.Equal(stages), at.field("target_value"), "a milestone's target is the number of its stages, %s, not %s", stages, m.TargetValue)
	c.require(m.Unit == StageUnit, at.field("unit"), "a milestone is counted in %s, not in %q", StageUnit, m.Unit)
	c.require(m.Comparator == AsWritten, at.field("comparator"), "a milestone is %s, not %q", AsWritten, m.Comparator)
	c.require(m.Mode == schema.ToDate, at.field("mode"), "a milestone is read to_date, 0 or 1 per stage, not %s", m.Mode)
	c.require(!m.Itemised, at.field("itemised"), "a milestone has stages, not items")
}

// stages checks a milestone's stages: in the order of their dates, of which several may share a day, and
// weighing 100 in all.
func (c *checker) stages(m *Measure, at place) {
	seen := map[string]bool{}
	var last schema.Date
	var sum decimal.Decimal
	for i, s := range m.Curve.Stages {
		here := at.entry(i, s.Stage)
		c.token(here.field("stage"), s.Stage, seen)
		c.filled(here, map[string]string{"name": s.Name})
		c.require(s.By == 0 || s.By >= last, here.field("by"), "%s is earlier than %s before it", s.By, last)
		c.due(m, here.field("by"), s.By)
		c.require(s.Weight.IsPositive(), here.field("weight"), "must be positive, not %s", s.Weight)
		last, sum = s.By, sum.Add(s.Weight)
	}
	c.require(len(m.Curve.Stages) == 0 || sum.Equal(hundred), at, "the weights of all stages must sum to 100, not to %s", sum)
}
