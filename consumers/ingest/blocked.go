package ingest

import (
	"fmt"
	"time"
)

// blockage is how long a floor has stood where it is with something stored above it.
type blockage struct {
	sequence uint64
	since    time.Time // zero: nothing waits
}

// look tells how long the floor has been blocked. One that moves, be it by another process, is not.
func (b *blockage) look(f *floor) time.Duration {
	if !f.blocked() {
		b.since = time.Time{}
		return 0
	}
	if b.since.IsZero() || b.sequence != f.sequence {
		b.since, b.sequence = time.Now(), f.sequence
	}
	return time.Since(b.since)
}

// watchFloors says when stored messages wait for an older one that does not come. The server hands out again after
// AckWait what a process that died had in hand; twice that is longer than it should ever take.
func (w *writer) watchFloors() {
	var longest time.Duration
	var worst *lane
	for _, l := range w.lanes {
		if blocked := l.blockage.look(&l.floor); blocked > longest {
			longest, worst = blocked, l
		}
	}
	w.metrics.blocked.Set(longest.Seconds())
	if longest > 2*w.options.AckWait {
		w.health.note("floor", fmt.Errorf("what is stored cannot be acknowledged: the message after sequence %d of consumer %s was not delivered again in %s",
			worst.floor.sequence, worst.consumer.Durable, 2*w.options.AckWait))
		return
	}
	w.health.clear("floor")
}
