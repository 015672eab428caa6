package producers_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/producers"
	"xushi/schema"
)

// wire is an event as somebody without our client would write it.
type wire struct {
	SpecVersion string      `json:"specversion"`
	ID          string      `json:"id"`
	Source      string      `json:"source"`
	Type        schema.Type `json:"type"`
	Time        time.Time   `json:"time"`
	ContentType string      `json:"datacontenttype"`
	Plan        string      `json:"plan"`
	Department  string      `json:"department"`
	Data        schema.Data `json:"data"`
}

// BenchmarkBare is encoding/json and PublishMsgAsync, with nothing checked: what BenchmarkPublishAsync is
// measured against.
func BenchmarkBare(b *testing.B) {
	bench := newBench(b)
	b.ResetTimer()
	for i := range b.N {
		e := usual(i)
		body, err := json.Marshal(&wire{
			SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type, Time: e.Time,
			ContentType: "application/json", Plan: e.Plan, Department: e.Department, Data: e.Data,
		})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := bench.js.PublishMsgAsync(&nats.Msg{Subject: e.Address().Subject(), Data: body}); err != nil {
			b.Fatal(err)
		}
	}
	<-bench.js.PublishAsyncComplete()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkPublishAsync(b *testing.B) {
	bench := newBench(b)
	c := newClient(b, bench.nc, producers.Options{})
	b.ResetTimer()
	for i := range b.N {
		if _, err := c.PublishAsync(b.Context(), usual(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := c.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func usual(i int) *schema.Event {
	e := households(fmt.Sprintf("h-%09d", i))
	e.Data.Note, e.Data.Evidence = "现场核实", []string{"https://oa.example.gov.cn/doc/2024-0001"}
	return e
}
