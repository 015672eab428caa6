package letter

import (
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
	if a.Unconfirmed {
		all = append(all, "曲线未确认")
	}
	if a.Simulated {
		all = append(all, "模拟数据")
	}
	return all
}

func behind(a *assessment.Assessment) bool {
	return a.Alert == assessment.LaggingAlert || a.Alert == assessment.SevereAlert
}

func overdue(a *assessment.Assessment) bool { return a.Progress == assessment.Overdue }

func unreported(a *assessment.Assessment) bool {
	return a.Data == assessment.Stale || a.Data == assessment.NeverReported
}

// caughtUp tells whether a measure that was behind is known to be so no longer; silence is no recovery.
func caughtUp(a *assessment.Assessment) bool {
	return !behind(a) && !overdue(a) && !unreported(a) && a.Progress != assessment.Unknown
}

// itemNames gives the names that the ledger knows for items; one that a department registered keeps its ID.
func itemNames(m *seeds.Measure, ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id
		for _, item := range m.Items {
			if item.ID == id {
				names[i] = item.Name
			}
		}
	}
	return names
}
