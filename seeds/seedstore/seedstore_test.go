package seedstore_test

import (
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/seedstore"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

var morning = time.Date(2024, 1, 2, 8, 0, 0, 0, schema.Shanghai)

func TestApplyTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledger := hongqiao(t)
	apply(t, conn, ledger, morning)
	once := contents(t, conn)
	apply(t, conn, ledger, morning)
	if diff := cmp.Diff(once, contents(t, conn)); diff != "" {
		t.Errorf("rows and their hash, per table (-once +twice)\n%s", diff)
	}
	if once["measures"].Rows != uint64(len(ledger.Measures())) {
		t.Errorf("%d measures stored of %d", once["measures"].Rows, len(ledger.Measures()))
	}
}

// In SQL as in Go, a quote and a numeral stand in the source text where the ledger says, counted in code points.
func TestEveryQuoteStandsInTheStoredText(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledger := hongqiao(t)
	apply(t, conn, ledger, morning)
	var measures, quotes, numerals uint64
	scan(t, conn, `
		SELECT count(),
		       countIf(substringUTF8(source_text, l.quote_offset + 1, lengthUTF8(l.quote)) = l.quote),
		       countIf(numeral_text = '全覆盖' OR substringUTF8(source_text, numeral_offset + 1, lengthUTF8(numeral_text)) = numeral_text)
		FROM ledger AS l INNER JOIN current_plans AS p ON p.plan = l.plan`, &measures, &quotes, &numerals)
	if want := uint64(len(ledger.Measures())); measures != want || quotes != want || numerals != want {
		t.Errorf("%d measures, %d quotes and %d numerals found in the text, want %d of each", measures, quotes, numerals, want)
	}
}

func TestLedgerViewOfOnePromise(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	apply(t, conn, small("v1"), morning)
	var got struct {
		Title, Quote, Lead, Reporting, Unit, Mode, Kind string
		Target                                          decimal.Decimal
		Baseline                                        *decimal.Decimal
		Due                                             time.Time
		Supporting                                      []string
	}
	scan(t, conn, `
		SELECT measure_title, quote, lead_department_name, reporting_department, unit, mode, curve_kind,
		       target_value, baseline_value, due_date, supporting_departments
		FROM ledger WHERE measure = 'area'`,
		&got.Title, &got.Quote, &got.Lead, &got.Reporting, &got.Unit, &got.Mode, &got.Kind, &got.Target, &got.Baseline, &got.Due, &got.Supporting)
	want := got
	want.Title, want.Quote, want.Lead, want.Reporting = "新启动面积", "新启动84.7万平方米", "住建委", "housing"
	want.Unit, want.Mode, want.Kind = "平方米", "increment", "linear"
	want.Target, want.Baseline, want.Supporting = decimal.RequireFromString("847000"), nil, []string{"water"}
	want.Due = time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A linear 2024 of 847,000 m²: on the morning of 07-01, 182 of 366 days have passed, which is 49.726776 %
// or 421,185.792350 m² (847000 × 182/366 = 421185.79234972…).
func TestPlannedDailyOnMornings(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	apply(t, conn, small("v1"), morning)
	for date, want := range map[string][2]string{
		"2024-01-01": {"0", "0"},
		"2024-07-01": {"49.726776", "421185.79235"},
		"2025-01-01": {"100", "847000"},
	} {
		var pct, planned *decimal.Decimal
		scan(t, conn, "SELECT planned_pct, planned_to_date FROM current_planned_daily WHERE measure = 'area' AND date = '"+date+"'", &pct, &planned)
		if pct.String() != want[0] || planned.String() != want[1] {
			t.Errorf("on the morning of %s planned %s%% or %s, want %s%% or %s", date, pct, planned, want[0], want[1])
		}
	}
	var days uint64
	scan(t, conn, "SELECT count() FROM current_planned_daily WHERE measure = 'rate' AND planned_pct IS NULL AND planned_to_date IS NULL", &days)
	if days != 367 { // 366 days and the morning after
		t.Errorf("a measure without a curve is unknown on %d days, want 367", days)
	}
}

func TestTheVersionAppliedLastIsInForce(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	v1, v2 := small("v1"), small("v2")
	v2.Commitments[0].Measures = v2.Commitments[0].Measures[:1]
	v2.Index()
	for _, step := range []struct {
		what    string
		ledger  *seeds.Ledger
		at      time.Time
		version string
		rows    uint64 // measures in force
	}{
		{"first", v1, morning, "v1", 2},
		{"a version with a measure less", v2, morning.Add(time.Hour), "v2", 1},
		{"back to the first", v1, morning.Add(2 * time.Hour), "v1", 2},
	} {
		apply(t, conn, step.ledger, step.at)
		var version string
		var measures uint64
		scan(t, conn, "SELECT any(ledger_version), count() FROM ledger", &version, &measures)
		if version != step.version || measures != step.rows {
			t.Errorf("%s: version %s with %d measures in force, want %s with %d", step.what, version, measures, step.version, step.rows)
		}
	}
	var applications uint64
	if scan(t, conn, "SELECT count() FROM plans FINAL", &applications); applications != 3 {
		t.Errorf("%d applications on record, want 3", applications)
	}
}

func TestHalfAVersionIsNotInForce(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	apply(t, conn, small("v1"), morning)
	apply(t, conn, small("v2"), morning.Add(time.Hour))
	// As if killed before its last insert: everything of v2 is there but the row of plans.
	if err := conn.Exec(t.Context(), "ALTER TABLE plans DELETE WHERE ledger_version = 'v2' SETTINGS mutations_sync = 2"); err != nil {
		t.Fatal(err)
	}
	var version string
	if scan(t, conn, "SELECT DISTINCT ledger_version FROM ledger", &version); version != "v1" {
		t.Errorf("version %s in force, want v1", version)
	}
	apply(t, conn, small("v2"), morning.Add(2*time.Hour))
	var measures, planned uint64
	scan(t, conn, "SELECT any(ledger_version), count() FROM ledger", &version, &measures)
	scan(t, conn, "SELECT count() FROM current_planned_daily", &planned)
	if version != "v2" || measures != 2 || planned != 2*367 {
		t.Errorf("version %s with %d measures and %d planned days in force, want v2 with 2 and %d", version, measures, planned, 2*367)
	}
}

// small is a ledger of one commitment with a linear count, and a rate of which the text says little.
func small(version string) *seeds.Ledger {
	first, last := schema.Day(2024, 1, 1), schema.Day(2024, 12, 31)
	l := &seeds.Ledger{
		Version:     version,
		Plan:        seeds.Plan{ID: "p", Title: "试点", Start: first, End: last},
		Departments: []seeds.Department{{ID: "housing", Name: "住建委"}, {ID: "water", Name: "水务局"}},
		Commitments: []seeds.Commitment{{
			ID: "construction", Quote: "新启动84.7万平方米", LeadDepartment: "housing", SupportingDepartments: []string{"water"},
			Measures: []seeds.Measure{
				{ID: "area", Title: "新启动面积", TargetValue: decimal.NewFromInt(847000), Unit: "平方米", Mode: schema.Increment, DueDate: last,
					Curve: &seeds.Curve{Kind: seeds.Linear, Start: first, End: last}},
				{ID: "rate", Title: "签约率", TargetValue: decimal.NewFromInt(80), Unit: "%", Mode: schema.Level, DueDate: last, ReportingDepartment: "water",
					Ratio: &seeds.Ratio{Numerator: "签约人数", Denominator: "人数", Per: decimal.NewFromInt(100)}},
			},
		}},
	}
	l.Index()
	return l
}

func hongqiao(t *testing.T) *seeds.Ledger {
	t.Helper()
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	return ledger
}

func apply(t *testing.T, conn driver.Conn, ledger *seeds.Ledger, now time.Time) {
	t.Helper()
	if err := seedstore.Apply(t.Context(), conn, ledger, now); err != nil {
		t.Fatal(err)
	}
}

type table struct{ Rows, Hash uint64 }

// contents counts and hashes what every table says.
func contents(t *testing.T, conn driver.Conn) map[string]table {
	t.Helper()
	all := map[string]table{}
	for _, name := range []string{"plans", "departments", "commitments", "measures", "items", "stages", "statements", "numerals", "assignments", "planned_daily"} {
		var c table
		scan(t, conn, "SELECT count(), sum(cityHash64(toString(tuple(*)))) FROM "+name+" FINAL", &c.Rows, &c.Hash)
		all[name] = c
	}
	return all
}

func scan(t *testing.T, conn driver.Conn, query string, dest ...any) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query).Scan(dest...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}
