package engine_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"xushi/deploy/embedded/engine"
)

// peakMemory is the most that the process ever held, in MiB.
func peakMemory(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if match == nil {
		t.Fatalf("no peak in %s", status)
	}
	kib, err := strconv.Atoi(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kib / 1024
}

// A result that is several times larger than what the engine may grow by: it can
// only have been streamed.
func TestResultIsNeverHeldWhole(t *testing.T) {
	t.Parallel()
	const rows, resultMiB, growthMiB = 20_000_000, 480, 160
	e := start(t, engine.Options{})
	o, err := clickhouse.ParseDSN(e.DSN("progress"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	read := func(rows int) (n int) {
		t.Helper()
		result, err := conn.Query(context.Background(), fmt.Sprintf("SELECT number, toFixedString('0123456789abcdef', 16) FROM numbers(%d)", rows))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = result.Close() }()
		for result.Next() {
			n++
		}
		if err := result.Err(); err != nil {
			t.Fatal(err)
		}
		return n
	}
	read(rows / 20) // so that what a query needs anyway is not counted as growth
	before := peakMemory(t, e.PID())
	if got := read(rows); got != rows {
		t.Errorf("%d rows, want %d", got, rows)
	}
	if growth := peakMemory(t, e.PID()) - before; growth > growthMiB {
		t.Errorf("a result of %d MiB made the engine grow by %d MiB, want at most %d", resultMiB, growth, growthMiB)
	} else {
		t.Logf("from %d MiB by %d MiB", before, growth)
	}
}
