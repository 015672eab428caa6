package deadletters

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// compose makes the message that sends a letter once more: with its body as it was, or an edited one, and
// with the headers that it had, but for those that speak of its first journey and those that would act on the
// server. What came in a batch goes alone. A moment stands in for the log's clock, for a simulated event only.
func compose(l *Letter, o *original, edited []byte, at time.Time) (*nats.Msg, error) {
	m := nats.NewMsg(l.Subject)
	m.Header, m.Data = travelling(o.header), o.raw
	if edited != nil {
		m.Data = edited
	}
	batch := false
	switch mode := modeOf(o); {
	case mode == schema.BatchContent && (edited == nil || strings.HasPrefix(strings.TrimSpace(string(edited)), "[")):
		batch = true
	case mode == binaryMode:
	case edited != nil || !o.alone:
		structure(m.Header)
	}
	says := hearsay(m, batch)
	if err := address(m, l, says, edited != nil && !batch); err != nil {
		return nil, err
	}
	m.Header.Set(schema.ReplaysHeader, strconv.FormatUint(uint64(l.Position), 10))
	if at.IsZero() {
		return m, nil
	}
	if says.Source != schema.SimulatorSource {
		return nil, fmt.Errorf("a moment of its own is for simulated events (source %s) alone, not for one of source %q", schema.SimulatorSource, says.Source)
	}
	m.Header.Set(schema.ReceivedAtHeader, at.UTC().Format(time.RFC3339Nano))
	return m, nil
}

// travelling are the headers that go on the journey again. Who asked for the verdict then does not wait any
// more, and an event is received when it is sent, and judged by the ledger of then.
func travelling(h nats.Header) nats.Header {
	again := maps.Clone(h)
	if again == nil {
		again = nats.Header{}
	}
	maps.DeleteFunc(again, func(name string, _ []string) bool {
		return strings.EqualFold(name, schema.VerdictToHeader) || strings.EqualFold(name, schema.ReceivedAtHeader) ||
			strings.EqualFold(name, schema.ReplaysHeader) || strings.HasPrefix(strings.ToLower(name), "nats-")
	})
	return again
}

// structure says that the body is one whole event.
func structure(h nats.Header) {
	maps.DeleteFunc(h, func(name string, _ []string) bool {
		return strings.EqualFold(name, schema.ContentTypeHeader) || strings.HasPrefix(strings.ToLower(name), "ce-")
	})
	h.Set(schema.ContentTypeHeader, schema.StructuredContent)
}

// binaryMode is that of an event whose attributes are headers, and whose body is its data.
const binaryMode = "binary"

// modeOf is the mode of a message that is one letter, as schema.Policy.Open sees it; "" if it is any other.
func modeOf(o *original) string {
	content, _, _ := strings.Cut(get(o.header, schema.ContentTypeHeader), ";")
	switch content = strings.TrimSpace(content); {
	case !o.alone:
		return ""
	case content == schema.BatchContent:
		return schema.BatchContent
	case (content == "" || content == schema.JSONContent) && get(o.header, "ce-specversion") != "":
		return binaryMode
	}
	return ""
}

// get reads a header whatever its spelling, as the ingest does.
func get(h nats.Header, name string) string {
	if v := h.Get(name); v != "" {
		return v
	}
	for _, k := range slices.Sorted(maps.Keys(h)) {
		if strings.EqualFold(k, name) && len(h[k]) > 0 {
			return h[k][0]
		}
	}
	return ""
}

// address sends the message to where its event belongs, if that is the letter's own plan and department; else
// to where it had been published, so that the ingest refuses it once more. An edited event is not sent into
// another's name at all.
func address(m *nats.Msg, l *Letter, says sayings, edited bool) error {
	a := says.address()
	switch {
	case !schema.IsToken(a.Plan) || !schema.IsToken(a.Department) || !schema.IsToken(a.Commitment):
	case l.accepts(a):
		m.Subject = a.Subject()
	case edited:
		return fmt.Errorf("the edited event is of department %s of plan %s, the refused one came from %s of %s: "+
			"publish it in its own name (xushi publish), and drop this one", a.Department, a.Plan, l.Department, l.Plan)
	}
	return nil
}
