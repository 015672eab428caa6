package scan

import (
	"strings"
	"unicode/utf8"

	"xushi/seeds"
)

// numeral is a numeral of the text, Arabic or Chinese, with its scale words and its sign of a percentage.
type numeral struct {
	span
	chinese bool
	scale   string
}

// percentagePoint is a unit that begins like a numeral.
const percentagePoint = "百分点"

// numerals finds every numeral of a part of the text, in order. What it finds is what package seeds reads
// as one: 84.7万, 1,500, 1亿5000万, 10余万, 百分之八十, 八成, 全覆盖.
func (t *text) numerals(part span) []numeral {
	var all []numeral
	for i := part.start; i < part.end; {
		n, ok := t.numeralAt(i, part.end)
		if !ok {
			i++
			continue
		}
		all = append(all, n)
		i = n.end
	}
	return all
}

func (t *text) numeralAt(at, end int) (numeral, bool) {
	switch {
	case t.says(at, end, seeds.Everywhere):
		return numeral{span: span{at, at + utf8.RuneCountInString(seeds.Everywhere)}}, true
	case t.says(at, end, "百分之") && at+3 < end:
		if n, ok := t.numeralAt(at+3, end); ok && !t.says(at+3, end, "百分之") && !t.says(at+3, end, seeds.Everywhere) {
			return numeral{span: span{at, n.end}, chinese: n.chinese}, true
		}
	}
	switch {
	case isDigit(t.runes[at]):
		return t.arabic(at, end), true
	case isChinese(t.runes[at]):
		return t.chinese(at, end), true
	}
	return numeral{}, false
}

// arabic extends a numeral from its first digit.
func (t *text) arabic(at, end int) numeral {
	n := numeral{}
	i := at
	for {
		for i < end && (isDigit(t.runes[i]) || i > at && i+1 < end && isPoint(t.runes[i]) && isDigit(t.runes[i-1]) && isDigit(t.runes[i+1]) || t.thousands(i)) {
			i++
		}
		j := i
		if j+1 < end && (t.runes[j] == '余' || t.runes[j] == '多') && isScale(t.runes[j+1]) {
			j++
		}
		from := j
		for j < end && isScale(t.runes[j]) {
			j++
		}
		if j == from || t.says(j-1, end, percentagePoint) {
			break
		}
		n.scale, i = t.of(span{from, j}), j
		if i == end || !isDigit(t.runes[i]) { // 1亿5000万
			break
		}
	}
	if i < end && (t.runes[i] == '%' || t.runes[i] == '％') {
		i++
	}
	n.span = span{at, i}
	return n
}

// chinese extends a numeral from its first character: 一百二十, 三点五, 八成.
func (t *text) chinese(at, end int) numeral {
	run := func(i int) int {
		for i < end && isChinese(t.runes[i]) && (i == at || !t.says(i, end, "百分之")) {
			i++
		}
		return i
	}
	i := run(at)
	if i+1 < end && t.runes[i] == '点' && isChinese(t.runes[i+1]) {
		i = run(i + 1)
	}
	if i+1 < end && (t.runes[i] == '余' || t.runes[i] == '多') && isScale(t.runes[i+1]) { // 十余万
		i = run(i + 1)
	}
	if t.says(i, end, "成") && i == at+1 && !isScale(t.runes[at]) && !t.begins(i, end, otherThanTenths) {
		i++
	}
	return numeral{span: span{at, i}, chinese: true}
}

// otherThanTenths are words that 成 begins; 八成 before them is no percentage.
var otherThanTenths = []string{"成立", "成员", "成为", "成果", "成效", "成本", "成就", "成长", "成都", "成功", "成套", "成片"}

// says tells whether the text has the words at a position.
func (t *text) says(at, end int, words string) bool {
	return at < end && strings.HasPrefix(t.of(span{at, min(end, at+reach)}), words)
}

func (t *text) begins(at, end int, words []string) bool {
	return prefixOf(t.of(span{min(at, end), min(end, at+reach)}), words) != ""
}

// thousands tells whether the comma at a position belongs to a number such as 1,500: one to three digits
// before it, exactly three after it. Between full-width digits it is a full-width one.
func (t *text) thousands(i int) bool {
	if t.runes[i] != ',' && (t.runes[i] != '，' || i == 0 || t.runes[i-1] < '０' || t.runes[i-1] > '９') {
		return false
	}
	before, after := 0, 0
	for j := i - 1; j >= 0 && isDigit(t.runes[j]) && before < 4; j-- {
		before++
	}
	for j := i + 1; j < len(t.runes) && isDigit(t.runes[j]) && after < 4; j++ {
		after++
	}
	return before >= 1 && before <= 3 && after == 3
}

func isDigit(r rune) bool   { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }
func isPoint(r rune) bool   { return r == '.' || r == '．' }
func isChinese(r rune) bool { return strings.ContainsRune(seeds.ChineseDigits, r) }
func isScale(r rune) bool   { return strings.ContainsRune("百千万亿", r) }

// prefixOf is the first of the words that the text begins with.
func prefixOf(text string, words []string) string {
	for _, w := range words {
		if strings.HasPrefix(text, w) {
			return w
		}
	}
	return ""
}

// suffixOf is the first of the words that the text ends with.
func suffixOf(text string, words []string) string {
	for _, w := range words {
		if strings.HasSuffix(text, w) {
			return w
		}
	}
	return ""
}

// holds is the first of the words that the text has anywhere.
func holds(text string, words []string) string {
	for _, w := range words {
		if strings.Contains(text, w) {
			return w
		}
	}
	return ""
}
