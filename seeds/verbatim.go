package seeds

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// source is the text that a ledger quotes, as code points, because offsets count those.
type source []rune

func newSource(text string) source { return source([]rune(text)) }

// has tells whether the text says the words at the offset.
func (s source) has(words string, offset int) bool { return s.hasRunes([]rune(words), offset) }

func (s source) hasRunes(words []rune, offset int) bool {
	return offset >= 0 && offset <= len(s)-len(words) && slices.Equal(s[offset:offset+len(words)], words)
}

// nearest is the offset next to the given one at which the text says the words, -1 if nowhere.
func (s source) nearest(words string, offset int) int {
	found, sought := -1, []rune(words)
	for i := range s {
		if len(sought) > 0 && s.hasRunes(sought, i) && (found < 0 || i-offset <= offset-found) {
			found = i
		}
	}
	return found
}

// line is the paragraph around an offset, and the paragraphs before it.
func (c *checker) line(offset int) (before []string, line string) {
	if c.lines == nil {
		c.lines = strings.Split(c.Text, "\n")
		for start, rest := 0, c.lines; len(rest) > 0; rest = rest[1:] {
			c.lineStarts = append(c.lineStarts, start)
			start += utf8.RuneCountInString(rest[0]) + 1
		}
	}
	n := sort.SearchInts(c.lineStarts, offset+1) - 1
	return c.lines[:n], c.lines[n]
}

// beginsLine tells whether nothing but blanks stands before the offset on its line.
func (s source) beginsLine(offset int) bool {
	before := string(s[:offset])
	return strings.TrimSpace(before[strings.LastIndex(before, "\n")+1:]) == ""
}

// spanOf is where words at an offset stand.
func spanOf(words string, offset int) Span {
	return Span{offset, offset + utf8.RuneCountInString(words)}
}

// verbatim requires that the text says the words at the offset, and hints where it does say them.
func (c *checker) verbatim(at place, words string, offset int) bool {
	if c.unread {
		return false
	}
	if words != "" && c.text.has(words, offset) {
		return true
	}
	c.require(false, at, "the source text does not say %q at offset %d; %s", words, offset, c.hint(words, offset))
	return false
}

// hint is the offset at which the text does say the words, -1 if nowhere.
type hint int

func (c *checker) hint(words string, offset int) hint { return hint(c.text.nearest(words, offset)) }

func (h hint) String() string {
	if h < 0 {
		return "it is nowhere in it"
	}
	return fmt.Sprintf("it is at %d", int(h))
}

// Title is the hint in Chinese.
func (h hint) Title() string {
	if h < 0 {
		return "原文中没有这句话"
	}
	return fmt.Sprintf("它在位置 %d", int(h))
}

// quoted holds a commitment's quote, paragraph and section against the text.
func (c *checker) quoted(t *Commitment, at place) bool {
	if !c.verbatim(at.field("quote"), t.Quote, t.QuoteOffset) {
		return false
	}
	before, line := c.line(t.QuoteOffset)
	c.require(t.Paragraph != "" && strings.HasPrefix(line, t.Paragraph), at.field("paragraph"), "the quote's paragraph does not begin with %q", t.Paragraph)
	headed := slices.ContainsFunc(c.Statements, func(s Statement) bool { return s.Kind == Heading && slices.Contains(before, s.Quote) })
	c.require(slices.Contains(before, t.Section) || t.Section == "" && !headed, at.field("section"), "%q is not a line of the text before the quote", t.Section)
	return true
}

// within requires that the commitment's quote says the words at the offset.
func (c *checker) within(t *Commitment, at place, words string, offset int) bool {
	if words != "" && spanOf(t.Quote, t.QuoteOffset).covers(spanOf(words, offset)) && c.text.has(words, offset) {
		return true
	}
	c.require(false, at, "the quote does not say %q at offset %d; in the text %s", words, offset, c.hint(words, offset))
	return false
}

// numeral holds a measure against the words that it was read from: the numeral stands whole where the
// ledger says, inside the quote; its value is the target, or was before a decision changed it; the unit
// follows it; 以上 makes the comparator, and 等 the open list.
func (c *checker) numeral(m *Measure, at place) {
	t, here := m.Commitment, at.field("numeral_text")
	if !c.within(t, here, m.NumeralText, m.NumeralOffset) {
		return
	}
	span := spanOf(m.NumeralText, m.NumeralOffset)
	if figure := c.figure(span); figure != span {
		c.require(false, here, "%q is only a part of the numeral %q at offset %d", m.NumeralText, c.text.words(figure), figure.Start)
		return
	}
	before, after := c.text.words(Span{t.QuoteOffset, span.Start}), c.text.words(Span{span.End, c.clauseEnd(span)})
	value, percent, err := ReadNumeral(m.NumeralText)
	switch {
	case err != nil:
		c.require(false, here, "%v", err)
	case percent != (m.Unit == "%"):
		c.require(false, here, "%q and the unit %s do not go together", m.NumeralText, m.Unit)
	default:
		c.target(m, at.field("target_value"), value)
		c.unit(m, at.field("unit"), after)
	}
	want := ComparatorOf(before, after)
	c.require(want == m.Comparator, at.field("comparator"), ">= is for a numeral with 以上, 不少于 or the like, as_written for one without: here %s", want)
	c.require(m.ItemsOpen == strings.HasSuffix(before, "等"), at.field("items_open"), "a list is open exactly where the text says 等 before the numeral")
}

// target holds the target against what the text says, unless a decision has changed it since.
func (c *checker) target(m *Measure, at place, said decimal.Decimal) {
	same := m.TargetValue.Equal(said)
	if _, adjusted := m.Adjusted(); adjusted {
		c.require(!same, at, "%s is what the text says: nothing was adjusted, so nobody is to be named for %s", m.TargetValue, adjustable)
		return
	}
	c.require(same, at, "%s is not %s as the text says: %s %s (if a decision changed the target, name it here: assigned, with the field %s)",
		m.TargetValue, m.NumeralText, said, m.Unit, adjustable)
}

// unit requires that the text says the unit after the numeral, so that the 11 of 11个、84.7万平方米 is no area;
// where the text leaves it out, somebody is named for it on the measure.
func (c *checker) unit(m *Measure, at place, after string) {
	if m.Unit == Undecided || m.Unit == "%" || m.NumeralText == Everywhere {
		return
	}
	said := saysUnit(after, m.Unit)
	if _, ours := assigned(m.Assigned, "unit"); ours {
		c.require(!said, at, "%q is given by the text: nobody assigns it", "unit")
		return
	}
	c.require(said, at, "the text does not say %s after %s, but %q (if it leaves the unit out, name here who set it: assigned, with the field unit)", m.Unit, m.NumeralText, after)
}

// figure widens a span to all of every number that it touches.
func (c *checker) figure(span Span) Span {
	for _, f := range c.figures {
		if f.overlaps(span) {
			span = Span{min(span.Start, f.Start), max(span.End, f.End)}
		}
	}
	return span
}

// clauseEnd is where the clause ends that the numeral is of.
func (c *checker) clauseEnd(numeral Span) int {
	for _, clause := range c.clauses {
		if clause.covers(numeral) {
			return clause.End
		}
	}
	return numeral.End
}

// denominator holds the text's own word for what a ratio is per, such as 千 of 千人口, against the text.
func (c *checker) denominator(m *Measure, at place) {
	if m.Ratio == nil || m.Ratio.PerText == "" && m.Ratio.PerOffset == 0 {
		return
	}
	r, here := m.Ratio, at.field("ratio").field("per_text")
	if !c.within(m.Commitment, here, r.PerText, r.PerOffset) || !c.wholeRuns(here, r.PerText, r.PerOffset) {
		return
	}
	value, ok := readPer(r.PerText)
	c.require(ok && value.Equal(r.Per), at.field("ratio").field("per"), "%s is not %s as the text says", r.Per, r.PerText)
}

// readPer reads what a ratio is per: 十万, or 千 alone, which as a target would be no number.
func readPer(text string) (decimal.Decimal, bool) {
	if alone := []rune(text); len(alone) == 1 {
		value, known := magnitudes[alone[0]]
		return value, known
	}
	value, percent, err := ReadNumeral(text)
	return value, err == nil && !percent
}

// wholeRuns requires that the words are one numeral of the text and nothing beside it, with or without its
// scale word and its percent sign.
func (c *checker) wholeRuns(at place, words string, offset int) bool {
	span := spanOf(words, offset)
	var touched []Run
	for _, r := range c.runs {
		if !r.overlaps(span) {
			continue
		}
		if !span.covers(r.Span) {
			c.require(false, at, "%q is only a part of the numeral %q at offset %d", words, c.text.words(r.Span), r.Start)
			return false
		}
		touched = append(touched, r)
	}
	ok := false
	if len(touched) > 0 {
		bare := Span{touched[0].Start, touched[len(touched)-1].End}
		figure := c.figure(Span{bare.Start, bare.Start + 1})
		ok = figure.covers(bare) && (span == bare || span == figure)
	}
	c.require(ok, at, "%q is not one numeral and nothing else", words)
	return ok
}
