package letter

import (
	"fmt"

	"xushi/jobs/figures"
	"xushi/jobs/supervision"
	"xushi/schema"
)

// view is the letter before it takes a form: sections in reading order, every figure already in words.
// HTML, text and workbook show the same view, so they cannot disagree.
type view struct {
	week   schema.Week
	this   *supervision.Week
	counts Counts

	traceAsOf string
	terms     []term

	Subject       string
	Title         string // of the plan
	Week          string
	AsOf, CutOff  string
	LedgerVersion string
	Board         string // "" if there is none
	Simulated     bool   // one simulated reading marks the whole letter
	First         bool   // there is no previous letter to compare with

	Headlines   []count       // the four figures of the subject, over all
	Statuses    []statusCount // measures and milestones apart, their totals last
	Lagging     []*row        // worst first, as far as there is room for all that is known of each
	Briefly     []*row        // the rest of them, a line each
	New         []*row
	Recovered   []*row
	Unreported  []group
	DueSoon     []due
	Corrections []correction
	Revisions   []revision
	Unknown     []*row
	DueSoonDays int
	Notes       []string

	// What a long list leaves to the workbook.
	MoreUnreported, MoreDueSoon int

	rows       []*row // every measure, in the order of the text
	lagging    []*row // worst first
	unreported []*row // by department
}

// count is a figure with its change since the previous letter.
type count struct {
	Name   string
	Kind   string // what the figure counts by; "" for a progress status
	Tone   string
	Now    int
	Before int
	Change string // "+2", "-1", "持平"; "" in a first letter
}

// group is what one department owes.
type group struct {
	Department string
	Rows       []*row
}

func newView(in Input) (*view, error) {
	v := &view{
		week:          in.This.Week,
		this:          in.This,
		traceAsOf:     instant(in.AsOf),
		Title:         in.Ledger.Plan.Title,
		AsOf:          figures.At(in.AsOf),
		CutOff:        figures.At(in.KnownAt),
		DueSoonDays:   in.Ledger.Thresholds().DueSoonDays,
		LedgerVersion: in.Ledger.Version,
		Board:         in.BoardURL,
		First:         in.Before == nil,
		Simulated:     in.Simulation,
	}
	v.Week = chinese(v.week)

	for i := range in.Now {
		v.Simulated = v.Simulated || in.Now[i].Simulated
	}
	all, err := entries(&in)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		r, err := newRow(&in, e)
		if err != nil {
			return nil, err
		}
		v.rows = append(v.rows, r)
	}

	v.count(in.Before)
	v.sort()
	v.Unreported, v.MoreUnreported = v.unreportedGroups(in.Ledger)
	v.DueSoon = dueSoon(v.rows, schema.DateOf(in.AsOf), in.Ledger.Thresholds().DueSoonDays)
	v.DueSoon, v.MoreDueSoon = cut(v.DueSoon)
	v.Revisions = revisions(in.Revisions)
	v.Corrections = corrections(v.rows, in.Before)
	v.Subject = v.subject()
	v.terms = terms(in.Ledger.Thresholds())
	v.Notes = notes(in.Ledger, v.Simulated)
	return v, nil
}

// subject follows the domain notes to the letter; only a simulated plan adds a word, at the end.
func (v *view) subject() string {
	s := fmt.Sprintf("【督查进度提示】%s:严重滞后%d 滞后%d 逾期%d 未报%d",
		v.Week, v.counts.Severe, v.counts.Lagging, v.counts.Overdue, v.counts.Unreported)
	if v.Simulated {
		s += "（模拟数据）"
	}
	return s
}
