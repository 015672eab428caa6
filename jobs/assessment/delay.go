package assessment

import (
	"slices"
	"sort"

	"xushi/schema"
)

// daysBehind (滞后天数) is earned schedule: the whole days from the last date on which no more was planned
// than is done today, 0 if that is today. A level that has fallen behind its very baseline is counted
// from the eve of the day on which anything was first due.
func (a *Assessment) daysBehind(day schema.Date) int {
	from, ok := a.Measure.DueFrom()
	if !ok || day < from || a.Gap.Sign() >= 0 {
		return 0
	}
	eve := from - 1 // nothing is planned before 00:00 of it
	exceeds := sort.Search(int(day-eve), func(i int) bool {
		return a.Measure.PlannedShare(from+schema.Date(i)).Cmp(a.ActualShare) > 0
	})
	return int(day-eve) - exceeds
}

// pieces is a small count, piece by piece.
type pieces struct {
	done    []string      // items, those of the ledger first
	missing []string      // items whose date has passed
	due     []schema.Date // of each missing piece that has a date
}

// pieces matches what is done with what is planned. A dated item stands for itself: it is missing even
// if another was done early. Pieces without a name or a date of their own are planned in number only.
func (y *tally) pieces(day schema.Date) pieces {
	m := y.measure
	p := pieces{done: y.doneItems()}
	if m.Curve == nil {
		return p
	}
	for _, i := range m.Curve.Items {
		if slices.Contains(p.done, i.Item) {
			continue
		}
		p.due = append(p.due, i.By)
		if i.By < day {
			p.missing = append(p.missing, i.Item)
		}
	}
	count := int(m.TargetValue.IntPart())
	if count == len(m.Curve.Items) {
		return p
	}
	for k := int(y.total.IntPart()) + 1; k <= count; k++ {
		if by, ok := m.DueDateOf(k); ok {
			p.due = append(p.due, by)
		}
	}
	return p
}

// doneItems is nil for a measure that is not itemised.
func (y *tally) doneItems() []string {
	if !y.measure.Itemised {
		return nil
	}
	var named, others []string
	for _, i := range y.measure.Items {
		if y.worth(i.ID).IsPositive() {
			named = append(named, i.ID)
		}
	}
	for id := range y.items {
		if y.worth(id).IsPositive() && !slices.Contains(named, id) {
			others = append(others, id)
		}
	}
	slices.Sort(others)
	return append(named, others...)
}

// daysLate is the age of the oldest missing piece: one due 06-15 is one day late on 06-16.
func (p pieces) daysLate(day schema.Date) int {
	if len(p.due) == 0 {
		return 0
	}
	return max(0, int(day-slices.Min(p.due)))
}

// nextDue is the first of the dates that has not passed: of a small count its next missing piece, of
// anything else the whole. The last of dates stands where all have passed.
func nextDue(dates []schema.Date, day schema.Date) schema.Date {
	next := dates[len(dates)-1]
	for _, d := range dates {
		if d >= day && (d < next || next < day) {
			next = d
		}
	}
	return next
}

// dueSoon (临期) tells whether one of the dates is today or within so many days.
func dueSoon(dates []schema.Date, day schema.Date, within int) bool {
	return slices.ContainsFunc(dates, func(d schema.Date) bool {
		return d >= day && d <= day+schema.Date(within)
	})
}
