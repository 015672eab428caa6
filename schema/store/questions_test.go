package store_test

import (
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema"
	"xushi/schema/store"
)

// ask writes a question about area, which rests on the event at a position.
func ask(t *testing.T, conn driver.Conn, version string, asOf, knownAt, assessedAt time.Time, kind string, position uint64, text string) {
	t.Helper()
	row := store.Row{
		"plan", "p", "ledger_version", version, "as_of", asOf, "known_at", knownAt, "assessed_at", assessedAt,
		"commitment", "construction", "measure", "area", "kind", kind, "department", "housing",
		"from_date", "2024-06-01", "to_date", "2024-06-30", "since", asOf, "event_positions", []uint64{position}, "question", text,
	}
	if err := store.Insert(t.Context(), conn, "anomalies", []store.Row{row}); err != nil {
		t.Fatal(err)
	}
}

func TestQuestionsAreThoseOfTheLatestAssessment(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	june, july := at(t, "06-24 08:00"), at(t, "07-01 08:00")
	area := assessed{measure: "area", lead: "housing", progress: "on_track", alert: "none", data: "fresh", shown: "on_track"}
	const rows = `SELECT kind || ' ' || question || ' → ' || department_name || ', ' || measure_title FROM questions WHERE plan = ? ORDER BY kind`

	save(t, conn, "p", "v1", june, june, june, area)
	ask(t, conn, "v1", june, june, june, "decrease", 7, "为何下降")
	ask(t, conn, "v1", june, june, june, "sources_disagree", 7, "以何为准")
	ask(t, conn, "v1", june, june, june.Add(time.Hour), "decrease", 7, "为何下降，再问")
	wantRows(t, conn, "asked, and one of them found again", rows, "p",
		[]string{"decrease 为何下降，再问 → 住建委, 新启动面积", "sources_disagree 以何为准 → 住建委, 新启动面积"})

	save(t, conn, "p", "v1", july, july, july, area)
	wantRows(t, conn, "a week later nothing is asked any more", rows, "p", nil)
	wantRows(t, conn, "what was asked in June stays on record", "SELECT kind FROM anomalies FINAL WHERE plan = ? ORDER BY kind", "p",
		[]string{"decrease", "sources_disagree"})
}

func TestStreaksCountLetters(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	monday := at(t, "06-03 08:00")
	for i, lagging := range []uint32{1, 2, 3, 0, 1} {
		asOf := monday.AddDate(0, 0, 7*i)
		rows := assessmentRows("p", "v1", asOf, asOf, asOf, []assessed{{measure: "area", lead: "housing", alert: "lagging"}})
		rows[0] = append(rows[0], "iso_week", schema.WeekOf(asOf).String(), "lagging_weeks", lagging)
		if err := store.Insert(t.Context(), conn, "weekly_assessments", rows); err != nil {
			t.Fatal(err)
		}
	}
	wantRows(t, conn, "", `
		SELECT measure_title || ' ' || iso_week || ': ' || toString(lagging_weeks) || ' now, ' || toString(longest_lagging_weeks) || ' at most, '
		       || toString(weeks_lagged) || ' of ' || toString(weeks)
		FROM streaks WHERE plan = ?`, "p", []string{"新启动面积 2024-W27: 1 now, 3 at most, 4 of 5"})
}

// Both are measured in hundredths of their own targets: a level without a baseline has none.
func TestDriftHoldsMeasuresOfOneCommitmentAgainstEachOther(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	moment := at(t, "07-01 08:00")
	rows := assessmentRows("p", "v1", moment, moment, moment, []assessed{{measure: "area"}, {measure: "parks"}, {measure: "rate"}})
	for i, pct := range []string{"27.5", "58.3", ""} {
		var actual *decimal.Decimal
		if pct != "" {
			d := decimal.RequireFromString(pct)
			actual = &d
		}
		rows[i] = append(rows[i], "actual_pct", actual)
	}
	if err := store.Insert(t.Context(), conn, "assessments", rows); err != nil {
		t.Fatal(err)
	}
	wantRows(t, conn, "", `SELECT measure || ' - ' || other_measure || ' = ' || toString(drift_pp) FROM drift WHERE plan = ?`, "p",
		[]string{"area - parks = -30.8"})
}

func TestForecastCountsFromTheDueDate(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	exec(t, conn, "ALTER TABLE measures UPDATE due_date = '2024-12-31' WHERE plan = 'p' SETTINGS mutations_sync = 2")
	moment := at(t, "07-01 08:00")
	rows := assessmentRows("p", "v1", moment, moment, moment, []assessed{{measure: "area"}, {measure: "parks"}, {measure: "rate"}})
	for i, finish := range []time.Time{at(t, "12-20 08:00"), at(t, "12-31 08:00").AddDate(0, 0, 10), {}} {
		day := &finish
		if finish.IsZero() {
			day = nil
		}
		rows[i] = append(rows[i], "forecast_finish", day)
	}
	if err := store.Insert(t.Context(), conn, "assessments", rows); err != nil {
		t.Fatal(err)
	}
	wantRows(t, conn, "", "SELECT measure || ' ' || toString(forecast_finish) || ' ' || toString(days_late) FROM forecast WHERE plan = ?", "p",
		[]string{"parks 2025-01-10 10", "area 2024-12-20 -11"})
}

func TestFreshnessTellsOfSilence(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	moment := at(t, "07-01 08:00")
	reported := at(t, "06-28 23:00")
	rows := assessmentRows("p", "v1", moment, moment, moment, []assessed{{measure: "area", data: "fresh"}, {measure: "parks", data: "never_reported"}})
	rows[0] = append(rows[0], "last_reported_at", &reported)
	rows[1] = append(rows[1], "last_reported_at", (*time.Time)(nil))
	if err := store.Insert(t.Context(), conn, "assessments", rows); err != nil {
		t.Fatal(err)
	}
	wantRows(t, conn, "days of Shanghai, and never heard of first", `
		SELECT measure || ' ' || department_name || ' ' || data_status || ' ' || ifNull(toString(days_since), 'never') FROM freshness WHERE plan = ?`, "p",
		[]string{"parks 住建委 never_reported never", "area 住建委 fresh 3"})
}

func TestPunctualityIsOfReportsThatStand(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	insert(t, conn,
		event{id: "a", position: 1, occurred: "03-01 09:00", received: "03-01 10:00"},
		event{id: "b", position: 2, occurred: "03-02 09:00", received: "03-02 12:00"},
		event{id: "c", position: 3, typ: schema.Unchanged, occurred: "03-03 09:00", received: "03-13 09:00"},
		event{id: "wrong", position: 4, occurred: "01-01 09:00", received: "03-04 09:00"},
		event{id: "v", position: 5, typ: schema.Voided, voids: "wrong", occurred: "03-05 09:00"},
		event{id: "x", position: 6, department: "water", occurred: "03-01 09:00", received: "03-01 09:30"})
	wantRows(t, conn, "", `
		SELECT department || ': ' || toString(reports) || ' of which unchanged ' || toString(unchanged) || ', median ' || toString(median_hours) || ' h, longest '
		       || toString(longest_hours) || ' h, over a week ' || toString(over_a_week)
		FROM punctuality WHERE plan = ?`, "p",
		[]string{"housing: 3 of which unchanged 1, median 3 h, longest 240 h, over a week 1", "water: 1 of which unchanged 0, median 0.5 h, longest 0.5 h, over a week 0"})
}

func TestLatestReadingHasNoTies(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	piece := func(item, id string, position uint64, received, value string) event {
		return event{id: id, position: position, measure: "parks", item: item, mode: schema.ToDate, value: value, occurred: "03-01 09:00", received: received}
	}
	insert(t, conn,
		piece("north", "n1", 3, "03-01 10:00", "1"), piece("north", "n2", 4, "03-01 10:00", "0"), // the same moments: the later in the log
		piece("south", "s1", 5, "03-02 10:00", "1"), piece("south", "s2", 6, "03-01 10:00", "0"), // the one received later
		event{id: "other", position: 7, measure: "parks", item: "north", mode: schema.ToDate, value: "1", department: "water", occurred: "04-01 09:00"})
	wantRows(t, conn, "", `SELECT item || ' ' || id || ' ' || toString(value) FROM latest_readings WHERE plan = ? ORDER BY item`, "p",
		[]string{"north n2 0", "south s1 1"})
}

func TestCorrectionsNameBothEvents(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	insert(t, conn,
		event{id: "a", position: 1, value: "100"}, event{id: "b", position: 2, value: "10", replaces: "a", occurred: "03-02 09:00"},
		event{id: "c", position: 3, value: "5"}, event{id: "v", position: 4, typ: schema.Voided, voids: "c", occurred: "03-03 09:00"},
		event{id: "w", position: 5, typ: schema.Voided, voids: "never-sent", occurred: "03-04 09:00"})
	wantRows(t, conn, "what withdraws nothing is none", `
		SELECT id || ' ' || toString(value) || ' → ' || by || ' ' || ifNull(toString(new_value), 'withdrawn') FROM corrections WHERE plan = ? ORDER BY id`, "p",
		[]string{"a 100 → b 10", "c 5 → v withdrawn"})
}
