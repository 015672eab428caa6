package assessment

import (
	"cmp"
	"slices"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// Evidence is one record that speaks of a measure, and what became of it.
type Evidence struct {
	Record      *schema.Record
	Counts      bool           // actual_to_date is computed from it
	WithdrawnBy *schema.Record // the void or replacement that took it back; nil: none, so far as is known
}

// Evidence is every reading and "no change" of the measure's reporting department that had happened by asOf
// and was known at knownAt, in log order: what an assessment of that moment rests on, and what was taken
// back before it.
func (l *Log) Evidence(m *seeds.Measure, asOf, knownAt time.Time) []Evidence {
	said := l.readings[voice{m.ID, m.ReportingDepartment}]
	var all []Evidence
	place := map[*schema.Record]int{}
	for steps := range said.known(knownAt) {
		for _, s := range steps {
			switch {
			case s.record.Time.After(asOf):
			case s.counts:
				place[s.record] = len(all)
				all = append(all, Evidence{Record: s.record})
			default:
				all[place[s.record]].WithdrawnBy = s.by
			}
		}
	}
	for _, r := range said.tally(m, asOf, knownAt).used() {
		all[place[r]].Counts = true
	}
	slices.SortFunc(all, func(a, b Evidence) int { return cmp.Compare(a.Record.Position, b.Record.Position) })
	return all
}
