package seeds

import (
	"math/big"
	"sort"

	"xushi/schema"
)

var percent = big.NewRat(1, 100)

// PlannedShare is the share (0 to 1, exact) of the target that is planned to be reached before 00:00
// of the day, counting whole Shanghai days: in the morning of 2024-07-01 a linear 2024 is at 182/366,
// and what is due by 06-30 counts for the first time. A level's share is that of its way from the
// baseline to the target. A small count is planned in whole pieces, a milestone's stages have their
// weights. It is nil without a curve, and where a curve of levels has no baseline to start from.
//
// A linear curve and a season without steps share one formula; a season differs by being shorter than
// the plan: its share is 0 before the window and 1 after it.
func (m *Measure) PlannedShare(day schema.Date) *big.Rat {
	if m.Curve == nil {
		return nil
	}
	var share *big.Rat
	switch c := m.Curve; {
	case c.Kind == Milestones:
		return m.StageShare(planned(day))
	case c.Kind == ByItem:
		share = m.itemShare(day)
	case len(c.Levels) > 0:
		share = m.levelShare(day)
	case len(c.Steps) > 0:
		share = c.stepShare(day)
	default:
		share = c.elapsedShare(day)
	}
	if share != nil && m.SmallCount() {
		return floorToPieces(share, m.TargetValue.Rat())
	}
	return share
}

// Planned is PlannedShare in the measure's unit: of a count its share of the target, of a milestone the
// number of stages whose date has passed, of a level the value on the way from the baseline. It is nil
// where that is not known.
func (m *Measure) Planned(day schema.Date) *big.Rat {
	share := m.PlannedShare(day)
	switch {
	case share == nil:
		return nil
	case m.Milestone():
		return m.stagesPlanned(day)
	case m.Mode != schema.Level:
		return share.Mul(share, m.TargetValue.Rat())
	case m.BaselineValue == nil:
		return nil
	}
	way := m.TargetValue.Sub(*m.BaselineValue).Rat()
	return share.Add(m.BaselineValue.Rat(), share.Mul(share, way))
}

// DueFrom is the first day on which anything is planned to have been reached; false if no such day is
// known.
func (m *Measure) DueFrom() (schema.Date, bool) {
	return m.firstDay(func(day schema.Date) bool { return m.PlannedShare(day).Sign() > 0 })
}

// DueDateOf is the date by whose 24:00 the piece-th piece (1, 2, … Target) of a small count is planned:
// a piece due 06-15 is one day late on 06-16. It is false for what is not planned piece by piece.
func (m *Measure) DueDateOf(piece int) (schema.Date, bool) {
	if !m.SmallCount() || piece < 1 {
		return 0, false
	}
	pieces := big.NewRat(int64(piece), 1)
	morningAfter, ok := m.firstDay(func(day schema.Date) bool { return m.Planned(day).Cmp(pieces) >= 0 })
	return morningAfter - 1, ok
}

// firstDay finds the first day that satisfies reached, which must stay true once it is: planned shares
// never fall.
func (m *Measure) firstDay(reached func(day schema.Date) bool) (schema.Date, bool) {
	if m.Curve == nil {
		return 0, false
	}
	first, last := m.Curve.span()
	if m.PlannedShare(first) == nil {
		return 0, false
	}
	days := int(last-first) + 2 // the morning after the last date included
	i := sort.Search(days, func(i int) bool { return reached(first + schema.Date(i)) })
	return first + schema.Date(i), i < days
}

// elapsedShare is the share of the window's whole days that lie before the day.
func (c *Curve) elapsedShare(day schema.Date) *big.Rat {
	switch {
	case day <= c.Start:
		return new(big.Rat)
	case day > c.End:
		return big.NewRat(1, 1)
	}
	return big.NewRat(int64(day-c.Start), int64(c.End-c.Start)+1)
}

// stepShare is the share of the last step whose date has passed.
func (c *Curve) stepShare(day schema.Date) *big.Rat {
	share := new(big.Rat)
	for _, s := range c.Steps {
		if s.By < day {
			share.Mul(s.Share.Rat(), percent)
		}
	}
	return share
}

// levelShare is how far on the way from the baseline to the target the last level lies whose date has passed.
func (m *Measure) levelShare(day schema.Date) *big.Rat {
	if m.BaselineValue == nil {
		return nil
	}
	value := *m.BaselineValue
	for _, l := range m.Curve.Levels {
		if l.By < day {
			value = l.Value
		}
	}
	way := m.TargetValue.Sub(*m.BaselineValue).Rat()
	return way.Quo(value.Sub(*m.BaselineValue).Rat(), way)
}

// itemShare is the share of items whose date has passed. Those without a date, which an open list has
// as long as departments have not registered them all, are spread evenly over the curve's window.
func (m *Measure) itemShare(day schema.Date) *big.Rat {
	passed := 0
	for _, i := range m.Curve.Items {
		if i.By < day {
			passed++
		}
	}
	pieces := big.NewRat(int64(passed), 1)
	if m.Curve.window() {
		undated := new(big.Rat).Sub(m.TargetValue.Rat(), big.NewRat(int64(len(m.Curve.Items)), 1))
		pieces.Add(pieces, undated.Mul(undated, m.Curve.elapsedShare(day)))
	}
	return pieces.Quo(pieces, m.TargetValue.Rat())
}

// StageShare is the share (0 to 1, exact) of a milestone that the stages which count make up: the sum of
// their weights.
func (m *Measure) StageShare(counts func(Stage) bool) *big.Rat {
	sum := new(big.Rat)
	for _, s := range m.Curve.Stages {
		if counts(s) {
			sum.Add(sum, s.Weight.Rat())
		}
	}
	return sum.Mul(sum, percent)
}

// planned tells of a stage whether its date has passed before 00:00 of the day.
func planned(day schema.Date) func(Stage) bool {
	return func(s Stage) bool { return s.By < day }
}

func (m *Measure) stagesPlanned(day schema.Date) *big.Rat {
	number := int64(0)
	for _, s := range m.Curve.Stages {
		if planned(day)(s) {
			number++
		}
	}
	return big.NewRat(number, 1)
}

// floorToPieces rounds a share of n pieces down to whole pieces.
func floorToPieces(share, n *big.Rat) *big.Rat {
	pieces := new(big.Rat).Mul(share, n)
	floor := new(big.Int).Quo(pieces.Num(), pieces.Denom()) // truncates; a share is never negative
	return pieces.Quo(new(big.Rat).SetInt(floor), n)
}
