package letter

import (
	"errors"
	"fmt"
	page "html/template"
	"io"
	"strings"
	"text/template"
	"time"
)

// Memo (便函) is a letter in sections of words and tables, with the weekly letter's page and looks: reminders,
// warnings and the monthly bulletin are written as memos.
type Memo struct {
	Plan, Period, Kind string // as a Letter has them
	AsOf               time.Time
	Language           Language // of the page's own few words; all others are given

	Subject    string
	Title      string
	About      string   // under the title: the plan
	Facts      []string // to whom it goes, and of when
	Simulation bool     // simulated events are admitted
	Headlines  []count  // figures that stand before all; nil: none
	Sections   []Section
	Notes      []string // at its foot
}

// Section is a part of a memo. What it has of these is shown in this order. Words of others are safe in all of
// them.
type Section struct {
	Heading  string     // "": it goes on with the section before
	Words    []string   // paragraphs
	Columns  []string   // of a table; the first names what the row is about
	Figures  bool       // the other columns are figures
	Rows     [][]string // as long as Columns
	Links    []string   // http(s) addresses
	Commands []string   // to be copied as they stand
}

// Letter puts the memo into its two forms.
func (m *Memo) Letter() (*Letter, error) {
	if err := m.validate(); err != nil {
		return nil, fmt.Errorf("compose memo: %w", err)
	}
	l := &Letter{Plan: m.Plan, Period: m.Period, Kind: m.Kind, AsOf: m.AsOf, Subject: m.Subject}
	var err error
	if l.HTML, err = render(memoPages[m.wording().language()], m); err != nil {
		return nil, fmt.Errorf("compose memo: html: %w", err)
	}
	if l.Text, err = render(memoTexts[m.wording().language()], m); err != nil {
		return nil, fmt.Errorf("compose memo: text: %w", err)
	}
	return l, nil
}

func (m *Memo) validate() error {
	errs := []error{m.Language.check()}
	if m.Plan == "" || m.Period == "" || m.Kind == "" || m.AsOf.IsZero() {
		errs = append(errs, errors.New("plan, period, kind and as-of must be set"))
	}
	for _, s := range m.Sections {
		for _, row := range s.Rows {
			if len(row) != len(s.Columns) {
				errs = append(errs, fmt.Errorf("section %q: a row of %d cells under %d headings", s.Heading, len(row), len(s.Columns)))
			}
		}
		for _, link := range s.Links {
			errs = append(errs, CheckBoardURL(link))
		}
	}
	return errors.Join(errs...)
}

func (m *Memo) wording() *wording { return speaking(m.Language) }

// Lang is the language as HTML names it.
func (m *Memo) Lang() string { return m.wording().Lang }

// Version names the renderer.
func (m *Memo) Version() string { return RenderVersion }

var (
	memoPages = map[Language]*page.Template{Chinese: memoPageIn(Chinese), English: memoPageIn(English)}
	memoTexts = map[Language]*template.Template{Chinese: memoTextIn(Chinese), English: memoTextIn(English)}
)

func memoPageIn(l Language) *page.Template {
	t := page.Must(pages[l].Clone()).Funcs(page.FuncMap{"brief": brief})
	return page.Must(t.ParseFS(templates, "templates/memo.html")).Lookup("memo.html")
}

func memoTextIn(l Language) *template.Template {
	t := template.Must(texts[l].Clone())
	return template.Must(t.ParseFS(templates, "templates/memo.txt")).Lookup("memo.txt")
}

// brief tells of what is better not broken over two lines: a date, a number, a name.
func brief(cell string) bool { return cells.StringWidth(cell) <= 14 }

// render is for templates of either package.
func render(t interface{ Execute(io.Writer, any) error }, data any) (string, error) {
	var b strings.Builder
	err := t.Execute(&b, data)
	return b.String(), err
}

// Lines are the table in plain text: in columns where a line holds them, and else every row in words.
func (s Section) Lines() []string {
	widths := make([]int, len(s.Columns))
	width := 2 * (len(widths) - 1)
	for i, heading := range s.Columns {
		widths[i] = cells.StringWidth(heading)
		for _, row := range s.Rows {
			widths[i] = max(widths[i], cells.StringWidth(row[i]))
		}
		width += widths[i]
	}
	var lines []string
	if width <= columns {
		for _, row := range append([][]string{s.Columns}, s.Rows...) {
			lines = append(lines, s.aligned(row, widths))
		}
		return lines
	}
	for _, row := range s.Rows {
		lines = append(lines, "  - "+wrap(4, s.described(row)))
	}
	return lines
}

func (s Section) aligned(row []string, widths []int) string {
	var b strings.Builder
	for i, cell := range row {
		if s.Figures && i > 0 {
			b.WriteString(cells.FillLeft(cell, widths[i]))
		} else {
			b.WriteString(pad(widths[i], cell))
		}
		b.WriteString("  ")
	}
	return strings.TrimRight(b.String(), " ")
}

// described is a row on one line: 签约人数；报送期限：2024-07-10；时间：还有3天.
func (s Section) described(row []string) string {
	parts := []string{row[0]}
	for i, cell := range row[1:] {
		if cell != "" {
			parts = append(parts, s.Columns[i+1]+"："+cell)
		}
	}
	return strings.Join(parts, "；")
}
