package producers

import (
	"fmt"
	"strings"
)

// EventError says which event could not be published, and why.
type EventError struct {
	Index      int // in the slice given to PublishBatch; 0 otherwise
	Plan       string
	Department string
	Source     string
	ID         string
	Err        error // a *schema.Rejection if the event would be refused
}

func (e *EventError) Error() string {
	return fmt.Sprintf("event %s of %s (%s, %s): %v", e.ID, e.Department, e.Plan, e.Source, e.Err)
}

func (e *EventError) Unwrap() error { return e.Err }

// Failures are the events that could not be published: every one of them, and no other.
type Failures []*EventError

func (f Failures) Error() string {
	const most = 5 // in words; the rest is in the value
	lines := make([]string, 0, most+2)
	lines = append(lines, fmt.Sprintf("%d events were not published:", len(f)))
	for i, e := range f {
		if i == most {
			lines = append(lines, fmt.Sprintf("and %d more", len(f)-most))
			break
		}
		lines = append(lines, e.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is and errors.As see each failure.
func (f Failures) Unwrap() []error {
	errs := make([]error, len(f))
	for i, e := range f {
		errs[i] = e
	}
	return errs
}
