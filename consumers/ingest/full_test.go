package ingest_test

import "testing"

// A disk that fills up loses nothing: every batch waits until there is room.
func TestStoreDiskFull(t *testing.T) {
	t.Parallel()
	t.Run("a disk of 128 MiB", func(t *testing.T) {
		t.Parallel()
		disk, err := newSmallDisk(t)
		if err != nil {
			t.Logf("this machine lets nobody mount a small disk (%v); what the store says of a full one is had below, from the table's own limit", err)
			return
		}
		diskFills(t, newWorldWith(t, disk.dsn), disk.fill, disk.free)
	})
	// The same word of the store without a disk to fill: the table wants more room than any disk has.
	t.Run("a table that wants more room", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		diskFills(t, w,
			func() error {
				return w.conn.Exec(t.Context(), "ALTER TABLE events MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1152921504606846976")
			},
			func() error {
				return w.conn.Exec(t.Context(), "ALTER TABLE events RESET SETTING min_free_disk_bytes_to_perform_insert")
			})
	})
}

func diskFills(t *testing.T, w *world, fill, free func() error) {
	t.Helper()
	r := w.run(short)
	w.settled(w.publishAll(readings(t, 2000)[:1000]))
	if err := fill(); err != nil {
		t.Fatal(err)
	}
	last := w.publishAll(readings(t, 2000)[1000:])
	w.inTrouble(r, "store", "space")
	if c := w.consumer(); c.AckFloor.Stream != 1000 {
		t.Errorf("acknowledged up to %d with the disk full", c.AckFloor.Stream)
	}
	if err := free(); err != nil {
		t.Fatal(err)
	}
	w.settled(last)
	w.whole(r, 2000)
	w.told("store")
	r.end(t) // before the store goes
}
