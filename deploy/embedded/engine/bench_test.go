package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"xushi/deploy/embedded/enginetest"
)

// BenchmarkInsert sends blocks of 20,000 rows, the way ingest does.
func BenchmarkInsert(b *testing.B) {
	conn, ctx := enginetest.Conn(b), context.Background()
	if err := conn.Exec(ctx, `CREATE TABLE events (plan LowCardinality(String), id String, value Decimal(38, 6),
		at DateTime64(3), hash FixedString(16), position UInt64) ENGINE = ReplacingMergeTree ORDER BY (plan, id, hash)`); err != nil {
		b.Fatal(err)
	}
	const rows = 20_000
	plan, id, value := make([]string, rows), make([]string, rows), make([]string, rows)
	at, hash, position := make([]time.Time, rows), make([]string, rows), make([]uint64, rows)
	for n := 0; b.Loop(); n++ {
		for i := range rows {
			plan[i], id[i], value[i] = "hongqiao-2024", fmt.Sprintf("event-%09d", n*rows+i), "847000.5"
			at[i], hash[i], position[i] = time.Unix(int64(1_700_000_000+i), 0), "0123456789abcdef", uint64(n*rows+i)
		}
		if err := sendColumns(ctx, conn, plan, id, value, at, hash, position); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}

func sendColumns(ctx context.Context, conn clickhouse.Conn, columns ...any) error {
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO events (plan, id, value, at, hash, position)")
	if err != nil {
		return err
	}
	defer func() { _ = batch.Close() }()
	for i, column := range columns {
		if err := batch.Column(i).Append(column); err != nil {
			return err
		}
	}
	return batch.Send()
}

// BenchmarkRead streams a million rows of a number and a text.
func BenchmarkRead(b *testing.B) {
	conn, ctx := enginetest.Conn(b), context.Background()
	const rows = 1_000_000
	for b.Loop() {
		result, err := conn.Query(ctx, "SELECT number, toString(number) FROM numbers(1000000)")
		if err != nil {
			b.Fatal(err)
		}
		var (
			n      int
			number uint64
			text   string
		)
		for ; result.Next(); n++ {
			if err := result.Scan(&number, &text); err != nil {
				b.Fatal(err)
			}
		}
		if err := result.Err(); err != nil || n != rows {
			b.Fatalf("%d rows, error %v", n, err)
		}
		_ = result.Close()
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}
