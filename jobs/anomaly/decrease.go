package anomaly

import (
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// decreases asks about cumulative readings that are lower than the one before: what is done should stay done.
// A reading that corrects another says so itself. Where it is another source that says less at about the same
// time, the question is not why it fell but which of the two is right.
func (q *asker) decreases(own []*schema.Record) {
	if q.measure.Mode != schema.ToDate {
		return
	}
	for _, piece := range pieces(own) {
		points := series(q.measure, own, piece)
		for i := 1; i < len(points); i++ {
			before, now := points[i-1], points[i]
			if q.fell(before, now) && (before.Source == now.Source || !near(before, now)) {
				q.ask(Question{
					Kind: Decrease, Piece: piece, From: before.day, To: now.day, Since: known(before.Record, now.Record),
					Value: now.figure.Rat(), Against: before.figure.Rat(), Count: 2,
				}, before.Record, now.Record)
			}
		}
	}
}

func (q *asker) fell(before, now point) bool {
	by := before.figure.Sub(now.figure)
	rounding := decimal.Max(lastPlace(q.measure, before.Record), lastPlace(q.measure, now.Record))
	if q.measure.SmallCount() {
		rounding = decimal.Zero // of a few pieces, each counts
	}
	return now.Data.Replaces == "" && by.IsPositive() && by.GreaterThan(rounding) &&
		by.GreaterThanOrEqual(q.measure.TargetValue.Mul(decimal.New(decreasePerMille, -3)))
}

// near tells whether two readings are of about the same time.
func near(a, b point) bool { return within(a.day - b.day) }

func within(days schema.Date) bool { return -sameTimeDays <= days && days <= sameTimeDays }
