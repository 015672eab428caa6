package simulator

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/schema"
	"xushi/seeds"
)

// BulkSource is the source of every event of Bulk.
const BulkSource = "/bench"

var bulkHeader = nats.Header{schema.ContentTypeHeader: {schema.StructuredContent}}

// Bulk makes n different valid events, one a message, over all departments and measures, for
// measurements of speed. They are of some 400 bytes, as departments' are, and, unlike a simulated year,
// arrive when they are sent. No more than one message is in memory at a time.
func Bulk(ledger *seeds.Ledger, n int, seed int64) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for e := range BulkEvents(ledger, n, seed) {
			body, err := e.MarshalJSON()
			m := must(Message{ReceivedAt: e.Time, Subject: e.Address().Subject(), Header: bulkHeader, Body: body, ids: []string{e.ID}}, err)
			if !yield(m) {
				return
			}
		}
	}
}

// BulkEvents are the events of Bulk, for who publishes them another way.
func BulkEvents(ledger *seeds.Ledger, n int, seed int64) iter.Seq[*schema.Event] {
	return func(yield func(*schema.Event) bool) {
		rng := rand.New(rand.NewPCG(uint64(seed), 0))
		measures := ledger.Measures()
		begin := ledger.Plan.Start.Start()
		span := ledger.Plan.End.End().Sub(begin) / time.Duration(n+1)
		for i := range n {
			e := bulkEvent(measures[i%len(measures)], rng)
			e.ID = BulkID(seed, i)
			e.Plan = ledger.Plan.ID
			e.Time = begin.Add(time.Duration(i) * span).Truncate(time.Millisecond)
			if !yield(&e) {
				return
			}
		}
	}
}

// BulkID is the id of the i-th event; ids sort as their events do.
func BulkID(seed int64, i int) string { return fmt.Sprintf("b%d-%09d", seed, i) }

func bulkEvent(m *seeds.Measure, rng *rand.Rand) schema.Event {
	e := schema.Event{
		Source: BulkSource, Type: schema.Reported, Department: m.ReportingDepartment,
		Data: schema.Data{
			Commitment: m.Commitment.ID, Measure: m.ID, Mode: m.Mode, Unit: m.Unit,
			Evidence: []string{"模拟佐证-" + strconv.Itoa(rng.IntN(1_000_000))}, Note: "现场核实",
		},
	}
	switch {
	case m.Milestone():
		e.Data.Value = strconv.Itoa(rng.IntN(2))
		e.Data.Stage = m.Curve.Stages[rng.IntN(len(m.Curve.Stages))].Stage
	case m.Itemised:
		e.Data.Value = strconv.Itoa(rng.IntN(2))
		e.Data.Item = "moni-01"
		if len(m.Items) > 0 {
			e.Data.Item = m.Items[rng.IntN(len(m.Items))].ID
		}
	case m.Ratio != nil:
		e.Data.Numerator, e.Data.Denominator = strconv.Itoa(rng.IntN(1000)), "100000"
	case m.MinValue != nil:
		e.Data.Value = m.MinValue.String()
	default:
		e.Data.Value = strconv.Itoa(1 + rng.IntN(9))
	}
	return e
}
