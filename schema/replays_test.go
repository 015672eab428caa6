package schema_test

import (
	"testing"

	"xushi/schema"
)

// A link to a refused event is with every event of the message, accepted or not; one that cannot be read is
// none, and costs nothing.
func TestReplaysHeader(t *testing.T) {
	t.Parallel()
	e := reading("e-1")
	good, bad := body(t, &e), []byte(`{"specversion":"1.0"}`)
	for _, tt := range []struct {
		header string
		want   schema.Position
	}{
		{"65536", schema.At(1, 0)},
		{"327683", schema.At(5, 3)},
		{"18446744073709551615", 1<<64 - 1},
		{"", 0}, {"0", 0}, {"-1", 0}, {"18446744073709551616", 0}, {"12 ", 0}, {"1e5", 0}, {"十二", 0},
	} {
		single, both := message(schema.StructuredContent, good), batch(good, bad)
		for _, m := range []*schema.Message{&single, &both} {
			m.Header["xushi-replays"] = []string{tt.header} // NATS keeps the sender's spelling
			for i, o := range open(*m) {
				if o.Record.Replays != tt.want || (o.Rejection == nil) != (i == 0) {
					t.Errorf("%q, event %d: replays %d, want %d; %v", tt.header, i, o.Record.Replays, tt.want, o.Rejection)
				}
			}
		}
	}
}
