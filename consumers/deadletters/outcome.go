package deadletters

import (
	"errors"

	"xushi/schema"
)

// Kind is what a replay came to.
type Kind int

// Kinds of outcomes.
const (
	Unsent    Kind = iota // it is not in the log, or nobody knows; Err says why
	Accepted              //
	Duplicate             // accepted, and the same event had come before, another way
	Conflict              // accepted, but another content of the same event had come before, and that one counts
	Refused               // again; of a batch, at least one event
	Silent                // it is in the log, and no verdict came in time
	Before                // nothing was sent: it had been replayed or dropped before
)

// Outcome is what became of one letter.
type Outcome struct {
	Letter   *Letter
	Kind     Kind
	Sequence uint64            // of the replay in the log; 0: there is none, as on trial
	Refusal  *schema.Rejection // the first, of what is refused
	Err      error             // of what is not sent
}

// ErrNoVerdict is why the rest is not sent.
var ErrNoVerdict = errors.New("not sent, because no verdict has come on those before: is the ingest running?")

// hear takes in a verdict on one of the attempt's events.
func (a *attempt) hear(reason schema.Reason, field, message string) {
	a.heard++
	if reason != "" && a.Refusal == nil {
		a.Refusal = schema.Refuse(reason, field, message)
	}
	switch {
	case a.heard < len(a.events):
	case a.Refusal != nil:
		a.Kind = Refused
	default:
		a.Kind = Accepted
	}
}
