package seedstore

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema"
)

// Supervision are the closings and verifications of a plan that hold, as far as the store has them, in the order
// of the log.
func Supervision(ctx context.Context, conn driver.Conn, plan string) (acts []schema.Act, err error) {
	rows, err := conn.Query(ctx, `
		SELECT sequence, type, at, by, reason, id, evidence
		FROM office_acts FINAL WHERE plan = ? AND refused = '' AND type IN (?, ?) ORDER BY sequence`,
		plan, string(schema.SupervisionClosed), string(schema.CommitmentVerified))
	if err != nil {
		return nil, fmt.Errorf("supervision of plan %s in the store: %w", plan, err)
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		act := schema.Act{Plan: plan}
		var kind, by, reason, id string
		var evidence []string
		if err := rows.Scan(&act.Sequence, &kind, &act.At, &by, &reason, &id, &evidence); err != nil {
			return nil, fmt.Errorf("supervision of plan %s in the store: %w", plan, err)
		}
		if act.Type = schema.ActType(kind); act.Type == schema.SupervisionClosed {
			act.Closed = &schema.Closing{Item: id, By: by, Reason: reason}
		} else {
			act.Verified = &schema.Verification{Commitment: id, Evidence: evidence, By: by, Reason: reason}
		}
		acts = append(acts, act)
	}
	return acts, rows.Err()
}
