package store_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// event is a row of events as tests write them. Left out, a field is that of an ordinary reading of the
// housing department: 新启动面积, reported as an increment.
type event struct {
	position        uint64
	id              string
	content         string // events of one identity conflict when this differs
	plan            string
	department      string
	source          string
	typ             schema.Type
	measure, item   string
	stage           string
	mode            schema.Mode
	value           string
	voids, replaces string
	occurred        string // Shanghai, "01-02 15:04" of 2024
	received        string // the same; by default as occurred
	wholeCommitment bool   // no measure is named
}

const eventColumns = "plan, department, source, type, id, content_hash, position, occurred_at, received_at, " +
	"commitment, measure, item, stage, mode, value, reported_value, unit, replaces, voids, ledger_version"

// insert writes the events with one INSERT, in the given order.
func insert(t *testing.T, conn driver.Conn, events ...event) {
	t.Helper()
	batch, err := conn.PrepareBatch(t.Context(), "INSERT INTO events ("+eventColumns+")")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = batch.Close() }() // sent, or the test has failed already
	for _, e := range events {
		if err := batch.Append(e.row(t)...); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		t.Fatal(err)
	}
}

func (e event) row(t *testing.T) []any {
	t.Helper()
	typ := cmp.Or(e.typ, schema.Reported)
	measure, mode, unit := cmp.Or(e.measure, "area"), schema.Mode(""), ""
	var value *decimal.Decimal
	if typ == schema.Reported {
		v := decimal.RequireFromString(cmp.Or(e.value, "1"))
		value, mode, unit = &v, cmp.Or(e.mode, schema.Increment), "平方米"
	}
	if typ == schema.Voided || e.wholeCommitment {
		measure = ""
	}
	occurred := cmp.Or(e.occurred, "03-01 09:00")
	return []any{
		cmp.Or(e.plan, "p"), cmp.Or(e.department, "housing"), cmp.Or(e.source, "/housing"), string(typ), e.id,
		(e.content + strings.Repeat("·", 8))[:16], e.position, at(t, occurred), at(t, cmp.Or(e.received, occurred)),
		"construction", measure, e.item, e.stage, string(mode), value, e.value, unit, e.replaces, e.voids, "v1",
	}
}

// at reads a moment of 2024 in Shanghai.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04", "2024-"+text, schema.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}
