package anomaly

import (
	"math/big"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// exact asks about runs of readings that are what the plan says, to the digit: work is never that even. Where
// the plan stands still, or all of it is done, readings are the plan's for good reasons.
func (q *asker) exact(own []*schema.Record) {
	if q.measure.SmallCount() || q.measure.Curve == nil {
		return
	}
	points := series(q.measure, own, "")
	for i := exactRun - 1; i < len(points); i += exactRun { // no run that is long enough passes between two of these
		if !q.onPlan(points, i) {
			continue
		}
		from := i
		for from > 0 && q.onPlan(points, from-1) {
			from--
		}
		for i++; i < len(points) && q.onPlan(points, i); i++ {
		}
		q.askRun(points[from:i])
	}
}

// onPlan tells whether the i-th reading is the planned figure of the morning or of the evening of its day, rounded
// as the reading is, while the plan moves by much more than that rounding.
func (q *asker) onPlan(points []point, i int) bool {
	p := points[i]
	day, place := p.day, lastPlace(q.measure, p.Record)
	planned := q.measure.Planned(day)
	if planned == nil || !rounds(planned, p.figure, place) && !rounds(q.measure.Planned(day+1), p.figure, place) {
		return false // as nearly every reading is: it costs the least to ask this first
	}
	share := q.measure.PlannedShare(day + 1)
	if share.Sign() == 0 || share.Cmp(big.NewRat(1, 1)) >= 0 {
		return false
	}
	since := q.ledger.Plan.Start
	if i > 0 {
		since = points[i-1].day
	}
	moved := moved(q.measure.Planned(since), planned)
	return moved.Sign() > 0 && moved.Cmp(place.Mul(decimal.NewFromInt(planMoves)).Rat()) >= 0
}

// moved is by how much the plan changed, up or down.
func moved(from, to *big.Rat) *big.Rat {
	by := new(big.Rat).Sub(to, from)
	return by.Abs(by)
}

// rounds tells whether the planned figure, written to that place, is the reading; cut off or rounded.
func rounds(planned *big.Rat, reading, place decimal.Decimal) bool {
	if place.IsZero() {
		return planned.Cmp(reading.Rat()) == 0
	}
	return planned.Cmp(reading.Add(place).Rat()) < 0 && planned.Cmp(reading.Sub(place.Mul(half)).Rat()) >= 0
}

var half = decimal.New(5, -1)

// askRun asks about a run, if it is long enough. It is known from its third reading on: that it goes on is nothing new.
func (q *asker) askRun(run []point) {
	if len(run) < exactRun {
		return
	}
	last := run[len(run)-1]
	planned := q.measure.Planned(last.day)
	if !rounds(planned, last.figure, lastPlace(q.measure, last.Record)) {
		planned = q.measure.Planned(last.day + 1)
	}
	readings := make([]*schema.Record, len(run))
	for i, p := range run {
		readings[i] = p.Record
	}
	q.ask(Question{
		Kind: ExactOnPlan, From: run[0].day, To: last.day, Since: known(readings[:exactRun]...),
		Value: last.figure.Rat(), Against: planned, Count: len(run),
	}, readings...)
}
