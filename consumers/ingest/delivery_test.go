package ingest

import (
	"testing"

	"github.com/nats-io/nats.go"
)

// FuzzDelivery: what the client library says of a delivery, readDelivery says too.
func FuzzDelivery(f *testing.F) {
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
		d, ok := readDelivery(reply)
		if !ok {
			return
		}
		meta, err := (&nats.Msg{Reply: reply, Sub: &nats.Subscription{}}).Metadata()
		if err != nil {
			t.Fatalf("%q is no delivery: %v", reply, err)
		}
		if d.sequence != meta.Sequence.Stream || d.order != meta.Sequence.Consumer || d.again != (meta.NumDelivered > 1) || d.pending != meta.NumPending || !d.time.Equal(meta.Timestamp) {
			t.Errorf("%q: %+v, want %+v", reply, d, meta)
		}
		acked, err := (&nats.Msg{Reply: ackSubject(reply, 99), Sub: &nats.Subscription{}}).Metadata()
		if err != nil || acked.Sequence.Stream != 99 || acked.Sequence.Consumer != d.order || acked.Consumer != meta.Consumer {
			t.Errorf("%q is acknowledged at 99 as %+v, %v", reply, acked, err)
		}
	})
}

// TestDeliveryReadsWhatServersSend: both forms, with and without the token behind.
func TestDeliveryReadsWhatServersSend(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{
		"$JS.ACK.PROGRESS.ingest.1.4711.42.1735689600123456789.17",
		"$JS.ACK.hub.ABCDEF.PROGRESS.ingest.1.4711.42.1735689600123456789.17",
		"$JS.ACK._.ABCDEF.PROGRESS.ingest.1.4711.42.1735689600123456789.17.x7Gh",
	} {
		d, ok := readDelivery(reply)
		if !ok || d.sequence != 4711 || d.order != 42 || d.pending != 17 || d.again || d.time.UnixNano() != 1735689600123456789 {
			t.Errorf("%s: %+v, %t", reply, d, ok)
		}
	}
}
