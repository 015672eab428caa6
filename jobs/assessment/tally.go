package assessment

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// tally is what one department has said of one measure, as of one moment and as known at another.
type tally struct {
	measure     *seeds.Measure
	pieces      map[string]live // readings by item or stage; "" for a measure that is reported as a whole
	unchanged   live
	total       decimal.Decimal
	corrections []Correction
}

// tally replays a timeline up to knownAt, leaving out what happened after asOf. A withdrawal counts from
// its own arrival, whenever the thing happened.
func (t timeline) tally(m *seeds.Measure, asOf, knownAt time.Time) *tally {
	y := &tally{measure: m, pieces: map[string]live{}}
	for steps := range t.known(knownAt) {
		before := y.value()
		var withdrawn *schema.Record
		for _, s := range steps {
			if s.record.Time.After(asOf) {
				continue
			}
			y.take(s)
			if !s.counts {
				withdrawn = s.record
			}
		}
		if withdrawn != nil {
			y.correct(steps[0].by, withdrawn, before)
		}
	}
	return y
}

func (y *tally) take(s step) {
	if s.record.Type == schema.Unchanged {
		y.unchanged = y.unchanged.take(s)
		return
	}
	piece, value := s.record.Data.Piece(), s.record.Quantity.Decimal
	was := y.worth(piece)
	y.pieces[piece] = y.pieces[piece].take(s)
	switch {
	case y.measure.Mode != schema.Increment:
		y.total = y.total.Sub(was).Add(y.worth(piece))
	case s.counts:
		y.total = y.total.Add(value)
	default:
		y.total = y.total.Sub(value)
	}
}

// worth is the piece's latest reading, zero if it has none.
func (y *tally) worth(piece string) decimal.Decimal {
	if r := y.pieces[piece].latest(); r != nil {
		return r.Quantity.Decimal
	}
	return decimal.Zero
}

// done tells of an item or a stage.
func (y *tally) done(piece string) bool { return y.worth(piece).IsPositive() }

// value is the measure's actual_to_date. Nothing reported is zero of a count, and unknown of a level.
func (y *tally) value() decimal.NullDecimal {
	return decimal.NullDecimal{
		Decimal: y.total,
		Valid:   y.measure.Mode != schema.Level || y.newest() != nil,
	}
}

// correct notes a withdrawal that took progress back. Of a level that is to fall, that is one which
// raised it. A level whose only reading was withdrawn has no figure left to compare: it is unknown.
func (y *tally) correct(by, withdrawn *schema.Record, before decimal.NullDecimal) {
	after := y.value()
	lowered := after.Decimal.Cmp(before.Decimal)
	if falls(y.measure) {
		lowered = -lowered
	}
	if !before.Valid || !after.Valid || lowered >= 0 {
		return
	}
	y.corrections = append(y.corrections, Correction{
		At: by.ReceivedAt, ID: by.ID, Target: withdrawn.ID,
		Before: before.Decimal, After: after.Decimal,
		Reason: cmp.Or(by.Data.Reason, by.Data.Note),
	})
}

// newest is the reading that happened last, nil if none counts.
func (y *tally) newest() *schema.Record {
	var newest *schema.Record
	for _, l := range y.pieces {
		if r := l.latest(); r != nil && (newest == nil || byOccurrence(newest, r) < 0) {
			newest = r
		}
	}
	return newest
}

// spoken is what the department last said, a reading or a "no change"; nil if nothing counts.
func (y *tally) spoken() *schema.Record {
	last, u := y.newest(), y.unchanged.latest()
	if last == nil || u != nil && byOccurrence(last, u) < 0 {
		return u
	}
	return last
}

// used is the records that value is computed from, in order of the log.
func (y *tally) used() []*schema.Record {
	var used []*schema.Record
	for _, l := range y.pieces {
		if y.measure.Mode != schema.Increment && len(l) > 0 {
			l = l[len(l)-1:]
		}
		used = append(used, l...)
	}
	slices.SortFunc(used, func(a, b *schema.Record) int { return cmp.Compare(a.Position, b.Position) })
	return used
}

// hasDenominator tells whether the department has given a ratio's denominator in any reading.
func (y *tally) hasDenominator() bool {
	return slices.ContainsFunc(y.pieces[""], func(r *schema.Record) bool { return r.Denominator.Valid })
}

// contradicts tells whether other, a cross-check by another department, says something else. Piece by
// piece, because a supporting department speaks only of those that it reports; where the reporting
// department has said nothing, or the other has not, there are no two sources to disagree.
func (y *tally) contradicts(other *tally) bool {
	switch {
	case y.newest() == nil || other.newest() == nil:
		return false
	case y.measure.Mode == schema.Increment:
		return !y.total.Equal(other.total)
	}
	for piece, l := range other.pieces {
		if len(l) > 0 && !y.worth(piece).Equal(other.worth(piece)) {
			return true
		}
	}
	return false
}
