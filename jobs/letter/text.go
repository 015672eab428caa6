package letter

import (
	"embed"
	"strings"
	"text/template"

	"github.com/mattn/go-runewidth"

	"xushi/jobs/figures"
)

//go:embed templates
var templates embed.FS

// columns is the width of the plain text: what a terminal and a mail window show without wrapping.
const columns = 78

// cells counts a Chinese character as two columns. Characters of ambiguous width (quotes, dashes,
// arrows) count as one, as most terminals draw them; none stands left of anything that is aligned.
var cells = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

var plain = template.Must(template.New("letter.txt").Funcs(template.FuncMap{
	"pad":  pad,
	"left": func(width int, s string) string { return cells.FillLeft(s, width) },
	"wrap": wrap,
	"join": strings.Join,
	"line": func(s string) string { return strings.Repeat(s, columns) },
	"inc":  func(i int) int { return i + 1 },
}).ParseFS(templates, "templates/letter.txt"))

// pad fills a cell. Our dash for "nothing" is of ambiguous width, so in columns it is a hyphen.
func pad(width int, s string) string {
	if s == figures.None {
		s = "-"
	}
	return cells.FillRight(s, width)
}

func renderText(v *view) (string, error) {
	var b strings.Builder
	if err := plain.ExecuteTemplate(&b, "letter.txt", v); err != nil {
		return "", err
	}
	return b.String(), nil
}

// hangs are characters that may not begin a line.
const hangs = ",.;:!?)%、。，；：！？）”’》】"

// wrap breaks a paragraph into lines that fit, every line but the first indented. Line breaks of the
// paragraph itself become spaces: what a department writes must not look like another line of ours.
func wrap(indent int, s string) string {
	var b strings.Builder
	width := indent
	for _, r := range strings.Join(strings.Fields(s), " ") {
		w := cells.RuneWidth(r)
		if width+w > columns && !strings.ContainsRune(hangs, r) {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			width = indent
			if r == ' ' {
				continue
			}
		}
		b.WriteRune(r)
		width += w
	}
	return b.String()
}
