// Package seedstore writes ledgers into the store, so that what is said about progress can be joined
// with what was promised. It decides nothing: the product reads its ledger from the ledger's folder,
// and the store's copy is for SQL.
package seedstore

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema/store"
	"xushi/seeds"
)

// Apply puts a version of a ledger in force from now on, and does nothing if it is in force already.
// A version that was in force before can be applied again. Killed halfway, it leaves the version before
// in force; applied again, it completes.
func Apply(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, now time.Time) error {
	inForce, since, err := latest(ctx, conn, ledger.Plan.ID)
	if err != nil {
		return fmt.Errorf("ledger in force of plan %s: %w", ledger.Plan.ID, err)
	}
	if inForce == ledger.Version {
		return nil
	}
	if now = now.Truncate(time.Microsecond); !now.After(since) {
		now = since.Add(time.Microsecond) // what is applied last is in force, even by a clock that went back
	}
	a := application{ledger: ledger, at: now}
	for _, table := range []struct {
		name string
		rows []store.Row
	}{
		{"departments", a.departments()},
		{"commitments", a.commitments()},
		{"measures", a.measures()},
		{"items", a.items()},
		{"stages", a.stages()},
		{"planned_daily", a.plannedDaily()},
		{"plans", a.plan()}, // last: this row puts the others in force
	} {
		if err := store.Insert(ctx, conn, table.name, table.rows); err != nil {
			return fmt.Errorf("apply ledger %s of plan %s: %w", ledger.Version, ledger.Plan.ID, err)
		}
	}
	return nil
}

// latest is the version in force and since when; "" if there is none.
func latest(ctx context.Context, conn driver.Conn, plan string) (version string, since time.Time, err error) {
	rows, err := conn.Query(ctx, "SELECT ledger_version, applied_at FROM current_plans WHERE plan = ?", plan)
	if err != nil {
		return "", time.Time{}, err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	if rows.Next() {
		err = rows.Scan(&version, &since)
	}
	if err == nil {
		err = rows.Err()
	}
	return version, since, err
}
