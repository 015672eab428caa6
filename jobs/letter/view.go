package letter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/seeds"
)

// view is the letter before it takes a form: sections in reading order, every figure already in words.
// HTML, text and workbook show the same view, so they cannot disagree.
type view struct {
	week   Week
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

	Headlines   []count // the four figures of the subject
	Statuses    []count
	Measures    int
	Lagging     []*row
	New         []*row
	Recovered   []*row
	Unreported  []group
	DueSoon     []*row
	Corrections []correction
	Unknown     []*row
	DueSoonDays int
	Notes       []string

	rows []*row // every measure, in the order of the text
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

type correction struct {
	*row
	When, Before, After, Why, Events string
}

func newView(in Input) (*view, error) {
	v := &view{
		week:          WeekOf(in.AsOf),
		traceAsOf:     instant(in.AsOf),
		Title:         in.Ledger.Plan.Title,
		AsOf:          figures.At(in.AsOf),
		CutOff:        figures.At(in.KnownAt),
		DueSoonDays:   in.Thresholds.DueSoonDays,
		LedgerVersion: in.Ledger.Version,
		Board:         in.BoardURL,
		First:         in.LastWeek == nil,
		Simulated:     in.Simulation,
	}
	v.Week = v.week.chinese()

	before := map[string]*assessment.Assessment{}
	for i := range in.LastWeek {
		before[in.LastWeek[i].Measure.ID] = &in.LastWeek[i]
	}
	now := map[string]*assessment.Assessment{}
	for i := range in.Now {
		now[in.Now[i].Measure.ID] = &in.Now[i]
		v.Simulated = v.Simulated || in.Now[i].Simulated
	}
	for i, m := range in.Ledger.Measures() {
		r, err := newRow(&in, m, now[m.ID], before[m.ID])
		if err != nil {
			return nil, err
		}
		r.Number = i + 1
		v.rows = append(v.rows, r)
	}

	v.count(in.LastWeek)
	v.sort(in.Ledger)
	v.Corrections = corrections(v.rows, in.LastWeek)
	v.Subject = v.subject()
	v.terms = terms(in.Thresholds)
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

// sort puts every row into the sections that it belongs to.
func (v *view) sort(l *seeds.Ledger) {
	for _, r := range v.rows {
		listed := behind(r.now) || overdue(r.now)
		was := r.before != nil && (behind(r.before) || overdue(r.before))
		switch {
		case listed:
			v.Lagging = append(v.Lagging, r)
			if r.before != nil && !was {
				v.New = append(v.New, r)
			}
		case was && caughtUp(r.now):
			v.Recovered = append(v.Recovered, r)
		}
		if r.now.DueSoon {
			v.DueSoon = append(v.DueSoon, r)
		}
		if r.now.Progress == assessment.Unknown {
			v.Unknown = append(v.Unknown, r)
		}
	}
	slices.SortStableFunc(v.Lagging, worstFirst)
	slices.SortStableFunc(v.DueSoon, func(a, b *row) int { return strings.Compare(a.Deadline, b.Deadline) })
	for i := range l.Departments {
		d := &l.Departments[i]
		g := group{Department: d.Name}
		for _, r := range v.rows {
			if unreported(r.now) && r.measure.ReportingDepartment == d.ID {
				g.Rows = append(g.Rows, r)
			}
		}
		if g.Rows != nil {
			v.Unreported = append(v.Unreported, g)
		}
	}
}

// worstFirst orders by alert level, then by days behind schedule, which every measure has, then by gap.
func worstFirst(a, b *row) int {
	severity := map[assessment.Alert]int{assessment.SevereAlert: 0, assessment.LaggingAlert: 1, assessment.Watch: 2, assessment.NoAlert: 3}
	if d := severity[a.now.Alert] - severity[b.now.Alert]; d != 0 {
		return d
	}
	if d := b.now.LagDays - a.now.LagDays; d != 0 {
		return d
	}
	if a.now.Gap != nil && b.now.Gap != nil {
		return a.now.Gap.Cmp(b.now.Gap)
	}
	return 0
}

// corrections lists those that arrived since the previous letter, newest last.
func corrections(rows []*row, lastWeek []assessment.Assessment) []correction {
	var since time.Time
	if len(lastWeek) > 0 {
		since = lastWeek[0].KnownAt
	}
	type dated struct {
		at time.Time
		correction
	}
	var all []dated
	for _, r := range rows {
		for _, c := range r.now.Corrections {
			if !c.At.After(since) {
				continue
			}
			all = append(all, dated{c.At, correction{
				row: r, When: figures.At(c.At), Why: c.Reason, Events: c.ID + " → " + c.Target,
				Before: figures.Quantity(r.measure, c.Before.Rat()), After: figures.Quantity(r.measure, c.After.Rat()),
			}})
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return a.at.Compare(b.at) })
	shown := make([]correction, len(all))
	for i := range all {
		shown[i] = all[i].correction
	}
	return shown
}
