package letter

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/seeds"
)

// row is one measure in words.
type row struct {
	entry

	Number     int    // its place in the ledger, from 1
	Kind       string // 量化指标 or 里程碑
	ID         string
	Title      string // of the measure
	Task       string // of its commitment; "" where it says the same as Title
	Quote      string // verbatim
	Place      string // where the quote stands in the source text
	Lead       string
	Supporting string
	Reporting  string

	Status, Tone  string
	StatusBefore  string
	Data          string
	Badges        []string
	Target        string
	Planned       string
	Actual        string
	PlannedShare  string
	ActualShare   string
	Gap, GapUnit  string // days speak for small counts, and then there is no unit
	LagDays       string
	Streak        string
	Due           string
	DataTime      string
	IntervalDays  int
	Missing       string // items or stages planned by now but not done
	Reason        string // of an unknown
	Problem, Next string
	Rank          int    // place in the lag table, from 1; 0: not in it
	ExplainedAt   int    // rank of the row of the same commitment that explains this one too; 0: itself
	Trace         string // address or command that shows what the figure was computed from
	TraceIsLink   bool
}

func newRow(in *Input, e entry) (*row, error) {
	m, now := e.measure, e.now
	trace, err := traceOf(in, m.ID)
	if err != nil {
		return nil, err
	}
	r := &row{
		entry: e, Number: e.number,
		Kind: figures.Kind(m), ID: m.ID, Title: m.Title, Task: m.Commitment.Title,
		Quote: m.Commitment.Quote, Place: fmt.Sprintf("原文第%d字起", m.Commitment.QuoteOffset+1),
		Lead: departments(in.Ledger, m.Commitment.LeadDepartment), Supporting: departments(in.Ledger, m.Commitment.SupportingDepartments...),
		Reporting: departments(in.Ledger, m.ReportingDepartment),

		Status: figures.Status(now.Standing), Tone: tone(now.Standing), StatusBefore: figures.None, Data: now.Data.Label(), Badges: badges(now),
		Target: figures.Target(m), Planned: figures.Quantity(m, now.Planned), Actual: figures.Quantity(m, figures.Rat(now.Actual)),
		PlannedShare: figures.Percent(now.PlannedShare), ActualShare: figures.Percent(now.ActualShare),
		LagDays: fmt.Sprintf("%d天", now.LagDays), Streak: figures.None,
		Due: m.DueDate.String(), DataTime: onDay(now.LastReported), IntervalDays: m.ReportingIntervalDays,
		Missing: missing(m, now.MissingPieces), Reason: now.Reason,
		Problem: orElse(now.Problem, "未说明"), Next: orElse(now.NextStep, "未说明"),
		Trace: trace, TraceIsLink: in.BoardURL != "",
	}
	r.Gap, r.GapUnit = figures.Gap(now)
	if r.Task == r.Title {
		r.Task = ""
	}
	if e.before != nil {
		r.StatusBefore = figures.Status(e.before.Standing)
	}
	if r.streak > 0 {
		r.Streak = strconv.Itoa(r.streak) + "周"
	}
	return r, nil
}

// FullTitle names the measure together with its commitment.
func (r *row) FullTitle() string { return fullTitle(r.measure) }

func fullTitle(m *seeds.Measure) string {
	if m.Title == m.Commitment.Title {
		return m.Title
	}
	return m.Title + "（" + m.Commitment.Title + "）"
}

// tone names the look of a status; the words beside it say the same.
func tone(a assessment.Standing) string {
	switch {
	case a.Alert == assessment.SevereAlert:
		return "severe"
	case a.Alert == assessment.LaggingAlert:
		return "lagging"
	case a.Overdue():
		return "overdue"
	case a.Unreported(), a.Progress == assessment.Unknown:
		return "unreported"
	default:
		return "calm"
	}
}

func traceOf(in *Input, measure string) (string, error) {
	asOf := instant(in.AsOf)
	if in.BoardURL == "" {
		command := "xushi explain " + measure + " --as-of " + asOf
		if plan := in.Ledger.Plan.ID; plan != seeds.Default {
			command += " --plan " + plan
		}
		return command, nil
	}
	address, err := url.JoinPath(in.BoardURL, "measures", measure)
	if err != nil {
		return "", fmt.Errorf("address of measure %s: %w", measure, err)
	}
	return address + "?" + url.Values{"as_of": {asOf}}.Encode(), nil
}

func departments(l *seeds.Ledger, ids ...string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = l.DepartmentName(id)
	}
	return strings.Join(names, "、")
}

func orElse(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}
