// Package records carries what an assessment is computed from out of the store, and what it says back
// into it. It knows columns, not rules: which event wins an identity is the store's view events_clean,
// what is withdrawn and what lags is package assessment.
package records

import (
	"context"
	"fmt"
	"time"

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

// Load reads the events of a plan that had been received by knownAt (to the microsecond), one per
// identity, in log order. Voids and what they withdraw are among them. Data is as the sender wrote it,
// but for the numbers of a ratio, which the store keeps converted to the base unit alone.
func Load(ctx context.Context, conn driver.Conn, plan string, knownAt time.Time) (all []schema.Record, err error) {
	err = read(ctx, conn, plan, knownAt, "ORDER BY position", func(r *schema.Record) error {
		all = append(all, *r)
		return nil
	})
	return all, err
}

// read hands a plan's events one by one to each, as they were known at knownAt: those of the condition, in the
// order that rest asks for.
func read(ctx context.Context, conn driver.Conn, plan string, knownAt time.Time, rest string, each func(*schema.Record) error, args ...any) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("load events of plan %s: %w", plan, err)
		}
	}()
	rows, err := conn.Query(ctx, knownEvents+" "+rest, append([]any{plan, knownAt.UnixMicro()}, args...)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		record, err := scan(rows)
		if err != nil {
			return err
		}
		record.Plan = plan
		if err := each(&record); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scan(rows driver.Rows) (schema.Record, error) {
	var (
		r                             schema.Record
		d                             = &r.Data
		kind, mode, hash              string
		position                      uint64
		value, numerator, denominator *decimal.Decimal
	)
	err := rows.Scan(&r.Department, &r.Source, &kind, &r.ID, &hash, &position, &r.Time, &r.ReceivedAt,
		&d.Commitment, &d.Measure, &d.Item, &mode, &value, &numerator, &denominator, &d.Value, &d.Unit, &d.Stage,
		&d.Replaces, &d.Voids, &d.Reason, &d.Evidence, &d.Note, &d.Name, &d.PlannedDate, &d.Problem, &d.NextStep, &r.LedgerVersion)
	if err != nil {
		return r, err
	}
	r.Type, d.Mode, r.Position = schema.Type(kind), schema.Mode(mode), schema.Position(position)
	copy(r.ContentHash[:], hash)
	r.Quantity, r.Numerator, r.Denominator = nullable(value), nullable(numerator), nullable(denominator)
	if numerator != nil && denominator != nil {
		d.Numerator, d.Denominator = numerator.String(), denominator.String()
	}
	return r, nil
}

func nullable(d *decimal.Decimal) decimal.NullDecimal {
	if d == nil {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(*d)
}
