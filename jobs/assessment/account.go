package assessment

import (
	"cmp"
	"slices"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// Fate is what became of a record in an assessment.
type Fate string

// Fates; the first that is true of a record is its own.
const (
	ReceivedLater Fate = "received_later" // after known-at
	HappenedLater Fate = "happened_later" // after as-of
	NotInLedger   Fate = "not_in_ledger"  // of an item or stage that this version of the ledger does not have
	Withdrawn     Fate = "withdrawn"      // voided, or replaced by another
	CrossCheck    Fate = "cross_check"    // of a department whose readings do not make the figure
	NoChange      Fate = "no_change"      // keeps the data fresh and has no figure
	Counts        Fate = "counts"         // the figure is made of it
	Superseded    Fate = "superseded"     // an earlier reading of what is not summed
)

// Entry is one record that speaks of a measure, with its fate and, of what was withdrawn or superseded, the
// record that did it.
type Entry struct {
	Record *schema.Record
	Fate   Fate
	By     *schema.Record
}

// Account is every reading and "no change" in the log that speaks of a measure, by whichever department and of
// whichever moment, in log order: nothing that was ever said of it is left out.
func (l *Log) Account(m *seeds.Measure, asOf, knownAt time.Time) []Entry {
	counting := map[string]*schema.Record{} // by piece; of increments any
	counts := map[*schema.Record]bool{}
	for _, e := range l.Evidence(m, asOf, knownAt) {
		if e.Counts {
			counts[e.Record], counting[e.Record.Data.Piece()] = true, e.Record
		}
	}
	var all []Entry
	for id, r := range l.originals {
		if !l.speaksOf(r, m.ID) {
			continue
		}
		e := Entry{Record: r}
		by := l.withdrawn[id]
		switch {
		case r.ReceivedAt.After(knownAt):
			e.Fate = ReceivedLater
		case r.Time.After(asOf):
			e.Fate = HappenedLater
		case !l.takes(r):
			e.Fate = NotInLedger
		case by != nil && !by.ReceivedAt.After(knownAt):
			e.Fate, e.By = Withdrawn, by
		case r.Department != m.ReportingDepartment:
			e.Fate = CrossCheck
		case r.Type == schema.Unchanged:
			e.Fate = NoChange
		case counts[r]:
			e.Fate = Counts
		default:
			e.Fate, e.By = Superseded, counting[r.Data.Piece()]
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(a.Record.Position, b.Record.Position) })
	return all
}

// speaksOf tells of a reading, or of a "no change", which may be of all measures of a commitment.
func (l *Log) speaksOf(r *schema.Record, measure string) bool {
	return (r.Type == schema.Reported || r.Type == schema.Unchanged) && slices.Contains(l.measuresOf(r), measure)
}

// Clock is how long what was last said of a measure keeps its data fresh.
type Clock struct {
	Running  bool        // due and not completed
	From     schema.Date // reports are owed from this day on
	Days     int         // reporting interval and grace
	Deadline time.Time   // so many days after the last report, or after From where that is later; zero without a report
}

// Clock tells how the data status of an assessment came about.
func (l *Log) Clock(a *Assessment) Clock {
	th, from := l.ledger.ThresholdsOf(a.Measure), dueFrom(l.ledger, a.Measure)
	c := Clock{
		Running: schema.DateOf(a.AsOf) >= from && a.Progress != Completed,
		From:    from, Days: a.Measure.ReportingIntervalDays + th.GraceDays,
	}
	if a.LastReported != nil {
		c.Deadline = deadline(a.LastReported, from, c.Days)
	}
	return c
}
