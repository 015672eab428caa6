package ingest_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/consumers/ingest"
	"xushi/schema"
	"xushi/seeds"
)

// BenchmarkEvent is all of the ingest's own work on one event, from the message to the block that is sent to
// the store: events of every measure of the built-in plan, one by one and in batches of a hundred.
func BenchmarkEvent(b *testing.B) {
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		b.Fatal(err)
	}
	register := fixed{seeds.NewRegister(map[string]*seeds.History{ledger.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: ledger})})}
	const many, size = 5000, 100
	var singles, batches []*nats.Msg
	waiting := map[string][][]byte{} // by department, for a batch
	for i := range many {
		e := benchEvent(ledger, i)
		body, err := e.MarshalJSON()
		if err != nil {
			b.Fatal(err)
		}
		singles = append(singles, benchMessage(i, e.Address(), schema.StructuredContent, body))
		waiting[e.Department] = append(waiting[e.Department], body)
		if some := waiting[e.Department]; len(some) == size {
			array := append(append([]byte("["), bytes.Join(some, []byte(","))...), ']')
			to := schema.Address{Plan: e.Plan, Department: e.Department, Commitment: schema.BatchToken}
			batches = append(batches, benchMessage(i, to, schema.BatchContent, array))
			waiting[e.Department] = nil
		}
	}
	for _, way := range []struct {
		name     string
		events   int // of a message
		messages []*nats.Msg
	}{{"single", 1, singles}, {"batch", size, batches}} {
		b.Run(way.name, func(b *testing.B) {
			batch := ingest.NewBatch()
			b.ReportAllocs()
			for i := range max(1, b.N/way.events) {
				if refusal := batch.Add(way.messages[i%len(way.messages)], schema.Policy{}, register); refusal != "" {
					b.Fatal(refusal)
				}
			}
		})
	}
}

// benchEvent is the i-th of many readings, of some 400 bytes as departments' are.
func benchEvent(ledger *seeds.Ledger, i int) schema.Event {
	measures := ledger.Measures()
	m := measures[i%len(measures)]
	e := schema.Event{
		ID: fmt.Sprintf("b1-%09d", i), Source: "/bench", Type: schema.Reported, Plan: ledger.Plan.ID, Department: m.ReportingDepartment,
		Time: ledger.Plan.Start.Start().Add(time.Duration(i) * time.Minute),
		Data: schema.Data{
			Commitment: m.Commitment.ID, Measure: m.ID, Mode: m.Mode, Unit: m.Unit, Value: fmt.Sprint(1 + i%9),
			Evidence: []string{fmt.Sprintf("模拟佐证-%06d", i)}, Note: "现场核实",
		},
	}
	switch {
	case m.Milestone():
		e.Data.Value, e.Data.Stage = "1", m.Curve.Stages[i%len(m.Curve.Stages)].Stage
	case m.Itemised:
		e.Data.Value, e.Data.Item = "1", "moni-01"
		if len(m.Items) > 0 {
			e.Data.Item = m.Items[i%len(m.Items)].ID
		}
	case m.Ratio != nil:
		e.Data.Value, e.Data.Numerator, e.Data.Denominator = "", fmt.Sprint(i), "100000"
	}
	return e
}

func benchMessage(i int, to schema.Address, contentType string, body []byte) *nats.Msg {
	m := nats.NewMsg(to.Subject())
	m.Header.Set(schema.ContentTypeHeader, contentType)
	m.Reply = fmt.Sprintf("$JS.ACK.PROGRESS.ingest.1.%d.%d.1735689600000000000.0", i+1, i+1)
	m.Data = body
	return m
}
