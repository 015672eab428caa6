package records

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema/store"
	"xushi/seeds"
)

// SaveAssessments stores what an assessment of the ledger's plan says, all of it or nothing; at is when
// it was made. Made again, with the same as-of, known-at and ledger version, it takes the place of the
// one before. Figures are rounded to six decimals, half away from zero (store.Decimal).
func SaveAssessments(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, all []assessment.Assessment, at time.Time) error {
	rows := make([]store.Row, len(all))
	for i := range all {
		rows[i] = row(ledger, &all[i], at)
	}
	return store.Insert(ctx, conn, "assessments", rows)
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
	rows := make([]store.Row, len(all))
	for i := range all {
		standing := week.Standings[all[i].Measure.ID]
		rows[i] = append(row(ledger, &all[i], at), "iso_week", isoWeek, "kind", kindOf(standing), "lagging_weeks", uint32(standing.LaggingWeeks))
	}
	return store.Insert(ctx, conn, "weekly_assessments", rows)
}

// FrozenAsOf is the as-of of a frozen week; ok is false while the week is not frozen.
func FrozenAsOf(ctx context.Context, conn driver.Conn, plan, isoWeek string) (asOf time.Time, ok bool, err error) {
	var rows uint64
	err = conn.QueryRow(ctx, "SELECT count(), any(as_of) FROM weekly_assessments FINAL WHERE plan = ? AND iso_week = ?", plan, isoWeek).Scan(&rows, &asOf)
	return asOf, rows > 0, err
}

// FrozenBefore is the as-of of the last week that was frozen before a moment; the zero time if none was.
func FrozenBefore(ctx context.Context, conn driver.Conn, plan string, moment time.Time) (asOf time.Time, err error) {
	var rows uint64
	err = conn.QueryRow(ctx, "SELECT count(), max(as_of) FROM weekly_assessments FINAL WHERE plan = ? AND as_of < fromUnixTimestamp64Micro(?, 'UTC')",
		plan, moment.UnixMicro()).Scan(&rows, &asOf)
	if rows == 0 {
		asOf = time.Time{}
	}
	return asOf, err
}

func row(ledger *seeds.Ledger, a *assessment.Assessment, at time.Time) store.Row {
	return store.Row{
		"plan", ledger.Plan.ID,
		"as_of", a.AsOf,
		"known_at", a.KnownAt,
		"ledger_version", ledger.Version,
		"commitment", a.Measure.Commitment.ID,
		"measure", a.Measure.ID,
		"lead_department", a.Measure.Commitment.LeadDepartment,
		"progress_status", string(a.Progress),
		"alert_level", string(a.Alert),
		"data_status", string(a.Data),
		"shown_status", string(a.Shown()),
		"target_value", store.Decimal(a.Target.Rat()),
		"actual_to_date", store.Decimal(rat(a.Actual)),
		"planned_to_date", store.Decimal(a.Planned),
		"planned_pct", store.Decimal(percent(a.PlannedShare)),
		"actual_pct", store.Decimal(percent(a.ActualShare)),
		"gap_pp", store.Decimal(a.Gap),
		"attainment", store.Decimal(a.Attainment),
		"schedule_lag_days", int32(a.LagDays),
		"reason", a.Reason,
		"due_soon", a.DueSoon,
		"unconfirmed", a.Unconfirmed,
		"simulated", a.Simulated,
		"last_reported_at", a.LastReported,
		"next_due", a.NextDue.String(),
		"next_piece", a.NextPiece,
		"missing_pieces", a.MissingPieces,
		"forecast_finish", forecastFinish(a),
		"problem", a.Problem,
		"next_step", a.NextStep,
		"event_ids", ids(a.Events),
		"event_positions", positions(a.Events),
		"assessed_at", at,
	}
}

func forecastFinish(a *assessment.Assessment) *time.Time {
	if a.Forecast == nil {
		return nil
	}
	day := time.Unix(int64(a.Forecast.Finish)*24*60*60, 0).UTC()
	return &day
}

func ids(events []assessment.Event) []string {
	all := make([]string, len(events))
	for i, r := range events {
		all[i] = r.ID
	}
	return all
}

func positions(events []assessment.Event) []uint64 {
	all := make([]uint64, len(events))
	for i, r := range events {
		all[i] = uint64(r.Position)
	}
	return all
}

var hundred = big.NewRat(100, 1)

func percent(share *big.Rat) *big.Rat {
	if share == nil {
		return nil
	}
	return new(big.Rat).Mul(share, hundred)
}

func rat(d decimal.NullDecimal) *big.Rat {
	if !d.Valid {
		return nil
	}
	return d.Decimal.Rat()
}
