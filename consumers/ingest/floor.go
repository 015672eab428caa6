package ingest

import "slices"

// floor knows up to which stream sequence everything of one partition is stored, so that one acknowledgement
// can speak for all below it (AckAll).
//
// After a crash the server hands a restarted client new messages while its predecessor's wait for
// AckWait; acknowledging the new ones would acknowledge those too, unstored. So the floor rises only
// on evidence: either this process has stored every message up to there, or the server itself says
// that it is acknowledged, or that there is none. With that rule even two active clients of one consumer
// lose nothing.
type floor struct {
	sequence uint64 // everything up to here is stored
	runs     []run  // stored above the floor, ascending, with gaps between them
	reached  uint64 // highest sequence to acknowledge: stored, and at or below the floor; 0 if there is none
}

// run is an unbroken range of sequences of which all that are the partition's are stored; high is one of them.
type run struct{ low, high uint64 }

// raise takes the server's word that nothing up to sequence waits to be stored.
func (f *floor) raise(sequence uint64) {
	f.sequence = max(f.sequence, sequence)
	f.settle()
}

// follow takes the server's word that the partition's next message above the floor is next, and tells whether
// that is stored.
func (f *floor) follow(next uint64) bool {
	f.raise(next - 1)
	return f.sequence >= next
}

// add notes that the run is stored. What was stored before is to be acknowledged too: that it was delivered
// again means that the server had not heard of it.
func (f *floor) add(r run) {
	if r.high <= f.sequence {
		f.reached = max(f.reached, r.high)
		return
	}
	i, _ := slices.BinarySearchFunc(f.runs, r.low, func(have run, low uint64) int {
		switch {
		case have.high+1 < low:
			return -1
		case have.low > low:
			return 1
		}
		return 0
	})
	j := i
	for ; j < len(f.runs) && f.runs[j].low <= r.high+1; j++ {
		r.low, r.high = min(r.low, f.runs[j].low), max(r.high, f.runs[j].high)
	}
	f.runs = slices.Replace(f.runs, i, j, r)
	f.settle()
}

// settle moves the floor over what is stored without a gap.
func (f *floor) settle() {
	n := 0
	for ; n < len(f.runs) && f.runs[n].low <= f.sequence+1; n++ {
		f.reached = max(f.reached, f.runs[n].high)
		f.sequence = max(f.sequence, f.runs[n].high)
	}
	f.runs = slices.Delete(f.runs, 0, n)
}

// acknowledge gives the sequence up to which all may be acknowledged, 0 if there is none to be since the last
// time.
func (f *floor) acknowledge() (sequence uint64) {
	sequence, f.reached = f.reached, 0
	return sequence
}

// blocked tells whether something stored waits for a gap below it.
func (f *floor) blocked() bool { return len(f.runs) > 0 }
