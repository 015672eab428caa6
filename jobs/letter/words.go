package letter

import (
	"strings"

	"xushi/jobs/assessment"
	"xushi/seeds"
)

// progressOrder lists the statuses as the letter counts them, worst first.
var progressOrder = []assessment.Progress{
	assessment.Severe, assessment.Lagging, assessment.Overdue, assessment.NotStarted, assessment.ShownStale, assessment.Unknown,
	assessment.OnTrack, assessment.Ahead, assessment.Completed, assessment.NotDue,
}

// badges are the reservations under which a figure is shown.
func badges(a *assessment.Assessment) []string {
	var all []string
	if a.Data != assessment.Fresh {
		all = append(all, a.Data.Label())
	}
	if a.DueSoon {
		all = append(all, "临期")
	}
	if _, adjusted := a.Measure.Adjusted(); adjusted {
		all = append(all, "目标已调整")
	}
	if a.Unconfirmed {
		all = append(all, "曲线未确认")
	}
	if a.Simulated {
		all = append(all, "模拟数据")
	}
	return all
}

// missing names the pieces that were to be done by now, with the dates by which.
func missing(m *seeds.Measure, ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = m.PieceName(id)
		if by, ok := m.PieceDue(id); ok {
			words[i] += "（应于" + by.String() + "）"
		}
	}
	return strings.Join(words, "、")
}
