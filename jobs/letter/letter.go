// Package letter composes the weekly progress notice (督查进度提示): from a ledger and its
// assessments to a subject, an HTML page, a plain text and a workbook, in Chinese or in English. Compose is
// pure: the same input gives the same bytes, so a letter can be composed again and compared with what was sent.
//
// It judges nothing (package jobs/assessment does) and sends nothing (package jobs/mail does). What it
// adds is order, words and roundings; every rounding is for the eye, no rule looks at a rounded figure.
package letter

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// Input is everything a letter depends on.
type Input struct {
	Ledger *seeds.Ledger
	Now    []assessment.Assessment // one for every measure of the ledger, in any order
	Before *supervision.Week       // the previous letter's, as frozen; nil for a plan's first letter
	This   *supervision.Week       // this letter's: streaks and supervision items

	// Revisions are the versions of the ledger that came into force after the previous letter and until
	// this one, oldest first: what the text promises stays, what it is held to may not change unseen.
	Revisions []seeds.Revision

	// Questions are what the readings give rise to asking, as of this letter, in the order of the text. Those
	// that were known after the previous letter are new in this one (Question.Since).
	Questions []anomaly.Question

	AsOf     time.Time // the moment that the letter speaks of
	KnownAt  time.Time // what arrived later is not in it
	BoardURL string    // http(s) address of the board; "" gives commands to trace a figure instead

	UnknownYear int // a year of the week whose public holidays nobody has entered; 0: none

	Simulation bool // simulated events are admitted, so that even a letter without a reading is marked

	Language   Language // of the letter's own words; what the text and the departments say stays as it is
	Department string   // whose own tasks alone the letter speaks of; "": all
}

// RenderVersion names the way in which an input becomes bytes. Whoever changes a template, a word or a
// rounding gives it another name, so that a letter which was sent is known to be another's work.
const RenderVersion = "2"

// Letter is a notice, ready to be put into an envelope. Plan, Period and Kind tell what goes to one mailbox
// apart.
type Letter struct {
	Plan    string
	Week    schema.Week
	Period  string // what it speaks of, in the subject of its message: 2024-W27
	Kind    string // schema.WeeklyLetter, or that of a department
	AsOf    time.Time
	Counts  Counts
	Subject string
	HTML    string // "": plain text only
	Text    string

	Workbook     []byte // .xlsx; nil: none
	WorkbookName string // ASCII, because mail clients disagree about any other file name
}

// Counts are the four figures of the subject. Overdue and unreported measures are counted apart from
// the alert levels, so one measure may be in two of them.
type Counts struct {
	Severe, Lagging     int // alert levels 严重滞后 and 滞后
	Overdue, Unreported int // 逾期; 数据超期未报 or 从未报送
}

// Compose writes the letter. It fails on an input that contradicts itself, such as a measure without
// an assessment: a letter that leaves a promise out must not go out.
func Compose(in Input) (*Letter, error) {
	if err := in.validate(); err != nil {
		return nil, fmt.Errorf("compose letter: %w", err)
	}
	v, err := newView(&in)
	if err != nil {
		return nil, fmt.Errorf("compose letter: %w", err)
	}
	l := &Letter{
		Plan:    in.Ledger.Plan.ID,
		Week:    in.This.Week,
		Period:  in.This.Week.String(),
		Kind:    schema.WeeklyLetter,
		AsOf:    in.AsOf,
		Counts:  v.Counts,
		Subject: v.Subject,
	}
	name := []string{"xushi", l.Plan, l.Period}
	if in.Department != "" {
		l.Kind = schema.DepartmentLetter + in.Department
		name = append(name, in.Department)
	}
	l.WorkbookName = strings.Join(name, "-") + ".xlsx"
	if l.HTML, err = v.html(); err != nil {
		return nil, fmt.Errorf("compose letter: html: %w", err)
	}
	if l.Text, err = v.text(); err != nil {
		return nil, fmt.Errorf("compose letter: text: %w", err)
	}
	if l.Workbook, err = renderWorkbook(binding{v.Subject, v.Lang, in.AsOf}, v.sheets()); err != nil {
		return nil, fmt.Errorf("compose letter: workbook: %w", err)
	}
	return l, nil
}

// CheckBoardURL says what is wrong with the address of a board; there need not be one.
func CheckBoardURL(address string) error {
	if address == "" {
		return nil
	}
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is not an http(s) URL", address)
	}
	return nil
}

func (in *Input) validate() error {
	var errs []error
	if in.Ledger == nil {
		return errors.New("no ledger")
	}
	if in.AsOf.IsZero() || in.KnownAt.IsZero() {
		errs = append(errs, errors.New("as-of and known-at must be set"))
	}
	if err := CheckBoardURL(in.BoardURL); err != nil {
		errs = append(errs, fmt.Errorf("board address: %w", err))
	}
	if err := in.Language.check(); err != nil {
		errs = append(errs, err)
	}
	if _, ok := in.Ledger.Department(in.Department); !ok && in.Department != "" {
		errs = append(errs, fmt.Errorf("letter of department %q, which the ledger does not have", in.Department))
	}
	seen := map[string]bool{}
	for i := range in.Now {
		if in.Now[i].Measure == nil {
			errs = append(errs, fmt.Errorf("assessment %d has no measure", i))
			continue
		}
		id := in.Now[i].Measure.ID
		m, ok := in.Ledger.Measure(id)
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("assessment of measure %q, which the ledger does not have", id))
		case seen[id]:
			errs = append(errs, fmt.Errorf("two assessments of measure %q", id))
		case in.mentions(m):
			seen[id] = true
		}
	}
	if in.This == nil {
		errs = append(errs, errors.New("no week of supervision"))
	}
	for _, m := range in.Ledger.Measures() {
		if in.mentions(m) && !seen[m.ID] {
			errs = append(errs, fmt.Errorf("no assessment of measure %q", m.ID))
		}
	}
	return errors.Join(errs...)
}
