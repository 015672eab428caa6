// Package supervision follows a plan from letter to letter: for how many weeks a measure has lagged, the
// supervision items (督办事项) that lagging commitments open, and what the office has verified. It is a pure
// fold: the week before, this week's assessments and what the office did in between give this week. Frozen
// weeks are kept by package jobs/records.
//
// It judges no measure (package jobs/assessment does) and writes no letter (package jobs/letter does).
package supervision

import (
	"time"

	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// Week is what one week's letter says of a plan, in short, as the next week's needs it.
type Week struct {
	Plan          string
	Week          schema.Week
	AsOf, KnownAt time.Time

	Standings     map[string]Standing // by measure
	Items         []Item              // every one of the plan so far, by number
	Verifications []Verification      // every one of the plan so far, also those that have lapsed, oldest first

	Notes []Note // acts since the letter before that changed nothing; not frozen, the next week needs none
}

// Standing is how one measure stood in a week.
type Standing struct {
	assessment.Standing
	Milestone    bool
	LaggingWeeks int // 连续滞后周数: letters in a row at which its alert level was lagging or severe, this one included
}

// Note is an act of the office that this week could not follow.
type Note struct {
	At         time.Time
	By         string
	Item       string // its number; "" of a verification
	Commitment string
	Reason     string // why not, in Chinese
}

// Input is what a week is made of, beside the week before.
type Input struct {
	Ledger        *seeds.Ledger // in force at AsOf
	Week          schema.Week
	AsOf, KnownAt time.Time
	Now           []assessment.Assessment // one for every measure of the ledger

	Acts      []schema.Act     // closings and verifications of the plan that hold, in the order of the log; of any time
	Revisions []seeds.Revision // versions of the ledger that came into force since the week before, oldest first
}
