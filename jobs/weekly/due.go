package weekly

import (
	"context"
	"time"

	"xushi/schema"
)

// Due is when the letter of a week is due.
type Due struct {
	Week schema.Week
	At   time.Time
}

// Moment is when the letter of a week is due, and of which it speaks: the hour of letters on Monday, or on the
// week's next working day; ok is false for a week in which nobody works, which has no letter.
func (o *Office) Moment(week schema.Week) (at time.Time, ok bool) {
	day, ok := o.Calendar.LetterDay(week)
	if !ok {
		return time.Time{}, false
	}
	return day.Start().Add(o.At), true // Shanghai knows no summer time
}

// firstDue is the first week whose letter is due at a moment or later.
func (o *Office) firstDue(from time.Time) schema.Week {
	week := schema.WeekOf(from)
	for {
		if at, ok := o.Moment(week); ok && !at.Before(from) {
			return week
		}
		week = week.Next()
	}
}

// LastDue is the newest week whose letter is due by now, whether it is owed or not.
func (o *Office) LastDue(now time.Time) schema.Week {
	for day := schema.DateOf(now); ; day -= 7 {
		week := schema.WeekOf(day.Start())
		if at, ok := o.Moment(week); ok && !at.After(now) {
			return week
		}
	}
}

// dueBy are the letters that are due from a week on until a moment, in order.
func (o *Office) dueBy(first schema.Week, now time.Time) (all []Due) {
	for week := first; !week.Monday().Start().After(now); week = week.Next() {
		if at, ok := o.Moment(week); ok && !at.After(now) {
			all = append(all, Due{week, at})
		}
	}
	return all
}

// Newest is the newest letter that is due by now and owed; ok is false while none is.
func (o *Office) Newest(ctx context.Context, now time.Time) (newest Due, ok bool, err error) {
	claims, err := o.claims(ctx)
	if err != nil {
		return newest, false, err
	}
	first, begun, err := claims.since(ctx)
	if err != nil || !begun {
		return newest, false, err
	}
	all := o.dueBy(first, now)
	if len(all) == 0 {
		return newest, false, nil
	}
	return all[len(all)-1], true, nil
}

// owed are the letters that are due by now and neither written nor given up, in order, with their claims so far.
func (o *Office) owed(ctx context.Context, first schema.Week, now time.Time) (all []Claim, err error) {
	claims, err := o.claims(ctx)
	if err != nil {
		return nil, err
	}
	claimed, err := claims.all(ctx)
	if err != nil {
		return nil, err
	}
	for _, due := range o.dueBy(first, now) {
		claim := claimed[due.Week]
		if claim.Week = due.Week; claim.AsOf.IsZero() {
			claim.AsOf = due.At
		}
		if !claim.done() {
			all = append(all, claim)
		}
	}
	return all, nil
}
