package ingest

// taken is which messages a batch holds, by partition.
type taken struct {
	runs   [][]run
	newest []string // reply subject of the message delivered last; "" if there is none
	anew   []bool   // these are the first since something may have been missed: what was known before does not count
}

func newTaken(partitions int) taken {
	return taken{runs: make([][]run, partitions), newest: make([]string, partitions), anew: make([]bool, partitions)}
}

// add notes a message that speaks for low to high. Messages mostly come in order, so that one run is the usual
// case.
func (t *taken) add(partition int, low, high uint64, reply string) {
	t.newest[partition] = reply
	runs := t.runs[partition]
	if n := len(runs); n > 0 && runs[n-1].high+1 == low {
		runs[n-1].high = high
		return
	}
	t.runs[partition] = append(runs, run{low, high})
}

func (t *taken) reset() {
	for i := range t.runs {
		t.runs[i] = t.runs[i][:0]
	}
	clear(t.newest)
	clear(t.anew)
}

// restart forgets what was noted of a partition: it is stored all the same, and delivered again.
func (t *taken) restart(partition int) {
	t.runs[partition], t.newest[partition], t.anew[partition] = t.runs[partition][:0], "", true
}
