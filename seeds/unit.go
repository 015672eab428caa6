package seeds

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// synonyms are other spellings of a base unit.
var synonyms = map[string]string{
	"m²": "平方米", "㎡": "平方米", "m2": "平方米", "平米": "平方米",
	"km": "公里",
	"％":  "%",
}

// scales are the words that may stand before a base unit, and by what they multiply.
var scales = []struct {
	word   string
	factor decimal.Decimal
}{
	{"万", decimal.NewFromInt(1_0000)}, {"亿", decimal.NewFromInt(1_0000_0000)},
}

var one = decimal.NewFromInt(1)

// UnitFactor is what a number in the given unit is multiplied by to be in the measure's base unit,
// exactly; ok is false if the unit is not the measure's. A percentage has no 万.
func (m *Measure) UnitFactor(unit string) (factor decimal.Decimal, ok bool) {
	if unit == m.Unit || canonical(unit) == m.Unit { // a base unit is no synonym
		return one, true
	}
	if m.Unit == "%" {
		return decimal.Decimal{}, false
	}
	for _, s := range scales {
		if rest, found := strings.CutPrefix(unit, s.word); found && canonical(rest) == m.Unit {
			return s.factor, true
		}
	}
	return decimal.Decimal{}, false
}

func canonical(unit string) string {
	if c, ok := synonyms[unit]; ok {
		return c
	}
	return unit
}

// saysUnit tells whether the words after a numeral begin with the base unit, as in 户以上, 余户, 个百分点 of
// 百分点, and 个 of 个/千人.
func saysUnit(after, unit string) bool {
	after = strings.TrimLeft(after, "余多来 ")
	counted, _, _ := strings.Cut(unit, "/")
	spellings := []string{counted, "个" + counted}
	for spelling, base := range synonyms {
		if base == counted {
			spellings = append(spellings, spelling)
		}
	}
	return slices.ContainsFunc(spellings, func(s string) bool { return strings.HasPrefix(after, s) })
}
