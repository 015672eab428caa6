package simulator

import (
	"math/rand/v2"
	"time"

	"xushi/schema"
)

// reportStages reports a milestone: each stage is 1 once it is done; the one that is being worked on is 0
// now and then, and at other times there is nothing new.
func (r *reporter) reportStages(rng *rand.Rand, at []time.Time) {
	stages := r.m.Curve.Stages
	done, quiet := 0, 0
	for _, t := range at {
		finished := r.finishedStages(schema.DateOf(t) - 1)
		switch {
		case finished > done:
			for _, s := range stages[done:finished] {
				r.stage(rng, t, s.Stage, "1")
			}
			done, quiet = finished, 0
		case done == len(stages) && quiet > 1:
			return // nothing is left to say
		case done < len(stages) && rng.IntN(2) == 0:
			r.stage(rng, t, stages[done].Stage, "0")
		default:
			r.unchanged(rng, t)
			quiet++
		}
	}
}

// finishedStages is how many stages are done by 24:00 of the day.
func (r *reporter) finishedStages(d schema.Date) int {
	n := len(r.m.Curve.Stages)
	return min(int(r.pace.share(d)*float64(n)), n)
}

func (r *reporter) stage(rng *rand.Rand, t time.Time, stage, value string) {
	d := r.reported(rng, t)
	d.event.Data.Stage, d.event.Data.Value = stage, value
}
