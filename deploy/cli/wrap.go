package cli

import (
	"io"
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/rivo/uniseg"
	"golang.org/x/term"

	"xushi/consumers/deadletters"
)

// usualWidth is for what is no terminal.
const usualWidth = 120

// width is how many columns a person sees at once.
func width(out io.Writer) int {
	if f, ok := out.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return usualWidth
}

// leastWidth is what a cell is given at least: a terminal that is too narrow for that breaks lines itself.
const leastWidth = 6

// wrapped is a text for a cell: nothing in it is obeyed by a terminal, and no line is wider than so many
// columns, of which a Chinese character takes two. Lines end where the language lets them: no 。 begins one,
// and a word is broken only where it is wider than all of a line.
func wrapped(text string, columns int) string {
	columns = max(columns, leastWidth)
	var lines []string
	line := ""
	for rest, state := deadletters.Visible(text), -1; rest != ""; {
		var piece string
		piece, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		if line != "" && runewidth.StringWidth(line+strings.TrimRight(piece, " ")) > columns {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += piece
	}
	lines = append(lines, line)
	for i, l := range lines {
		lines[i] = runewidth.Wrap(l, columns)
	}
	return strings.Join(lines, "\n")
}
