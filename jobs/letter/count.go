package letter

import (
	"fmt"

	"xushi/jobs/assessment"
)

// count fills in the figures, with their change since the previous letter.
func (v *view) count(lastWeek []assessment.Assessment) {
	now := make([]*assessment.Assessment, len(v.rows))
	for i, r := range v.rows {
		now[i] = r.now
	}
	before := make([]*assessment.Assessment, len(lastWeek))
	for i := range lastWeek {
		before[i] = &lastWeek[i]
	}
	figure := func(name, tone string, is func(*assessment.Assessment) bool) count {
		c := count{Name: name, Tone: tone, Now: howMany(now, is), Before: howMany(before, is)}
		if !v.First {
			c.Change = change(c.Now - c.Before)
		}
		return c
	}

	v.Headlines = []count{
		figure("严重滞后", "severe", func(a *assessment.Assessment) bool { return a.Alert == assessment.SevereAlert }),
		figure("滞后", "lagging", func(a *assessment.Assessment) bool { return a.Alert == assessment.LaggingAlert }),
		figure("逾期", "overdue", overdue),
		figure("未报", "unreported", unreported),
	}
	v.Headlines[0].Kind, v.Headlines[1].Kind = "预警等级", "预警等级"
	v.Headlines[2].Kind, v.Headlines[3].Kind = "另计", "另计"
	v.counts = Counts{v.Headlines[0].Now, v.Headlines[1].Now, v.Headlines[2].Now, v.Headlines[3].Now}

	v.Measures = len(v.rows)
	for _, p := range progressOrder {
		c := figure(p.Label(), "", func(a *assessment.Assessment) bool { return a.Shown() == p })
		if c.Now+c.Before > 0 {
			v.Statuses = append(v.Statuses, c)
		}
	}
}

func howMany(all []*assessment.Assessment, is func(*assessment.Assessment) bool) int {
	n := 0
	for _, a := range all {
		if is(a) {
			n++
		}
	}
	return n
}

func change(by int) string {
	if by == 0 {
		return "持平"
	}
	return fmt.Sprintf("%+d", by)
}
