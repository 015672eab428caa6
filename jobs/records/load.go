// Package records carries what an assessment is computed from out of the store, and what it says back
// into it. It knows columns, not rules: which event wins an identity is the store's view events_clean,
// what is withdrawn and what lags is package assessment.
package records

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// The events themselves are read, not a refreshable view, which may be stale. The view settles identity
// over all events, and known-at is asked of its result: cut before, a copy or the loser of a conflict
// would be known for a while.
const knownEvents = `
SELECT department, source, type, id, content_hash, position, occurred_at, received_at,
       commitment, measure, item, mode, value, numerator, denominator, reported_value, unit, stage,
       replaces, voids, reason, evidence, note, name, ifNull(toString(planned_date), ''), problem, next_step, ledger_version
FROM events_clean
WHERE plan = ? AND received_at <= fromUnixTimestamp64Micro(?, 'UTC')`

// read hands a plan's events one by one to each, as they were known at knownAt: those of the condition, in the
// order that rest asks for, with voids and what they withdraw. Data is as the sender wrote it, but for the numbers of
// a ratio, which the store keeps converted to the base unit alone. Each must copy what it keeps.
func read(ctx context.Context, conn driver.Conn, plan string, knownAt time.Time, rest string, each func(*schema.Record) error, args ...any) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("load events of plan %s: %w", plan, err)
		}
	}()
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"max_block_size": rowsAtOnce}))
	rows, err := conn.Query(ctx, knownEvents+" "+rest, append([]any{plan, knownAt.UnixMicro()}, args...)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	event := row{plan: plan}
	into := event.columns()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := each(event.record()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// rowsAtOnce bounds what is in memory of the events that are being read.
const rowsAtOnce = 4096

// row is where one row after the other is read into.
type row struct {
	plan                          string
	event                         schema.Record
	kind, mode, hash              string
	position                      uint64
	value, numerator, denominator *decimal.Decimal
}

// columns are in the order of knownEvents.
func (w *row) columns() []any {
	r, d := &w.event, &w.event.Data
	return []any{
		&r.Department, &r.Source, &w.kind, &r.ID, &w.hash, &w.position, &r.Time, &r.ReceivedAt,
		&d.Commitment, &d.Measure, &d.Item, &w.mode, &w.value, &w.numerator, &w.denominator, &d.Value, &d.Unit, &d.Stage,
		&d.Replaces, &d.Voids, &d.Reason, &d.Evidence, &d.Note, &d.Name, &d.PlannedDate, &d.Problem, &d.NextStep, &r.LedgerVersion,
	}
}

// record is the row as an event, until the next row is read.
func (w *row) record() *schema.Record {
	r, d := &w.event, &w.event.Data
	r.Plan, r.Type, d.Mode, r.Position = w.plan, schema.Type(w.kind), schema.Mode(w.mode), schema.Position(w.position)
	copy(r.ContentHash[:], w.hash)
	r.Quantity, r.Numerator, r.Denominator = nullable(w.value), nullable(w.numerator), nullable(w.denominator)
	d.Numerator, d.Denominator = "", ""
	if w.numerator != nil && w.denominator != nil {
		d.Numerator, d.Denominator = w.numerator.String(), w.denominator.String()
	}
	return r
}

func nullable(d *decimal.Decimal) decimal.NullDecimal {
	if d == nil {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(*d)
}
