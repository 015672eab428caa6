package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// materialized are the views that ClickHouse rebuilds every minute, each row after those that it is made of.
var materialized = [][]string{
	{"standing_daily"},
	{"progress_daily", "progress_current"},
}

// Refresh rebuilds the materialized views now and returns when they show everything that was inserted
// before the call. Nothing that decides depends on it: assessments and letters read the events themselves.
func Refresh(ctx context.Context, conn driver.Conn) error {
	for _, views := range materialized {
		// One that is under way began before the call, and waiting for the next would end with it.
		for _, view := range views {
			_ = conn.Exec(ctx, "SYSTEM WAIT VIEW "+view) // fails where the last one did, which does not matter any more
		}
		for _, statement := range []string{"SYSTEM REFRESH VIEW ", "SYSTEM WAIT VIEW "} {
			for _, view := range views {
				if err := conn.Exec(ctx, statement+view); err != nil {
					return fmt.Errorf("refresh %s: %w", view, err)
				}
			}
		}
	}
	return nil
}
