package letter

import (
	"cmp"
	"math/big"
	"regexp"
	"strings"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
)

// What package figures says in Chinese, and the same in English: there a figure is written out in full, for
// nobody counts in 万.

func (w *wording) week(week schema.Week) string { return w.t("%d年第%d周", week.Year, week.Number) }

// title of a measure; the ledger has an English one.
func (w *wording) title(m *seeds.Measure) string { return w.pick(m.Title, m.TitleEN) }

func (w *wording) task(c *seeds.Commitment) string { return w.pick(c.Title, c.TitleEN) }

func (w *wording) fullTitle(m *seeds.Measure) string {
	title, task := w.title(m), w.task(m.Commitment)
	if title == task {
		return title
	}
	return w.t("%s（%s）", title, task)
}

func (w *wording) department(l *seeds.Ledger, id string) string {
	d, ok := l.Department(id)
	if !ok {
		return id
	}
	return w.pick(d.Name, d.NameEN)
}

func (w *wording) departments(l *seeds.Ledger, ids ...string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = w.department(l, id)
	}
	return w.list(names)
}

func (w *wording) pick(chinese, english string) string {
	if w.chinese() || strings.TrimSpace(english) == "" {
		return chinese
	}
	return english
}

func (w *wording) list(words []string) string { return strings.Join(words, w.t("、")) }

func (w *wording) kind(m *seeds.Measure) string { return w.one(figures.Kind(m)) }

// status is that of a standing; one that the office has verified is 已销号.
func (w *wording) status(s assessment.Standing, verified bool) string {
	if w.chinese() {
		return figures.StatusOf(s, verified)
	}
	words := w.t(figures.Progress(s, verified))
	if level := w.t(s.Alert.Label()); s.Alert != assessment.NoAlert && level != words {
		words += " (" + level + ")"
	}
	return words
}

func (w *wording) quantity(m *seeds.Measure, r *big.Rat) string {
	if w.chinese() || r == nil {
		return figures.Quantity(m, r)
	}
	return w.withUnit(m, figures.Full(m, r))
}

func (w *wording) withUnit(m *seeds.Measure, number string) string {
	unit := plural(w.entry(m.Unit), number == "1")
	if unit == "" || unit == "%" {
		return number + unit
	}
	return number + " " + unit
}

// unit alone, as a column has it; one that English does without stays as it is.
func (w *wording) unit(m *seeds.Measure) string {
	return cmp.Or(plural(w.t(m.Unit), false), m.Unit)
}

// target is as exact as the text, with the text's own word where that is no numeral.
func (w *wording) target(m *seeds.Measure) string {
	if w.chinese() {
		return figures.Target(m)
	}
	shown := w.withUnit(m, figures.Exact(m.TargetValue))
	switch _, adjusted := m.Adjusted(); {
	case m.Milestone() && len(m.Curve.Stages) > 1:
		shown = "all " + shown
	case m.Milestone():
	case m.Comparator == seeds.AtLeast:
		shown = "≥ " + shown
	case adjusted:
		shown += " (text: " + m.NumeralText + ")"
	}
	return shown
}

// gap is in percentage points, or, where pieces are too few for them, the days of delay without a unit.
func (w *wording) gap(a *assessment.Assessment) (value, unit string) {
	value, unit = figures.Gap(a)
	switch {
	case w.chinese():
		return value, unit
	case a.Measure.SmallCount() && a.LagDays > 0:
		return w.t("迟%d天", a.LagDays), ""
	}
	return w.t(value), w.t(unit)
}

// list of pieces by name, with the dates by which they were to be done.
func (w *wording) pieces(m *seeds.Measure, ids []string) string {
	const some = 5
	names := make([]string, 0, some)
	for _, id := range ids[:min(len(ids), some)] {
		names = append(names, w.piece(m, id, 40))
	}
	if len(ids) > some {
		return w.t("%s等%d个", w.list(names), len(ids))
	}
	return w.list(names)
}

// piece is one by its name, as far as there is room for it, with its date.
func (w *wording) piece(m *seeds.Measure, id string, runes int) string {
	name := clip(m.PieceName(id), runes)
	if by, ok := m.PieceDue(id); ok {
		return w.t("%s（应于%s）", name, by)
	}
	return name
}

// clip keeps what others write to a length that a letter has room for; the workbook has it whole.
func clip(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return s[:i] + "……"
		}
		n++
	}
	return s
}

// oneLine makes one line of what somebody wrote, so that it does not look like several of ours.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// reason is why a measure is unknown, which package assessment says in Chinese.
func (w *wording) reason(chinese string) string {
	if w.chinese() {
		return chinese
	}
	if m := lacksInput.FindStringSubmatch(chinese); m != nil {
		lacks := strings.Split(m[1], "、")
		for i, what := range lacks {
			name, of, ok := strings.Cut(strings.TrimSuffix(what, "）"), "（")
			if lacks[i] = w.t(name); ok {
				lacks[i] += " (" + of + ")"
			}
		}
		return w.t("缺少%s，待%s提供", w.list(lacks), m[2])
	}
	if m := lacksReading.FindStringSubmatch(chinese); m != nil {
		return w.t("尚无读数，待%s报送", m[1])
	}
	return chinese
}

var (
	lacksInput   = regexp.MustCompile(`^缺少(.+)，待(.+)提供$`)
	lacksReading = regexp.MustCompile(`^尚无读数，待(.+)报送$`)
)
