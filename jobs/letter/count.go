package letter

import (
	"fmt"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
)

// count fills in the figures, with their change since the previous letter.
func (v *view) count(before *supervision.Week) {
	figure := func(name, tone string, is func(supervision.Standing) bool) count {
		return v.figure(name, tone, before, is)
	}
	v.Headlines = []count{
		figure("严重滞后", "severe", func(a supervision.Standing) bool { return a.Alert == assessment.SevereAlert }),
		figure("滞后", "lagging", func(a supervision.Standing) bool { return a.Alert == assessment.LaggingAlert }),
		figure("逾期", "overdue", func(a supervision.Standing) bool { return a.Overdue() }),
		figure("未报", "unreported", func(a supervision.Standing) bool { return a.Unreported() }),
	}
	v.Headlines[0].Kind, v.Headlines[1].Kind = "预警等级", "预警等级"
	v.Headlines[2].Kind, v.Headlines[3].Kind = "另计", "另计"
	v.counts = Counts{v.Headlines[0].Now, v.Headlines[1].Now, v.Headlines[2].Now, v.Headlines[3].Now}

	v.Statuses = v.statuses(before)
}

// statusCount is how many quantified measures and how many milestones there are of a status.
type statusCount struct {
	Name                 string
	Measures, Milestones count
}

// statuses counts measures and milestones apart, for a deliverable is not to be weighed against a figure:
// one line for each status that there is or was, and one for all.
func (v *view) statuses(before *supervision.Week) []statusCount {
	line := func(name string, is func(supervision.Standing) bool) statusCount {
		figure := func(milestone bool) count {
			kind := func(a supervision.Standing) bool { return a.Milestone == milestone && is(a) }
			return v.figure(name, "", before, kind)
		}
		return statusCount{Name: name, Measures: figure(false), Milestones: figure(true)}
	}
	var all []statusCount
	for _, p := range progressOrder {
		c := line(p.Label(), func(a supervision.Standing) bool { return a.Shown() == p })
		if c.Measures.Now+c.Measures.Before+c.Milestones.Now+c.Milestones.Before > 0 {
			all = append(all, c)
		}
	}
	return append(all, line("合计", func(supervision.Standing) bool { return true }))
}

// figure counts those of this week, and in all but a first letter by how much they have changed.
func (v *view) figure(name, tone string, before *supervision.Week, is func(supervision.Standing) bool) count {
	c := count{Name: name, Tone: tone}
	for _, r := range v.rows {
		if is(v.this.Standings[r.ID]) {
			c.Now++
		}
	}
	if before != nil {
		for _, s := range before.Standings {
			if is(s) {
				c.Before++
			}
		}
	}
	if !v.First {
		c.Change = change(c.Now - c.Before)
	}
	return c
}

func change(by int) string {
	if by == 0 {
		return "持平"
	}
	return fmt.Sprintf("%+d", by)
}
