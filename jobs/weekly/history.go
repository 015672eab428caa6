package weekly

import (
	"context"
	"maps"
	"slices"
	"time"

	"xushi/schema"
)

// Entry is what became of the letters of one week.
type Entry struct {
	Claim             // the zero State: nobody has begun it
	Due     time.Time // zero: nobody works in that week
	Moved   bool      // from Monday to a later day
	Unknown int       // a year of the week whose holidays nobody has entered; 0: none
	Letters []Delivered
}

// Sent tells whether a mail server has taken every letter of the week.
func (e Entry) Sent() bool {
	_, everywhere := sent(e.Letters)
	return e.State == Queued && everywhere
}

// History is every week since letters are owed, and any other of which there is one, until now.
func (o *Office) History(ctx context.Context, now time.Time, deliveries *Deliveries) ([]Entry, error) {
	claims, err := o.claims(ctx)
	if err != nil {
		return nil, err
	}
	all, err := claims.all(ctx)
	if err != nil {
		return nil, err
	}
	first, owed, err := claims.since(ctx)
	if err != nil {
		return nil, err
	}
	weeks := slices.Collect(maps.Keys(all))
	if owed {
		for week := first; !week.Monday().Start().After(now); week = week.Next() {
			if _, claimed := all[week]; !claimed {
				weeks = append(weeks, week)
			}
		}
	}
	slices.SortFunc(weeks, func(a, b schema.Week) int { return int(a.Monday() - b.Monday()) })
	entries := make([]Entry, len(weeks))
	for i, week := range weeks {
		entries[i] = o.entry(week, all[week], deliveries)
	}
	return entries, nil
}

func (o *Office) entry(week schema.Week, claim Claim, deliveries *Deliveries) Entry {
	claim.Week = week
	e := Entry{Claim: claim, Letters: deliveries.Of(o.Plan, week.String())}
	e.Due, _ = o.Moment(week)
	if !claim.AsOf.IsZero() {
		e.Due = claim.AsOf // as it was decided, whatever the calendar says since
	}
	e.Moved = !e.Due.IsZero() && schema.DateOf(e.Due) != week.Monday()
	e.Unknown, _ = o.Calendar.Unknown(week)
	return e
}
