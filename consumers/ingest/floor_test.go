package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFloor(t *testing.T) {
	t.Parallel()
	type step struct {
		raise uint64 // the server's word, if not 0
		runs  []run
		ack   uint64 // what may be acknowledged after it
	}
	for name, steps := range map[string][]step{
		"in order":                         {{runs: []run{{1, 10}}, ack: 10}, {runs: []run{{11, 11}}, ack: 11}},
		"nothing stored":                   {{ack: 0}},
		"begins in the middle of the log":  {{raise: 100, runs: []run{{101, 200}}, ack: 200}},
		"a predecessor's gap holds all":    {{runs: []run{{101, 200}}, ack: 0}, {runs: []run{{201, 300}}, ack: 0}},
		"a gap is closed":                  {{runs: []run{{101, 200}}, ack: 0}, {runs: []run{{1, 100}}, ack: 200}},
		"a gap is half closed":             {{runs: []run{{101, 200}}, ack: 0}, {runs: []run{{1, 50}}, ack: 50}, {runs: []run{{51, 100}}, ack: 200}},
		"two gaps, the upper closed first": {{runs: []run{{2, 2}, {4, 4}}, ack: 0}, {runs: []run{{3, 3}}, ack: 0}, {runs: []run{{1, 1}}, ack: 4}},
		"the server closes a gap":          {{runs: []run{{101, 200}}, ack: 0}, {raise: 100, ack: 200}},
		"the server closes part of a gap":  {{runs: []run{{101, 200}}, ack: 0}, {raise: 50, ack: 0}},
		"the server is ahead of us":        {{runs: []run{{101, 200}}, ack: 0}, {raise: 300, ack: 200}, {runs: []run{{301, 301}}, ack: 301}},
		"delivered again below the floor":  {{runs: []run{{1, 10}}, ack: 10}, {runs: []run{{3, 5}}, ack: 5}},
		"delivered again across the floor": {{runs: []run{{1, 10}}, ack: 10}, {runs: []run{{8, 12}}, ack: 12}},
		"delivered again above a gap":      {{runs: []run{{5, 9}}, ack: 0}, {runs: []run{{6, 7}}, ack: 0}, {runs: []run{{1, 4}}, ack: 9}},
		"again and anew in one batch":      {{runs: []run{{1, 10}}, ack: 10}, {runs: []run{{2, 2}, {11, 12}}, ack: 12}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f floor
			for i, s := range steps {
				f.raise(s.raise)
				for _, r := range s.runs {
					f.add(r)
				}
				if diff := cmp.Diff(s.ack, f.acknowledge()); diff != "" {
					t.Errorf("step %d: %s", i, diff)
				}
			}
		})
	}
}

// TestFloorAcknowledgesOnlyWhatIsStored holds the floor against a set of sequences: whatever is stored,
// in whatever order and however often, an acknowledgement never covers a sequence that is neither
// stored nor given up by the server, and all that could be acknowledged is.
func TestFloorAcknowledgesOnlyWhatIsStored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const last = 40
		var f floor
		safe := map[uint64]bool{}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if rapid.IntRange(0, 5).Draw(t, "kind") == 0 {
				word := rapid.Uint64Range(0, last).Draw(t, "the server's word")
				f.raise(word)
				for s := uint64(1); s <= word; s++ {
					safe[s] = true
				}
			}
			for range rapid.IntRange(0, 3).Draw(t, "runs") {
				low := rapid.Uint64Range(1, last).Draw(t, "low")
				high := rapid.Uint64Range(low, last).Draw(t, "high")
				f.add(run{low, high})
				for s := low; s <= high; s++ {
					safe[s] = true
				}
			}
			ack := f.acknowledge()
			unbroken := uint64(0)
			for safe[unbroken+1] {
				unbroken++
			}
			if f.sequence != unbroken {
				t.Fatalf("the floor is %d, but all up to %d is safe", f.sequence, unbroken)
			}
			if ack > unbroken {
				t.Fatalf("%d is acknowledged, but only all up to %d is safe", ack, unbroken)
			}
			if f.blocked() != safeAbove(safe, unbroken, last) {
				t.Fatalf("blocked is %t with %v", f.blocked(), f.runs)
			}
		}
	})
}

func safeAbove(safe map[uint64]bool, floor, last uint64) bool {
	for s := floor + 1; s <= last; s++ {
		if safe[s] {
			return true
		}
	}
	return false
}
