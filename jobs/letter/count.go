package letter

import (
	"fmt"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
)

// count is a figure with its change since the previous letter.
type count struct {
	Name   string
	Kind   string // what the figure counts by; "" for a progress status
	Tone   string
	Now    int
	Before int
	Change string // "+2", "-1", "持平"; "" in a first letter
}

// statusCount is how many quantified measures and how many milestones there are of a status.
type statusCount struct {
	Name                 string
	Measures, Milestones count
}

// census is a plan's measures by how they stand.
type census struct {
	headlines [4]int // severe, lagging, overdue, unreported
	alerted   [4]int // of each, how many are severe or lagging: one may be overdue and severe at once
	statuses  map[class]int
}

// class is what is counted together: a deliverable is not to be weighed against a figure.
type class struct {
	status    string // in Chinese; total is every status
	milestone bool
}

const total = "合计"

func (c *census) add(s assessment.Standing, milestone, verified bool) {
	for i, is := range []bool{s.Alert == assessment.SevereAlert, s.Alert == assessment.LaggingAlert, s.Overdue(), s.Unreported()} {
		if is {
			c.headlines[i]++
			if s.Behind() {
				c.alerted[i]++
			}
		}
	}
	c.statuses[class{figures.Progress(s, verified), milestone}]++
	c.statuses[class{total, milestone}]++
}

// figures are the four of the subject, each with what it counts by: nobody is to add up what overlaps.
func (c *census) figures(w *wording) []count {
	apart := func(i int) string {
		if c.alerted[i] > 0 {
			return w.t("其中%d项有预警", c.alerted[i])
		}
		return w.t("另计")
	}
	return []count{
		{Name: w.t("严重滞后"), Kind: w.t("预警等级"), Tone: "severe", Now: c.headlines[0]},
		{Name: w.t("滞后"), Kind: w.t("预警等级"), Tone: "lagging", Now: c.headlines[1]},
		{Name: w.t("逾期"), Kind: apart(2), Tone: "overdue", Now: c.headlines[2]},
		{Name: w.t("未报"), Kind: apart(3), Tone: "unreported", Now: c.headlines[3]},
	}
}

// statusOrder lists the statuses as the letter counts them, worst first.
var statusOrder = []string{
	assessment.Severe.Label(), assessment.Lagging.Label(), assessment.Overdue.Label(), assessment.NotStarted.Label(),
	assessment.ShownStale.Label(), assessment.Unknown.Label(), assessment.OnTrack.Label(), assessment.Ahead.Label(),
	assessment.Completed.Label(), figures.Verified, assessment.NotDue.Label(), total,
}

// count fills in the figures, with their change since the previous letter.
func (v *view) count() {
	now, before := v.censuses()
	v.Counts = Counts{now.headlines[0], now.headlines[1], now.headlines[2], now.headlines[3]}
	v.Headlines = now.figures(v.wording)
	for i, h := range v.Headlines {
		h.Before = before.headlines[i]
		v.Headlines[i] = v.compared(h)
	}
	for _, status := range statusOrder {
		figure := func(milestone bool) count {
			c := class{status, milestone}
			return v.compared(count{Now: now.statuses[c], Before: before.statuses[c]})
		}
		line := statusCount{Name: v.t(status), Measures: figure(false), Milestones: figure(true)}
		if status == total || line.Measures.Now+line.Measures.Before+line.Milestones.Now+line.Milestones.Before > 0 {
			v.Statuses = append(v.Statuses, line)
		}
	}
}

// censuses are that of this letter and that of the previous one, which counts what the ledger has lost since
// as well; in a department's letter nobody can tell whose that was.
func (v *view) censuses() (now, before census) {
	now.statuses, before.statuses = map[class]int{}, map[class]int{}
	seen := make(map[string]bool, len(v.entries))
	for i := range v.entries {
		e := &v.entries[i]
		now.add(e.now.Standing, e.measure.Milestone(), e.verified)
		if e.before != nil {
			before.add(e.before.Standing, e.before.Milestone, e.wasVerified)
			seen[e.measure.ID] = true
		}
	}
	if v.in.Before != nil && v.Department == "" {
		for id, s := range v.in.Before.Standings {
			if !seen[id] {
				before.add(s.Standing, s.Milestone, false)
			}
		}
	}
	return now, before
}

func (v *view) compared(c count) count {
	switch {
	case v.First:
	case c.Now == c.Before:
		c.Change = v.t("持平")
	default:
		c.Change = fmt.Sprintf("%+d", c.Now-c.Before)
	}
	return c
}
