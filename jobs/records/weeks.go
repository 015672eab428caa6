package records

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/jobs/supervision"
)

// WeeksBetween are the weeks of a plan that were frozen of moments from `from` on and before `until`, oldest
// first: those of a month, say.
func WeeksBetween(ctx context.Context, conn driver.Conn, plan string, from, until time.Time) ([]*supervision.Week, error) {
	var weeks []*supervision.Week
	for until.After(from) {
		week, err := WeekBefore(ctx, conn, plan, until)
		if err != nil {
			return nil, fmt.Errorf("frozen weeks of plan %s before %s: %w", plan, until.UTC().Format(time.RFC3339), err)
		}
		if week == nil || week.AsOf.Before(from) {
			break
		}
		weeks = append([]*supervision.Week{week}, weeks...)
		until = week.AsOf
	}
	return weeks, nil
}
