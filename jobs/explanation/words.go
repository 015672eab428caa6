package explanation

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"xushi/jobs/figures"
	"xushi/schema"
)

// decimals are as many as the store keeps.
const decimals = 6

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
func number(r *big.Rat, most int) string {
	s := r.FloatString(most)
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
		if x.m.Ratio != nil && x.m.Unit != "%" { // which says already that it is of a hundred
			per = " × " + x.m.Ratio.Per.String()
		}
		return fmt.Sprintf("%s ÷ %s%s = %s%s", r.Numerator.Decimal, r.Denominator.Decimal, per, number(r.Quantity.Decimal.Rat(), decimals), x.m.Unit)
	}
	sent := r.Data.Value + r.Data.Unit
	if base := r.Quantity.Decimal.String() + x.m.Unit; base != sent {
		return sent + " = " + base
	}
	return sent
}

// level is an amount with all its decimals, so that it can be reckoned with.
func (x *explainer) level(r *big.Rat) string { return number(r, decimals) + x.m.Unit }

// spoken is such an amount, and as readers speak of it where that is another.
func (x *explainer) spoken(r *big.Rat) string {
	exact, spoken := x.level(r), x.quantity(r)
	if exact != spoken {
		return exact + "，即 " + spoken
	}
	return exact
}
