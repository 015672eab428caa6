package seeds

import "strings"

// Script is how a numeral is written.
type Script string

// Scripts of numerals.
const (
	Arabic  Script = "arabic"  // 84.7
	Chinese Script = "chinese" // 一百二十; also 万 of 84.7万 and 三 of 三甲医院
	Worded  Script = "worded"  // 全覆盖, a target without a numeral: 100 percent, by our normalisation
)

// Run is a numeral of a text: as many characters of one script as stand together.
type Run struct {
	Span
	Script Script
}

const (
	scaleWords   = "百千万亿"
	percentSigns = "%％"
	outOfHundred = "百分之"
)

// Numerals are the runs of a text, in its order.
func Numerals(text string) []Run { return newSource(text).runs() }

func (s source) runs() []Run {
	var all []Run
	everywhere := []rune(Everywhere)
	for i := 0; i < len(s); i++ {
		run := Run{Span: Span{i, i}}
		switch {
		case isDigit(s[i]):
			run.Script, run.End = Arabic, s.digitsEnd(i)
		case strings.ContainsRune(ChineseDigits, s[i]):
			run.Script, run.End = Chinese, s.skip(i, ChineseDigits)
		case s.hasRunes(everywhere, i):
			run.Script, run.End = Worded, i+len(everywhere)
		default:
			continue
		}
		all = append(all, run)
		i = run.End - 1
	}
	return all
}

// isDigit takes full-width digits for digits.
func isDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

// digitsEnd is where the number that begins at i ends; a point belongs to it between digits only.
func (s source) digitsEnd(i int) int {
	isPoint := func(i int) bool { return (s[i] == '.' || s[i] == '．') && s.digits(i+1) > 0 }
	for i < len(s) && (isDigit(s[i]) || isPoint(i) || s.inThousands(i)) {
		i++
	}
	return i
}

// digits is how many digits stand at i, one after the other.
func (s source) digits(i int) int {
	n := 0
	for i+n < len(s) && isDigit(s[i+n]) {
		n++
	}
	return n
}

// inThousands tells whether the comma at i belongs to a number such as 1,500.
func (s source) inThousands(i int) bool {
	before := 0
	for before < i && isDigit(s[i-1-before]) {
		before++
	}
	comma := s[i] == ',' || s[i] == '，' && i > 0 && s[i-1] >= '０' // as wide as the digits before it
	return comma && before >= 1 && before <= 3 && s.digits(i+1) == 3
}

// skip is the first position from i on that holds none of the characters.
func (s source) skip(i int, chars string) int {
	for i < len(s) && strings.ContainsRune(chars, s[i]) {
		i++
	}
	return i
}

// figures joins runs to what one reads as one number: 84.7万, 20%, 1亿5000万, 10余万, 百分之八十, 三点五万.
func (s source) figures() []Span {
	var all []Span
	for i, r := range s.runs() {
		if i > 0 && s.continues(all[len(all)-1], r) {
			all[len(all)-1].End = r.End
		} else {
			all = append(all, r.Span)
		}
		if last := &all[len(all)-1]; s.skip(last.End, percentSigns) > last.End {
			last.End++
		}
	}
	return all
}

// continues tells whether a run belongs to the number before it.
func (s source) continues(before Span, r Run) bool {
	isScale := s.skip(r.Start, scaleWords) == r.End
	switch s.words(Span{before.End, r.Start}) {
	case "": // of two scripts
		return isScale || strings.ContainsRune(scaleWords, s[r.Start-1])
	case "余", "多":
		return isScale
	case "点":
		return r.Script == Chinese
	case "分之":
		return s.has(outOfHundred, before.End-1)
	}
	return false
}
