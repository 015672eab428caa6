package records

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema/store"
	"xushi/seeds"
)

// SaveAssessments stores what an assessment of the ledger's plan says, all of it or nothing; at is when
// it was made. Made again, with the same as-of, known-at and ledger version, it takes the place of the
// one before. Figures are rounded to six decimals, half away from zero (store.Decimal).
func SaveAssessments(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, all []assessment.Assessment, at time.Time) error {
	return store.InsertColumns(ctx, conn, "assessments", columns(ledger, all, at))
}

// SaveWeek freezes the assessment that the letter of an ISO week is written from, with what the next week
// needs of it. A week that is frozen stays as it is, whoever freezes it again and with whatever.
func SaveWeek(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, week *supervision.Week, all []assessment.Assessment, at time.Time) error {
	isoWeek := week.Week.String()
	_, frozen, err := FrozenAsOf(ctx, conn, ledger.Plan.ID, isoWeek)
	if err != nil {
		return fmt.Errorf("is week %s of plan %s frozen: %w", isoWeek, ledger.Plan.ID, err)
	}
	if frozen {
		return nil
	}
	if err := saveItems(ctx, conn, week, at); err != nil {
		return err
	}
	if err := saveVerifications(ctx, conn, week, at); err != nil {
		return err
	}
	frozenWeek := append(columns(ledger, all, at),
		of(all, "iso_week", func(*assessment.Assessment) string { return isoWeek }),
		of(all, "kind", func(a *assessment.Assessment) string { return kindOf(week.Standings[a.Measure.ID]) }),
		of(all, "lagging_weeks", func(a *assessment.Assessment) uint32 { return uint32(week.Standings[a.Measure.ID].LaggingWeeks) }),
	)
	return store.InsertColumns(ctx, conn, "weekly_assessments", frozenWeek) // last: they say that the week is frozen
}

// FrozenAsOf is the as-of of a frozen week; ok is false while the week is not frozen.
func FrozenAsOf(ctx context.Context, conn driver.Conn, plan, isoWeek string) (asOf time.Time, ok bool, err error) {
	var rows uint64
	err = conn.QueryRow(ctx, "SELECT count(), any(as_of) FROM weekly_assessments FINAL WHERE plan = ? AND iso_week = ?", plan, isoWeek).Scan(&rows, &asOf)
	return asOf, rows > 0, err
}

// frozenBefore is the as-of of the last week that was frozen before a moment; the zero time if none was.
func frozenBefore(ctx context.Context, conn driver.Conn, plan string, moment time.Time) (asOf time.Time, err error) {
	var rows uint64
	err = conn.QueryRow(ctx, "SELECT count(), max(as_of) FROM weekly_assessments FINAL WHERE plan = ? AND as_of < fromUnixTimestamp64Micro(?, 'UTC')",
		plan, moment.UnixMicro()).Scan(&rows, &asOf)
	if rows == 0 {
		asOf = time.Time{}
	}
	return asOf, err
}
