package assessment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// busyYear is a plan of 25 measures and so many readings over the year, one in fifty of them withdrawn.
func busyYear(readings int) (*seeds.Ledger, journal) {
	var measures []seeds.Measure
	for i := range 25 {
		m := measure([]schema.Mode{schema.Increment, schema.ToDate}[i%2], "1000000", year())
		m.ID = fmt.Sprintf("m%d", i)
		measures = append(measures, m)
	}
	j := make(journal, readings)
	begin := at("2024-01-01 08:00")
	for i := range j {
		r := &j[i]
		r.Type, r.ID, r.Plan, r.Department, r.Source = schema.Reported, fmt.Sprintf("e%d", i), "p-2024", "lead", "/system"
		r.Data.Commitment, r.Data.Measure = "c", fmt.Sprintf("m%d", i%25)
		r.Position = schema.At(uint64(i+1), 0)
		r.Time = begin.Add(time.Duration(i) * 365 * 24 * time.Hour / time.Duration(readings))
		r.ReceivedAt = r.Time.Add(time.Hour)
		r.Quantity = decimal.NewNullDecimal(decimal.New(int64(i), -2))
		if i%50 == 49 {
			r.Type, r.Data.Voids = schema.Voided, fmt.Sprintf("e%d", i-25)
		}
	}
	return plan(measures...), j
}

var yearEnd = at("2024-12-30 08:00")

// BenchmarkOnce is what the hourly assessment costs with 50,000 records: ordering them, and one moment.
func BenchmarkOnce(b *testing.B) {
	l, j := busyYear(50_000)
	b.ReportAllocs()
	for b.Loop() {
		NewLog(l, j).Assess(yearEnd, yearEnd)
	}
}

// BenchmarkAssess is one further moment of the same 50,000 records.
func BenchmarkAssess(b *testing.B) {
	l, j := busyYear(50_000)
	log := NewLog(l, j)
	b.ReportAllocs()
	for b.Loop() {
		log.Assess(yearEnd, yearEnd)
	}
}
