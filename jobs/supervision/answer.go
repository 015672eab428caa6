package supervision

import (
	"time"

	"xushi/jobs/assessment"
)

// await sees whether the department has answered: with an explanation that arrived after the letter which
// asked for it, and which is not withdrawn.
func (f *fold) await(item *Item) {
	given := f.explained(item.Commitment)
	if given != nil && given.ReceivedAt.After(item.AskedAt) {
		if item.Answer == nil {
			item.AnsweredAt = given.ReceivedAt
		}
		item.Answer, item.State = given, Answered
		return
	}
	if item.Answer == nil {
		item.Unanswered++
	} else { // withdrawn: it is asked for once more, until the next letter at least
		item.Answer, item.AnsweredAt = nil, time.Time{}
		item.Due = max(item.Due, eve(f.Week, 1))
	}
	if item.State = Open; !f.AsOf.Before(item.Due.End()) {
		item.State = Escalated
	}
}

// explained is the newest explanation of a commitment; nil if there is none.
func (f *fold) explained(commitment string) *assessment.Explanation {
	for _, a := range f.measuresOf(commitment) {
		return a.Explained // of the commitment: all of its measures have the same
	}
	return nil
}
