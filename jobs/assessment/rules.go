package assessment

import (
	"math/big"

	"xushi/schema"
	"xushi/seeds"
)

// judge applies the rules of the domain notes: the alert level first, because the progress status says
// lagging or severe by the same rules.
func (a *Assessment) judge(own *tally, day schema.Date, th thresholds) {
	level := NoAlert
	var open []due
	if a.Measure.SmallCount() {
		p := own.pieceByPiece(day)
		open = p.due
		a.DonePieces, a.MissingPieces = p.done, p.missing
		a.LagDays = p.daysLate(day)
		level = th.levelOfDays(a.LagDays)
		a.Gap = nil // its delay speaks, in days
	} else if a.Gap != nil {
		a.LagDays = a.daysBehind(day)
		level = th.levelOfGap(a.Gap, a.PlannedShare, a.Attainment)
	}
	a.Progress = a.progress(level, day, th)
	a.Alert = level
	switch a.Progress {
	case Completed, NotDue, Unknown:
		a.Alert, a.LagDays = NoAlert, 0
	}
	open = append(open, due{by: a.Measure.DueDate})
	next := nextDue(open, day)
	a.NextDue, a.NextPiece = next.by, next.piece
	a.DueSoon = !a.reached() && dueSoon(open, day, th.DueSoonDays)
}

// progress is the table of the domain notes; the first rule that matches wins.
func (a *Assessment) progress(level Alert, day schema.Date, th thresholds) Progress {
	m := a.Measure
	isLevel, pastDue := m.Mode == schema.Level, day > m.DueDate
	switch {
	case a.Reason != "":
		return Unknown
	case a.reached() && (!isLevel || pastDue): // a level may fall back until its final reading
		return Completed
	case pastDue:
		return Overdue
	case a.PlannedShare.Sign() == 0:
		return NotDue
	case !isLevel && a.ActualShare.Sign() == 0:
		return NotStarted
	case level == SevereAlert:
		return Severe
	case level == LaggingAlert:
		return Lagging
	case a.reached(): // a level, before its final reading
		return Ahead
	case !m.SmallCount() && a.Gap.Cmp(points(th.AheadGap)) >= 0:
		return Ahead
	}
	return OnTrack
}

// reached is the target's satisfaction, whatever the comparator of the text.
func (a *Assessment) reached() bool {
	if !a.Actual.Valid {
		return false
	}
	beyond := a.Actual.Decimal.Cmp(a.Target)
	if falls(a.Measure) {
		beyond = -beyond
	}
	return beyond >= 0
}

// falls tells whether less is better; a count is always to grow.
func falls(m *seeds.Measure) bool {
	return m.Mode == schema.Level && m.Direction == seeds.Fall
}

// thresholds are those of the measure that is judged.
type thresholds seeds.Thresholds

// levelOfGap grades a gap in percentage points, and a weak attainment once enough is planned for it to
// mean something: points alone cannot turn red before 30% are planned.
func (t thresholds) levelOfGap(gap, planned, attainment *big.Rat) Alert {
	weak := func(planPercent, attainPercent int) bool {
		return planned.Cmp(percent(planPercent)) >= 0 && attainment.Cmp(percent(attainPercent)) < 0 &&
			gap.Cmp(points(-t.AttainmentFloor)) <= 0
	}
	switch {
	case gap.Cmp(points(-t.SevereGap)) < 0, weak(t.SeverePlanned, t.SevereAttainment):
		return SevereAlert
	case gap.Cmp(points(-t.LaggingGap)) <= 0, weak(t.LaggingPlanned, t.LaggingAttainment):
		return LaggingAlert
	case gap.Cmp(points(-t.WatchGap)) <= 0:
		return Watch
	}
	return NoAlert
}

// levelOfDays grades a small count by its oldest missing piece.
func (t thresholds) levelOfDays(late int) Alert {
	switch {
	case late > t.SevereDays:
		return SevereAlert
	case late > 0:
		return LaggingAlert
	}
	return NoAlert
}

func points(n int) *big.Rat  { return big.NewRat(int64(n), 1) }
func percent(n int) *big.Rat { return big.NewRat(int64(n), 100) }
