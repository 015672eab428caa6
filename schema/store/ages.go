package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// ViewAge says how stale a materialized view is.
type ViewAge struct {
	View      string
	Refreshed bool          // at least once since the server started; else Age and Took are 0
	Age       time.Duration // since the last refresh that succeeded began, by the server's clock, to the second
	Took      time.Duration // that refresh
	Failure   string        // why the last refresh failed; empty: it did not
}

// The moment of a refresh is that of its beginning, so that an age never promises rows that it missed.
const viewAges = `
SELECT view, isNotNull(last_success_time), toInt64(ifNull(greatest(now() - last_success_time, 0), 0)),
       toInt64(ifNull(last_success_duration_ms, 0)), exception
FROM system.view_refreshes
WHERE database = currentDatabase()
ORDER BY view`

// ViewAges returns the age and the failure of every materialized view, in the order of their names. The
// account must be allowed to SELECT from system.view_refreshes.
func ViewAges(ctx context.Context, conn driver.Conn) (ages []ViewAge, err error) {
	rows, err := conn.Query(ctx, viewAges)
	if err != nil {
		return nil, fmt.Errorf("ages of the views: %w", err)
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var age ViewAge
		var refreshed uint8
		var seconds, milliseconds int64
		if err := rows.Scan(&age.View, &refreshed, &seconds, &milliseconds, &age.Failure); err != nil {
			return nil, fmt.Errorf("ages of the views: %w", err)
		}
		age.Refreshed = refreshed == 1
		age.Age, age.Took = time.Duration(seconds)*time.Second, time.Duration(milliseconds)*time.Millisecond
		ages = append(ages, age)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("ages of the views: %w", err)
	}
	return ages, nil
}
