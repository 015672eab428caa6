package main

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Many seeds strike at every sign of every point, in both ways, and meet every failure; a seed tells the same
// story again.
func TestScripts(t *testing.T) {
	t.Parallel()
	struck, stalls, failed := map[string]int{}, 0, map[failure]int{}
	for seed := range uint64(300) {
		s := newScript(rand.New(rand.NewPCG(seed, 0)))
		again := newScript(rand.New(rand.NewPCG(seed, 0)))
		if diff := cmp.Diff(s, again, cmp.AllowUnexported(script{}, scene{}, strike{}, sign{})); diff != "" {
			t.Fatalf("seed %d tells two stories:\n%s", seed, diff)
		}
		for _, scene := range s.scenes {
			for _, strikes := range scene.actors {
				for _, k := range strikes {
					struck[k.String()]++
					if k.stall > 0 {
						stalls++
					}
				}
			}
		}
		for n := range 20 {
			failed[moodOf(seed, n).failure]++
		}
	}
	for _, s := range signs {
		if struck[s.String()] == 0 {
			t.Errorf("nothing strikes at %s", s)
		}
	}
	for _, f := range failures {
		if failed[f] == 0 {
			t.Errorf("the mail server never %s", f)
		}
	}
	if stalls == 0 {
		t.Error("nothing is stalled")
	}
}
