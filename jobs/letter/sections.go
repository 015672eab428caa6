package letter

import (
	"slices"

	"xushi/jobs/assessment"
	"xushi/seeds"
)

// sort puts every row into the sections that it belongs to.
func (v *view) sort() {
	for _, r := range v.rows {
		listed := r.now.Behind() || r.now.Overdue()
		was := r.before != nil && (r.before.Behind() || r.before.Overdue())
		switch {
		case listed:
			v.lagging = append(v.lagging, r)
			if r.before != nil && !was {
				v.New = append(v.New, r)
			}
		case was && r.now.CaughtUp():
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
			if r.now.Unreported() && r.measure.ReportingDepartment == d.ID {
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
