package weekly

import (
	"time"

	"xushi/schema"
)

// due is when the letter of a week is due.
type due struct {
	week schema.Week
	at   time.Time
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

// dueBy are the letters that are due from a week on until a moment, in order.
func (o *Office) dueBy(first schema.Week, now time.Time) (all []due) {
	for week := first; !week.Monday().Start().After(now); week = week.Next() {
		if at, ok := o.Moment(week); ok && !at.After(now) {
			all = append(all, due{week, at})
		}
	}
	return all
}
