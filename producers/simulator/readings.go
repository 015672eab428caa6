package simulator

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// reported makes a reading of the measure.
func (r *reporter) reported(rng *rand.Rand, at time.Time) *draft {
	d := r.draft(rng, schema.Reported, at)
	d.event.Data.Mode, d.event.Data.Unit = r.m.Mode, r.m.Unit
	r.evidence(rng, d)
	return d
}

// amount makes a reading of so many base units; large ones are at times written in 万.
func (r *reporter) amount(rng *rand.Rand, at time.Time, value float64) {
	d := r.reported(rng, at)
	q := decimal.NewFromFloat(value).Round(1)
	if _, ok := r.m.UnitFactor("万" + r.m.Unit); ok && value >= 10_000 && rng.IntN(2) == 0 {
		d.event.Data.Unit, q = "万"+r.m.Unit, q.Shift(-4)
	}
	d.event.Data.Value = q.String()
	if lastOfMonth(schema.DateOf(at)) {
		d.event.Data.Note = "月度统计"
	}
}

// reportAmount reports what is added up: each time what is new, or what has been reached so far. When
// nothing is new, that is said now and then, so that the figure stays fresh.
func (r *reporter) reportAmount(rng *rand.Rand, at []time.Time) {
	reported, quiet := 0.0, 0
	for _, t := range at {
		total := max(reported, r.total(schema.DateOf(t)-1))
		if total > reported {
			quiet = 0
		} else {
			quiet++
		}
		switch value, isNew := total-reported, total > reported; {
		case isNew && r.m.Mode == schema.Increment:
			r.amount(rng, t, value)
		case isNew, r.m.Mode == schema.ToDate && total > 0 && quiet%2 == 1:
			r.amount(rng, t, total)
		case quiet%3 == 2:
			r.unchanged(rng, t)
		}
		reported = total
		if r.isDone(total) && quiet > 6 {
			return
		}
	}
}

// total is what has been reached by 24:00 of the day, in whole grains; a small count ends at its target.
func (r *reporter) total(d schema.Date) float64 {
	target, grain := r.m.TargetValue.InexactFloat64(), r.grain()
	total := math.Floor(target*r.pace.share(d)/grain) * grain
	if r.m.SmallCount() {
		return min(total, target)
	}
	return total
}

func (r *reporter) isDone(total float64) bool { return total >= r.m.TargetValue.InexactFloat64() }

func (r *reporter) unchanged(rng *rand.Rand, t time.Time) {
	d := r.draft(rng, schema.Unchanged, t)
	d.event.Data.Note = "本期无新增"
}

// reportLevel reports where a level stands on its way to the target.
func (r *reporter) reportLevel(rng *rand.Rand, at []time.Time) {
	target, from, whole := r.m.TargetValue.InexactFloat64(), r.baseline(), r.denominator()
	for i, t := range at {
		if i%4 == 3 {
			r.unchanged(rng, t)
			continue
		}
		level := from + (target-from)*min(r.pace.share(schema.DateOf(t)-1), 1)
		d := r.reported(rng, t)
		if r.m.Ratio == nil {
			d.event.Data.Value = decimal.NewFromFloat(level).Round(1).String()
			continue
		}
		part := decimal.NewFromFloat(level).Div(r.m.Ratio.Per).Mul(decimal.NewFromInt(whole)).Round(0)
		d.event.Data.Numerator, d.event.Data.Denominator = part.String(), strconv.FormatInt(whole, 10)
	}
}

// baseline is the ledger's where it knows one; otherwise the simulated department starts a third of the
// target away from it.
func (r *reporter) baseline() float64 {
	switch target := r.m.TargetValue.InexactFloat64(); {
	case r.m.BaselineValue != nil:
		return r.m.BaselineValue.InexactFloat64()
	case r.m.Direction == seeds.Fall:
		return target * 4 / 3
	default:
		return target * 2 / 3
	}
}

// denominator is the ledger's where it knows one, and otherwise made up: some ten thousand of whatever is
// counted by the hundred, a district's inhabitants by the thousand.
func (r *reporter) denominator() int64 {
	switch {
	case r.m.Ratio == nil:
		return 0
	case r.m.Ratio.DenominatorValue != nil:
		return r.m.Ratio.DenominatorValue.IntPart()
	}
	return r.m.Ratio.Per.IntPart() * (100 + int64(r.rng("denominator").IntN(400)))
}

// piece is one item of an itemised measure.
type piece struct {
	id, name  string
	due       schema.Date
	announced bool // on the ledger's list, or registered since
	done      bool
}

// reportItems reports every item on its own: what is open is 0 now and then, what is done is 1 once and
// for all.
func (r *reporter) reportItems(rng *rand.Rand, at []time.Time) {
	pieces := r.pieces()
	for _, t := range at {
		today := schema.DateOf(t)
		finished := int(r.pace.share(today-1) * float64(len(pieces)))
		spoken := false
		for i := range pieces {
			p := &pieces[i]
			switch {
			case p.done:
			case i < finished:
				r.register(rng, p, t)
				r.item(rng, p, t, "1")
				p.done, spoken = true, true
			case today >= p.due-50 && rng.IntN(2) == 0:
				r.register(rng, p, t)
				r.item(rng, p, t, "0")
				spoken = true
			}
		}
		if !spoken && rng.IntN(3) == 0 {
			r.unchanged(rng, t)
		}
	}
}

func (r *reporter) item(rng *rand.Rand, p *piece, t time.Time, value string) {
	d := r.reported(rng, t)
	d.event.Data.Item, d.event.Data.Value = p.id, value
}

// register announces an item that the text does not name, just before its first reading.
func (r *reporter) register(rng *rand.Rand, p *piece, t time.Time) {
	if p.announced {
		return
	}
	p.announced = true
	d := r.draft(rng, schema.ItemAdded, t.Add(-time.Minute))
	d.event.Data.Item, d.event.Data.Name, d.event.Data.PlannedDate = p.id, p.name, p.due.String()
}

// pieces are the items by due date: those that the text names, and as many made-up ones as are missing.
func (r *reporter) pieces() []piece {
	dates := pieceDates(r.m, &r.ledger.Plan)
	pieces := make([]piece, len(dates))
	for i, due := range dates {
		pieces[i].due = due
	}
	for _, item := range r.m.Items {
		due, dated := r.m.PieceDue(item.ID)
		for i := range pieces {
			if p := &pieces[i]; p.id == "" && (!dated || p.due >= due) {
				p.id, p.name, p.announced = item.ID, item.Name, true
				break
			}
		}
	}
	for i := range pieces {
		if p := &pieces[i]; p.id == "" {
			p.id, p.name = fmt.Sprintf("moni-%02d", i+1), fmt.Sprintf("模拟项目%d", i+1)
		}
	}
	return pieces
}
