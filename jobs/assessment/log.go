package assessment

import (
	"cmp"
	"slices"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// Log is the accepted events of one plan, ordered once so that the plan can be assessed at many
// moments. It is immutable and safe for concurrent use; the records it was made from must stay
// unchanged while it is in use.
type Log struct {
	ledger    *seeds.Ledger
	readings  map[voice]timeline  // readings and "no change"
	explained map[string]timeline // explanations, by commitment
	originals map[identity]*schema.Record
	voids     []*schema.Record // whatever withdraws something, in order of knowledge
	withdrawn Withdrawals      // of the whole plan, though the log may be of a part
}

// voice is what one department says of one measure.
type voice struct{ measure, department string }

// identity names an event for ever, within its plan.
type identity struct{ department, source, id string }

func identityOf(r *schema.Record) identity { return identity{r.Department, r.Source, r.ID} }

// withdraws is the identity that r voids or replaces: always one of its own department and source.
func withdraws(r *schema.Record) (identity, bool) {
	id := r.Data.Replaces
	if r.Type == schema.Voided {
		id = r.Data.Voids
	}
	return identity{r.Department, r.Source, id}, id != ""
}

// byKnowledge orders records as they became known.
func byKnowledge(a, b *schema.Record) int {
	return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.Position, b.Position))
}

// NewLog orders the plan's accepted events, which may come in any order, with re-sent duplicates and
// with conflicts; records of other plans are left out.
//
// An identity is settled before anything else, over all records: the lowest position wins for ever, so
// an identity says the same thing at every known-at, or nothing. Were the records cut at known-at first,
// an identity could say one thing at one moment and another at the next, without any correction.
// Withdrawals come second, so that what lost its identity withdraws nothing.
func NewLog(ledger *seeds.Ledger, records []schema.Record) *Log {
	l := settled(ledger, records)
	l.place(withdrawals(l.voids))
	return l
}

// settled is a log in which no record has its place yet.
func settled(ledger *seeds.Ledger, records []schema.Record) *Log {
	l := &Log{
		ledger:    ledger,
		readings:  map[voice]timeline{},
		explained: map[string]timeline{},
		originals: originals(ledger.Plan.ID, records),
	}
	for _, r := range l.originals {
		if _, ok := withdraws(r); ok {
			l.voids = append(l.voids, r)
		}
	}
	slices.SortFunc(l.voids, byKnowledge)
	return l
}

func originals(plan string, records []schema.Record) map[identity]*schema.Record {
	first := make(map[identity]*schema.Record, len(records))
	for i := range records {
		r := &records[i]
		if r.Plan != plan {
			continue
		}
		id := identityOf(r)
		if held, ok := first[id]; !ok || r.Position < held.Position {
			first[id] = r
		}
	}
	return first
}

func (l *Log) place(withdrawn Withdrawals) {
	l.withdrawn = withdrawn
	for id, r := range l.originals {
		by := l.own(withdrawn[id])
		if by != nil && byKnowledge(by, r) < 0 {
			continue // withdrawn before it arrived: it never counts
		}
		switch r.Type {
		case schema.Reported, schema.Unchanged:
			if !l.takes(r) {
				continue
			}
			for _, measure := range l.measuresOf(r) {
				v := voice{measure, r.Department}
				l.readings[v] = l.readings[v].with(r, by)
			}
		case schema.Explained:
			c := r.Data.Commitment
			l.explained[c] = l.explained[c].with(r, by)
		}
	}
	for _, t := range l.readings {
		t.sort()
	}
	for _, t := range l.explained {
		t.sort()
	}
}

// own is the log's own copy of a record, if it has one: the two halves of a replacement are told to be of one
// arrival by their being the same record.
func (l *Log) own(r *schema.Record) *schema.Record {
	if r == nil {
		return nil
	}
	if own := l.originals[identityOf(r)]; own != nil {
		return own
	}
	return r
}

// takes tells whether the ledger at hand knows what the record speaks of. It may have been admitted by
// another version, in which the measure had other items or stages.
func (l *Log) takes(r *schema.Record) bool {
	m, ok := l.ledger.Measure(r.Data.Measure)
	return r.Type != schema.Reported || ok && m.Takes(&r.Data)
}

// measuresOf are the measures that r speaks of: a "no change" that names none speaks of all of its
// commitment.
func (l *Log) measuresOf(r *schema.Record) []string {
	if r.Data.Measure != "" {
		return []string{r.Data.Measure}
	}
	c, ok := l.ledger.Commitment(r.Data.Commitment)
	if !ok {
		return nil
	}
	ids := make([]string, len(c.Measures))
	for i := range c.Measures {
		ids[i] = c.Measures[i].ID
	}
	return ids
}

// OpenVoid is a void or replacement that withdraws nothing: its target is not known (yet), or is itself
// a void, which cannot be withdrawn. The sender most likely mistyped an id, so it stays listed. The new
// reading of such a replacement counts all the same.
type OpenVoid struct {
	Record       *schema.Record // the void or the replacing reading
	Target       string         // the id that it names
	TargetIsVoid bool
}

// OpenVoids lists what had been received by knownAt and withdraws nothing, in order of knowledge.
func (l *Log) OpenVoids(knownAt time.Time) []OpenVoid {
	var open []OpenVoid
	for _, v := range l.voids {
		if v.ReceivedAt.After(knownAt) {
			break
		}
		id, _ := withdraws(v)
		target := l.originals[id]
		known := target != nil && !target.ReceivedAt.After(knownAt)
		isVoid := known && target.Type == schema.Voided
		if !known || isVoid {
			open = append(open, OpenVoid{Record: v, Target: id.id, TargetIsVoid: isVoid})
		}
	}
	return open
}
