package seeds

import (
	"slices"
	"unicode"
)

// Span is a stretch of a text, from Start up to but without End, in code points.
type Span struct{ Start, End int }

func (s Span) covers(o Span) bool   { return s.Start <= o.Start && o.End <= s.End }
func (s Span) overlaps(o Span) bool { return s.Start < o.End && o.Start < s.End }

// clauseEnds are what separates one clause from the next. The sources mix ASCII with full-width marks.
var clauseEnds = []rune(",，。;；!！?？\n\r")

// Clauses are the smallest pieces of a text that promise something of their own: what stands between two
// commas, stops or ends of line, without the blanks around it. The comma of 1,500 ends none.
func Clauses(text string) []Span { return newSource(text).clauses() }

func (s source) clauses() []Span {
	var all []Span
	start := 0
	for i := range len(s) + 1 {
		if i < len(s) && (!slices.Contains(clauseEnds, s[i]) || s.inThousands(i)) {
			continue
		}
		if clause := s.trimmed(Span{start, i}); clause.Start < clause.End {
			all = append(all, clause)
		}
		start = i + 1
	}
	return all
}

// trimmed is the span without the blanks at its ends.
func (s source) trimmed(at Span) Span {
	for at.Start < at.End && unicode.IsSpace(s[at.Start]) {
		at.Start++
	}
	for at.Start < at.End && unicode.IsSpace(s[at.End-1]) {
		at.End--
	}
	return at
}

func (s source) words(at Span) string { return string(s[at.Start:at.End]) }
