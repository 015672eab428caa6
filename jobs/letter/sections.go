package letter

import (
	"slices"

	"xushi/jobs/assessment"
	"xushi/seeds"
)

// worstFirst ranks what lags or is overdue: by alert level, then by days behind schedule, which every measure
// has, then by gap.
func worstFirst(entries []entry) []*entry {
	var all []*entry
	for i := range entries {
		if e := &entries[i]; e.listed() {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b *entry) int {
		if d := severity(a.now.Alert) - severity(b.now.Alert); d != 0 {
			return d
		}
		if d := b.now.LagDays - a.now.LagDays; d != 0 {
			return d
		}
		if a.now.Gap != nil && b.now.Gap != nil {
			return a.now.Gap.Cmp(b.now.Gap)
		}
		return 0
	})
	for i, e := range all {
		e.rank = i + 1
	}
	explainOnce(all)
	return all
}

func severity(a assessment.Alert) int {
	return slices.Index([]assessment.Alert{assessment.SevereAlert, assessment.LaggingAlert, assessment.Watch, assessment.NoAlert}, a)
}

// explainOnce has an explanation, which is given for a commitment, stand with the worst of its measures;
// the others refer to that.
func explainOnce(lagging []*entry) {
	explained := map[*seeds.Commitment]int{}
	for _, e := range lagging {
		c := e.measure.Commitment
		if explained[c] == 0 {
			explained[c] = e.rank
		} else if e.now.Problem != "" || e.now.NextStep != "" {
			e.explainedAt = explained[c]
		}
	}
}

// byDepartment lists what is not reported, by the department that owes it, in the ledger's order.
func byDepartment(l *seeds.Ledger, entries []entry) []*entry {
	order := make(map[string]int, len(l.Departments))
	for i := range l.Departments {
		order[l.Departments[i].ID] = i
	}
	var all []*entry
	for i := range entries {
		if e := &entries[i]; e.now.Unreported() {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b *entry) int {
		return order[a.measure.ReportingDepartment] - order[b.measure.ReportingDepartment]
	})
	return all
}

// changes are what the letter has to say of the week: what has come into the lag table, and what is known to
// have left it.
func (v *view) changes() {
	var added, recovered []*entry
	for _, e := range v.lagging {
		if e.before != nil && !e.wasListed() {
			added = append(added, e)
		}
	}
	for i := range v.entries {
		if e := &v.entries[i]; e.wasListed() && !e.listed() && e.now.CaughtUp() {
			recovered = append(recovered, e)
		}
	}
	v.New, v.Recovered = cut(v, added, v.row), cut(v, recovered, v.row)
}

// group is what one department owes.
type group struct {
	Department string
	Count      int   // all that it owes
	Rows       []row // as far as there is room
}

// groups are the departments that owe reports, as far as the letter has room; More counts measures.
func (v *view) groups() list[group] {
	owes := map[string]int{}
	for _, e := range v.unreported {
		owes[e.measure.ReportingDepartment]++
	}
	var groups []group
	shown := cut(v, v.unreported, v.row)
	for i, r := range shown.Rows {
		department := r.measure.ReportingDepartment
		if i == 0 || department != shown.Rows[i-1].measure.ReportingDepartment {
			groups = append(groups, group{Department: r.Reporting(), Count: owes[department]})
		}
		last := &groups[len(groups)-1]
		last.Rows = append(last.Rows, r)
	}
	return list[group]{groups, shown.More}
}

func (v *view) unknown() []*entry {
	var all []*entry
	for i := range v.entries {
		if e := &v.entries[i]; e.now.Progress == assessment.Unknown {
			all = append(all, e)
		}
	}
	return all
}

// outlook lists what would end late if it went on as so far, the latest first. It is no finding.
func (v *view) outlook() list[row] {
	var all []*entry
	for i := range v.entries {
		if e := &v.entries[i]; e.now.Forecast != nil && e.now.Forecast.DaysLate > 0 {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b *entry) int { return b.now.Forecast.DaysLate - a.now.Forecast.DaysLate })
	return cut(v, all, v.row)
}
