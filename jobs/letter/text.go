package letter

import (
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"xushi/jobs/figures"
)

// columns is the width of the plain text: what a terminal and a mail window show without wrapping.
const columns = 78

// cells counts a Chinese character as two columns. Characters of ambiguous width (quotes, dashes,
// arrows) count as one, as most terminals draw them; none stands left of anything that is aligned.
var cells = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

var texts = map[Language]*template.Template{Chinese: textIn(Chinese), English: textIn(English)}

func textIn(l Language) *template.Template {
	return template.Must(template.New("letter.txt").Funcs(template.FuncMap{
		"t":    speaking(l).t,
		"pad":  pad,
		"left": func(width int, s string) string { return cells.FillLeft(s, width) },
		"wrap": wrap,
		"join": strings.Join,
		"line": func(s string) string { return strings.Repeat(s, columns) },
		"num":  ordinal,
		"inc":  func(i int) int { return i + 1 },
	}).ParseFS(templates, "templates/letter.txt"))
}

// pad fills a cell. Our dash for "nothing" is of ambiguous width, so in columns it is a hyphen.
func pad(width int, s string) string {
	if s == figures.None {
		s = "-"
	}
	return cells.FillRight(s, width)
}

// text says what the page says, after which it is filled.
func (v *view) text() (string, error) {
	var b strings.Builder
	if err := texts[v.language()].ExecuteTemplate(&b, "letter.txt", v); err != nil {
		return "", err
	}
	return b.String(), nil
}

// hangs are characters that may not begin a line.
const hangs = ",.;:!?)%、。，；：！？）”’》】"

// wrap breaks a paragraph into lines that fit, every line but the first indented. Dates, numbers and ids
// stay whole unless they are longer than a line. Line breaks of the paragraph itself become spaces: what a
// department writes must not look like another line of ours.
func wrap(indent int, s string) string {
	var b strings.Builder
	width, space := indent, 0
	put := func(r rune) {
		w := cells.RuneWidth(r)
		switch {
		case r == ' ':
			space = min(width-indent, 1) // none begins a line, and none ends one
			return
		case width+space+w > columns && !strings.ContainsRune(hangs, r):
			b.WriteString("\n" + strings.Repeat(" ", indent))
			width, space = indent, 0
		}
		b.WriteString(strings.Repeat(" ", space) + string(r))
		width, space = width+space+w, 0
	}
	for _, word := range words(strings.Join(strings.Fields(s), " ")) {
		if w := cells.StringWidth(word); word != " " && width > indent && width+space+w > columns && indent+w <= columns && !hang(word) {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			width, space = indent, 0
		}
		for _, r := range word {
			put(r)
		}
	}
	return b.String()
}

// opens are characters that may not end a line.
const opens = "([（「『【《“"

// words are what a line may be broken between: a Chinese character is one, a run of letters, digits and
// what joins them another, a figure with its unit a third. What opens a bracket goes with what follows it.
func words(s string) (all []string) {
	open := ""
	for s != "" {
		n := strings.IndexFunc(s, func(r rune) bool { return !joined(r) })
		if n < 0 {
			n = len(s)
		}
		if at := figure.FindStringIndex(s); at != nil && at[0] == 0 {
			n = max(n, at[1])
		}
		if n == 0 {
			_, n = utf8.DecodeRuneInString(s)
		}
		word := s[:n]
		if s = s[n:]; strings.Contains(opens, word) && s != "" {
			open += word
			continue
		}
		all, open = append(all, open+word), ""
	}
	return all
}

func joined(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.:/%", r)
}

// hang tells of a character that stays on the line before.
func hang(word string) bool {
	r, n := utf8.DecodeRuneInString(word)
	return n == len(word) && strings.ContainsRune(hangs, r)
}
