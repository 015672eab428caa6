package main

import (
	"math/rand/v2"
	"time"

	"xushi/jobs/calendar"
	"xushi/schema"
)

// script is what is to happen in a run.
type script struct {
	impatient bool // letters are given up soon
	scenes    []scene
}

// scene is one stay of the office's processes: they are started at a moment of the plan's clock, again and again
// where they are struck down, until a goal is reached.
type scene struct {
	now     time.Time
	week    schema.Week // whose letters are to be queued; none in the first scene, in which an office begins
	settled bool        // and nothing is left to do about them
	last    bool        // nor about any other
	actors  [][]*strike // of each process that is there at the same time
}

const weeks = 3

// newScript is an office that begins some day in 2024, and the weeks that follow. Weeks in which a letter
// cannot go out are passed over, as the office does.
func newScript(rng *rand.Rand) script {
	china := calendar.China()
	week := schema.Week{Year: 2024, Number: 1 + rng.IntN(48)}
	s := script{
		impatient: rng.IntN(8) == 0,
		scenes:    []scene{{now: (week.Monday() + 5).Start(), actors: newActors(rng, 1)}},
	}
	for len(s.scenes) <= weeks {
		week = week.Next()
		day, ok := china.LetterDay(week)
		if !ok {
			continue
		}
		catchUp := upTo(rng, 90*time.Hour) // within the grace period
		s.scenes = append(s.scenes, scene{
			now: day.Start().Add(8*time.Hour + catchUp), week: week, settled: rng.IntN(4) > 0, actors: newActors(rng, 1+min(1, rng.IntN(3))),
		})
	}
	last := &s.scenes[len(s.scenes)-1]
	last.settled, last.last = true, true
	return s
}

func newActors(rng *rand.Rand, n int) [][]*strike {
	actors := make([][]*strike, n)
	for i := range actors {
		for range rng.IntN(6) {
			actors[i] = append(actors[i], newStrike(rng))
		}
	}
	return actors
}

// upTo is a time shorter than d.
func upTo(rng *rand.Rand, d time.Duration) time.Duration { return time.Duration(rng.Int64N(int64(d))) }
