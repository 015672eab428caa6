package simulator

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// reporter is whoever reports one measure through the year. Its drafts are in no order.
type reporter struct {
	ledger *seeds.Ledger
	m      *seeds.Measure
	seed   int64
	story  story
	pace   pace
	drafts []*draft
}

func newReporter(l *seeds.Ledger, m *seeds.Measure, seed int64) *reporter {
	r := &reporter{ledger: l, m: m, seed: seed}
	r.story = storyOf(&l.Plan, m, seed, r.rng("story"))
	r.pace = pace{
		plan: &l.Plan, expected: expected(m, &l.Plan), factor: r.story.factor,
		wobble: 0.99 + 0.02*r.rng("wobble").Float64(),
	}
	if m.SmallCount() {
		r.pace.early = 10
	}
	return r
}

// rng is a source of chance of its own for each measure and aspect, so that a change of one leaves the
// others as they were.
func (r *reporter) rng(aspect string) *rand.Rand {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s/%s/%s", r.ledger.Plan.ID, r.m.ID, aspect) // a hash never fails
	return rand.New(rand.NewPCG(uint64(r.seed), h.Sum64()))
}

// tell makes up the measure's year.
func (r *reporter) tell() []*draft {
	readings := r.readings()
	r.cross(readings)
	r.trouble(readings)
	r.explain()
	r.carry()
	return r.drafts
}

// readings are the measure's own, in order; they are among the drafts already.
func (r *reporter) readings() []*draft {
	rng := r.rng("readings")
	first := schema.Date(r.pace.expected[0].x) + 1
	if r.m.Itemised {
		first = max(first-30, r.ledger.Plan.Start)
	}
	at := slices.DeleteFunc(moments(rng, first, r.ledger.Plan.End, r.perWeek()), r.isSilent)
	before := len(r.drafts)
	switch {
	case r.m.Itemised:
		r.reportItems(rng, at)
	case r.m.Milestone():
		r.reportStages(rng, at)
	case r.m.Mode == schema.Level:
		r.reportLevel(rng, at)
	default:
		r.reportAmount(rng, at)
	}
	return slices.Clone(r.drafts[before:])
}

func (r *reporter) isSilent(at time.Time) bool {
	x := passed(&r.ledger.Plan, schema.DateOf(at))
	return x > r.story.silent[0] && x < r.story.silent[1]
}

// perWeek is how often the measure is reported: what is counted in thousands is reported daily, the
// stages of a milestone when there is something to say.
func (r *reporter) perWeek() float64 {
	steps := r.m.TargetValue.InexactFloat64() / r.grain()
	switch {
	case r.m.Milestone():
		return 0.5
	case r.m.Mode == schema.Increment:
		return min(max(steps/60, 4), 20)
	case r.m.Mode == schema.ToDate && !r.m.Itemised:
		return min(max(steps/100, 3), 5)
	}
	return 3
}

// grain is the least amount that is reported: about a thousandth of the target, in round numbers.
func (r *reporter) grain() float64 {
	if r.m.Mode == schema.Level {
		return 0.1
	}
	return max(1, math.Pow10(int(math.Floor(math.Log10(r.m.TargetValue.InexactFloat64())))-3))
}

// draft makes an event of this measure that happened at a moment, and has it arrive some time later.
func (r *reporter) draft(rng *rand.Rand, t schema.Type, at time.Time) *draft {
	at = at.Truncate(time.Second).UTC()
	d := &draft{
		event: schema.Event{
			ID:     fmt.Sprintf("s%d-%s-%06d", r.seed, r.m.ID, len(r.drafts)+1),
			Source: schema.SimulatorSource, Type: t, Time: at,
			Plan: r.ledger.Plan.ID, Department: r.m.ReportingDepartment,
			Data: schema.Data{Commitment: r.m.Commitment.ID, Measure: r.m.ID},
		},
		received: at.Add(r.delay(rng)),
	}
	r.drafts = append(r.drafts, d)
	return d
}

// delay is minutes as a rule, the next day at times, and days where the story says so.
func (r *reporter) delay(rng *rand.Rand) time.Duration {
	minutes := 2 + rng.ExpFloat64()*40
	if late := r.story.late; late[1] > 0 {
		minutes += 24 * 60 * (late[0] + (late[1]-late[0])*rng.Float64())
	} else if rng.IntN(12) == 0 {
		minutes += 60 * (14 + 6*rng.Float64())
	}
	return time.Duration(minutes * float64(time.Minute)).Truncate(time.Millisecond)
}

// evidence is attached where the ledger demands it, and elsewhere to every other reading.
func (r *reporter) evidence(rng *rand.Rand, d *draft) {
	chance := 0.5
	if r.m.EvidenceRequired {
		chance = 0.97
	}
	if rng.Float64() < chance {
		d.event.Data.Evidence = []string{"模拟佐证-" + d.event.ID}
	}
}
