package seeds

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// Everywhere is a target without a numeral: 100 percent, by our normalisation.
const Everywhere = "全覆盖"

// ChineseDigits are the characters that Chinese numerals are written with, scale words included.
const ChineseDigits = "〇零一二两三四五六七八九十百千万亿"

// ReadNumeral reads a numeral as reports write it: 84.7万, 1,500, ８０％, 1亿5000万, 一百二十, 两万, 三点五,
// 百分之八十, 八成, 全覆盖. A percentage is told apart and stays as written: 80, not 0.8. The text is the
// numeral and nothing else; what cannot be read exactly, such as 三五 (three to five), is an error.
func ReadNumeral(text string) (value decimal.Decimal, percent bool, err error) {
	if text == Everywhere {
		return hundred, true, nil
	}
	number := plainDigits.Replace(text)
	number, fraction := strings.CutPrefix(number, "百分之")
	number, sign := strings.CutSuffix(number, "%")
	number, tenths := strings.CutSuffix(number, "成")
	percent = fraction || sign || tenths
	switch {
	case fraction && sign || tenths && (fraction || sign):
		err = errors.New("two signs of a percentage")
	case arabicNumeral.MatchString(number):
		value, err = readArabic(number)
	default:
		value, err = readChinese(number)
	}
	if tenths {
		value = value.Shift(1)
	}
	if err != nil {
		return decimal.Decimal{}, false, fmt.Errorf("%q is not a numeral that can be read: %w", text, err)
	}
	return value, percent, nil
}

// plainDigits folds full-width forms into the plain ones.
var plainDigits = strings.NewReplacer(
	"０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9",
	"．", ".", "，", ",", "％", "%",
)

// arabicNumeral is digits, perhaps in thousands, with scale words, perhaps again: 1亿5000万. 余 and 多 may
// stand before a scale word: 10余万 is read as 10万.
var (
	arabicNumeral = regexp.MustCompile(`^(` + arabicPart + `)+$`)
	arabicParts   = regexp.MustCompile(arabicPart)
)

const arabicPart = `(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?[余多]?([百千万亿]*)`

func readArabic(text string) (decimal.Decimal, error) {
	var sum decimal.Decimal
	last := decimal.New(1, 30)
	for _, part := range arabicParts.FindAllStringSubmatch(text, -1) {
		digits := strings.ReplaceAll(part[1], ",", "") + part[2]
		if !plainDecimal.MatchString(digits) {
			return sum, errors.New("over 18 integer digits or 6 decimals")
		}
		scale := scaleOf(part[3])
		if !scale.LessThan(last) {
			return sum, errors.New("its scale words do not descend")
		}
		sum, last = sum.Add(decimal.RequireFromString(digits).Mul(scale)), scale
	}
	return bounded(sum)
}

var magnitudes = map[rune]decimal.Decimal{
	'十': decimal.New(1, 1), '百': decimal.New(1, 2), '千': decimal.New(1, 3), '万': decimal.New(1, 4), '亿': decimal.New(1, 8),
}

// bounded refuses what a ledger cannot keep.
func bounded(v decimal.Decimal) (decimal.Decimal, error) {
	if v.GreaterThanOrEqual(decimal.New(1, 18)) || !v.Equal(v.Truncate(6)) {
		return v, errors.New("over 18 integer digits or 6 decimals")
	}
	return v, nil
}

// approximate marks a scaled numeral that is no exact one: 十余万.
var approximate = regexp.MustCompile(`[余多]([万亿]+)$`)

// scaleOf is what scale words multiply by: 千万 is 10000000, and none is 1.
func scaleOf(words string) decimal.Decimal {
	scale := one
	for _, word := range words {
		scale = scale.Mul(magnitudes[word])
	}
	return scale
}

// readChinese reads a Chinese numeral; 点 makes decimals, which a scale word may follow: 三点五万.
func readChinese(text string) (decimal.Decimal, error) {
	whole, decimals, fraction := strings.Cut(approximate.ReplaceAllString(text, "$1"), "点")
	value, err := chineseInteger([]rune(whole))
	if err != nil || !fraction {
		return value, err
	}
	bare := strings.TrimRight(decimals, scaleWords)
	digits, ok := chineseDigits(bare)
	if !ok || len(digits) > 6 {
		return value, errors.New("digits are due after 点, at most 6")
	}
	value = value.Add(decimal.RequireFromString("0." + digits))
	return bounded(value.Mul(scaleOf(strings.TrimPrefix(decimals, bare))))
}

// chineseInteger reads a Chinese whole number written in full; 三五 is no number but three to five, and 百
// alone none but many.
func chineseInteger(text []rune) (decimal.Decimal, error) {
	if !strings.ContainsAny(string(text), "十百千万亿") {
		digits, ok := chineseDigits(string(text))
		if !ok || len(digits) == 2 || len(digits) > 18 {
			return decimal.Decimal{}, errors.New("its digits make no number")
		}
		return decimal.RequireFromString(digits), nil
	}
	var total, section, digit decimal.Decimal // 三亿 + 二千 + 五: done, of the current 万, and not yet scaled
	last := decimal.New(1, 30)                // the unit before, inside the section
	zero := false                             // a 零 stands before the digit
	for i, r := range text {
		switch m, unit := magnitudes[r]; {
		case unit && m.GreaterThanOrEqual(tenThousand):
			if section = section.Add(digit); section.Add(total).IsZero() {
				return total, fmt.Errorf("no number stands before %c", r)
			}
			total, section, digit = raise(total, section, m), decimal.Zero, decimal.Zero
			last = m
		case unit:
			if digit.IsZero() && r == '十' && (i == 0 || zero) {
				digit = one
			}
			if digit.IsZero() || !m.LessThan(last) {
				return total, fmt.Errorf("%c does not fit there", r)
			}
			section, digit, last = section.Add(digit.Mul(m)), decimal.Zero, m
		case r == '零' || r == '〇':
			zero = true
			continue
		default:
			if d, known := chineseDigit[r]; known && digit.IsZero() {
				digit = decimal.NewFromInt(d)
				continue
			}
			return total, fmt.Errorf("%c does not fit there", r)
		}
		zero = false
	}
	if !digit.IsZero() && !zero && last.GreaterThan(decimal.New(1, 1)) {
		return total, errors.New("its last digit has no unit")
	}
	return bounded(total.Add(section).Add(digit))
}

var tenThousand = decimal.New(1, 4)

// raise scales a section by 万 or 亿: 两万亿 is 两 × 万 × 亿, 一亿五千万 is 一亿 + 五千万.
func raise(total, section, by decimal.Decimal) decimal.Decimal {
	if total.LessThan(by) {
		return total.Add(section).Mul(by)
	}
	return total.Add(section.Mul(by))
}

var chineseDigit = map[rune]int64{'〇': 0, '零': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// chineseDigits turns digits read one by one into Arabic ones: 二〇二五 is 2025.
func chineseDigits(text string) (digits string, ok bool) {
	var b strings.Builder
	for _, r := range text {
		d, known := chineseDigit[r]
		if !known {
			return "", false
		}
		b.WriteByte(byte('0' + d))
	}
	return b.String(), b.Len() > 0
}
