package store_test

import (
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema/store"
)

// assessed is a row of assessments as tests write them.
type assessed struct {
	measure, lead   string
	progress, alert string
	data, shown     string
	gap             string // "" for null
	lag             int32
}

// save writes one assessment of the plan.
func save(t *testing.T, conn driver.Conn, plan, version string, asOf, knownAt, assessedAt time.Time, all ...assessed) {
	t.Helper()
	if err := store.Insert(t.Context(), conn, "assessments", assessmentRows(plan, version, asOf, knownAt, assessedAt, all)); err != nil {
		t.Fatal(err)
	}
}

func assessmentRows(plan, version string, asOf, knownAt, assessedAt time.Time, all []assessed) (rows []store.Row) {
	for _, a := range all {
		var gap *decimal.Decimal
		if a.gap != "" {
			d := decimal.RequireFromString(a.gap)
			gap = &d
		}
		rows = append(rows, store.Row{
			"plan", plan, "ledger_version", version, "as_of", asOf, "known_at", knownAt, "assessed_at", assessedAt,
			"commitment", "construction", "measure", a.measure, "lead_department", a.lead,
			"progress_status", a.progress, "alert_level", a.alert, "data_status", a.data, "shown_status", a.shown,
			"gap_pp", gap, "schedule_lag_days", a.lag,
		})
	}
	return rows
}

const statusRows = `SELECT measure || ' ' || shown_status || ', ' || measure_title || ' (' || lead_department_name || ')' FROM status WHERE plan = ? ORDER BY ordinal`

func TestStatusIsTheLatestAssessmentOfEachPlan(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	june, july := at(t, "06-24 08:00"), at(t, "07-01 08:00")
	area := func(shown string) assessed {
		return assessed{measure: "area", lead: "housing", progress: shown, alert: "none", data: "fresh", shown: shown}
	}
	parks := area("not_due")
	parks.measure = "parks"
	for _, step := range []struct {
		what string
		save func()
		want []string
	}{
		{"nothing assessed", func() {}, nil},
		{"a week later, of one measure less",
			func() {
				save(t, conn, "p", "v1", june, june, june, area("ahead"), parks)
				save(t, conn, "p", "v1", july, july, july, area("lagging"))
			}, []string{"area lagging, 新启动面积 (住建委)"}},
		{"the earlier moment assessed anew, with what is known now",
			func() { save(t, conn, "p", "v1", june, july, july.Add(time.Hour), area("overdue"), parks) },
			[]string{"area lagging, 新启动面积 (住建委)"}},
		{"the same moment, known later",
			func() { save(t, conn, "p", "v1", july, july.Add(time.Hour), july, area("severe")) },
			[]string{"area severe, 新启动面积 (住建委)"}},
		{"the same again, computed once more",
			func() { save(t, conn, "p", "v1", july, july.Add(time.Hour), july.Add(time.Hour), area("on_track")) },
			[]string{"area on_track, 新启动面积 (住建委)"}},
		{"another plan, assessed later",
			func() { save(t, conn, "q", "v1", july.AddDate(0, 1, 0), july, july, area("completed")) },
			[]string{"area on_track, 新启动面积 (住建委)"}},
	} {
		step.save()
		wantRows(t, conn, step.what, statusRows, "p", step.want)
	}
}

// Titles are those of the version that was assessed, not of the one in force.
func TestStatusSpeaksOfTheLedgerThatWasAssessed(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	moment := at(t, "07-01 08:00")
	save(t, conn, "p", "v1", moment, moment, moment,
		assessed{measure: "area", lead: "housing", progress: "lagging", alert: "lagging", data: "fresh", shown: "lagging"})
	exec(t, conn, "ALTER TABLE measures UPDATE title = '旧名' WHERE ledger_version = 'v1' SETTINGS mutations_sync = 2")
	ledgerInForce(t, conn, "p", "v2", "housing")
	wantRows(t, conn, "after a new version", statusRows, "p", []string{"area lagging, 旧名 (住建委)"})
}

// monday is an assessment with every kind of status in it.
var monday = []assessed{
	{"a", "housing", "lagging", "lagging", "fresh", "lagging", "-12.5", 40},
	{"b", "housing", "severe", "severe", "stale", "severe", "-31", 90},
	{"c", "water", "severe", "severe", "fresh", "severe", "-45", 60},
	{"d", "housing", "not_started", "lagging", "never_reported", "not_started", "", 3}, // an itemised one: no points
	{"e", "housing", "overdue", "severe", "fresh", "overdue", "", 120},
	{"f", "housing", "on_track", "watch", "stale", "stale", "-6", 9},
	{"g", "housing", "ahead", "none", "fresh", "ahead", "15", 0},
	{"h", "water", "completed", "none", "fresh", "completed", "50", 0},
	{"i", "water", "not_due", "none", "fresh", "not_due", "0", 0},
	{"j", "water", "unknown", "none", "never_reported", "unknown", "", 0},
	{"k", "water", "on_track", "none", "unverified", "on_track", "1", 0},
}

func TestLaggingIsRankedWorstFirst(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	moment := at(t, "07-01 08:00")
	save(t, conn, "p", "v1", moment, moment, moment, monday...)
	save(t, conn, "q", "v1", moment, moment, moment, monday[0])
	wantRows(t, conn, "", `SELECT toString(rank) || ' ' || measure FROM lagging WHERE plan = ? ORDER BY rank`, "p",
		// Severe before lagging; then the longest delay, which every measure has; as the letter does.
		[]string{"1 e", "2 b", "3 c", "4 a", "5 d"})
	wantRows(t, conn, "", `SELECT toString(rank) || ' ' || measure FROM lagging WHERE plan = ? ORDER BY rank`, "q", []string{"1 a"})
}

func TestDepartmentCardCountsStatuses(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	moment := at(t, "07-01 08:00")
	save(t, conn, "p", "v1", moment, moment, moment, monday...)
	wantRows(t, conn, "", `
		SELECT lead_department || ': ' || arrayStringConcat(arrayMap(x -> toString(x), [measures, completed, ahead, on_track, lagging, severe,
		       not_started, overdue, not_due, unknown, stale]), ' ')
		       || ', alerts ' || arrayStringConcat(arrayMap(x -> toString(x), [alert_watch, alert_lagging, alert_severe]), ' ')
		       || ', data ' || arrayStringConcat(arrayMap(x -> toString(x), [data_stale, data_never_reported]), ' ')
		FROM department_card WHERE plan = ? ORDER BY lead_department`, "p",
		[]string{
			"housing: 6 0 1 0 1 1 1 1 0 0 1, alerts 1 2 2, data 2 1",
			"water: 5 1 0 1 0 1 0 0 1 1 0, alerts 0 0 1, data 0 1",
		})
}

func TestMilestonesAreCountedApart(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	moment := at(t, "07-01 08:00")
	late := func(measure string) assessed {
		return assessed{measure: measure, lead: "housing", progress: "lagging", alert: "lagging", data: "fresh", shown: "lagging"}
	}
	save(t, conn, "p", "v1", moment, moment, moment, late("area"), late("metro"), late("parks"))
	wantRows(t, conn, "status", "SELECT measure || ' ' || kind FROM status WHERE plan = ? ORDER BY measure", "p",
		[]string{"area quantity", "metro milestone", "parks quantity"})
	wantRows(t, conn, "department_card", `
		SELECT lead_department || ': ' || toString(measures) || ' of which ' || toString(quantities) || ' and ' || toString(milestones)
		FROM department_card WHERE plan = ?`, "p", []string{"housing: 3 of which 2 and 1"})
}

// The first freezing of a week wins, also against a later one that was stored before it.
func TestFrozenWeekIsNeverChanged(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	moment := at(t, "07-01 08:00")
	freeze := func(assessedAt time.Time, shown string) {
		t.Helper()
		rows := assessmentRows("p", "v1", moment, moment, assessedAt, []assessed{
			{measure: "area", lead: "housing", progress: shown, alert: "none", data: "fresh", shown: shown}})
		rows[0] = append(rows[0], "iso_week", "2024-W27")
		if err := store.Insert(t.Context(), conn, "weekly_assessments", rows); err != nil {
			t.Fatal(err)
		}
	}
	freeze(moment.Add(time.Second), "severe")
	freeze(moment, "lagging")
	freeze(moment.Add(time.Minute), "ahead")
	for _, when := range []string{"as stored", "merged"} {
		wantRows(t, conn, when, "SELECT shown_status FROM weekly_assessments FINAL WHERE plan = ?", "p", []string{"lagging"})
		exec(t, conn, "OPTIMIZE TABLE weekly_assessments FINAL")
	}
}
