package seeds

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// source is the text that a ledger quotes, as code points, because offsets count those.
type source []rune

func newSource(text string) source { return source([]rune(text)) }

// has tells whether the text says quote at the offset.
func (s source) has(quote string, offset int) bool {
	q := []rune(quote)
	return offset >= 0 && offset+len(q) <= len(s) && slices.Equal(s[offset:offset+len(q)], q)
}

// find is the offset of the quote's first occurrence, -1 if there is none.
func (s source) find(quote string) int {
	before, _, found := strings.Cut(string(s), quote)
	if !found {
		return -1
	}
	return utf8.RuneCountInString(before)
}

// line is the paragraph around an offset, and the text before it.
func (s source) line(offset int) (before []string, line string) {
	lines := strings.Split(string(s[:offset]), "\n")
	n := len(lines) - 1
	rest, _, _ := strings.Cut(string(s[offset:]), "\n")
	return lines[:n], lines[n] + rest
}

// verbatim requires that the text says the words at the offset, and hints where it does say them.
func (c *checker) verbatim(at place, words string, offset int) bool {
	if words != "" && c.text.has(words, offset) {
		return true
	}
	hint := "it is nowhere in it"
	if i := c.text.find(words); words != "" && i >= 0 {
		hint = fmt.Sprintf("it is at %d", i)
	}
	c.require(false, at, "the source text does not say %q at offset %d; %s", words, offset, hint)
	return false
}

// quoted holds a commitment's quote, paragraph and section against the text.
func (c *checker) quoted(t *Commitment, at place) bool {
	if !c.verbatim(at.field("quote"), t.Quote, t.QuoteOffset) {
		return false
	}
	before, line := c.text.line(t.QuoteOffset)
	c.require(t.Paragraph != "" && strings.HasPrefix(line, t.Paragraph), at.field("paragraph"), "the quote's paragraph does not begin with %q", t.Paragraph)
	c.require(slices.Contains(before, t.Section), at.field("section"), "%q is not a line of the text before the quote", t.Section)
	return true
}

// numeral holds a measure against the words that it was read from: the numeral stands whole where the
// ledger says, inside the quote; its value is the target; 以上 makes the comparator, and 等 the open list.
func (c *checker) numeral(m *Measure, at place) {
	text := c.text
	t := m.Commitment
	start, end := m.NumeralOffset, m.NumeralOffset+utf8.RuneCountInString(m.NumeralText)
	quoteEnd := t.QuoteOffset + utf8.RuneCountInString(t.Quote)
	if m.NumeralText == "" || start < t.QuoteOffset || end > quoteEnd || !text.has(m.NumeralText, start) {
		c.require(false, at.field("numeral_text"), "the quote does not say %q at offset %d", m.NumeralText, start)
		return
	}
	before, after := string(text[t.QuoteOffset:start]), string(text[end:quoteEnd])
	c.require(!strings.ContainsAny(lastRune(before), numeralRunes) && !strings.ContainsAny(firstRune(after), numeralRunes+"万亿%"),
		at.field("numeral_text"), "%q is only a part of the numeral at offset %d", m.NumeralText, start)
	value, err := numeralValue(m.NumeralText, m.Unit)
	if err != nil {
		c.require(false, at.field("numeral_text"), "%v", err)
	} else {
		c.require(value.Equal(m.TargetValue), at.field("target_value"), "%s is not %s as the text says: %s %s", m.TargetValue, m.NumeralText, value, m.Unit)
	}
	if want := ComparatorOf(before, after); want != m.Comparator {
		c.require(false, at.field("comparator"), ">= is for a numeral with 以上, 不少于 or the like, as_written for one without: here %s", want)
	}
	c.require(m.ItemsOpen == strings.HasSuffix(before, "等"), at.field("items_open"), "a list is open exactly where the text says 等 before the numeral")
}

const numeralRunes = "0123456789."

// numeralValue is what a numeral of the text says in a base unit: 84.7万 is 847000.
func numeralValue(text, unit string) (decimal.Decimal, error) {
	value, percent, err := ReadNumeral(text)
	if err == nil && percent != (unit == "%") {
		err = fmt.Errorf("%q and the unit %s do not go together", text, unit)
	}
	return value, err
}

func firstRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

func lastRune(s string) string {
	_, n := utf8.DecodeLastRuneInString(s)
	return s[len(s)-n:]
}
