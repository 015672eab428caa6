package schema_test

import (
	"encoding/json"
	"testing"
	"time"

	"xushi/schema"
)

// BenchmarkOpen is the ingest's work on one event before it meets the ledger.
func BenchmarkOpen(b *testing.B) {
	e := schema.Event{
		ID: "bench-00000001", Source: "/zhujianwei/projects", Type: schema.Reported,
		Time: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), Plan: "hongqiao-2024", Department: "zhujianwei",
		Data: schema.Data{
			Commitment: "new-construction", Measure: "new-construction-floor-area", Mode: schema.ToDate, Unit: "平方米",
			Value: "84.7", Note: "现场核实", Evidence: []string{"https://oa.example.gov.cn/doc/2024-0001"},
		},
	}
	raw, err := json.Marshal(&e)
	if err != nil {
		b.Fatal(err)
	}
	m := schema.Message{Subject: e.Address().Subject(), Body: raw, Sequence: 1, Timestamp: e.Time}
	escaped := m // one escape is enough for the JSON decoder
	escaped.Body = append([]byte(`{"\u0074raceparent":"1",`), raw[1:]...)
	for name, m := range map[string]*schema.Message{"plain": &m, "escaped": &escaped} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(m.Body)))
			b.ReportAllocs()
			for b.Loop() {
				schema.Policy{}.Open(m, func(o *schema.Opened) {
					if o.Rejection != nil {
						b.Fatal(o.Rejection)
					}
				})
			}
		})
	}
}
