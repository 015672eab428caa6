package assessment

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"xushi/schema"
)

// timeline is the order in which something became known, so that what was known at any moment is a
// prefix of it.
type timeline []step

// step is one change of what is known: a record begins to count, or ceases to.
type step struct {
	by     *schema.Record // whose arrival makes the change
	record *schema.Record
	counts bool
}

// with adds a record and, unless nil, what withdraws it.
func (t timeline) with(r, withdrawnBy *schema.Record) timeline {
	t = append(t, step{by: r, record: r, counts: true})
	if withdrawnBy != nil {
		t = append(t, step{by: withdrawnBy, record: r})
	}
	return t
}

func (t timeline) sort() {
	slices.SortFunc(t, func(a, b step) int {
		return cmp.Or(byKnowledge(a.by, b.by), byKnowledge(a.record, b.record))
	})
}

// known yields what was known at knownAt, arrival by arrival. An arrival is one step, or the two of a
// replacement: its withdrawal and, after it, its new reading.
func (t timeline) known(knownAt time.Time) iter.Seq[[]step] {
	return func(yield func([]step) bool) {
		for len(t) > 0 && !t[0].by.ReceivedAt.After(knownAt) {
			n := 1
			for n < len(t) && t[n].by == t[0].by {
				n++
			}
			if !yield(t[:n]) {
				return
			}
			t = t[n:]
		}
	}
}

// live is the records that count, in order of occurrence.
type live []*schema.Record

// byOccurrence orders records by when things happened. It has no ties, because it ends in the position.
func byOccurrence(a, b *schema.Record) int {
	return cmp.Or(a.Time.Compare(b.Time), byKnowledge(a, b))
}

// take makes the step's change.
func (l live) take(s step) live {
	i, found := slices.BinarySearchFunc(l, s.record, byOccurrence)
	switch {
	case s.counts:
		return slices.Insert(l, i, s.record)
	case found:
		return slices.Delete(l, i, i+1)
	}
	return l
}

// latest is nil if nothing counts.
func (l live) latest() *schema.Record {
	if len(l) == 0 {
		return nil
	}
	return l[len(l)-1]
}
