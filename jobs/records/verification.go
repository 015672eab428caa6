package records

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/schema/store"
)

// saveVerifications writes the verifications of a week.
func saveVerifications(ctx context.Context, conn driver.Conn, w *supervision.Week, at time.Time) error {
	var rows []store.Row
	for _, v := range w.Verifications {
		rows = append(rows, store.Row{
			"plan", w.Plan,
			"iso_week", w.Week.String(),
			"as_of", w.AsOf,
			"commitment", v.Commitment,
			"verified_at", v.At,
			"by", v.By,
			"reason", v.Reason,
			"evidence", v.Evidence,
			"holds", v.LapsedAt.IsZero(),
			"lapsed_at", moment(v.LapsedAt),
			"frozen_at", at,
		})
	}
	return store.Insert(ctx, conn, "weekly_verifications", rows)
}

// verificationsOf are a frozen week's.
func verificationsOf(ctx context.Context, conn driver.Conn, plan string, week schema.Week) (all []supervision.Verification, err error) {
	rows, err := conn.Query(ctx, `
		SELECT commitment, verified_at, by, reason, evidence, lapsed_at
		FROM weekly_verifications FINAL WHERE plan = ? AND iso_week = ? ORDER BY verified_at, commitment`, plan, week.String())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var v supervision.Verification
		var lapsed *time.Time
		if err := rows.Scan(&v.Commitment, &v.At, &v.By, &v.Reason, &v.Evidence, &lapsed); err != nil {
			return nil, err
		}
		v.LapsedAt = orZero(lapsed)
		all = append(all, v)
	}
	return all, rows.Err()
}
