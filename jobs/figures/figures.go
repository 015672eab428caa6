// Package figures writes a plan's figures the way its readers speak: 84.7万平方米, 29.8%, -19.9. Every
// function rounds halves away from zero, from the exact value, once, and only for the eye.
package figures

import (
	"math/big"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

const (
	// None stands where a figure cannot be computed.
	None = "—"

	minute  = "2006-01-02 15:04"
	perCent = 100
)

// scale is a Chinese multiplier of a unit, ten to the power of digits.
type scale struct {
	word     string
	digits   int32
	decimals int // worth showing beside the word
}

// scaleOf speaks of a measure as its source text does: 84.7万 makes it 万平方米.
func scaleOf(m *seeds.Measure) scale {
	for _, s := range []scale{{"亿", 8, 4}, {"万", 4, 2}} {
		if strings.HasSuffix(m.NumeralText, s.word) {
			return s
		}
	}
	return scale{"", 0, 1}
}

// Quantity shows an amount of a measure with its unit: 25.24万平方米, 3个, 64.5%.
func Quantity(m *seeds.Measure, r *big.Rat) string {
	if r == nil {
		return None
	}
	s := scaleOf(m)
	scaled := new(big.Rat).Quo(r, decimal.New(1, s.digits).Rat())
	shown := trimZeros(fixed(scaled, s.decimals))
	if shown == "0" && r.Sign() != 0 && s.digits > 0 { // too little to be spoken of in 万
		return trimZeros(fixed(r, 1)) + m.Unit
	}
	return shown + s.word + m.Unit
}

// Target shows the promised amount as exactly as the text gives it, with the text's own word where
// that is no numeral (全覆盖). A milestone, of which the text gives none, is whole when all its stages are.
func Target(m *seeds.Measure) string {
	if m.Milestone() {
		all := m.TargetValue.String() + m.Unit
		if len(m.Curve.Stages) > 1 {
			all = "全部" + all
		}
		return all
	}
	s := scaleOf(m)
	shown := m.TargetValue.Shift(-s.digits).String() + s.word + m.Unit
	if m.Comparator == seeds.AtLeast {
		shown += "以上"
	}
	if _, adjusted := m.Adjusted(); adjusted {
		shown += "（原文" + m.NumeralText + "）"
	} else if !strings.ContainsAny(m.NumeralText, "0123456789") && m.NumeralText != "" {
		shown += "（" + m.NumeralText + "）"
	}
	return shown
}

// Rat is an exact amount, nil where it is not known.
func Rat(d decimal.NullDecimal) *big.Rat {
	if !d.Valid {
		return nil
	}
	return d.Decimal.Rat()
}

// Percent shows a share: 0.298 is 29.8%.
func Percent(share *big.Rat) string {
	if share == nil {
		return None
	}
	return fixed(new(big.Rat).Mul(share, big.NewRat(perCent, 1)), 1) + "%"
}

// Points shows a difference of percentages with its sign, as plain ASCII: -19.9.
func Points(pp *big.Rat) string {
	if pp == nil {
		return None
	}
	s := fixed(pp, 1)
	if pp.Sign() > 0 {
		s = "+" + s
	}
	return s
}

func fixed(r *big.Rat, decimals int) string {
	s := r.FloatString(decimals)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-") // nobody wants to read -0.0
	}
	return s
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// At is a moment in Shanghai, to the minute.
func At(t time.Time) string { return t.In(schema.Shanghai).Format(minute) }
