package scan

import (
	"slices"
	"strings"

	"xushi/seeds"
)

// text is a report whose characters can be counted and whose parts can be cut out without copying.
type text struct {
	whole  string
	runes  []rune
	bytes  []int  // where each character begins, and where the last one ends
	quoted []bool // stands inside “”, 《》 or the like

	clauses []seeds.Span
	runs    []seeds.Run // of numerals
}

// span is a part of the text, in code points.
type span struct{ start, end int }

func newText(whole string) *text {
	t := &text{whole: whole, runes: []rune(whole)}
	t.bytes = make([]int, 0, len(t.runes)+1)
	for i := range whole {
		t.bytes = append(t.bytes, i)
	}
	t.bytes = append(t.bytes, len(whole))
	t.quoted = quoted(t.runes)
	t.clauses, t.runs = seeds.Clauses(whole), seeds.Numerals(whole)
	return t
}

func (t *text) of(s span) string { return t.whole[t.bytes[s.start]:t.bytes[s.end]] }

func (t *text) passage(s span) Passage { return Passage{t.of(s), s.start} }

// reach is how far around a numeral words are looked for. It bounds the work on a clause without end.
const reach = 24

// before is what the clause says just before a position, at most from the floor.
func (t *text) before(floor, at int) string { return t.of(span{max(floor, at-reach), at}) }

// after is what the clause says just after a position.
func (t *text) after(at, ceiling int) string { return t.of(span{at, min(ceiling, at+reach)}) }

var quotes = map[rune]rune{'“': '”', '‘': '’', '《': '》', '「': '」', '『': '』', '〔': '〕'}

// quoted marks what stands in quotes that are closed on the same line.
func quoted(runes []rune) []bool {
	marks := make([]bool, len(runes))
	open := -1
	for i, r := range runes {
		switch {
		case r == '\n':
			open = -1
		case open < 0 && quotes[r] != 0:
			open = i
		case open >= 0 && r == quotes[runes[open]]:
			for j := open; j <= i; j++ {
				marks[j] = true
			}
			open = -1
		}
	}
	return marks
}

// paragraphs are the lines of the text, without their line ends but with the blanks that begin them.
func (t *text) paragraphs() []span {
	var all []span
	start := 0
	for i := range len(t.runes) + 1 {
		if i == len(t.runes) || t.runes[i] == '\n' {
			all = append(all, span{start, i})
			start = i + 1
		}
	}
	return all
}

// clause is a clause with the sentence that it is of.
type clause struct {
	span
	sentence span
}

// cut takes a line apart into clauses as package seeds sees them, each with its sentence.
func (t *text) cut(line span) []clause {
	var all []clause
	i, _ := slices.BinarySearchFunc(t.clauses, line.start, func(c seeds.Span, start int) int { return c.Start - start })
	sentence := span{line.start, line.start}
	for ; i < len(t.clauses) && t.clauses[i].End <= line.end; i++ {
		c := t.clauses[i]
		if c.Start >= sentence.end {
			sentence = span{c.Start, c.End}
			for sentence.end < line.end && !strings.ContainsRune("。！？!?", t.runes[sentence.end]) {
				sentence.end++
			}
		}
		all = append(all, clause{span{c.Start, c.End}, sentence})
	}
	return all
}
