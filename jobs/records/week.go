package records

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema"
)

const quantity, milestone = "quantity", "milestone"

func kindOf(s supervision.Standing) string {
	if s.Milestone {
		return milestone
	}
	return quantity
}

// endOfTime is after every week.
var endOfTime = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)

// LatestWeek is the last week of a plan that was frozen; nil if none was.
func LatestWeek(ctx context.Context, conn driver.Conn, plan string) (*supervision.Week, error) {
	return WeekBefore(ctx, conn, plan, endOfTime)
}

// WeekBefore is the last week of a plan that was frozen before a moment; nil if none was.
func WeekBefore(ctx context.Context, conn driver.Conn, plan string, moment time.Time) (*supervision.Week, error) {
	asOf, err := frozenBefore(ctx, conn, plan, moment)
	if err != nil || asOf.IsZero() {
		return nil, err
	}
	w := &supervision.Week{Plan: plan, AsOf: asOf, Standings: map[string]supervision.Standing{}}
	if err := readStandings(ctx, conn, w); err != nil {
		return nil, err
	}
	if w.Items, err = itemsOf(ctx, conn, plan, w.Week); err != nil {
		return nil, err
	}
	w.Verifications, err = verificationsOf(ctx, conn, plan, w.Week)
	return w, err
}

// readStandings reads what weekly_assessments has of a week, of which the plan and the moment are known.
func readStandings(ctx context.Context, conn driver.Conn, w *supervision.Week) error {
	rows, err := conn.Query(ctx, `
		SELECT iso_week, known_at, measure, kind, progress_status, alert_level, data_status, schedule_lag_days, lagging_weeks
		FROM weekly_assessments FINAL WHERE plan = ? AND as_of = fromUnixTimestamp64Micro(?, 'UTC')`, w.Plan, w.AsOf.UnixMicro())
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var (
			week, measure, kind, progress, alert, data string
			lagDays                                    int32
			laggingWeeks                               uint32
		)
		if err := rows.Scan(&week, &w.KnownAt, &measure, &kind, &progress, &alert, &data, &lagDays, &laggingWeeks); err != nil {
			return err
		}
		if w.Week, err = schema.ParseWeek(week); err != nil {
			return fmt.Errorf("frozen week of plan %s: %w", w.Plan, err)
		}
		w.Standings[measure] = supervision.Standing{
			Standing: assessment.Standing{
				Progress: assessment.Progress(progress), Alert: assessment.Alert(alert), Data: assessment.Data(data), LagDays: int(lagDays),
			},
			Milestone: kind == milestone, LaggingWeeks: int(laggingWeeks),
		}
	}
	return rows.Err()
}
