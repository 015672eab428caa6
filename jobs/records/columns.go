package records

import (
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
)

type assessed = assessment.Assessment

// columns are those that both tables of assessments have.
func columns(ledger *seeds.Ledger, all []assessed, at time.Time) []store.Column {
	return []store.Column{
		of(all, "plan", func(*assessed) string { return ledger.Plan.ID }),
		of(all, "as_of", func(a *assessed) time.Time { return a.AsOf }),
		of(all, "known_at", func(a *assessed) time.Time { return a.KnownAt }),
		of(all, "ledger_version", func(*assessed) string { return ledger.Version }),
		of(all, "commitment", func(a *assessed) string { return a.Measure.Commitment.ID }),
		of(all, "measure", func(a *assessed) string { return a.Measure.ID }),
		of(all, "lead_department", func(a *assessed) string { return a.Measure.Commitment.LeadDepartment }),
		of(all, "progress_status", func(a *assessed) string { return string(a.Progress) }),
		of(all, "alert_level", func(a *assessed) string { return string(a.Alert) }),
		of(all, "data_status", func(a *assessed) string { return string(a.Data) }),
		of(all, "shown_status", func(a *assessed) string { return string(a.Shown()) }),
		of(all, "target_value", func(a *assessed) *decimal.Decimal { return store.Decimal(a.Target.Rat()) }),
		of(all, "actual_to_date", func(a *assessed) *decimal.Decimal { return store.Decimal(rat(a.Actual)) }),
		of(all, "planned_to_date", func(a *assessed) *decimal.Decimal { return store.Decimal(a.Planned) }),
		of(all, "planned_pct", func(a *assessed) *decimal.Decimal { return store.Decimal(percent(a.PlannedShare)) }),
		of(all, "actual_pct", func(a *assessed) *decimal.Decimal { return store.Decimal(percent(a.ActualShare)) }),
		of(all, "gap_pp", func(a *assessed) *decimal.Decimal { return store.Decimal(a.Gap) }),
		of(all, "attainment", func(a *assessed) *decimal.Decimal { return store.Decimal(a.Attainment) }),
		of(all, "schedule_lag_days", func(a *assessed) int32 { return int32(a.LagDays) }),
		of(all, "reason", func(a *assessed) string { return a.Reason }),
		of(all, "due_soon", func(a *assessed) bool { return a.DueSoon }),
		of(all, "unconfirmed", func(a *assessed) bool { return a.Unconfirmed }),
		of(all, "simulated", func(a *assessed) bool { return a.Simulated }),
		of(all, "last_reported_at", func(a *assessed) *time.Time { return a.LastReported }),
		of(all, "next_due", func(a *assessed) time.Time { return midnight(a.NextDue) }),
		of(all, "next_piece", func(a *assessed) string { return a.NextPiece }),
		of(all, "missing_pieces", func(a *assessed) []string { return a.MissingPieces }),
		of(all, "forecast_finish", forecastFinish),
		of(all, "problem", func(a *assessed) string { return a.Problem }),
		of(all, "next_step", func(a *assessed) string { return a.NextStep }),
		of(all, "event_ids", func(a *assessed) []string { return ids(a.Events) }),
		of(all, "event_positions", func(a *assessed) []uint64 { return positions(a.Events) }),
		of(all, "assessed_at", func(*assessed) time.Time { return at }),
	}
}

func of[V any](all []assessed, name string, value func(*assessed) V) store.Column {
	return store.ColumnOf(name, all, value)
}

// midnight is a date as the store's driver takes it: that day in UTC.
func midnight(d schema.Date) time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

func forecastFinish(a *assessed) *time.Time {
	if a.Forecast == nil {
		return nil
	}
	day := midnight(a.Forecast.Finish)
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
