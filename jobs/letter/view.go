package letter

import (
	"fmt"
	"slices"
	"time"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/schema"
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
	v.sort()
	v.Unreported, v.MoreUnreported = v.unreportedGroups(in.Ledger)
	v.DueSoon = dueSoon(v.rows, schema.DateOf(in.AsOf), in.Thresholds.DueSoonDays)
	v.DueSoon, v.MoreDueSoon = cut(v.DueSoon)
	v.Revisions = revisions(in.Revisions)
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
func (v *view) sort() {
	for _, r := range v.rows {
		listed := behind(r.now) || overdue(r.now)
		was := r.before != nil && (behind(r.before) || overdue(r.before))
		switch {
		case listed:
			v.lagging = append(v.lagging, r)
			if r.before != nil && !was {
				v.New = append(v.New, r)
			}
		case was && caughtUp(r.now):
			v.Recovered = append(v.Recovered, r)
		}
		if r.now.Progress == assessment.Unknown {
			v.Unknown = append(v.Unknown, r)
		}
	}
	slices.SortStableFunc(v.lagging, worstFirst)
	for i, r := range v.lagging {
		r.Rank = i + 1
	}
	explainOnce(v.lagging)
	n := min(len(v.lagging), detailed)
	v.Lagging, v.Briefly = v.lagging[:n], v.lagging[n:]
}

// explainOnce has an explanation, which is given for a commitment, stand with the worst of its measures;
// the others refer to that.
func explainOnce(lagging []*row) {
	explained := map[*seeds.Commitment]int{}
	for _, r := range lagging {
		c := r.measure.Commitment
		if explained[c] == 0 {
			explained[c] = r.Rank
		} else if r.now.Problem != "" || r.now.NextStep != "" {
			r.ExplainedAt = explained[c]
		}
	}
}

// unreportedGroups is what each department owes, as far as the letter has room, and how much more there is.
func (v *view) unreportedGroups(l *seeds.Ledger) (groups []group, more int) {
	for i := range l.Departments {
		d := &l.Departments[i]
		for _, r := range v.rows {
			if unreported(r.now) && r.measure.ReportingDepartment == d.ID {
				v.unreported = append(v.unreported, r)
			}
		}
	}
	shown, more := cut(v.unreported)
	for _, r := range shown {
		if n := len(groups); n == 0 || groups[n-1].Department != r.Reporting {
			groups = append(groups, group{Department: r.Reporting})
		}
		last := &groups[len(groups)-1]
		last.Rows = append(last.Rows, r)
	}
	return groups, more
}

// How much a letter holds, so that mail clients, which cut at 100 KB, show it whole. The workbook holds all.
const (
	detailed = 18 // of what lags, with all that is known of it
	roomy    = 12 // of a list that nobody need act on today
)

// cut leaves the rest of a long list to the workbook.
func cut[T any](list []T) (shown []T, more int) {
	if len(list) <= roomy {
		return list, 0
	}
	return list[:roomy], len(list) - roomy
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
