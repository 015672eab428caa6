package anomaly

import (
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// span is a month, a quarter or the plan, both days included.
type span struct {
	first, last schema.Date
	period      Period
}

func (s span) days() int { return int(s.last-s.first) + 1 }

// jumps asks about large parts of a period's increase that came on its last days. Of a day that ends several
// periods, only the longest of them is asked about that gives rise to it.
func (q *asker) jumps(own []*schema.Record) {
	if !counted(q.measure) {
		return
	}
	points := series(q.measure, own, "")
	for _, periods := range q.periods() {
		for _, p := range periods {
			if question, late, ok := q.jump(points, p); ok {
				q.ask(question, late...)
				break
			}
		}
	}
}

// periods are those of the plan that are over, by the day that ends them and the longest first. One begins
// when the curve does, if it begins within it.
func (q *asker) periods() [][]span {
	plan, today := q.ledger.Plan, schema.DateOf(q.asOf)
	start := plan.Start
	if c := q.measure.Curve; c != nil && c.Start > start {
		start = c.Start
	}
	var all [][]span
	for month := firstOfMonth(plan.Start, 0); month <= plan.End; month = firstOfMonth(month, 1) {
		next := firstOfMonth(month, 1)
		end := min(next-1, plan.End)
		if end >= today {
			break
		}
		var ending []span
		if end == plan.End {
			ending = append(ending, span{max(plan.Start, start), end, WholePlan})
		}
		if firstOfQuarter(next) == next {
			ending = append(ending, span{max(firstOfMonth(month, -2), start), end, Quarter})
		}
		all = append(all, append(ending, span{max(month, start), end, Month}))
	}
	return all
}

func (q *asker) jump(points []point, p span) (question Question, late []*schema.Record, ok bool) {
	first, last, end := from(points, p.first), from(points, max(p.first, p.last-lastDays+1)), from(points, p.last+1)
	if last >= end { // a curve that begins after the period has no days in it
		return Question{}, nil, false
	}
	added := points[end-1].figure.Sub(stood(points, last))
	increase := points[end-1].figure.Sub(lowest(points, first, last))
	if added.LessThan(ofTarget(q.measure, jumpOfTarget)) || added.LessThan(increase.Mul(decimal.New(jumpShare, -2))) ||
		max(daysOf(points[first:last]), p.days()/max(q.measure.ReportingIntervalDays, 1)) < reportsAPeriod {
		return Question{}, nil, false
	}
	for _, at := range points[last:end] {
		late = append(late, at.Record)
	}
	since := p.last.End()
	if heard := known(late...); heard.After(since) {
		since = heard
	}
	return Question{
		Kind: PeriodEndJump, Period: p.period, From: p.first, To: p.last, Since: since,
		Value: added.Rat(), Against: increase.Rat(), Count: len(late),
	}, late, true
}

// stood is the figure before the i-th point.
func stood(points []point, i int) decimal.Decimal {
	if i == 0 {
		return decimal.Zero
	}
	return points[i-1].figure
}

// lowest is the figure that a period began with, or a lower one that it fell to before its last days: what only
// makes good for a fall is no smaller part of the increase for that.
func lowest(points []point, first, last int) decimal.Decimal {
	least := stood(points, first)
	for _, p := range points[first:last] {
		least = decimal.Min(least, p.figure)
	}
	return least
}

// daysOf is on how many days the points happened.
func daysOf(points []point) int {
	days := 0
	for i := range points {
		if i == 0 || points[i].day != points[i-1].day {
			days++
		}
	}
	return days
}

// firstOfMonth is the first day of the month so many months after that of the day.
func firstOfMonth(day schema.Date, months int) schema.Date {
	t := day.Start()
	return schema.Day(t.Year(), t.Month()+time.Month(months), 1)
}

func firstOfQuarter(day schema.Date) schema.Date {
	t := day.Start()
	return schema.Day(t.Year(), t.Month()-(t.Month()-1)%3, 1)
}
