package seeds

import (
	"maps"
	"slices"
)

// thresholds checks what a plan, or one of its measures, sets. Where that says nothing, those above hold.
func (c *checker) thresholds(set Overrides, above Thresholds, m *Measure, at place) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		here, value, d := at.field(string(name)), set[name], thresholdNamed(name)
		c.require(d != nil, here, "unknown threshold %q", string(name))
		if d == nil {
			continue
		}
		c.require(m == nil || !d.ofPlan, here, "%s is set for the whole plan, not for one measure", name)
		c.require(value >= d.least && value <= d.most, here, "must be between %d and %d, not %d", d.least, d.most, value)
	}
	together := above.With(set)
	for _, d := range thresholds {
		if d.within != "" {
			c.ordered(d, set, together, at)
		}
	}
}

// ordered requires that a threshold does not exceed the one that bounds it. The complaint is about whichever
// of the two is set here; where none is, it has been made above.
func (c *checker) ordered(d threshold, set Overrides, together Thresholds, at place) {
	_, here := set[d.name]
	_, bound := set[d.within]
	value, most := together.value(d.name), together.value(d.within)
	switch {
	case here:
		c.require(value <= most, at.field(string(d.name)), "%d is over %d, which is %s", value, most, d.within)
	case bound:
		c.require(value <= most, at.field(string(d.within)), "%d is under %d, which is %s", most, value, d.name)
	}
}
