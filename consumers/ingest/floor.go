package ingest

import "slices"

// floor knows up to which stream sequence everything is stored, so that one acknowledgement can speak
// for all below it (AckAll).
//
// After a crash the server hands a restarted client new messages while its predecessor's wait for
// AckWait; acknowledging the new ones would acknowledge those too, unstored. So the floor rises only
// on evidence: either this process has stored every sequence up to there, or the server itself says
// that it is acknowledged or no longer there. With that rule even two active clients of one consumer
// lose nothing.
type floor struct {
	sequence uint64 // everything up to here is stored
	runs     []run  // stored above the floor, ascending, with gaps between them
	again    string // ack of what was stored again at or below the floor: the server had not heard of it
}

// run is an unbroken range of stored sequences; ack is where its highest is acknowledged.
type run struct {
	low, high uint64
	ack       string
}

// raise takes the server's word that nothing up to sequence waits to be stored.
func (f *floor) raise(sequence uint64) {
	f.sequence = max(f.sequence, sequence)
}

// add notes that the run is stored.
func (f *floor) add(r run) {
	if r.high <= f.sequence {
		f.again = r.ack
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
		r.low = min(r.low, f.runs[j].low)
		if f.runs[j].high > r.high {
			r.high, r.ack = f.runs[j].high, f.runs[j].ack
		}
	}
	f.runs = slices.Replace(f.runs, i, j, r)
}

// advance moves the floor over what is stored without a gap, and returns where to acknowledge: "" if
// there is nothing to.
func (f *floor) advance() (ack string) {
	ack, f.again = f.again, ""
	for len(f.runs) > 0 && f.runs[0].low <= f.sequence+1 {
		ack = f.runs[0].ack
		f.raise(f.runs[0].high)
		f.runs = slices.Delete(f.runs, 0, 1)
	}
	return ack
}

// blocked tells whether something stored waits for a gap below it.
func (f *floor) blocked() bool { return len(f.runs) > 0 }
