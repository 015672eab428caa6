package assessment

import (
	"math/big"

	"xushi/schema"
	"xushi/seeds"
)

// judge applies the rules of the domain notes: the alert level first, because the progress status says
// lagging or severe by the same rules.
func (a *Assessment) judge(own *tally, day schema.Date, th thresholds) {
	level, why := NoAlert, NoneBehind
	var open []due
	if a.Measure.SmallCount() {
		p := own.pieceByPiece(day)
		open = p.due
		a.DonePieces, a.MissingPieces = p.done, p.missing
		a.LagDays = p.daysLate(day)
		level, why = th.levelOfDays(a.LagDays)
		a.Gap = nil // its delay speaks, in days
	} else if a.Gap != nil {
		a.LagDays = a.daysBehind(day)
		level, why = th.levelOfGap(a.Gap, a.PlannedShare, a.Attainment)
	}
	a.Alert, a.Fired.Alert = level, why
	a.Progress, a.Fired.Progress = a.progress(day, th)
	switch a.Progress {
	case Completed, NotDue, Unknown:
		a.Alert, a.Fired.Alert, a.LagDays = NoAlert, NotGraded, 0
	}
	open = append(open, due{by: a.Measure.DueDate})
	next := nextDue(open, day)
	a.NextDue, a.NextPiece = next.by, next.piece
	a.DueSoon = !a.reached() && dueSoon(open, day, th.DueSoonDays)
}

// progress is the table of the domain notes; the first rule that matches wins.
func (a *Assessment) progress(day schema.Date, th thresholds) (Progress, Rule) {
	m := a.Measure
	isLevel, pastDue := m.Mode == schema.Level, day > m.DueDate
	switch {
	case a.Reason != "":
		return Unknown, a.Fired.Progress
	case a.reached() && (!isLevel || pastDue): // a level may fall back until its final reading
		return Completed, TargetReached
	case pastDue:
		return Overdue, PastDue
	case a.PlannedShare.Sign() == 0:
		return NotDue, NothingPlanned
	case !isLevel && a.ActualShare.Sign() == 0:
		return NotStarted, NothingDone
	case a.Alert == SevereAlert:
		return Severe, a.Fired.Alert
	case a.Alert == LaggingAlert:
		return Lagging, a.Fired.Alert
	case a.reached(): // a level, before its final reading
		return Ahead, ReachedEarly
	case !m.SmallCount() && a.Gap.Cmp(points(th.AheadGap)) >= 0:
		return Ahead, AheadGap
	}
	return OnTrack, Otherwise
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
func (t thresholds) levelOfGap(gap, planned, attainment *big.Rat) (Alert, Rule) {
	weak := func(planPercent, attainPercent int) bool {
		return planned.Cmp(percent(planPercent)) >= 0 && attainment.Cmp(percent(attainPercent)) < 0 &&
			gap.Cmp(points(-t.AttainmentFloor)) <= 0
	}
	switch {
	case gap.Cmp(points(-t.SevereGap)) < 0:
		return SevereAlert, SevereGap
	case weak(t.SeverePlanned, t.SevereAttainment):
		return SevereAlert, SevereAttainment
	case gap.Cmp(points(-t.LaggingGap)) <= 0:
		return LaggingAlert, LaggingGap
	case weak(t.LaggingPlanned, t.LaggingAttainment):
		return LaggingAlert, LaggingAttainment
	case gap.Cmp(points(-t.WatchGap)) <= 0:
		return Watch, WatchGap
	}
	return NoAlert, NoneBehind
}

// levelOfDays grades a small count by its oldest missing piece.
func (t thresholds) levelOfDays(late int) (Alert, Rule) {
	switch {
	case late > t.SevereDays:
		return SevereAlert, SevereDays
	case late > 0:
		return LaggingAlert, LaggingDays
	}
	return NoAlert, NoneBehind
}

func points(n int) *big.Rat  { return big.NewRat(int64(n), 1) }
func percent(n int) *big.Rat { return big.NewRat(int64(n), 100) }
