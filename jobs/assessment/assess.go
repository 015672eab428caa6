package assessment

import (
	"math/big"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// Assess holds every measure of the plan, in the order of the text, against what had happened by asOf,
// as it was known at knownAt.
func (l *Log) Assess(asOf, knownAt time.Time) []Assessment {
	measures := l.ledger.Measures()
	all := make([]Assessment, len(measures))
	for i, m := range measures {
		all[i] = l.AssessMeasure(m, asOf, knownAt)
	}
	return all
}

// AssessMeasure is Assess for one measure of the ledger. Only its reporting department's readings make
// the figure; those of other departments can dispute it, never add to it.
func (l *Log) AssessMeasure(m *seeds.Measure, asOf, knownAt time.Time) Assessment {
	day, th := schema.DateOf(asOf), thresholds(l.ledger.ThresholdsOf(m))
	own := l.readings[voice{m.ID, m.ReportingDepartment}].tally(m, asOf, knownAt)
	a := Assessment{
		Measure: m, AsOf: asOf, KnownAt: knownAt,
		Target:      m.TargetValue,
		Actual:      own.value(),
		Corrections: own.corrections,
		Unconfirmed: m.Curve != nil && m.CurveConfirmedBy == "",
	}
	if a.Explained = l.explanation(m.Commitment.ID, asOf, knownAt); a.Explained != nil {
		a.Problem, a.NextStep = a.Explained.Problem, a.Explained.NextStep
	}
	if last := own.spoken(); last != nil {
		at := last.Time
		a.LastReported, a.Simulated = &at, last.Simulated()
	}
	used := own.used()
	a.Events = EventsOf(used)
	for _, r := range used {
		a.Simulated = a.Simulated || r.Simulated()
	}
	a.compare(own, day)
	a.Reason, a.Fired.Progress = l.whyUnknown(&a, own)
	a.judge(own, day, th)
	a.Data = l.dataStatus(&a, own, day, th)
	a.Forecast = a.forecast(day, th)
	return a
}

// explanation is the newest one that was given for a commitment, by when it was given; nil if none counts.
func (l *Log) explanation(commitment string, asOf, knownAt time.Time) *Explanation {
	var given live
	for steps := range l.explained[commitment].known(knownAt) {
		for _, s := range steps {
			given = given.take(s)
		}
	}
	for len(given) > 0 && given.latest().Time.After(asOf) {
		given = given[:len(given)-1]
	}
	r := given.latest()
	if r == nil {
		return nil
	}
	return &Explanation{
		Department: r.Department, Source: r.Source, ID: r.ID, Time: r.Time, ReceivedAt: r.ReceivedAt,
		Problem: r.Data.Problem, NextStep: r.Data.NextStep,
	}
}

// compare fills in the shares and what follows from them; whatever cannot be known stays nil.
func (a *Assessment) compare(own *tally, day schema.Date) {
	a.PlannedShare = a.Measure.PlannedShare(day)
	a.Planned = a.Measure.Planned(day)
	if a.Actual.Valid && len(lacks(a.Measure, own)) == 0 {
		a.ActualShare = own.share()
	}
	if a.PlannedShare == nil || a.ActualShare == nil {
		return
	}
	a.Gap = new(big.Rat).Sub(a.ActualShare, a.PlannedShare)
	a.Gap.Mul(a.Gap, hundred)
	if a.PlannedShare.Sign() > 0 {
		a.Attainment = new(big.Rat).Quo(a.ActualShare, a.PlannedShare)
	}
}

var hundred = big.NewRat(100, 1)

// share is the part done of the way to the target. A milestone's is the weight of the stages that are
// done. A level's way begins at its baseline and may lead up or down; a loaded ledger has none without
// length.
func (y *tally) share() *big.Rat {
	m := y.measure
	if m.Milestone() {
		return m.StageShare(func(s seeds.Stage) bool { return y.done(s.Stage) })
	}
	start := new(big.Rat)
	if m.Mode == schema.Level {
		start = m.BaselineValue.Rat()
	}
	way := new(big.Rat).Sub(m.TargetValue.Rat(), start)
	return way.Quo(new(big.Rat).Sub(y.total.Rat(), start), way)
}
