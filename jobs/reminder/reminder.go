// Package reminder tells a department what it is about to owe, owes, or was asked: reports that are due within
// days or are late, and supervision items that await its answer. Due is pure, and Compose gives a short letter.
//
// Nobody is to be told every day. Whatever is owed is spoken of twice: when it comes near, and on the day after
// it was due; from then on the department's weekly letter speaks of it. A reminder goes out on a day on which
// that holds of anything, and then it lists all. So which days have one follows from dates alone, and no state
// of it is kept but the MAIL stream's.
//
// It judges no measure (package jobs/assessment does) and follows no item (package jobs/supervision does).
package reminder

import (
	"cmp"
	"slices"
	"time"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// Reminder is what one department is told on one day.
type Reminder struct {
	Department string
	Reports    []Report // owed soon or late, the earliest first
	Answers    []Answer // awaited, likewise
}

// Report is one that a department owes.
type Report struct {
	Measure *seeds.Measure
	Due     schema.Date // by its 24:00
	Last    *time.Time  // when the newest one was of; nil: never reported
}

// Answer is one that a department was asked for.
type Answer struct {
	Item *supervision.Item
	Due  schema.Date // by its 24:00
}

// Period is the days that a reminder is made for: that which it is made on, and those before it on which none
// was made, because nobody works on them or because nothing ran.
type Period struct{ First, Last schema.Date }

// Due are the reminders of a period, in the order of the ledger's departments. What is owed comes near ahead
// days before it is due; 0 reminds of nothing before.
func Due(l *seeds.Ledger, now []assessment.Assessment, items []supervision.Item, period Period, ahead int) []Reminder {
	owed := map[string]*Reminder{}
	of := func(department string) *Reminder {
		if owed[department] == nil {
			owed[department] = &Reminder{Department: department}
		}
		return owed[department]
	}
	horizon := period.Last + schema.Date(ahead)
	for i := range now {
		a := &now[i]
		if due, ok := assessment.ReportDue(l, a); ok && due <= horizon {
			r := of(a.Measure.ReportingDepartment)
			r.Reports = append(r.Reports, Report{Measure: a.Measure, Due: due, Last: a.LastReported})
		}
	}
	for i := range items {
		item := &items[i]
		if awaited(item) && item.Due <= horizon {
			r := of(item.Department)
			r.Answers = append(r.Answers, Answer{Item: item, Due: item.Due})
		}
	}
	var all []Reminder
	for i := range l.Departments {
		if r := owed[l.Departments[i].ID]; r != nil && r.speaks(period, ahead) {
			slices.SortStableFunc(r.Reports, func(a, b Report) int { return cmp.Compare(a.Due, b.Due) })
			slices.SortStableFunc(r.Answers, func(a, b Answer) int { return cmp.Compare(a.Due, b.Due) })
			all = append(all, *r)
		}
	}
	return all
}

// awaited tells whether the department still has to answer the item.
func awaited(item *supervision.Item) bool {
	return item.State == supervision.Open || item.State == supervision.Escalated
}

// speaks tells whether the period has a day on which something of it is to be spoken of.
func (r *Reminder) speaks(period Period, ahead int) bool {
	return slices.ContainsFunc(r.Reports, func(r Report) bool { return period.spokenOf(r.Due, ahead) }) ||
		slices.ContainsFunc(r.Answers, func(a Answer) bool { return period.spokenOf(a.Due, ahead) })
}

// spokenOf tells whether something due on a date comes near, or is late for the first time, on a day of the
// period.
func (p Period) spokenOf(due schema.Date, ahead int) bool {
	near, late := due-schema.Date(ahead), due+1
	return ahead > 0 && p.has(near) || p.has(late)
}

func (p Period) has(day schema.Date) bool { return p.First <= day && day <= p.Last }
