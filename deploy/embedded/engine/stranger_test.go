package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
)

// These tests use clickhouse-go as a stranger would: nothing in them knows that the
// server is an embedded engine.

func TestStrangerQueriesWithParameters(t *testing.T) {
	t.Parallel()
	conn, ctx := enginetest.Conn(t), context.Background()
	execute(t, conn, "CREATE TABLE readings (measure String, value Decimal(38, 6), at DateTime64(3)) ENGINE = MergeTree ORDER BY measure")
	execute(t, conn, "INSERT INTO readings VALUES ('housing', 847000, '2024-06-30 16:00:00.000'), ('roads', 12.5, '2024-07-01 00:00:00.000')")

	at := time.Date(2024, 6, 30, 16, 0, 0, 0, time.UTC)
	var value decimal.Decimal
	err := conn.QueryRow(ctx, "SELECT value FROM readings WHERE measure = {m:String} AND at = {at:DateTime64(3)}",
		clickhouse.Named("m", "housing"), clickhouse.Named("at", at)).Scan(&value)
	if err != nil {
		t.Fatal(err)
	}
	if want := decimal.NewFromInt(847000); !value.Equal(want) {
		t.Errorf("value = %s, want %s", value, want)
	}

	execute(t, conn, "INSERT INTO readings VALUES ({m:String}, 1, now())", clickhouse.Named("m", "it's a \\ test\n"))
	var name string
	if err := conn.QueryRow(ctx, "SELECT measure FROM readings WHERE value = ?", 1).Scan(&name); err != nil {
		t.Fatal(err)
	}
	if want := "it's a \\ test\n"; name != want {
		t.Errorf("measure = %q, want %q", name, want)
	}
}

func TestStrangerSeesErrorCodes(t *testing.T) {
	t.Parallel()
	conn := enginetest.Conn(t)
	for _, tt := range []struct {
		sql  string
		code int32
	}{
		{"SELEC 1", 62},
		{"SELECT * FROM nowhere", 60},
		{"SELECT nothing", 47},
		{"SELECT nosuchfunction(1)", 46},
		{"SELECT throwIf(1)", 395},
		{"INSERT INTO nowhere VALUES (1)", 60},
		{"SHOW TABLES FROM nowhere_db", 81},
		{"CREATE DATABASE not_ours", 497},
	} {
		err := conn.Exec(context.Background(), tt.sql)
		if e, ok := errors.AsType[*clickhouse.Exception](err); !ok || e.Code != tt.code {
			t.Errorf("%s: error %v, want an exception with code %d", tt.sql, err, tt.code)
		}
	}
}

// kinds has one column of each type that the product stores.
type kinds struct {
	Amount  decimal.Decimal     `ch:"amount"`
	Dept    string              `ch:"dept"`
	Item    *string             `ch:"item"`
	At      time.Time           `ch:"at"`
	Hash    string              `ch:"hash"`
	Events  []string            `ch:"events"`
	Headers map[string]string   `ch:"headers"`
	Lists   map[string][]string `ch:"lists"`
	N       uint64              `ch:"n"`
	Ok      bool                `ch:"ok"`
}

func TestStrangerRoundTripsEveryType(t *testing.T) {
	t.Parallel()
	conn, ctx := enginetest.Conn(t), context.Background()
	execute(t, conn, `CREATE TABLE kinds (amount Decimal(38, 6), dept LowCardinality(String), item Nullable(String),
		at DateTime64(6, 'UTC'), hash FixedString(16), events Array(String), headers Map(String, String),
		lists Map(LowCardinality(String), Array(String)), n UInt64, ok Bool) ENGINE = MergeTree ORDER BY n`)
	item := "一号地块"
	want := []kinds{
		{decimal.RequireFromString("-123456789012345678.654321"), "住建委", &item, time.Date(2024, 7, 1, 0, 0, 0, 123456000, time.UTC),
			"0123456789abcdef", []string{"a", "", "丙"}, map[string]string{"k": "v"}, map[string][]string{"x": {"1", "2"}}, 1, true},
		{decimal.Zero, "", nil, time.Unix(0, 0).UTC(), strings.Repeat("\x00", 16), []string{}, map[string]string{}, map[string][]string{}, 1 << 63, false},
	}
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO kinds")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = batch.Close() }()
	for i := range want {
		if err := batch.AppendStruct(&want[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		t.Fatal(err)
	}
	var got []kinds
	if err := conn.Select(ctx, &got, "SELECT * FROM kinds ORDER BY n"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if err := conn.Select(ctx, &got, "SELECT * FROM kinds WHERE n = 5"); err != nil || len(got) != 0 {
		t.Errorf("a SELECT without rows gave %d rows and error %v", len(got), err)
	}
}

func TestStrangerReadsAMillionRows(t *testing.T) {
	t.Parallel()
	conn := enginetest.Conn(t)
	rows, err := conn.Query(context.Background(), "SELECT number, toString(number) FROM numbers(1000000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var n, sum, number uint64
	var text string
	for ; rows.Next(); n++ {
		if err := rows.Scan(&number, &text); err != nil {
			t.Fatal(err)
		}
		if sum += number; text != fmt.Sprint(number) {
			t.Fatalf("row %d: %d does not match %q", n, number, text)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if n != 1_000_000 || sum != 499_999_500_000 {
		t.Errorf("%d rows with sum %d, want 1000000 with 499999500000", n, sum)
	}
}

func TestStrangersWriteConcurrently(t *testing.T) {
	t.Parallel()
	const writers, batches, rows = 4, 10, 5_000
	conn, ctx := enginetest.Conn(t), context.Background()
	execute(t, conn, "CREATE TABLE t (writer UInt8, n UInt64, s String) ENGINE = MergeTree ORDER BY (writer, n)")
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for b := range batches {
				if err := insertRows(ctx, conn, uint8(w), b*rows, rows); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	var count, distinct, sum uint64
	if err := conn.QueryRow(ctx, "SELECT count(), uniqExact(writer, n), sum(n) FROM t").Scan(&count, &distinct, &sum); err != nil {
		t.Fatal(err)
	}
	const each = batches * rows
	if count != writers*each || distinct != count || sum != writers*each*(each-1)/2 {
		t.Errorf("count %d, distinct %d, sum %d", count, distinct, sum)
	}
}

// compressions are all that clickhouse-go knows over HTTP.
var compressions = map[string]clickhouse.CompressionMethod{
	"none": clickhouse.CompressionNone, "lz4": clickhouse.CompressionLZ4, "zstd": clickhouse.CompressionZSTD,
	"gzip": clickhouse.CompressionGZIP, "deflate": clickhouse.CompressionDeflate, "br": clickhouse.CompressionBrotli,
}

// compressed is enginetest.Conn with a compression.
func compressed(t *testing.T, method clickhouse.CompressionMethod) clickhouse.Conn {
	t.Helper()
	o, err := clickhouse.ParseDSN(enginetest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	o.Compression = &clickhouse.Compression{Method: method, Level: 3}
	conn, err := clickhouse.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestStrangerCompresses(t *testing.T) {
	t.Parallel()
	for name, method := range compressions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, ctx := compressed(t, method), context.Background()
			if err := conn.Ping(ctx); err != nil {
				t.Fatal(err)
			}
			execute(t, conn, "CREATE TABLE t (writer UInt8, n UInt64, s String) ENGINE = MergeTree ORDER BY (writer, n)")
			const rows = 200_000
			if err := insertRows(ctx, conn, 7, 0, rows); err != nil {
				t.Fatal(err)
			}
			result, err := conn.Query(ctx, "SELECT writer, n, s FROM t ORDER BY n")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = result.Close() }()
			var (
				writer uint8
				n, i   uint64
				text   string
			)
			for ; result.Next(); i++ {
				if err := result.Scan(&writer, &n, &text); err != nil || writer != 7 || n != i || text != "some text of a usual length" {
					t.Fatalf("row %d: %d, %d, %q, error %v", i, writer, n, text, err)
				}
			}
			if err := result.Err(); err != nil || i != rows {
				t.Errorf("%d rows, error %v, want %d", i, err, rows)
			}
			var got []kinds
			if err := conn.Select(ctx, &got, "SELECT * FROM t WHERE n > 1000000"); err != nil || len(got) != 0 {
				t.Errorf("a SELECT without rows gave %d rows and error %v", len(got), err)
			}
		})
	}
}

// An error has its code wherever it happens, and whatever it is packed in.
func TestStrangerSeesErrorsThroughCompression(t *testing.T) {
	t.Parallel()
	for name, method := range compressions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, ctx := compressed(t, method), context.Background()
			if e, ok := errors.AsType[*clickhouse.Exception](conn.Exec(ctx, "SELECT * FROM nowhere")); !ok || e.Code != 60 {
				t.Errorf("a statement that fails at once: %v, want code 60", e)
			}
			if e, ok := errors.AsType[*clickhouse.Exception](insertRows(ctx, conn, 1, 0, 1)); !ok || e.Code != 60 {
				t.Errorf("an insert into no table: %v, want code 60", e)
			}
			result, err := conn.Query(ctx, failsMidway)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = result.Close() }()
			rows := 0
			for ; result.Next(); rows++ {
			}
			if e, ok := errors.AsType[*clickhouse.Exception](result.Err()); !ok || e.Code != 395 || rows == 0 {
				t.Errorf("read %d rows and then %v, want an exception with code 395", rows, result.Err())
			}
		})
	}
}

func TestStrangerCancels(t *testing.T) {
	t.Parallel()
	conn, address := enginetest.Conn(t), enginetest.Engine(t).URL()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	id := "cancelled by clickhouse-go"
	ended := make(chan error, 1)
	go func() { ended <- conn.Exec(clickhouse.Context(ctx, clickhouse.WithQueryID(id)), forever) }()
	eventually(t, "the engine works on it", func() bool { return running(t, address, id) == "1" })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled query ends with %v", err)
	}
	eventually(t, "the engine stops", func() bool { return running(t, address, id) == "0" })
}

func insertRows(ctx context.Context, conn clickhouse.Conn, writer uint8, from, n int) error {
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO t (writer, n, s)")
	if err != nil {
		return err
	}
	defer func() { _ = batch.Close() }()
	for i := from; i < from+n; i++ {
		if err := batch.Append(writer, uint64(i), "some text of a usual length"); err != nil {
			return err
		}
	}
	return batch.Send()
}

func TestStrangerSetsSettingsPerQuery(t *testing.T) {
	t.Parallel()
	conn := enginetest.Conn(t)
	ctx := clickhouse.Context(context.Background(), clickhouse.WithSettings(clickhouse.Settings{"max_threads": 1, "max_block_size": 77}))
	for _, tt := range []struct {
		ctx  context.Context
		want uint64
	}{{ctx, 77}, {context.Background(), 65409}} {
		var got uint64
		if err := conn.QueryRow(tt.ctx, "SELECT toUInt64(getSetting('max_block_size'))").Scan(&got); err != nil || got != tt.want {
			t.Errorf("max_block_size = %d (error %v), want %d", got, err, tt.want)
		}
	}
	bad := clickhouse.Context(context.Background(), clickhouse.WithSettings(clickhouse.Settings{"no_such_setting": 1}))
	if e, ok := errors.AsType[*clickhouse.Exception](conn.Exec(bad, "SELECT 1")); !ok || e.Code != 115 {
		t.Errorf("unknown setting: %v, want code 115", e)
	}
}

func execute(t *testing.T, conn clickhouse.Conn, sql string, args ...any) {
	t.Helper()
	if err := conn.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
