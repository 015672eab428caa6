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

	Milestones CurveKind = "milestones" // stage by stage, each with a date and a weight
)

// Curve (计划曲线) is how much of a target is planned to be reached by when. A date binds at 24:00, and
// a step or level holds until the next one's date. Which members a kind takes is checked by Load.
type Curve struct {
	Kind   CurveKind   `yaml:"kind" json:"kind"`
	Start  schema.Date `yaml:"start" json:"start,omitzero"`
	End    schema.Date `yaml:"end" json:"end,omitzero"`
	Steps  []Step      `yaml:"steps" json:"steps,omitempty"`
	Items  []ItemDate  `yaml:"items" json:"items,omitempty"`
	Levels []LevelDate `yaml:"levels" json:"levels,omitempty"`
	Stages []Stage     `yaml:"stages" json:"stages,omitempty"`
}

// Step says that Share percent of the target is planned to be reached by a date.
type Step struct {
	By    schema.Date     `yaml:"by" json:"by"`
	Share decimal.Decimal `yaml:"share" json:"share"`
}

// ItemDate is the date by which one item is planned to be done.
type ItemDate struct {
	Item string      `yaml:"item" json:"item"`
	By   schema.Date `yaml:"by" json:"by"`
}

// Stage (节点) is one dated step of a milestone; the weights of a milestone's stages sum to 100.
type Stage struct {
	Stage  string          `yaml:"stage" json:"stage"` // its id, which readings name
	Name   string          `yaml:"name" json:"name"`
	By     schema.Date     `yaml:"by" json:"by"`
	Weight decimal.Decimal `yaml:"weight" json:"weight"`
}

// LevelDate is the value that a level is planned to have reached by a date.
type LevelDate struct {
	By    schema.Date     `yaml:"by" json:"by"`
	Value decimal.Decimal `yaml:"value" json:"value"`
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
	for _, s := range c.Stages {
		dates = append(dates, s.By)
	}
	if len(dates) == 0 {
		return 0, 0
	}
	return slices.Min(dates), slices.Max(dates)
}
