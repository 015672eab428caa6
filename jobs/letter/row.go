package letter

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
)

// row is one measure as a section shows it: an entry that can say everything of itself in words.
type row struct {
	*entry
	v *view
}

func (v *view) row(e *entry) row { return row{e, v} }

func (v *view) rows(all []*entry) []row {
	rows := make([]row, len(all))
	for i, e := range all {
		rows[i] = v.row(e)
	}
	return rows
}

// Title is the measure's, Task its commitment's where that says something else.
func (r row) Title() string { return clip(r.v.title(r.measure), titleRunes) }

// Task is empty where the commitment is called as the measure.
func (r row) Task() string {
	if r.v.task(r.measure.Commitment) == r.v.title(r.measure) {
		return ""
	}
	return clip(r.v.task(r.measure.Commitment), titleRunes)
}

// FullTitle names the measure together with its commitment.
func (r row) FullTitle() string { return clip(r.v.fullTitle(r.measure), 2*titleRunes) }

const titleRunes = 60

// Rank is its place in the lag table.
func (r row) Rank() int { return r.rank }

// ID is what the command that explains a figure is told.
func (r row) ID() string { return r.measure.ID }

// Kind is 量化指标 or 里程碑.
func (r row) Kind() string { return r.v.kind(r.measure) }

// Quote is verbatim.
func (r row) Quote() string { return clip(r.measure.Commitment.Quote, r.v.room.text) }

// Place is where the quote stands in the source text.
func (r row) Place() string { return r.v.t("原文第%d字起", r.measure.Commitment.QuoteOffset+1) }

// Lead is the department that leads.
func (r row) Lead() string {
	return clip(r.v.department(r.v.in.Ledger, r.measure.Commitment.LeadDepartment), titleRunes)
}

// Reporting is the department that owes the reports.
func (r row) Reporting() string {
	return clip(r.v.department(r.v.in.Ledger, r.measure.ReportingDepartment), titleRunes)
}

// Status is that of this week in words.
func (r row) Status() string { return r.v.status(r.now.Standing, r.verified) }

// StatusBefore is that of the previous letter.
func (r row) StatusBefore() string {
	if r.before == nil {
		return figures.None
	}
	return r.v.status(r.before.Standing, r.wasVerified)
}

// Tone names the look of the status; the words beside it say the same.
func (r row) Tone() string {
	switch {
	case r.now.Alert == assessment.SevereAlert:
		return "severe"
	case r.now.Alert == assessment.LaggingAlert:
		return "lagging"
	case r.now.Overdue():
		return "overdue"
	case r.now.Unreported(), r.now.Progress == assessment.Unknown:
		return "unreported"
	default:
		return "calm"
	}
}

// Data is the data status.
func (r row) Data() string { return r.v.t(r.now.Data.Label()) }

// DataTime is the day of the newest report.
func (r row) DataTime() string {
	if r.now.LastReported == nil {
		return r.v.t("无")
	}
	return onDay(r.now.LastReported)
}

// IntervalDays is how often a report is owed.
func (r row) IntervalDays() int { return r.measure.ReportingIntervalDays }

// Target is the promised amount.
func (r row) Target() string { return clip(r.v.target(r.measure), titleRunes) }

// Planned is the amount that was to be done by now.
func (r row) Planned() string { return r.v.quantity(r.measure, r.now.Planned) }

// Actual is the amount that is done.
func (r row) Actual() string { return r.v.quantity(r.measure, figures.Rat(r.now.Actual)) }

// PlannedShare is Planned as a share of the target.
func (r row) PlannedShare() string { return figures.Percent(r.now.PlannedShare) }

// ActualShare is Actual as a share of the target.
func (r row) ActualShare() string { return figures.Percent(r.now.ActualShare) }

// ByDays tells that its pieces are too few for a percentage to mean anything: the days of delay speak.
func (r row) ByDays() bool { return r.measure.SmallCount() }

// Gap is in points, unless days speak, which stand beside it.
func (r row) Gap() string {
	if r.ByDays() {
		return r.v.t("按天计")
	}
	value, _ := r.v.gap(r.now)
	return value
}

// GapUnit stands below or behind the gap.
func (r row) GapUnit() string { _, unit := r.v.gap(r.now); return unit }

// AndGap goes on with the gap after a comma; "" where the days of delay, which follow, are all there is to say.
func (r row) AndGap() string {
	if r.ByDays() {
		return ""
	}
	return r.v.t("，") + sign(r.Gap()) + r.GapUnit()
}

// LagDays is how long ago what is done was to be done.
func (r row) LagDays() string { return r.v.t("%d天", r.now.LagDays) }

// Streak is for how many letters it has been behind.
func (r row) Streak() string {
	if r.streak == 0 {
		return figures.None
	}
	return r.v.t("%d周", r.streak)
}

// Missing names the pieces that were to be done by now, with the dates by which.
func (r row) Missing() string { return r.v.pieces(r.measure, r.now.MissingPieces) }

// Reason is that of an unknown.
func (r row) Reason() string { return clip(r.v.reason(r.now.Reason), r.v.room.text) }

// ExplainedAt is the rank of the row that explains this one too; 0: itself.
func (r row) ExplainedAt() int { return r.explainedAt }

// Badges are the reservations under which the figure is shown.
func (r row) Badges() string {
	var all []string
	for _, b := range badges(r.now) {
		all = append(all, r.v.t(b))
	}
	return r.v.list(all)
}

// Outlook says when it would be done if it went on as so far.
func (r row) Outlook() string {
	f := r.now.Forecast
	return r.v.t("约%s完成，晚于时限（%s）%d天", f.Finish, r.measure.DueDate, f.DaysLate)
}

// Trace is the page of the board that shows what the figure was computed from; "" without a board, where the
// letter's head gives the command.
func (r row) Trace() (string, error) {
	if r.v.Board == "" {
		return "", nil
	}
	address, err := url.JoinPath(r.v.Board, "measures", r.ID())
	if err != nil {
		return "", fmt.Errorf("address of measure %s: %w", r.ID(), err)
	}
	return address + "?" + url.Values{"as_of": {instant(r.v.in.AsOf)}}.Encode(), nil
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

func orElse(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}

func ordinal(n int) string { return strconv.Itoa(n) + "." }
