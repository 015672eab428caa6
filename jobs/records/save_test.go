package records_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/assessment"
	"xushi/jobs/records"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

var (
	monday = time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)
	ledger = &seeds.Ledger{Version: "v1", Plan: seeds.Plan{ID: "p"}}
	area   = &seeds.Measure{ID: "area", Commitment: &seeds.Commitment{ID: "construction", LeadDepartment: "housing"}}
)

// lagging is a third of the target against half of it, with every field filled in.
func lagging() assessment.Assessment {
	reported := monday.Add(-36 * time.Hour)
	return assessment.Assessment{
		Measure: area, AsOf: monday, KnownAt: monday.Add(time.Hour),
		Standing: assessment.Standing{Progress: assessment.OnTrack, Alert: assessment.Watch, Data: assessment.Stale, LagDays: 61},
		Target:   decimal.NewFromInt(847000), Actual: null("282333.333333"), Planned: big.NewRat(423500, 1),
		PlannedShare: big.NewRat(1, 2), ActualShare: big.NewRat(1, 3), Gap: big.NewRat(-50, 3), Attainment: big.NewRat(2, 3),
		Reason: "缺少基期值", DueSoon: true, Unconfirmed: true, Simulated: true, LastReported: &reported,
		NextDue: schema.Day(2024, time.July, 10), NextPiece: "east", MissingPieces: []string{"north", "south"},
		Forecast: &assessment.Forecast{Finish: schema.Day(2026, time.July, 1)},
		Problem:  "拆迁未完成", NextStep: "本月完成", Events: []assessment.Event{{ID: "e-1", Position: 65536}, {ID: "e-2", Position: 131072}},
	}
}

// stored is how an assessment stands in the store; figures as text, "" where they are null.
type stored struct {
	Measure, Lead, Progress, Alert, Data, Shown                   string
	Target, Actual, Planned, PlannedPct, ActualPct, Gap, Attained string
	Lag                                                           int32
	Reason, Problem, NextStep                                     string
	DueSoon, Unconfirmed, Simulated                               bool
	LastReported                                                  *time.Time
	NextDue, NextPiece, Forecast                                  string
	Missing, Events                                               []string
	AsOf, KnownAt, AssessedAt                                     time.Time
}

func readBack(t *testing.T, conn driver.Conn, table string) (all []stored) {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT measure, lead_department, progress_status, alert_level, data_status, shown_status,
		       toString(target_value), ifNull(toString(actual_to_date), ''), ifNull(toString(planned_to_date), ''),
		       ifNull(toString(planned_pct), ''), ifNull(toString(actual_pct), ''), ifNull(toString(gap_pp), ''), ifNull(toString(attainment), ''),
		       schedule_lag_days, reason, problem, next_step, due_soon, unconfirmed, simulated,
		       last_reported_at, toString(next_due), next_piece, ifNull(toString(forecast_finish), ''), missing_pieces, event_ids, as_of, known_at, assessed_at
		FROM `+table+` FINAL WHERE plan = 'p' AND ledger_version = 'v1' AND commitment = 'construction' ORDER BY measure`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var s stored
		if err := rows.Scan(&s.Measure, &s.Lead, &s.Progress, &s.Alert, &s.Data, &s.Shown,
			&s.Target, &s.Actual, &s.Planned, &s.PlannedPct, &s.ActualPct, &s.Gap, &s.Attained,
			&s.Lag, &s.Reason, &s.Problem, &s.NextStep, &s.DueSoon, &s.Unconfirmed, &s.Simulated,
			&s.LastReported, &s.NextDue, &s.NextPiece, &s.Forecast, &s.Missing, &s.Events, &s.AsOf, &s.KnownAt, &s.AssessedAt); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAssessmentIsStoredRoundedToSixDecimals(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	at := monday.Add(2 * time.Hour)
	saveAssessments(t, conn, at, lagging())
	reported := monday.Add(-36 * time.Hour)
	want := []stored{{
		Measure: "area", Lead: "housing", Progress: "on_track", Alert: "watch", Data: "stale", Shown: "stale",
		Target: "847000", Actual: "282333.333333", Planned: "423500",
		PlannedPct: "50", ActualPct: "33.333333", Gap: "-16.666667", Attained: "0.666667", // half away from zero
		Lag: 61, Reason: "缺少基期值", Problem: "拆迁未完成", NextStep: "本月完成",
		DueSoon: true, Unconfirmed: true, Simulated: true, LastReported: &reported,
		NextDue: "2024-07-10", NextPiece: "east", Forecast: "2026-07-01", Missing: []string{"north", "south"}, Events: []string{"e-1", "e-2"},
		AsOf: monday, KnownAt: monday.Add(time.Hour), AssessedAt: at,
	}}
	if diff := cmp.Diff(want, readBack(t, conn, "assessments")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestUnknownIsNullAndNeverZero(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	saveAssessments(t, conn, monday, assessment.Assessment{
		Measure: area, AsOf: monday, KnownAt: monday, Standing: assessment.Standing{Progress: assessment.Unknown, Alert: assessment.NoAlert, Data: assessment.NeverReported},
		Target: decimal.NewFromInt(80), Reason: "缺少基期值",
	})
	got := readBack(t, conn, "assessments")
	if len(got) != 1 {
		t.Fatalf("%d rows, want 1", len(got))
	}
	g := got[0]
	for name, figure := range map[string]string{"actual": g.Actual, "planned": g.Planned, "planned %": g.PlannedPct, "actual %": g.ActualPct,
		"gap": g.Gap, "attainment": g.Attained, "forecast": g.Forecast} {
		if figure != "" {
			t.Errorf("%s is %s, want null", name, figure)
		}
	}
	if g.LastReported != nil {
		t.Errorf("last reported %s, want null", g.LastReported)
	}
}

func TestAssessmentSavedAgainTakesThePlaceOfTheFirst(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	first, second, later := lagging(), lagging(), lagging()
	second.LagDays = 62
	later.AsOf = monday.Add(time.Hour)
	saveAssessments(t, conn, monday, first)
	saveAssessments(t, conn, monday.Add(time.Minute), second)
	saveAssessments(t, conn, monday.Add(time.Hour), later)
	got := readBack(t, conn, "assessments")
	if len(got) != 2 || got[0].Lag != 62 || got[1].Lag != 61 {
		t.Errorf("want the second of one moment and that of an hour later, got\n%+v", got)
	}
}

func TestFrozenWeekStaysAsItIs(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	frozen, changed, added := lagging(), lagging(), lagging()
	changed.LagDays = 99
	added.Measure = &seeds.Measure{ID: "projects", Commitment: area.Commitment}
	for _, all := range [][]assessment.Assessment{{frozen}, {changed, added}} {
		freeze(t, conn, 27, all...)
	}
	if got := readBack(t, conn, "weekly_assessments"); len(got) != 1 || got[0].Lag != 61 {
		t.Errorf("want the one measure that was frozen first, got\n%+v", got)
	}
	freeze(t, conn, 28, changed)
	if got := readBack(t, conn, "weekly_assessments"); len(got) != 2 {
		t.Errorf("%d rows after another week was frozen, want 2", len(got))
	}
}

func freeze(t *testing.T, conn driver.Conn, week int, all ...assessment.Assessment) {
	t.Helper()
	frozen := supervision.Next(nil, supervision.Input{
		Ledger: ledger, Week: schema.Week{Year: 2024, Number: week}, AsOf: all[0].AsOf, KnownAt: all[0].KnownAt, Now: all,
	})
	if err := records.SaveWeek(t.Context(), conn, ledger, frozen, all, monday); err != nil {
		t.Fatal(err)
	}
}

func TestALetterStandsAtTheHighestRevision(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	change := records.Delivery{Letter: schema.MailAddress{Plan: "p", Period: "2024-W27", Recipient: "office@example.org", Kind: "weekly"}}
	for _, step := range []struct {
		state    schema.MailState
		error    string
		revision uint64
		want     string
	}{
		{schema.MailQueued, "", 1, "queued 0"},
		{schema.MailSending, "", 2, "queued 0"}, // is no matter of analysts
		{schema.MailSent, "", 4, "sent 0"},
		{schema.MailQueued, "451", 3, "sent 1"}, // copied late
		{schema.MailQueued, "451", 3, "sent 1"}, // copied again
	} {
		change.State, change.Error, change.Revision = step.state, step.error, step.revision
		change.At = monday.Add(time.Duration(step.revision) * time.Second)
		if err := records.SaveDeliveries(t.Context(), conn, []records.Delivery{change}); err != nil {
			t.Fatal(err)
		}
		var got string
		err := conn.QueryRow(t.Context(), "SELECT concat(state, ' ', length(troubles)) FROM letters WHERE plan = 'p' AND period = '2024-W27'").Scan(&got)
		if err != nil || got != step.want {
			t.Errorf("after %s at revision %d: state and troubles %s, %v; want %s", step.state, step.revision, got, err, step.want)
		}
	}
	change.State = "astray"
	if err := records.SaveDeliveries(t.Context(), conn, []records.Delivery{change}); err == nil {
		t.Error("an unknown state was stored")
	}
}

func saveAssessments(t *testing.T, conn driver.Conn, at time.Time, all ...assessment.Assessment) {
	t.Helper()
	if err := records.SaveAssessments(t.Context(), conn, ledger, all, at); err != nil {
		t.Fatal(err)
	}
}
