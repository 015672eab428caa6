package anomaly

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// departments asks about another department of the commitment that reports something else.
func (q *asker) departments(own []*schema.Record, other string, theirs []*schema.Record) {
	for _, piece := range pieces(theirs) {
		q.compare(series(q.measure, own, piece), series(q.measure, theirs, piece), other)
	}
}

// sources asks about two systems of the reporting department that say different things. Increments of two
// systems are parts of one sum and have nothing to agree on.
func (q *asker) sources(own []*schema.Record) {
	if q.measure.Mode == schema.Increment {
		return
	}
	for _, piece := range pieces(own) {
		bySource, order := map[string][]point{}, []string(nil)
		for _, p := range series(q.measure, own, piece) {
			if bySource[p.Source] == nil {
				order = append(order, p.Source)
			}
			bySource[p.Source] = append(bySource[p.Source], p)
		}
		for _, other := range order[1:] {
			q.compare(bySource[order[0]], bySource[other], other)
		}
	}
}

// pair is two readings of about the same time, by two who should say the same.
type pair struct {
	ours, theirs point
	disagree     bool
}

// compare asks about the newest pair if its two disagree. That is known since they began to: a disagreement
// that goes on is nothing new.
func (q *asker) compare(own, others []point, other string) {
	var since, newest *pair
	for _, p := range slices.Backward(q.pairs(own, others)) {
		if !p.disagree {
			break
		}
		since = &p
		if newest == nil {
			newest = &p
		}
	}
	if newest == nil {
		return
	}
	ours, theirs := newest.ours, newest.theirs
	readings := []*schema.Record{ours.Record, theirs.Record}
	slices.SortFunc(readings, func(a, b *schema.Record) int { return a.Time.Compare(b.Time) })
	q.ask(Question{
		Kind: SourcesDisagree, Other: other, Piece: theirs.Data.Piece(),
		From: min(ours.day, theirs.day), To: max(ours.day, theirs.day), Since: known(since.ours.Record, since.theirs.Record),
		Value: ours.figure.Rat(), Against: theirs.figure.Rat(), Count: 2,
	}, readings...)
}

// pairs are the other's readings, each with one of ours that it can be held against.
func (q *asker) pairs(own, others []point) []pair {
	var all []pair
	for _, theirs := range others {
		held := q.amounts
		if theirs.Data.Piece() != "" {
			held = doneOrNot
		}
		if p, ok := held(own, theirs); ok {
			all = append(all, p)
		}
	}
	return all
}

// doneOrNot holds what another says of a piece against the newest that we say: whoever says that it is not done
// after somebody said that it is, contradicts. Who says so before only knew it earlier.
func doneOrNot(own []point, theirs point) (pair, bool) {
	if len(own) == 0 {
		return pair{}, false
	}
	ours := own[len(own)-1]
	doneFirst, thenNot := ours, theirs
	if theirs.figure.IsPositive() {
		doneFirst, thenNot = theirs, ours
	}
	differ := doneFirst.figure.IsPositive() && !thenNot.figure.IsPositive()
	return pair{ours, theirs, differ && !thenNot.Time.Before(doneFirst.Time)}, true
}

// amounts holds a figure against those that we gave within a week of it: one that lies between them, or between
// them and what stood before, was ours at some moment of that week.
func (q *asker) amounts(own []point, theirs point) (pair, bool) {
	first, after := from(own, theirs.day-sameTimeDays), from(own, theirs.day+sameTimeDays+1)
	if first == after {
		return pair{}, false
	}
	ours := slices.MinFunc(own[first:after], func(a, b point) int { return cmp.Compare(distance(a, theirs), distance(b, theirs)) })
	stood := own[max(first-1, 0)].figure
	least, most := stood, stood
	for _, p := range own[first:after] {
		least, most = decimal.Min(least, p.figure), decimal.Max(most, p.figure)
	}
	allowed := decimal.Max(ofTarget(q.measure, differencePercents), lastPlace(q.measure, ours.Record), lastPlace(q.measure, theirs.Record))
	differ := theirs.figure.LessThan(least.Sub(allowed)) || theirs.figure.GreaterThan(most.Add(allowed))
	return pair{ours, theirs, differ}, true
}

// distance is how far apart two readings happened.
func distance(a, b point) time.Duration { return a.Time.Sub(b.Time).Abs() }
