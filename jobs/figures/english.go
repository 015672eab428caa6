package figures

import (
	"math/big"
	"strings"

	"github.com/shopspring/decimal"

	"xushi/seeds"
)

// Full writes an amount of a measure out as English does: 252,406. What Chinese counts in 万 or 亿 is rounded to
// whole ones, anything else to one decimal.
func Full(m *seeds.Measure, r *big.Rat) string {
	if scaleOf(m).digits > 0 {
		return grouped(fixed(r, 0))
	}
	return grouped(trimZeros(fixed(r, 1)))
}

// Exact writes a number out with all of its decimals: 847,000.
func Exact(d decimal.Decimal) string { return grouped(d.String()) }

// grouped sets a comma between thousands.
func grouped(number string) string {
	whole, rest, decimals := strings.Cut(number, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if decimals {
		b.WriteString("." + rest)
	}
	return b.String()
}
