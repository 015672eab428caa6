package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// columns is a batch of accepted events as the store takes it, one slice per column of
// progress.events. It outlives a failed insert, because a driver's batch cannot be sent twice.
type columns []column

// column is one column being filled.
type column interface {
	describe() clickhouse.ColumnNameAndType
	add(*schema.Record)
	values() any // the slice, for the driver
	blank() bool // every value is what the table takes for a column that is left out
	reset()
}

// columnOf is a column of T. Its type on the wire may be simpler than the table's, which the server
// converts far faster than the driver would: LowCardinality and Enum8 travel as String.
type columnOf[T any] struct {
	name, wire string
	of         func(*schema.Record) T
	isBlank    func(T) bool // tells the table's default
	rows       []T
	filled     bool // with at least one value that is not blank
}

func (c *columnOf[T]) describe() clickhouse.ColumnNameAndType {
	return clickhouse.ColumnNameAndType{Name: c.name, Type: c.wire}
}

func (c *columnOf[T]) add(r *schema.Record) {
	value := c.of(r)
	c.rows = append(c.rows, value)
	c.filled = c.filled || !c.isBlank(value)
}

func (c *columnOf[T]) values() any { return c.rows }
func (c *columnOf[T]) blank() bool { return !c.filled }

// reset empties the column and keeps its memory for the next batch.
func (c *columnOf[T]) reset() {
	clear(c.rows) // else the old strings would stay alive
	c.rows, c.filled = c.rows[:0], false
}

func newColumns() columns {
	return columns{
		text("plan", func(r *schema.Record) string { return r.Plan }),
		text("department", func(r *schema.Record) string { return r.Department }),
		text("source", func(r *schema.Record) string { return r.Source }),
		text("type", func(r *schema.Record) string { return string(r.Type) }),
		text("id", func(r *schema.Record) string { return r.ID }),
		always("content_hash", "FixedString(16)", func(r *schema.Record) string { return string(r.ContentHash[:]) }),
		always("position", "UInt64", func(r *schema.Record) uint64 { return uint64(r.Position) }),
		always("occurred_at", "DateTime64(6, 'UTC')", func(r *schema.Record) time.Time { return r.Time }),
		always("received_at", "DateTime64(6, 'UTC')", func(r *schema.Record) time.Time { return r.ReceivedAt }),
		text("commitment", func(r *schema.Record) string { return r.Data.Commitment }),
		text("measure", func(r *schema.Record) string { return r.Data.Measure }),
		text("item", func(r *schema.Record) string { return r.Data.Item }),
		text("mode", func(r *schema.Record) string { return string(r.Data.Mode) }),
		exact("value", func(r *schema.Record) *decimal.NullDecimal { return &r.Quantity }),
		exact("numerator", func(r *schema.Record) *decimal.NullDecimal { return &r.Numerator }),
		exact("denominator", func(r *schema.Record) *decimal.NullDecimal { return &r.Denominator }),
		text("reported_value", func(r *schema.Record) string { return r.Data.Value }),
		text("unit", func(r *schema.Record) string { return r.Data.Unit }),
		text("stage", func(r *schema.Record) string { return r.Data.Stage }),
		text("replaces", func(r *schema.Record) string { return r.Data.Replaces }),
		text("voids", func(r *schema.Record) string { return r.Data.Voids }),
		text("reason", func(r *schema.Record) string { return r.Data.Reason }),
		list("evidence", func(r *schema.Record) []string { return r.Data.Evidence }),
		text("note", func(r *schema.Record) string { return r.Data.Note }),
		text("name", func(r *schema.Record) string { return r.Data.Name }),
		nullable("planned_date", "Date32", func(r *schema.Record) *time.Time { return day(r.Data.PlannedDate) }),
		text("problem", func(r *schema.Record) string { return r.Data.Problem }),
		text("next_step", func(r *schema.Record) string { return r.Data.NextStep }),
		text("ledger_version", func(r *schema.Record) string { return r.LedgerVersion }),
	}
}

func text(name string, of func(*schema.Record) string) column {
	return &columnOf[string]{name: name, wire: "String", of: of, isBlank: func(s string) bool { return s == "" }}
}

func list(name string, of func(*schema.Record) []string) column {
	return &columnOf[[]string]{name: name, wire: "Array(String)", of: of, isBlank: func(l []string) bool { return len(l) == 0 }}
}

func nullable[T any](name, wire string, of func(*schema.Record) *T) column {
	return &columnOf[*T]{name: name, wire: "Nullable(" + wire + ")", of: of, isBlank: func(p *T) bool { return p == nil }}
}

// always is a column that every event has.
func always[T any](name, wire string, of func(*schema.Record) T) column {
	return &columnOf[T]{name: name, wire: wire, of: of, isBlank: func(T) bool { return false }}
}

func exact(name string, of func(*schema.Record) *decimal.NullDecimal) column {
	return nullable(name, "Decimal(38, 6)", func(r *schema.Record) *decimal.Decimal {
		if d := of(r); d.Valid {
			value := d.Decimal // the record does not outlive the call
			return &value
		}
		return nil
	})
}

// day is a date of checked form as the driver's Date32 wants it: midnight UTC.
func day(text string) *time.Time {
	if text == "" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return nil
	}
	return &t
}

func (cs columns) add(r *schema.Record) {
	for _, c := range cs {
		c.add(r)
	}
}

func (cs columns) reset() {
	for _, c := range cs {
		c.reset()
	}
}

// insertSettings are those whose defaults differ between versions of the server, or cost without need.
var insertSettings = clickhouse.Settings{
	"async_insert":       0, // an acknowledged row is a stored row
	"optimize_on_insert": 0, // re-sent events fold in merges and in FINAL, not in every insert once more
}

// insert stores the batch in one statement, which names the columns that its events fill.
func (cs columns) insert(ctx context.Context, conn driver.Conn) (err error) {
	cs = slices.DeleteFunc(slices.Clone(cs), column.blank)
	described := make([]clickhouse.ColumnNameAndType, len(cs))
	names := make([]string, len(cs))
	for i, c := range cs {
		described[i] = c.describe()
		names[i] = described[i].Name
	}
	ctx = clickhouse.Context(ctx,
		// Over HTTP the driver would otherwise ask for the table's types before every insert.
		clickhouse.WithColumnNamesAndTypes(described),
		clickhouse.WithSettings(insertSettings))
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO events ("+strings.Join(names, ", ")+")")
	if err != nil {
		return fmt.Errorf("prepare insert: %w", err)
	}
	defer func() {
		if cerr := batch.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("close insert: %w", cerr)
		}
	}()
	for i, c := range cs {
		if err := batch.Column(i).Append(c.values()); err != nil {
			return fmt.Errorf("column %s: %w", names[i], err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}
