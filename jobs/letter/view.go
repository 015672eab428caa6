package letter

import (
	"slices"

	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
)

// view is the letter before it takes a form: its sections in reading order. HTML, text and workbook show the
// same view, so they cannot disagree. It puts into words only what the letter has room for; the workbook has
// the rest.
type view struct {
	*wording
	in   *Input
	room room

	entries    []entry  // every measure, in the order of the text
	supported  []entry  // in a department's letter, what it supports and does not lead
	lagging    []*entry // worst first
	unreported []*entry // by department
	terms      []term

	Counts        Counts
	Subject       string
	Title         string // of the plan
	Department    string // "": all
	Week          string
	AsOf, CutOff  string
	Moved         string // the Monday that was no working day; "" if it was one
	Early         bool   // the cut-off is earlier than as-of
	LedgerVersion string
	Board         string // "" if there is none
	Explain       string // the command that shows where a figure comes from
	Simulated     bool   // one simulated reading marks the whole letter
	First         bool   // there is no previous letter to compare with
	Version       string // of the renderer

	Headlines   []count       // the four figures of the subject, over all
	Statuses    []statusCount // measures and milestones apart, their totals last
	Worst       []row         // of what lags, in a sentence each
	Todo        []todo        // of a department, how it answers and reports
	Lagging     []row         // worst first, as far as there is room for all that is known of each
	Briefly     list[row]     // the rest of them, a line each
	New         list[row]
	Recovered   list[row]
	Items       supervised
	Supported   list[row] // of what the department supports, what lags
	Unreported  list[group]
	DueSoon     list[due]
	DueSoonDays int
	Questions   list[question]
	Corrections list[correction]
	Revisions   []revision
	Outlook     list[row]
	Unknown     list[row]
	Nothing     []string // the sections that have nothing to say, by name
	Notes       []string
}

// room is how much a letter holds: mail clients cut at 100 KB, and nobody reads a thousand lines. The
// workbook holds all.
type room struct {
	detailed int // of what lags, with all that is known of it
	list     int // of any other list
	text     int // characters of what a department or the office wrote
}

var roomy = room{detailed: 15, list: 10, text: 240}

// less is what a letter is given room for that came out too long.
func (r room) less() room {
	return room{max(r.detailed*5/6, 1), max(r.list*5/6, 1), max(r.text*5/6, 20)}
}

// list is the part of a list that is shown, and how much more there is.
type list[T any] struct {
	Rows []T
	More int
}

// newView holds the entries against each other; fill puts them into words.
func newView(input *Input) (*view, error) {
	v := &view{
		wording:       speaking(input.Language),
		in:            input,
		Title:         input.Ledger.Plan.Title,
		AsOf:          figures.At(input.AsOf),
		CutOff:        figures.At(input.KnownAt),
		Early:         input.KnownAt.Before(input.AsOf),
		LedgerVersion: input.Ledger.Version,
		Board:         input.BoardURL,
		First:         input.Before == nil,
		Simulated:     input.Simulation,
		DueSoonDays:   input.Ledger.Thresholds().DueSoonDays,
		Version:       RenderVersion,
	}
	v.Week = v.week(input.This.Week)
	v.Explain = v.explain(v.t("指标编号"))
	if input.Department != "" {
		v.Department = v.department(input.Ledger, input.Department)
	}
	if monday := input.This.Week.Monday(); schema.DateOf(input.AsOf) != monday {
		v.Moved = monday.String()
	}
	var err error
	if v.entries, v.supported, err = entries(input); err != nil {
		return nil, err
	}
	for i := range v.entries {
		v.Simulated = v.Simulated || v.entries[i].now.Simulated
	}
	v.lagging, v.unreported = worstFirst(v.entries), byDepartment(input.Ledger, v.entries)
	v.count()
	v.Subject = v.subject()
	v.terms = terms(v.wording, input.Ledger.Thresholds())
	v.Notes = notes(v)
	return v, nil
}

// fill puts into words as much as there is room for.
func (v *view) fill(r room) {
	v.room = r
	n := min(len(v.lagging), r.detailed)
	v.Worst = v.rows(v.lagging[:min(n, 3)])
	v.Lagging, v.Briefly = v.rows(v.lagging[:n]), cut(v, v.lagging[n:], v.row)
	v.changes()
	v.Items = v.supervised()
	v.Todo, v.Supported = v.todo(), cut(v, worstFirst(v.supported), v.row)
	v.Unreported = v.groups()
	v.DueSoon = v.dueSoon()
	v.Questions = v.questions()
	v.Corrections = v.corrections()
	v.Revisions = v.revisions()
	v.Outlook = v.outlook()
	v.Unknown = cut(v, v.unknown(), v.row)
	v.Nothing = v.nothing()
}

// cut puts the head of a long list into words, and counts the rest.
func cut[E, T any](v *view, all []E, inWords func(E) T) list[T] {
	shown := all[:min(len(all), v.room.list)]
	l := list[T]{Rows: make([]T, len(shown)), More: len(all) - len(shown)}
	for i := range shown {
		l.Rows[i] = inWords(shown[i])
	}
	return l
}

// subject follows the domain notes to the letter; a department is named before the figures, and a simulated
// plan adds a word at the end.
func (v *view) subject() string {
	about := v.Week
	if v.Department != "" {
		about += " " + v.Department
	}
	s := v.t("【督查进度提示】%s:严重滞后%d 滞后%d 逾期%d 未报%d", about, v.Counts.Severe, v.Counts.Lagging, v.Counts.Overdue, v.Counts.Unreported)
	if v.Simulated {
		s += v.t("（模拟数据）")
	}
	return s
}

// Silence says that nothing is known to be behind, which is not to say that all is well.
func (v *view) Silence() string {
	if v.Counts.Unreported == 0 {
		return ""
	}
	return v.t("应报未报的有%d项，其进展尚不掌握。", v.Counts.Unreported)
}

// explain is the command that shows what a measure's figures were computed from.
func (v *view) explain(measure string) string {
	command := "xushi explain " + measure + " --as-of " + instant(v.in.AsOf)
	if v.in.KnownAt.Before(v.in.AsOf) {
		command += " --known-at " + instant(v.in.KnownAt)
	}
	if plan := v.in.Ledger.Plan.ID; plan != seeds.Default {
		command += " --plan " + plan
	}
	return command
}

// nothing names the sections that are left out because they have nothing to say, so that nobody has to wonder
// whether they were forgotten.
func (v *view) nothing() []string {
	var all []string
	for _, s := range []struct {
		name  string
		empty bool
	}{
		{v.t("新增滞后或逾期"), len(v.New.Rows) == 0 && !v.First},
		{v.t("恢复序时"), len(v.Recovered.Rows) == 0 && !v.First},
		{v.t("督办事项"), v.Items.None()},
		{v.t("超期未报"), len(v.Unreported.Rows) == 0},
		{v.t("%d天内到期", v.DueSoonDays), len(v.DueSoon.Rows) == 0},
		{v.t("请核实的数据"), len(v.Questions.Rows) == 0},
		{v.t("调低原数的更正"), len(v.Corrections.Rows) == 0},
		{v.t("目标、时限和计划曲线的调整"), !slices.ContainsFunc(v.Revisions, func(r revision) bool { return len(r.Listed.Rows) > 0 })},
		{v.t("无法测算"), len(v.Unknown.Rows) == 0},
	} {
		if s.empty {
			all = append(all, s.name)
		}
	}
	return all
}
