package records

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/schema"
)

// MeasureInWeek is how a measure stood in a week's letter.
type MeasureInWeek struct {
	Week    schema.Week
	Measure string
	assessment.Standing
	PlannedShare, ActualShare *big.Rat // nil: unknown
}

// MeasureLife is how measures stood in every letter of a moment from since on, oldest first.
func MeasureLife(ctx context.Context, conn driver.Conn, plan string, measures []string, since time.Time) (all []MeasureInWeek, err error) {
	rows, err := conn.Query(ctx, `
		SELECT iso_week, measure, progress_status, alert_level, data_status, schedule_lag_days, planned_pct, actual_pct
		FROM weekly_assessments FINAL
		WHERE plan = ? AND has(?, measure) AND as_of >= fromUnixTimestamp64Micro(?, 'UTC')
		ORDER BY as_of, indexOf(?, measure)`, plan, measures, since.UnixMicro(), measures)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var (
			m                           MeasureInWeek
			week, progress, alert, data string
			lagDays                     int32
			planned, actual             *decimal.Decimal
		)
		if err := rows.Scan(&week, &m.Measure, &progress, &alert, &data, &lagDays, &planned, &actual); err != nil {
			return nil, err
		}
		if m.Week, err = schema.ParseWeek(week); err != nil {
			return nil, fmt.Errorf("frozen week of plan %s: %w", plan, err)
		}
		m.Standing = assessment.Standing{Progress: assessment.Progress(progress), Alert: assessment.Alert(alert), Data: assessment.Data(data), LagDays: int(lagDays)}
		m.PlannedShare, m.ActualShare = share(planned), share(actual)
		all = append(all, m)
	}
	return all, rows.Err()
}

// share is what a percentage is of; nil where it is unknown.
func share(pct *decimal.Decimal) *big.Rat {
	if pct == nil {
		return nil
	}
	return new(big.Rat).Quo(pct.Rat(), hundred)
}

// Explanation is one that a department gave of a commitment.
type Explanation struct {
	assessment.Explanation
	Withdrawn bool
}

// Explanations are those of a commitment that were received after a moment, in that order.
func Explanations(ctx context.Context, conn driver.Conn, plan, commitment string, after time.Time) (all []Explanation, err error) {
	rows, err := conn.Query(ctx, `
		SELECT department, source, id, occurred_at, received_at, problem, next_step,
		       (plan, department, source, id) IN (SELECT plan, department, source, id FROM withdrawals)
		FROM events_clean
		WHERE plan = ? AND type = ? AND commitment = ? AND received_at > fromUnixTimestamp64Micro(?, 'UTC')
		ORDER BY received_at, position`, plan, string(schema.Explained), commitment, after.UnixMicro())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var e Explanation
		var withdrawn uint8
		if err := rows.Scan(&e.Department, &e.Source, &e.ID, &e.Time, &e.ReceivedAt, &e.Problem, &e.NextStep, &withdrawn); err != nil {
			return nil, err
		}
		e.Withdrawn = withdrawn == 1
		all = append(all, e)
	}
	return all, rows.Err()
}
