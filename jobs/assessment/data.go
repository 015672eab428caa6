package assessment

import (
	"slices"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// dataStatus says how far the figure can be relied on. The clock runs only while the measure is due and
// not completed; what was withdrawn is as if never reported.
func (l *Log) dataStatus(a *Assessment, own *tally, day schema.Date, th thresholds) Data {
	m := a.Measure
	from := dueFrom(l.ledger, m)
	running := day >= from && a.Progress != Completed
	newest := own.newest()
	switch {
	case running && a.LastReported == nil:
		return NeverReported
	case running && a.AsOf.After(deadline(a.LastReported, from, m.ReportingIntervalDays+th.GraceDays)):
		return Stale
	case l.disputed(own, a.AsOf, a.KnownAt):
		return Disputed
	case m.EvidenceRequired && newest != nil && len(newest.Data.Evidence) == 0:
		return Unverified
	}
	return Fresh
}

// deadline is the last moment at which the data are fresh, so many days after the last report or after
// the measure became due.
func deadline(last *time.Time, from schema.Date, days int) time.Time {
	since := from.Start()
	if last.After(since) {
		since = *last
	}
	return since.Add(time.Duration(days) * 24 * time.Hour)
}

// dueFrom is the day from which reports are owed. Where the ledger cannot say when anything is due,
// which is no reason for silence, they are owed from the first date of its levels or else from the
// plan's beginning.
func dueFrom(l *seeds.Ledger, m *seeds.Measure) schema.Date {
	if from, ok := m.DueFrom(); ok {
		return from
	}
	if m.Curve != nil && len(m.Curve.Levels) > 0 {
		return m.Curve.Levels[0].By + 1
	}
	return l.Plan.Start
}

// disputed tells whether another department of the commitment reports something else of the measure.
func (l *Log) disputed(own *tally, asOf, knownAt time.Time) bool {
	m := own.measure
	others := append([]string{m.Commitment.LeadDepartment}, m.Commitment.SupportingDepartments...)
	return slices.ContainsFunc(others, func(department string) bool {
		if department == m.ReportingDepartment {
			return false
		}
		t, ok := l.readings[voice{m.ID, department}]
		return ok && own.contradicts(t.tally(m, asOf, knownAt))
	})
}
