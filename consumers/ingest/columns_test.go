package ingest_test

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/enginetest"
	"xushi/schema"
	"xushi/schema/store"
)

// database is an empty database of the test's own.
func database(t *testing.T) driver.Conn {
	t.Helper()
	dsn := enginetest.Database(t)
	if err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	conn, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestWireTypesAreTheTables: what is sent needs no conversion, and no column of the table is forgotten.
func TestWireTypesAreTheTables(t *testing.T) {
	t.Parallel()
	rows, err := database(t).Query(t.Context(), `SELECT name, type FROM system.columns
		WHERE database = currentDatabase() AND table = 'events' AND default_kind = ''`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	want := map[string]string{}
	for rows.Next() {
		var name, typ string
		if err := rows.Scan(&name, &typ); err != nil {
			t.Fatal(err)
		}
		want[name] = typ
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, ingest.NewColumns().Types()); diff != "" {
		t.Errorf("columns of the table (-) and of a block (+):\n%s", diff)
	}
}

// TestStoredAsSent: whatever an accepted event holds, the store gives the same back, in whichever pieces
// a batch is inserted, and a batch that is used again knows nothing of its past.
func TestStoredAsSent(t *testing.T) {
	t.Parallel()
	conn := database(t)
	columns := ingest.NewColumns()
	rapid.Check(t, func(rt *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(drawRecord), 1, 20).Draw(rt, "records")
		for i := range records {
			records[i].Position = schema.Position(i + 1)
			binary.BigEndian.PutUint64(records[i].ContentHash[:], uint64(i)) // no two fold into one
		}
		cut := rapid.IntRange(0, len(records)-1).Draw(rt, "cut")
		stored := storeAll(t, conn, columns, records, cut)
		if diff := gocmp.Diff(records, stored, sameValue, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("sent (-), stored (+):\n%s", diff)
		}
	})
}

var sameValue = gocmp.Options{
	gocmp.Comparer(func(a, b decimal.NullDecimal) bool { return a.Valid == b.Valid && a.Decimal.Equal(b.Decimal) }),
	gocmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
}

// drawRecord makes a record of any type with every member drawn by itself: the store asks for no sense.
// TestInsertOnAConnectionMadeForIt: where every connection of the driver is busy, it makes one for the insert.
func TestInsertOnAConnectionMadeForIt(t *testing.T) {
	t.Parallel()
	conn := database(t)
	busy, err := conn.Query(t.Context(), "SELECT number FROM numbers(1000000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	if idle := conn.Stats().Idle; idle != 0 {
		t.Fatalf("%d connections are idle: the insert would take one", idle)
	}
	columns := ingest.NewColumns()
	record := plainRecord(1)
	columns.Add(&record)
	if err := columns.Insert(t.Context(), conn, 0, 1); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]schema.Record{record}, stored(t, conn), sameValue, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("sent (-) and stored (+):\n%s", diff)
	}
}

func drawRecord(rt *rapid.T) schema.Record {
	var r schema.Record
	text := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.Just(strings.Repeat("征", 50)))
	token := rapid.SampledFrom([]string{"", "hongqiao-2024", "minzheng", "zhujianwei"})
	data := reflect.ValueOf(&r.Data).Elem()
	for _, field := range data.Fields() {
		if field.Kind() == reflect.String {
			field.SetString(text.Draw(rt, "text"))
		}
	}
	r.Plan, r.Department, r.Source = token.Draw(rt, "plan"), token.Draw(rt, "department"), text.Draw(rt, "source")
	r.Data.Commitment, r.Data.Measure = token.Draw(rt, "commitment"), token.Draw(rt, "measure")
	r.ID, r.LedgerVersion = text.Draw(rt, "id"), text.Draw(rt, "ledger version")
	r.Type = rapid.SampledFrom([]schema.Type{schema.Reported, schema.Unchanged, schema.Voided, schema.ItemAdded, schema.Explained}).Draw(rt, "type")
	r.Data.Mode = rapid.SampledFrom([]schema.Mode{"", schema.Increment, schema.ToDate, schema.Level}).Draw(rt, "mode")
	r.Time, r.ReceivedAt = drawTime(rt), drawTime(rt)
	r.Quantity, r.Numerator, r.Denominator = drawQuantity(rt), drawQuantity(rt), drawQuantity(rt)
	r.Replays = schema.Position(rapid.SampledFrom([]uint64{0, 0, 1, math.MaxUint64}).Draw(rt, "replays"))
	r.Data.Evidence = rapid.SliceOfN(text, 0, 3).Draw(rt, "evidence")
	r.Data.PlannedDate, r.Data.Numerator, r.Data.Denominator = "", "", "" // of the last two the store keeps the numbers alone
	if rapid.Bool().Draw(rt, "planned") {
		r.Data.PlannedDate = schema.Date(rapid.IntRange(int(schema.Day(1970, 1, 1)), int(schema.Day(2199, 12, 31))).Draw(rt, "date")).String()
	}
	return r
}

func drawTime(rt *rapid.T) time.Time {
	first, last := time.Date(1969, 12, 31, 10, 0, 0, 0, time.UTC).UnixMicro(), time.Date(2200, 1, 1, 12, 0, 0, 0, time.UTC).UnixMicro()
	return time.UnixMicro(rapid.Int64Range(first, last).Draw(rt, "time")).UTC()
}

// drawQuantity draws what the ledger admits, in every form that a decimal can have.
func drawQuantity(rt *rapid.T) decimal.NullDecimal {
	if rapid.Bool().Draw(rt, "null") {
		return decimal.NullDecimal{}
	}
	whole := decimal.NewFromInt(rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999).Draw(rt, "whole"))
	fraction := decimal.New(rapid.Int64Range(-999_999, 999_999).Draw(rt, "fraction"), -6)
	d := rapid.SampledFrom([]decimal.Decimal{whole, fraction, whole.Add(fraction), whole.Shift(-6), decimal.New(rapid.Int64Range(-999, 999).Draw(rt, "head"), 15)}).Draw(rt, "form")
	if d.Abs().GreaterThanOrEqual(decimal.New(1, 18)) {
		d = d.Neg().Sub(decimal.New(int64(d.Sign()), 17))
		d = d.Mod(decimal.New(1, 17))
	}
	if rapid.Bool().Draw(rt, "zeros behind") {
		d = d.Mul(decimal.New(1000, -3)) // the same, of more decimals
	}
	return decimal.NewNullDecimal(d)
}

// storeAll empties the table, inserts the records as two pieces of one batch, and reads what is stored.
func storeAll(t *testing.T, conn driver.Conn, columns ingest.Columns, records []schema.Record, cut int) []schema.Record {
	t.Helper()
	if err := conn.Exec(t.Context(), "TRUNCATE TABLE events"); err != nil {
		t.Fatal(err)
	}
	columns.Reset()
	for i := range records {
		columns.Add(&records[i])
	}
	for _, piece := range [][2]int{{0, cut}, {cut, len(records)}} {
		if piece[0] < piece[1] {
			if err := columns.Insert(t.Context(), conn, piece[0], piece[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return stored(t, conn)
}

// stored is every row of events in the order of the log.
func stored(t *testing.T, conn driver.Conn) []schema.Record {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT plan, department, source, toString(type), id, content_hash, position, replays, occurred_at, received_at,
		commitment, measure, item, toString(mode), value, numerator, denominator, reported_value, unit, stage, replaces, voids, reason,
		evidence, note, name, if(planned_date IS NULL, '', toString(planned_date)), problem, next_step, ledger_version FROM events ORDER BY position`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []schema.Record
	for rows.Next() {
		var r schema.Record
		var typ, hash, mode string
		var position, replays uint64
		d := &r.Data
		err := rows.Scan(&r.Plan, &r.Department, &r.Source, &typ, &r.ID, &hash, &position, &replays, &r.Time, &r.ReceivedAt,
			&d.Commitment, &d.Measure, &d.Item, &mode, &r.Quantity, &r.Numerator, &r.Denominator, &d.Value, &d.Unit, &d.Stage, &d.Replaces, &d.Voids, &d.Reason,
			&d.Evidence, &d.Note, &d.Name, &d.PlannedDate, &d.Problem, &d.NextStep, &r.LedgerVersion)
		if err != nil {
			t.Fatal(err)
		}
		r.Type, d.Mode, r.Position = schema.Type(typ), schema.Mode(mode), schema.Position(position)
		r.Replays = schema.Position(replays)
		copy(r.ContentHash[:], hash)
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestStoredExtremes: the ends of what the contract admits.
func TestStoredExtremes(t *testing.T) {
	t.Parallel()
	conn := database(t)
	columns := ingest.NewColumns()
	for name, set := range map[string]func(*schema.Record){
		"nothing but what every event has": func(*schema.Record) {},
		"greatest":                         quantity("999999999999999999.999999"),
		"least":                            quantity("-999999999999999999.999999"),
		"smallest":                         quantity("-0.000001"),
		"zero":                             quantity("0"),
		"more decimals, all zero":          quantity("1.0000000000"),
		"greatest of a machine word":       quantity("9223372036854.775807"),
		"beyond a machine word":            quantity("-9223372036854.775809"),
		"first day":                        func(r *schema.Record) { r.Data.PlannedDate = "1970-01-01" },
		"last day":                         func(r *schema.Record) { r.Data.PlannedDate = "2199-12-31" },
		"empty evidence":                   func(r *schema.Record) { r.Data.Evidence = []string{"", "", "x"} },
		"longest text":                     func(r *schema.Record) { r.Data.Note = strings.Repeat("\x00é", math.MaxUint16) },
	} {
		record := plainRecord(1)
		set(&record)
		// Between two events that say nothing of the kind.
		sent := []schema.Record{plainRecord(0), record, plainRecord(2)}
		if diff := gocmp.Diff(sent, storeAll(t, conn, columns, sent, 0), sameValue, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: sent (-), stored (+):\n%s", name, diff)
		}
	}
}

func quantity(text string) func(*schema.Record) {
	return func(r *schema.Record) { r.Quantity = decimal.NewNullDecimal(decimal.RequireFromString(text)) }
}

// plainRecord is the i-th of many, with nothing but what every event has.
func plainRecord(i int) schema.Record {
	r := schema.Record{
		Event: schema.Event{
			ID: fmt.Sprintf("e-%06d", i), Source: "/s", Type: schema.Explained, Time: occurred, Plan: "p", Department: "d",
			Data: schema.Data{Commitment: "c"},
		},
		Position: schema.Position(i), ReceivedAt: occurred, LedgerVersion: "v1",
	}
	binary.BigEndian.PutUint64(r.ContentHash[:], uint64(i))
	return r
}

// TestStoredManyDistinct: a batch of so many distinct sources that their numbers need one byte, two or
// four, and then one byte again.
func TestStoredManyDistinct(t *testing.T) {
	t.Parallel()
	conn := database(t)
	columns := ingest.NewColumns()
	for _, n := range []int{256, 257, 10_000, 1 << 16, 1<<16 + 1, 2} {
		records := make([]schema.Record, n)
		for i := range records {
			records[i] = plainRecord(i)
			records[i].Source = fmt.Sprintf("/source/%d", i)
		}
		got := storeAll(t, conn, columns, records, n/3)
		if len(got) != n {
			t.Fatalf("%d of %d rows are stored", len(got), n)
		}
		if i := slices.IndexFunc(got, func(r schema.Record) bool { return cmp.Compare(r.Source, fmt.Sprintf("/source/%d", r.Position)) != 0 }); i >= 0 {
			t.Errorf("of %d, row %d has source %q", n, i, got[i].Source)
		}
	}
}

// TestARefusedInsertCanBeRepeated: a batch outlives an insert that fails, in a request whose text the
// driver may still hold.
func TestARefusedInsertCanBeRepeated(t *testing.T) {
	t.Parallel()
	conn := database(t)
	columns := ingest.NewColumns()
	record := plainRecord(1)
	columns.Add(&record)
	if err := conn.Exec(t.Context(), "RENAME TABLE events TO elsewhere"); err != nil {
		t.Fatal(err)
	}
	if err := columns.Insert(t.Context(), conn, 0, 1); err == nil {
		t.Fatal("there was no table, yet the insert succeeded")
	}
	if err := conn.Exec(t.Context(), "RENAME TABLE elsewhere TO events"); err != nil {
		t.Fatal(err)
	}
	if err := columns.Insert(t.Context(), conn, 0, 1); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]schema.Record{record}, stored(t, conn), sameValue, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("sent (-), stored (+):\n%s", diff)
	}
}

// TestABatchUsedAgainHasItsMemory: that of the batch before. Only what is distinct is allocated anew.
func TestABatchUsedAgainHasItsMemory(t *testing.T) {
	record := plainRecord(1)
	record.Data.Evidence, record.Data.PlannedDate = []string{"a", "b"}, "2024-06-30"
	quantity("84.7")(&record)
	columns := ingest.NewColumns()
	fill := func() {
		columns.Reset()
		for range 1000 {
			columns.Add(&record)
		}
	}
	fill()
	if n := testing.AllocsPerRun(10, fill); n > 5 {
		t.Errorf("%v allocations in a batch of 1000 that are alike", n)
	}
}

func BenchmarkColumns(b *testing.B) {
	record := plainRecord(1)
	record.Type, record.Data.Mode, record.Data.Measure = schema.Reported, schema.Increment, "area"
	record.Data.Value, record.Data.Unit, record.Data.Note, record.Data.Evidence = "7", "平方米", "现场核实", []string{"模拟佐证-123456"}
	quantity("7")(&record)
	departments := [...]string{"zhujianwei", "minzheng", "water", "health"}
	columns := ingest.NewColumns()
	var block []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		record.Department = departments[i%len(departments)]
		columns.Add(&record)
		if columns.Rows() == 20_000 {
			block = columns.Block(block[:0])
			columns.Reset()
		}
	}
	b.SetBytes(int64(len(block) / 20_000))
}
