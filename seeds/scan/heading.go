package scan

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// headings tells how many clauses at the beginning of a line are a heading: the whole line if it is
// numbered, or has no full stop; the first sentence if it is short, one clause and followed by others, which
// is how reports begin a paragraph. What promises something is none: a numbered line may be a task.
func (s *scanner) headings(line span, clauses []clause) int {
	if len(clauses) == 0 {
		return 0
	}
	first := clauses[0].sentence
	n := 0
	for n < len(clauses) && clauses[n].sentence == first {
		n++
	}
	words := s.of(first)
	length := utf8.RuneCountInString(words)
	switch {
	case length > longestHeading || s.promises(first):
		return 0
	case n == len(clauses) && (numbered.MatchString(words) || !s.stopped(line, first)):
		return n
	case n == 1 && n < len(clauses) && length <= longestOpening:
		return 1
	}
	return 0
}

// Longer than these, in code points, is no heading of a section, or of a paragraph.
const (
	longestHeading = 60
	longestOpening = 20
)

var numbered = regexp.MustCompile(`^([(（][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、|第[一二三四五六七八九十\d]+[章节部篇]|\d+[.．、])`)

// A report begins with what was done: nothing in that chapter is promised, whatever its subheadings are.
var (
	chapter = regexp.MustCompile(`^([一二三四五六七八九十]+、|第[一二三四五六七八九十\d]+[章部篇])`)
	reviews = []string{"回顾", "工作总结", "完成情况", "主要成效"}
)

// stopped tells whether the line goes on after its first sentence, if only with a full stop.
func (s *scanner) stopped(line, first span) bool {
	return strings.TrimSpace(s.of(span{first.end, line.end})) != ""
}

// promises tells whether the words would be a target if they were no heading.
func (s *scanner) promises(part span) bool {
	for _, n := range s.numerals(part) {
		v := s.sight(clause{part, part}, n)
		if _, _, named := v.name(); !named {
			return true
		}
	}
	verb := deliverable(s.of(part))
	return verb != "" && verb != "办好" && verb != "建设" // 办好人民满意的教育 opens a paragraph
}
