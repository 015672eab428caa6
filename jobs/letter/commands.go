package letter

import (
	"fmt"
	"net/url"
	"strings"

	"xushi/jobs/supervision"
	"xushi/seeds"
)

// AnswerTo is how a department answers a supervision item: the item's page on the board or, without one, the
// command that publishes what it has to say (progress.explained.v1). What is to be filled in stands in empty
// quotes, as in the other commands: run as it stands, it is refused, and nobody has said what nobody meant.
func AnswerTo(boardURL, plan string, item *supervision.Item) (how string, isLink bool) {
	if boardURL == "" {
		return ExplainCommand(plan, item.Department, item.Commitment), false
	}
	address, err := url.JoinPath(boardURL, "answers", item.Number)
	if err != nil {
		return ExplainCommand(plan, item.Department, item.Commitment), false // CheckBoardURL has refused such an address
	}
	return address, true
}

// ExplainCommand publishes the existing problem and next step of a commitment.
func ExplainCommand(plan, department, commitment string) string {
	return publish(plan, department, commitment, `--problem "" --next-step ""`)
}

// ReportCommand publishes a reading of a measure, of its first item or stage where it has any.
func ReportCommand(plan string, m *seeds.Measure) string {
	reading := fmt.Sprintf("--measure %s --mode %s", m.ID, m.Mode)
	switch {
	case m.Milestone():
		reading += " --stage " + m.Curve.Stages[0].Stage
	case m.Itemised && len(m.Items) > 0:
		reading += " --item " + m.Items[0].ID
	case m.Itemised:
		reading += " --item 1"
	}
	if m.Ratio != nil {
		reading += ` --numerator "" --denominator ""`
	} else {
		reading += ` --value ""`
	}
	return publish(plan, m.ReportingDepartment, m.Commitment.ID, reading+" --unit "+m.Unit)
}

// UnchangedCommand says that nothing has changed this period, which is a report too.
func UnchangedCommand(plan string, m *seeds.Measure) string {
	return publish(plan, m.ReportingDepartment, m.Commitment.ID, "--measure "+m.ID+" --unchanged")
}

// publish is on one line: what is copied out of a mail breaks at line ends, and shells differ in how they join
// them. The source is that of whoever reports by hand.
func publish(plan, department, commitment, rest string) string {
	return strings.Join([]string{
		"xushi publish --plan", plan, "--department", department, "--source /" + department + "/manual",
		"--commitment", commitment, rest, "--wait",
	}, " ")
}
