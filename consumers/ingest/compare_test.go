package ingest_test

import (
	"testing"

	"xushi/schema"
)

// The log was lost, and whoever started first made it anew: the ingest finds that the store holds more than the log
// has, says so at its start, and stores what arrives all the same. So it does while the store has lost its rows.
func TestLossIsTold(t *testing.T) {
	t.Parallel()
	eachWay(t, func(w *world) {
		r := w.run(short)
		w.settled(w.publishAll(readings(t, 300)[:200]))
		r.end(t)
		w.none(w.run(short))
		if err := w.js.DeleteStream(t.Context(), schema.ProgressStream); err != nil {
			t.Fatal(err)
		}
		w.divide(w.partitions)
		w.inTrouble(w.run(short), "loss", "ends at sequence 0, and the store holds what came with 200")
		w.settled(w.publishAll(readings(t, 300)[200:]))

		w.exec("TRUNCATE TABLE events")
		r = w.run(short)
		w.inTrouble(r, "loss", "from sequence 1 on: it has lost its rows; `xushi replay` brings them back")
		if w.ingestLog.count("level=ERROR") == 0 {
			t.Error("the log does not say so")
		}
	})
}

// none checks that an ingest which has looked for losses found none.
func (w *world) none(r *running) {
	w.Helper()
	if err := r.Compare(w.Context()); err != nil {
		w.Error(err)
	}
	r.end(w.T)
}
