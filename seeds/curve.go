package seeds

import (
	"slices"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// CurveKind names the form of a planned-progress curve.
type CurveKind string

// Curve kinds.
const (
	Linear  CurveKind = "linear" // evenly, day by day, from start to end inclusive
	Steps   CurveKind = "steps"  // cumulative shares by dates
	Season  CurveKind = "season" // nothing before the window, frozen after it; linear inside, or by steps or levels
	ByItem  CurveKind = "items"  // item by item, by dates; the items without a date evenly from start to end
	ByLevel CurveKind = "level"  // values of a level by dates
)

// Curve (计划曲线) is how much of a target is planned to be reached by when. A date binds at 24:00, and
// a step or level holds until the next one's date. Which members a kind takes is checked by Load.
type Curve struct {
	Kind   CurveKind   `yaml:"kind"`
	Start  schema.Date `yaml:"start"`
	End    schema.Date `yaml:"end"`
	Steps  []Step      `yaml:"steps"`
	Items  []ItemDate  `yaml:"items"`
	Levels []LevelDate `yaml:"levels"`
}

// Step says that Share percent of the target is planned to be reached by a date.
type Step struct {
	By    schema.Date     `yaml:"by"`
	Share decimal.Decimal `yaml:"share"`
}

// ItemDate is the date by which one item is planned to be done.
type ItemDate struct {
	Item string      `yaml:"item"`
	By   schema.Date `yaml:"by"`
}

// LevelDate is the value that a level is planned to have reached by a date.
type LevelDate struct {
	By    schema.Date     `yaml:"by"`
	Value decimal.Decimal `yaml:"value"`
}

// window tells whether the curve has a start and an end; plans do not begin in 1970.
func (c *Curve) window() bool { return c.Start != 0 || c.End != 0 }

// span is the first and the last date that the curve mentions: nothing is planned before the first,
// everything after the last.
func (c *Curve) span() (first, last schema.Date) {
	var dates []schema.Date
	if c.window() {
		dates = append(dates, c.Start, c.End)
	}
	for _, s := range c.Steps {
		dates = append(dates, s.By)
	}
	for _, i := range c.Items {
		dates = append(dates, i.By)
	}
	for _, l := range c.Levels {
		dates = append(dates, l.By)
	}
	if len(dates) == 0 {
		return 0, 0
	}
	return slices.Min(dates), slices.Max(dates)
}
