package seeds

import (
	"errors"
	"fmt"
	"strings"
)

// Complaint is one thing that is wrong with a ledger. As an error it speaks English to whoever edits the
// files; Chinese is for the office, which keeps the ledger in a workbook and has no files.
type Complaint struct {
	File string
	Line int
	Path string // measures by id: new-construction.measures[new-construction-floor-area].target_value

	form string // a key of inChinese
	args []any
}

func (c *Complaint) Error() string {
	at := fmt.Sprintf("%s:%d: ", c.File, c.Line)
	if c.Path != "" {
		at += c.Path + ": "
	}
	return at + fmt.Sprintf(c.form, c.args...)
}

// Chinese says what is wrong, and not where.
func (c *Complaint) Chinese() string {
	form, ok := inChinese[c.form]
	switch {
	case !ok:
		return fmt.Sprintf(c.form, c.args...)
	case !strings.Contains(form, "%"):
		return form
	}
	args := make([]any, len(c.args))
	for i, arg := range c.args {
		args[i] = arg
		if titled, ok := arg.(interface{ Title() string }); ok {
			args[i] = titled.Title()
		}
	}
	return fmt.Sprintf(form, args...)
}

// Complaints are those that an error joins.
func Complaints(err error) []*Complaint {
	if c, ok := err.(*Complaint); ok { //nolint:errorlint // it walks the tree itself
		return []*Complaint{c}
	}
	var within []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		within = joined.Unwrap()
	} else if inner := errors.Unwrap(err); inner != nil {
		within = []error{inner}
	}
	var all []*Complaint
	for _, err := range within {
		all = append(all, Complaints(err)...)
	}
	return all
}
