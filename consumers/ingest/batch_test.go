package ingest

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// A dead letter keeps the headers of its message, so they count in what a batch may hold: else a sender could fill the
// memory with headers and no bodies.
func TestHeadersFillABatch(t *testing.T) {
	t.Parallel()
	o := Options{BatchBytes: 1 << 20}.withDefaults()
	m := nats.NewMsg("progress.demo-2024.zhujianwei.construction")
	m.Header.Set("x", strings.Repeat("x", 10<<10))
	m.Data = []byte("{}")
	b := newBatch(1)
	for i := uint64(1); !b.full(o); i++ {
		if kept := int(i-1) * 10 << 10; kept > o.BatchBytes {
			t.Fatalf("the batch holds %d bytes of headers, and is not full", kept)
		}
		b.add(m, delivery{sequence: i}, schema.Policy{}, nil)
	}
	if len(b.parts[0].letters) == 0 {
		t.Error("no dead letter keeps a header")
	}
}
