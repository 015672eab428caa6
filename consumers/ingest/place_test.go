package ingest

import (
	"testing"

	"github.com/nats-io/nats.go"
)

// FuzzPlace: what the client library says of a message's place in the log, place says too.
func FuzzPlace(f *testing.F) {
	for _, reply := range []string{
		"$JS.ACK.PROGRESS.ingest.1.4711.42.1735689600123456789.17",
		"$JS.ACK.hub.ABCDEF.PROGRESS.ingest.1.4711.42.1735689600123456789.17",
		"$JS.ACK._.ABCDEF.PROGRESS.ingest.3.18446744073709551615.42.1735689600123456789.17.x7Gh",
		"$JS.ACK._.ABCDEF.PROGRESS.ingest.3.5.42.1735689600123456789.17.x7Gh.later",
		"$JS.ACK.PROGRESS.ingest.1.4711.42.1735689600123456789", "$JS.ACK.a.b.c.d.e.f.g", "$JS.API.a.b.1.2.3.4.5", "_INBOX.x", "", ".", "$JS.ACK.",
	} {
		f.Add(reply)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		sequence, at, ok := place(reply)
		if !ok {
			return
		}
		meta, err := (&nats.Msg{Reply: reply, Sub: &nats.Subscription{}}).Metadata()
		if err != nil {
			t.Fatalf("%q is no place: %v", reply, err)
		}
		if sequence != meta.Sequence.Stream || !at.Equal(meta.Timestamp) {
			t.Errorf("%q: %d at %s, want %d at %s", reply, sequence, at, meta.Sequence.Stream, meta.Timestamp)
		}
	})
}

// TestPlaceReadsWhatServersSend: both forms, with and without the token behind.
func TestPlaceReadsWhatServersSend(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{
		"$JS.ACK.PROGRESS.ingest.1.4711.42.1735689600123456789.17",
		"$JS.ACK.hub.ABCDEF.PROGRESS.ingest.1.4711.42.1735689600123456789.17",
		"$JS.ACK._.ABCDEF.PROGRESS.ingest.1.4711.42.1735689600123456789.17.x7Gh",
	} {
		sequence, at, ok := place(reply)
		if !ok || sequence != 4711 || at.UnixNano() != 1735689600123456789 {
			t.Errorf("%s: %d at %s, %t", reply, sequence, at, ok)
		}
	}
}
