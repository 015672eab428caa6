package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Quantities are exact: at most eighteen integer digits and six decimals in the measure's base unit,
// which the store keeps as Decimal(38, 6). The store would cut further decimals in silence, so the
// check is here.
const (
	maxIntegerDigits = 18
	maxDecimals      = 6
)

var quantityLimit = decimal.New(1, maxIntegerDigits)

// checkNumber checks that text is -?digits[.digits]: no sign but a minus, no exponent, no separators,
// no NaN.
func checkNumber(path, text string) *Rejection {
	if len(text) <= MaxNumberBytes && isNumber(text) {
		return nil
	}
	return Refuse(NotDecimal, path, fmt.Sprintf(
		"%s 为 %q：须为普通小数，例如 \"84.7\"；不要用科学记数法、千分位、百分号或文字。", path, clip(text)))
}

func isNumber(s string) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	dot := -1
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && dot < 0:
			dot = i
		case c < '0' || c > '9':
			return false
		}
	}
	return len(s) > 0 && dot != 0 && dot != len(s)-1
}

// ParseQuantity reads a number of the sender's and converts it, exactly, by the unit's factor.
func ParseQuantity(path, text string, factor decimal.Decimal) (decimal.Decimal, *Rejection) {
	if r := checkNumber(path, text); r != nil {
		return decimal.Decimal{}, r
	}
	if d, ok := smallQuantity(text, factor); ok {
		return d, nil
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Decimal{}, Refuse(NotDecimal, path, path+" 不是小数。")
	}
	d = d.Mul(factor)
	return d, CheckQuantity(path, d)
}

// CheckQuantity holds a quantity in its base unit against what the store keeps exactly.
func CheckQuantity(path string, d decimal.Decimal) *Rejection {
	switch {
	case d.Abs().GreaterThanOrEqual(quantityLimit):
		return Refuse(TooManyDigits, path, fmt.Sprintf("%s 换算后整数部分超过 %d 位，请核对数值和单位。", path, maxIntegerDigits))
	case !d.Equal(d.Truncate(maxDecimals)):
		return Refuse(TooPrecise, path, fmt.Sprintf("%s 换算后小数超过 %d 位；请先四舍五入再报，系统不替您取舍。", path, maxDecimals))
	}
	return nil
}

// smallQuantity reads and converts a number in machine words: the way of nearly all of them, and
// several times faster. Of one that does not fit, or has too many decimals, it says ok false.
func smallQuantity(text string, factor decimal.Decimal) (d decimal.Decimal, ok bool) {
	if len(text) > 18 || !factor.IsInteger() {
		return d, false
	}
	digits, decimals := text, 0
	if whole, fraction, found := strings.Cut(text, "."); found {
		digits, decimals = whole+fraction, len(fraction)
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return d, false
	}
	n, ok = multiply(n, factor.IntPart())
	if ok && decimals < maxDecimals {
		n, ok = multiply(n, powersOfTen[maxDecimals-decimals])
	}
	for ; ok && decimals > maxDecimals; decimals-- {
		ok = n%10 == 0
		n /= 10
	}
	return decimal.New(n, -maxDecimals), ok
}

var powersOfTen = [maxDecimals + 1]int64{1, 10, 100, 1_000, 10_000, 100_000, 1_000_000}

func multiply(a, b int64) (product int64, ok bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	product = a * b
	return product, product/b == a
}
