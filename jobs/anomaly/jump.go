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
	eve := p.last - lastDays // the last day before the last days
	before, early, all := decimal.Zero, decimal.Zero, decimal.Zero
	spoken := map[schema.Date]bool{}
	for _, at := range points {
		switch day := at.day(); {
		case day < p.first:
			before, early, all = at.figure, at.figure, at.figure
		case day <= eve:
			early, all = at.figure, at.figure
			spoken[day] = true
		case day <= p.last:
			late, all = append(late, at.Record), at.figure
		}
	}
	added, increase := all.Sub(early), all.Sub(before)
	rhythm := max(len(spoken), p.days()/max(q.measure.ReportingIntervalDays, 1))
	if rhythm < reportsAPeriod || added.LessThan(ofTarget(q.measure, jumpOfTarget)) ||
		added.LessThan(increase.Mul(decimal.New(jumpShare, -2))) {
		return Question{}, nil, false
	}
	since := p.last.End()
	if last := known(late...); last.After(since) {
		since = last
	}
	return Question{
		Kind: PeriodEndJump, Period: p.period, From: p.first, To: p.last, Since: since,
		Value: added.Rat(), Against: increase.Rat(), Count: len(late),
	}, late, true
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
