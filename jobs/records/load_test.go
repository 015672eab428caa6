package records_test

import (
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/records"
	"xushi/schema"
	"xushi/schema/store"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// Every column comes back into the field that it was made of.
func TestLoadMapsEveryColumn(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	occurred := time.Date(2024, 6, 30, 1, 2, 3, 456789000, time.UTC)
	insert(t, conn, store.Row{
		"plan", "p", "department", "health", "source", "/health/his", "type", string(schema.Reported), "id", "r-1",
		"content_hash", "0123456789abcdef", "position", uint64(schema.At(7, 3)),
		"occurred_at", occurred, "received_at", occurred.Add(time.Minute),
		"commitment", "doctors", "measure", "signed", "item", "north", "mode", string(schema.Level),
		"value", number("82.5"), "numerator", number("165"), "denominator", number("200"),
		"reported_value", "82.50", "unit", "%", "stage", "checked", "replaces", "r-0", "voids", "x", "reason", "mistyped",
		"evidence", []string{"文号1", "https://example.org/1"}, "note", "备注", "name", "北院", "planned_date", "2024-09-30",
		"problem", "人手不足", "next_step", "增派", "ledger_version", "v1",
	})
	insert(t, conn, store.Row{
		"plan", "p", "department", "health", "source", "/health/his", "type", string(schema.Unchanged), "id", "r-2", "content_hash", "fedcba9876543210",
		"position", uint64(schema.At(7, 4)), "occurred_at", occurred, "received_at", occurred.Add(time.Minute), "commitment", "doctors",
	})
	want := []schema.Record{{
		Event: schema.Event{
			ID: "r-1", Source: "/health/his", Type: schema.Reported, Time: occurred, Plan: "p", Department: "health",
			Data: schema.Data{
				Commitment: "doctors", Measure: "signed", Item: "north", Mode: schema.Level,
				Value: "82.50", Numerator: "165", Denominator: "200", Unit: "%", Stage: "checked", Replaces: "r-0",
				Evidence: []string{"文号1", "https://example.org/1"}, Note: "备注", Voids: "x", Reason: "mistyped",
				Name: "北院", PlannedDate: "2024-09-30", Problem: "人手不足", NextStep: "增派",
			},
		},
		Position: schema.At(7, 3), ReceivedAt: occurred.Add(time.Minute), ContentHash: schema.ContentHash([]byte("0123456789abcdef")),
		Quantity: null("82.5"), Numerator: null("165"), Denominator: null("200"), LedgerVersion: "v1",
	}, { // nothing of the row before is left
		Event: schema.Event{
			ID: "r-2", Source: "/health/his", Type: schema.Unchanged, Time: occurred, Plan: "p", Department: "health",
			Data: schema.Data{Commitment: "doctors", Evidence: []string{}},
		},
		Position: schema.At(7, 4), ReceivedAt: occurred.Add(time.Minute), ContentHash: schema.ContentHash([]byte("fedcba9876543210")),
	}}
	if diff := cmp.Diff(want, load(t, conn, "p", occurred.Add(time.Hour))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLoadSettlesIdentityBeforeKnownAt(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	eight := time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)
	insert(t, conn,
		reading("p", "b", 2, "first", eight),
		reading("p", "b", 3, "second", eight),                  // loses the conflict
		reading("p", "c", 9, "copy", eight.Add(-time.Hour)),    // a copy, received earlier by the simulator's word
		reading("p", "c", 4, "copy", eight.Add(time.Hour)),     // but this is the one that came first
		reading("p", "a", 5, "exactly", eight),                 // known at eight
		reading("p", "d", 6, "just after", eight.Add(1000)),    // not yet: one microsecond
		reading("q", "e", 1, "another plan", eight),            // not of this plan
		reading("p", "b", 7, "first", eight.Add(-2*time.Hour)), // a copy
	)
	for _, test := range []struct {
		knownAt time.Time
		want    []schema.Position
	}{
		{eight.Add(-time.Minute), nil},
		{eight, []schema.Position{2, 5}},
		{eight.Add(time.Microsecond), []schema.Position{2, 5, 6}},
		{eight.Add(time.Hour), []schema.Position{2, 4, 5, 6}},
	} {
		var got []schema.Position
		for _, r := range load(t, conn, "p", test.knownAt) {
			got = append(got, r.Position)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("positions known at %s (-want +got)\n%s", test.knownAt, diff)
		}
	}
}

// BenchmarkLoad reads a busy plan's year of 100,000 events among as many of another plan.
func BenchmarkLoad(b *testing.B) {
	conn := enginetest.Store(b)
	const fill = `
		INSERT INTO events (plan, department, source, type, id, content_hash, position, occurred_at, received_at, commitment, measure, mode, value, reported_value, unit)
		SELECT if(number % 2 = 0, 'p', 'q'), 'd' || toString(number % 20), '/s', 'progress.reported.v1', toString(number),
		       substring(hex(MD5(toString(number))), 1, 16), number * 65536, toDateTime64('2024-01-01', 6, 'UTC') + number * 100 AS at, at,
		       'c' || toString(number % 40), 'm' || toString(number % 80), 'increment', number / 100, toString(number / 100), '平方米'
		FROM numbers(200000)`
	if err := conn.Exec(b.Context(), fill); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if n := len(load(b, conn, "p", time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))); n != 100_000 {
			b.Fatalf("%d events", n)
		}
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// reading is a row of events; a content that differs makes a conflict.
func reading(plan, id string, position uint64, content string, received time.Time) store.Row {
	return store.Row{
		"plan", plan, "department", "housing", "source", "/housing", "type", string(schema.Reported), "id", id,
		"content_hash", (content + "················")[:16], "position", position, "occurred_at", received, "received_at", received,
		"commitment", "construction", "measure", "area", "mode", string(schema.Increment), "value", number("1"), "reported_value", "1",
		"unit", "平方米",
	}
}

func insert(t testing.TB, conn driver.Conn, rows ...store.Row) {
	t.Helper()
	if err := store.Insert(t.Context(), conn, "events", rows); err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, conn driver.Conn, plan string, knownAt time.Time) []schema.Record {
	t.Helper()
	all, err := records.Load(t.Context(), conn, plan, knownAt)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func number(text string) *decimal.Decimal {
	d := decimal.RequireFromString(text)
	return &d
}

func null(text string) decimal.NullDecimal { return decimal.NewNullDecimal(*number(text)) }
