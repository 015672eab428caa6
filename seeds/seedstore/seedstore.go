// Package seedstore writes ledgers and the office's acts into the store, so that what is said about
// progress can be joined with what was promised, and reads a plan's versions back from there.
//
// It decides nothing: which act holds and what it changes is for package office, which reads the log itself;
// the store's copy is for SQL, and for whoever has the store alone. Every row's time is its act's, so that
// writing an act again, by this process or another, changes nothing.
package seedstore

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema/store"
	"xushi/seeds"
)

// table is the rows of one insert.
type table struct {
	name string
	rows []store.Row
}

// Apply writes a version of a ledger that came into force at a moment. The row of plans, which puts the
// others in force, comes last: killed halfway, it leaves the version before in force, and completes when it
// is done again. A version that was in force before can come again.
func Apply(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, at time.Time) error {
	a := application{ledger: ledger, at: at}
	return insert(ctx, conn, ledger,
		table{"departments", a.departments()},
		table{"commitments", a.commitments()},
		table{"measures", a.measures()},
		table{"items", a.items()},
		table{"stages", a.stages()},
		table{"statements", a.statements()},
		table{"numerals", a.numerals()},
		table{"assignments", a.assignments()},
		table{"planned_daily", a.plannedDaily()},
		table{"plans", a.plan()},
	)
}

// confirm writes anew what shows who confirmed it.
func confirm(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, at time.Time) error {
	a := application{ledger: ledger, at: at}
	return insert(ctx, conn, ledger, table{"measures", a.measures()}, table{"assignments", a.assignments()})
}

func insert(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, tables ...table) error {
	for _, t := range tables {
		if err := store.Insert(ctx, conn, t.name, t.rows); err != nil {
			return fmt.Errorf("write ledger %s of plan %s: %w", ledger.Version, ledger.Plan.ID, err)
		}
	}
	return nil
}
