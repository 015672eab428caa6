package scan

import (
	"strings"
	"unicode"
)

// text is a report whose characters can be counted and whose parts can be cut out without copying.
type text struct {
	whole  string
	runes  []rune
	bytes  []int  // where each character begins, and where the last one ends
	quoted []bool // stands inside “”, 《》 or the like
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

// clauses cuts a line; a comma inside 1,500 does not cut.
func (t *text) clauses(line span) []clause {
	var all []clause
	for _, sentence := range t.split(line, "。！？!?") {
		for _, c := range t.split(sentence, ",，；;") {
			all = append(all, clause{c, sentence})
		}
	}
	return all
}

// split cuts at any of the marks, trims blanks, and drops what is empty.
func (t *text) split(s span, marks string) []span {
	var parts []span
	start := s.start
	for i := s.start; i <= s.end; i++ {
		if i < s.end && (!strings.ContainsRune(marks, t.runes[i]) || t.thousands(i)) {
			continue
		}
		if part := t.trim(span{start, i}); part.start < part.end {
			parts = append(parts, part)
		}
		start = i + 1
	}
	return parts
}

func (t *text) trim(s span) span {
	for s.start < s.end && unicode.IsSpace(t.runes[s.start]) {
		s.start++
	}
	for s.start < s.end && unicode.IsSpace(t.runes[s.end-1]) {
		s.end--
	}
	return s
}
