package records

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema"
)

// Load reads a plan's events as a whole, in log order: what reading them in parts must come to.
func Load(ctx context.Context, conn driver.Conn, plan string, knownAt time.Time) (all []schema.Record, err error) {
	err = read(ctx, conn, plan, knownAt, "ORDER BY position", func(r *schema.Record) error {
		all = append(all, *r)
		return nil
	})
	return all, err
}
