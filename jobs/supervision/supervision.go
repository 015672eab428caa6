// Package supervision follows a plan from letter to letter: for how many weeks a measure has lagged, and the
// supervision items (督办事项) that lagging commitments open. It is a pure fold: the week before, this week's
// assessments and what the office did in between give this week. Frozen weeks are kept by package jobs/records.
//
// It judges no measure (package jobs/assessment does) and writes no letter (package jobs/letter does).
package supervision

import (
	"time"

	"xushi/jobs/assessment"
	"xushi/schema"
)

// Week is what one week's letter says of a plan, in short, as the next week's needs it.
type Week struct {
	Plan          string
	Week          schema.Week
	AsOf, KnownAt time.Time

	Standings map[string]Standing // by measure
	Items     []Item              // every one of the plan so far, by number
}

// Standing is how one measure stood in a week.
type Standing struct {
	assessment.Standing
	Milestone    bool
	LaggingWeeks int // 连续滞后周数: letters in a row at which its alert level was lagging or severe, this one included
}

// State is how far a supervision item is.
type State string

// States of an item. The first three are open.
const (
	Open      State = "open"      // 待答复
	Answered  State = "answered"  // 已答复: the department has explained since the item was opened
	Escalated State = "escalated" // 逾期未答复: unanswered for as many weeks as the ledger's thresholds allow
	Recovered State = "recovered" // 已恢复序时: nothing of the commitment is behind any more
	Verified  State = "verified"  // 已销号: completed, and verified by the office with evidence
	Closed    State = "closed"    // 已办结: closed by the office, with a reason
)

// Item is a supervision item (督办事项): a commitment that lags, from the letter that first said so until it
// has recovered or the office has closed it.
type Item struct {
	Number     string // 2024-012: the plan's year and the item's place in it
	Commitment string
	State      State
	Opened     schema.Week
	OpenedAt   time.Time // the moment of which that letter speaks
	Measures   []string  // of the commitment, that were behind in any letter since

	Answer *Answer     // the newest since it was opened; nil: none
	Weeks  int         // unanswered letters so far, this one included; 0 once it is answered
	Due    schema.Date // by which an answer is expected: escalated after it

	ClosedAt time.Time // zero while it is open: the moment of the letter or of the act that closed it
	ClosedBy string    // "": the rule
	Reason   string    // why, or the evidence that was verified
}

// Answer is a department's explanation (progress.explained.v1).
type Answer struct {
	Department        string
	Source, ID        string // of the event
	At                time.Time
	Problem, NextStep string
}

// IsOpen tells whether the item is still followed.
func (i *Item) IsOpen() bool { return i.State == Open || i.State == Answered || i.State == Escalated }

// Next is the week after before, which is nil for a plan's first letter.
func Next(before *Week, plan string, week schema.Week, now []assessment.Assessment) *Week {
	next := &Week{Plan: plan, Week: week, Standings: make(map[string]Standing, len(now))}
	for i := range now {
		a := &now[i]
		next.AsOf, next.KnownAt = a.AsOf, a.KnownAt
		s := Standing{Standing: a.Standing, Milestone: a.Measure.Milestone()}
		if a.Behind() {
			s.LaggingWeeks = 1
			if before != nil {
				s.LaggingWeeks += before.Standings[a.Measure.ID].LaggingWeeks
			}
		}
		next.Standings[a.Measure.ID] = s
	}
	return next
}
