package ingest_test

import "testing"

// A partition's first message is what its owner consumer hands out. Where its headers cannot be read, neither can the
// pin that the server adds to them; so another message has to do, or nobody would ever read the partition.
func TestFirstMessageWithUnreadableHeaders(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"a line without a colon":   "no header\r\n",
		"a line that does not end": "x: y\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.publishRaw("progress.demo-2024.zhujianwei.construction", header, "{}")
			r := w.run(short)
			w.settled(w.publishAll(readings(t, 100)))
			if rows := w.count("SELECT count() FROM events FINAL"); rows != 100 {
				t.Errorf("%d rows, want 100", rows)
			}
			w.buriedOnce()
			r.end(t)
		})
	}
}
