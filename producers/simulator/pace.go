package simulator

import (
	"slices"

	"xushi/schema"
	"xushi/seeds"
)

// point is a corner of a line that is straight between its corners and level outside them.
type point struct{ x, y float64 }

func along(line []point, x float64) float64 {
	i := slices.IndexFunc(line, func(p point) bool { return p.x >= x })
	switch i {
	case -1:
		return line[len(line)-1].y
	case 0:
		return line[0].y
	}
	a, b := line[i-1], line[i]
	return a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x)
}

// expected is the way on which a measure would be if it went exactly by its curve: x is the day at whose
// 24:00 the share y of the target is reached. Between two dates of the curve work goes on evenly, though
// the plan only counts it at the dates.
func expected(m *seeds.Measure, p *seeds.Plan) []point {
	begin, dates := p.Start, datesOf(m, p)
	if m.Curve != nil && m.Curve.Start != 0 {
		begin = m.Curve.Start
	}
	line := []point{{float64(begin) - 1, 0}}
	for _, d := range dates {
		last := &line[len(line)-1]
		switch {
		case d.x > last.x:
			line = append(line, d)
		default: // several pieces on one date
			last.y = d.y
		}
	}
	return line
}

// datesOf are the dates of the curve with the shares reached by them, in order.
func datesOf(m *seeds.Measure, p *seeds.Plan) []point {
	if m.Milestone() {
		return stageDates(m.Curve.Stages)
	}
	if m.SmallCount() {
		var dates []point
		for _, due := range pieceDates(m, p) {
			dates = append(dates, point{float64(due), float64(len(dates)+1) / float64(m.TargetValue.IntPart())})
		}
		return dates
	}
	end := point{float64(p.End), 1}
	switch c := m.Curve; {
	case c == nil:
		return []point{end}
	case len(c.Levels) > 0:
		return levelDates(m)
	case len(c.Steps) > 0:
		var dates []point
		for _, s := range c.Steps {
			dates = append(dates, point{float64(s.By), s.Share.InexactFloat64() / 100})
		}
		return dates
	case c.End != 0:
		end.x = float64(c.End)
	}
	return []point{end}
}

// stageDates takes the stages for equal parts of the work, whatever weight the plan gives them.
func stageDates(stages []seeds.Stage) []point {
	dates := make([]point, len(stages))
	for i, s := range stages {
		dates[i] = point{float64(s.By), float64(i+1) / float64(len(stages))}
	}
	return dates
}

// levelDates takes levels without a baseline as evenly spread over the way.
func levelDates(m *seeds.Measure) []point {
	var dates []point
	for i, l := range m.Curve.Levels {
		share := float64(i+1) / float64(len(m.Curve.Levels))
		if b := m.BaselineValue; b != nil {
			share = l.Value.Sub(*b).Div(m.TargetValue.Sub(*b)).InexactFloat64()
		}
		dates = append(dates, point{float64(l.By), share})
	}
	return dates
}

// pieceDates are the dates by which the pieces of a small count are planned, in order; a piece without
// one is planned by the end of the plan.
func pieceDates(m *seeds.Measure, p *seeds.Plan) []schema.Date {
	dates := make([]schema.Date, m.TargetValue.IntPart())
	for i := range dates {
		due, ok := m.DueDateOf(i + 1)
		if !ok {
			due = p.End
		}
		dates[i] = due
	}
	slices.Sort(dates)
	return dates
}

// pace is how a measure really goes.
type pace struct {
	plan     *seeds.Plan
	expected []point // by day
	factor   []point // real ÷ expected, by the share of the plan that has passed
	wobble   float64 // by how much this measure differs from its story
	early    float64 // days before its date that a piece is done, if all goes well
}

// share of the target reached by 24:00 of the day; it may end a little above 1.
func (p pace) share(d schema.Date) float64 {
	return min(along(p.expected, float64(d)+p.early)*along(p.factor, passed(p.plan, d))*p.wobble, 1.02)
}

// passed is the share of the plan that has passed by 24:00 of the day.
func passed(p *seeds.Plan, d schema.Date) float64 {
	return float64(d-p.Start+1) / float64(p.End-p.Start+1)
}
