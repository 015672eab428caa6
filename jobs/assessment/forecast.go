package assessment

import (
	"math/big"

	"xushi/schema"
	"xushi/seeds"
)

// Forecast is where the measure would end if it went on as it has gone on average since its curve began: an
// outlook, which no status depends on.
type Forecast struct {
	Finish   schema.Date // the day on which the target would be reached
	DaysLate int         // that day's distance from the due date; negative: so many days before it
}

// farthest is how many days ahead of its curve's beginning an outlook may lie: further out, a rate says no
// more than that next to nothing is done.
const farthest = 3653

// forecast is nil unless the curve is linear, enough is planned for a rate to mean something, and there is
// one: with a share s done in the first n days, the whole takes n ÷ s, rounded up to whole days.
func (a *Assessment) forecast(day schema.Date, th thresholds) *Forecast {
	curve := a.Measure.Curve
	switch {
	case a.Progress == Unknown || a.Progress == Completed || a.reached(): // a level too, which may still fall back
		return nil
	case curve.Kind != seeds.Linear || a.PlannedShare.Cmp(percent(th.ForecastPlanned)) < 0 || a.ActualShare.Sign() <= 0:
		return nil
	}
	days := new(big.Rat).Quo(big.NewRat(int64(day-curve.Start), 1), a.ActualShare)
	if days.Cmp(big.NewRat(farthest, 1)) > 0 {
		return nil
	}
	finish := curve.Start + schema.Date(ceil(days)) - 1
	return &Forecast{Finish: finish, DaysLate: int(finish - a.Measure.DueDate)}
}

// ceil is the least whole number that is not below a positive r.
func ceil(r *big.Rat) int64 {
	whole, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		return whole.Int64() + 1
	}
	return whole.Int64()
}
