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
	done    []string // those with a name, the ledger's first
	missing []string // those with a name whose date has passed
	due     []due    // of everything that is not done and has a date
}

// due is the date by which something is planned.
type due struct {
	by    schema.Date
	piece string // "": a piece without a name, or the whole
}

// pieceByPiece matches what is done with what is planned. A dated item or stage stands for itself: it is
// missing even if another was done early. Pieces without a name or a date of their own are planned in
// number only.
func (y *tally) pieceByPiece(day schema.Date) pieces {
	m := y.measure
	p := pieces{done: y.donePieces()}
	dated := 0
	for _, piece := range m.Pieces() {
		if piece.By == 0 {
			continue
		}
		dated++
		if y.done(piece.ID) {
			continue
		}
		p.due = append(p.due, due{piece.By, piece.ID})
		if piece.By < day {
			p.missing = append(p.missing, piece.ID)
		}
	}
	count := int(m.TargetValue.IntPart())
	if count == dated {
		return p
	}
	for k := int(y.total.IntPart()) + 1; k <= count; k++ {
		if by, ok := m.DueDateOf(k); ok {
			p.due = append(p.due, due{by: by})
		}
	}
	return p
}

// donePieces is nil for a measure that is reported as a whole.
func (y *tally) donePieces() []string {
	var named, others []string
	for _, p := range y.measure.Pieces() {
		if y.done(p.ID) {
			named = append(named, p.ID)
		}
	}
	for id := range y.pieces {
		if id != "" && y.done(id) && !slices.Contains(named, id) {
			others = append(others, id)
		}
	}
	slices.Sort(others)
	return append(named, others...)
}

// daysLate is the age of the oldest missing piece: one due 06-15 is one day late on 06-16.
func (p pieces) daysLate(day schema.Date) int {
	late := 0
	for _, d := range p.due {
		late = max(late, int(day-d.by))
	}
	return late
}

// nextDue is the first whose date has not passed: of a small count its next missing piece, of anything
// else the whole. The last of all stands where every date has passed.
func nextDue(all []due, day schema.Date) due {
	next := all[len(all)-1]
	for _, d := range all {
		if d.by >= day && (d.by < next.by || next.by < day) {
			next = d
		}
	}
	return next
}

// dueSoon (临期) tells whether one of the dates is today or within so many days.
func dueSoon(all []due, day schema.Date, within int) bool {
	return slices.ContainsFunc(all, func(d due) bool {
		return d.by >= day && d.by <= day+schema.Date(within)
	})
}
