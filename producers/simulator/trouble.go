package simulator

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// How often something goes wrong with a reading.
const (
	duplicated = 0.02
	conflicted = 0.007
	corrected  = 0.015
	voided     = 0.012
	spoiled    = 0.018
)

// trouble makes some of the readings go wrong, each in at most one way.
func (r *reporter) trouble(readings []*draft) {
	rng := r.rng("trouble")
	voids := 0
	for i, d := range readings {
		chance := rng.Float64()
		if d.event.Type != schema.Reported {
			continue
		}
		happens := func(share float64) bool {
			chance -= share
			return chance < 0
		}
		switch {
		case happens(duplicated):
			r.duplicate(rng, d)
		case happens(conflicted):
			r.conflict(rng, d)
		case happens(corrected):
			r.correct(rng, d)
		case happens(voided):
			r.void(rng, d, voids%2 == 0)
			voids++
		case happens(spoiled):
			r.spoil(rng, d, i)
		}
	}
}

// duplicate sends the same event once more, as a system does that did not hear the acknowledgement.
func (r *reporter) duplicate(rng *rand.Rand, d *draft) {
	again := *d
	d.apart, again.apart = true, true
	again.received = d.received.Add(time.Duration(1+rng.IntN(3*24*60)) * time.Minute)
	r.drafts = append(r.drafts, &again)
}

// conflict says something else under the same id, later: it must not count.
func (r *reporter) conflict(rng *rand.Rand, d *draft) {
	other := *d
	d.apart, other.apart = true, true
	other.received = d.received.Add(time.Duration(1+rng.IntN(10*24)) * time.Hour)
	other.event.Data = r.mistaken(d.event.Data)
	r.drafts = append(r.drafts, &other)
}

// correct turns the reading into a mistake, and has it replaced by the right one some days later.
func (r *reporter) correct(rng *rand.Rand, d *draft) {
	right := r.draft(rng, schema.Reported, d.event.Time)
	d.apart, right.apart = true, true
	right.received = laterAtWork(rng, d.received, 1+rng.IntN(6))
	right.event.Data = d.event.Data
	right.event.Data.Replaces, right.event.Data.Note = d.event.ID, "更正：原报数据录入有误"
	d.event.Data = r.mistaken(d.event.Data)
}

// void enters the reading twice, under two ids, and takes one back. Early, the void overtakes what it
// withdraws, which was stuck in an outbox.
func (r *reporter) void(rng *rand.Rand, d *draft, early bool) {
	double := r.draft(rng, schema.Reported, d.event.Time.Add(time.Minute))
	double.event.Data = d.event.Data
	v := r.draft(rng, schema.Voided, laterAtWork(rng, double.event.Time, 1+rng.IntN(3)))
	double.apart, v.apart = true, true
	v.event.Data = schema.Data{Commitment: r.m.Commitment.ID, Voids: double.event.ID, Reason: "重复录入，予以撤销"}
	stuck := time.Duration(1+rng.IntN(48)) * time.Hour
	switch {
	case early:
		double.received = v.received.Add(stuck)
	case !v.received.After(double.received):
		v.received = double.received.Add(stuck)
	}
}

// mistaken is what someone typed instead: a nought too many in an addition, a tenth too much in a total,
// one too many of a few, done instead of not done.
func (r *reporter) mistaken(right schema.Data) schema.Data {
	wrong := right
	of := func(text string, change func(decimal.Decimal) decimal.Decimal) string {
		d, err := decimal.NewFromString(text)
		if err != nil {
			return text
		}
		return change(d).Truncate(4).String()
	}
	tenthMore := func(d decimal.Decimal) decimal.Decimal { return d.Mul(decimal.New(11, -1)).Ceil() }
	switch {
	case r.m.Itemised, r.m.Milestone():
		wrong.Value = of(right.Value, func(d decimal.Decimal) decimal.Decimal { return decimal.NewFromInt(1).Sub(d) })
	case right.Numerator != "":
		wrong.Numerator = of(right.Numerator, func(d decimal.Decimal) decimal.Decimal { return d.Mul(decimal.New(9, -1)).Floor() })
	case r.m.SmallCount():
		wrong.Value = of(right.Value, func(d decimal.Decimal) decimal.Decimal { return d.Add(decimal.NewFromInt(1)) })
	case r.m.Mode == schema.Increment:
		wrong.Value = of(right.Value, func(d decimal.Decimal) decimal.Decimal { return d.Shift(1) })
	case r.m.Mode == schema.Level:
		wrong.Value = of(right.Value, func(d decimal.Decimal) decimal.Decimal { return d.Sub(decimal.New(1, -1)) })
	default:
		wrong.Value = of(right.Value, tenthMore)
	}
	return wrong
}

// carry gives every eighth message that may travel on its own the binary mode.
func (r *reporter) carry() {
	rng := r.rng("carry")
	for _, d := range r.drafts {
		if rng.IntN(8) == 0 && d.mangle == nil && d.content == "" {
			d.binary = true
		}
	}
}

// visiblyBehind tells whether anybody can see by 24:00 of the day that the measure is late: a stage
// that is missing past its date, or a good part of what was to be done by now.
func (r *reporter) visiblyBehind(d schema.Date) bool {
	if r.m.Milestone() {
		stages := r.m.Curve.Stages
		done := r.finishedStages(d)
		return done < len(stages) && stages[done].By <= d
	}
	planned := along(r.pace.expected, float64(d))
	return planned >= 0.15 && r.pace.share(d) <= planned*0.85
}

// explain has the department say twice a month what is wrong and what it will do, as long as it is
// visibly behind.
func (r *reporter) explain() {
	if r.story.problem == "" {
		return
	}
	rng := r.rng("explain")
	for d := r.ledger.Plan.Start; d <= r.ledger.Plan.End; d++ {
		fortnight := slices.Contains([]int{5, 20}, d.Start().Day())
		if !fortnight || !r.visiblyBehind(d) {
			continue
		}
		e := r.draft(rng, schema.Explained, laterAtWork(rng, d.Start(), 0))
		problem, nextStep := r.story.explanation(passed(&r.ledger.Plan, d))
		e.event.Data = schema.Data{Commitment: r.m.Commitment.ID, Problem: problem, NextStep: nextStep}
	}
}
