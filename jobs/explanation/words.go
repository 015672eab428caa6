package explanation

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"xushi/jobs/figures"
	"xushi/schema"
)

// quantity is an amount of the measure, as readers speak of it.
func (x *explainer) quantity(r *big.Rat) string { return figures.Quantity(x.m, r) }

// share is a part of the whole with two decimals, so that it can be reckoned with: 49.73%.
func share(r *big.Rat) string {
	if r == nil {
		return figures.None
	}
	s := new(big.Rat).Mul(r, big.NewRat(100, 1)).FloatString(2)
	return strings.TrimSuffix(s, ".00") + "%"
}

// points are percentage points with a sign.
func points(r *big.Rat) string {
	s := number(r, 2)
	if r.Sign() > 0 {
		s = "+" + s
	}
	return s
}

// number has at most so many decimals, and no zeros behind them.
func number(r *big.Rat, decimals int) string {
	s := r.FloatString(decimals)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// moment is a time of Shanghai as tables have it.
func moment(t time.Time) string { return figures.At(t) }

// reported is a reading's number as it was sent, and in the measure's unit where that is another; a ratio was
// sent as two.
func (x *explainer) reported(r *schema.Record) string {
	if r.Numerator.Valid {
		per := ""
		if x.m.Ratio != nil && !x.m.Ratio.Per.Equal(decimal.NewFromInt(1)) {
			per = " × " + x.m.Ratio.Per.String()
		}
		return fmt.Sprintf("%s ÷ %s%s = %s%s", r.Numerator.Decimal, r.Denominator.Decimal, per, rounded(r.Quantity.Decimal), x.m.Unit)
	}
	sent := r.Data.Value + r.Data.Unit
	if base := r.Quantity.Decimal.String() + x.m.Unit; base != sent {
		return sent + " = " + base
	}
	return sent
}

func rounded(d decimal.Decimal) string { return number(d.Rat(), 4) }
