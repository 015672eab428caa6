package explanation

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/rivo/uniseg"

	"xushi/schema"
)

const (
	columns    = 100
	labelWidth = 12
)

// cells counts a Chinese character as two columns, and one of ambiguous width as one, as most terminals draw it.
var cells = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// page is lines that a terminal shows as they are meant.
type page struct{ strings.Builder }

func (p *page) blank() { p.WriteString("\n") }

// heading begins a section.
func (p *page) heading(i int, title string) {
	p.blank()
	p.WriteString([]string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}[i] + "、" + title + "\n")
}

// line is one label with what it says.
func (p *page) line(label, format string, args ...any) {
	p.hanging(cells.FillRight(label, labelWidth)+" ", fmt.Sprintf(format, args...))
}

// more is a further line under the same label.
func (p *page) more(format string, args ...any) { p.line("", format, args...) }

// text is a paragraph.
func (p *page) text(format string, args ...any) { p.hanging("", fmt.Sprintf(format, args...)) }

// hanging writes words after a lead, and further lines under the first of them. Lines end where the language lets
// them: no 。 begins one, and a word is broken only where it is wider than all of a line.
func (p *page) hanging(lead, words string) {
	indent := strings.Repeat(" ", cells.StringWidth(lead))
	width := columns - len(indent)
	line, lines := "", []string(nil)
	for rest, state := plain(words), -1; rest != ""; {
		var piece string
		piece, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		for rest != "" && strings.ContainsAny(piece[len(piece)-1:], "-/") { // ids, dates and addresses stay whole
			var next string
			next, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
			piece += next
		}
		if line != "" && cells.StringWidth(line+strings.TrimRight(piece, " ")) > width {
			lines = append(lines, line)
			line = ""
		}
		line += piece
	}
	for i, l := range append(lines, line) {
		if i > 0 {
			lead = indent
		}
		broken := strings.ReplaceAll(cells.Wrap(strings.TrimRight(l, " "), width), "\n", "\n"+indent)
		p.WriteString(strings.TrimRight(lead+broken, " ") + "\n")
	}
}

// plain is a text of which a terminal obeys nothing: what a department writes must not look like a line of ours.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if schema.Unseen(r) {
			return '·'
		}
		return r
	}, strings.Join(strings.Fields(text), " "))
}

// table aligns cells in columns, indented; the last column hangs.
func (p *page) table(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cells.StringWidth(plain(cell)))
		}
	}
	for _, row := range rows {
		var lead strings.Builder
		for i, cell := range row[:len(row)-1] {
			lead.WriteString("  " + cells.FillRight(plain(cell), widths[i]))
		}
		p.hanging(lead.String()+"  ", row[len(row)-1])
	}
}
