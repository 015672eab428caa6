package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema"
	"xushi/schema/store"
)

const (
	currentRows = `
		SELECT measure || ' ' || ifNull(toString(actual), 'unknown') || ' of ' || toString(readings) || ', last '
		       || ifNull(formatDateTime(last_reported_at, '%m-%d %H:%i', 'Asia/Shanghai'), 'never')
		FROM progress_current WHERE plan = ? ORDER BY measure`
	dailyRows = `
		SELECT measure || if(item || stage = '', '', '/' || item || stage) || ' ' || department || if(counted, '', ' (not counted)') || ' ' || toString(day)
		       || ' +' || ifNull(toString(added), '-') || ' =' || ifNull(toString(latest), '-') || ' of ' || toString(readings)
		FROM progress_daily WHERE plan = ? ORDER BY measure, item, stage, department, counted, day`
)

// The plan of these tests has one commitment with four measures, which housing reports: area is summed,
// parks is the latest per item of an open list, metro of each of two stages, rate is the latest.
var progress = []struct {
	name    string
	events  []event
	current []string
	daily   []string
}{
	{
		name: "increments are summed, re-sent ones once",
		events: []event{
			{id: "a", position: 1, value: "100", occurred: "03-01 09:00"},
			{id: "b", position: 2, value: "20.5", occurred: "03-01 15:00"},
			{id: "c", position: 3, value: "3", occurred: "03-02 09:00"},
			{id: "c", position: 9, value: "3", occurred: "03-02 09:00"},
		},
		current: []string{"area 123.5 of 3, last 03-02 09:00", "metro unknown of 0, last never", "parks unknown of 0, last never", "rate unknown of 0, last never"},
		daily:   []string{"area housing 2024-03-01 +120.5 =- of 2", "area housing 2024-03-02 +3 =- of 1"},
	},
	{
		name: "to_date is the latest of each item, summed",
		events: []event{
			{id: "a", position: 1, measure: "parks", item: "north", mode: schema.ToDate, value: "1", occurred: "03-01 09:00"},
			{id: "b", position: 2, measure: "parks", item: "north", mode: schema.ToDate, value: "0", occurred: "03-01 08:00"},
			{id: "c", position: 3, measure: "parks", item: "south", mode: schema.ToDate, value: "1", occurred: "03-05 09:00"},
		},
		current: []string{"area unknown of 0, last never", "metro unknown of 0, last never", "parks 2 of 3, last 03-05 09:00", "rate unknown of 0, last never"},
		daily:   []string{"parks/north housing 2024-03-01 +- =1 of 2", "parks/south housing 2024-03-05 +- =1 of 1"},
	},
	{
		name: "a milestone is the latest of each stage, summed",
		events: []event{
			{id: "a", position: 1, measure: "metro", stage: "shell", mode: schema.ToDate, value: "1", occurred: "03-01 09:00"},
			{id: "b", position: 2, measure: "metro", stage: "opened", mode: schema.ToDate, value: "1", occurred: "03-02 09:00"},
			{id: "c", position: 3, measure: "metro", stage: "opened", mode: schema.ToDate, value: "0", occurred: "03-03 09:00"},
			{id: "d", position: 4, measure: "metro", stage: "opened", mode: schema.ToDate, value: "1", department: "water"},
		},
		current: []string{"area unknown of 0, last never", "metro 1 of 3, last 03-03 09:00", "parks unknown of 0, last never",
			"rate unknown of 0, last never"},
		daily: []string{"metro/opened housing 2024-03-02 +- =1 of 1", "metro/opened housing 2024-03-03 +- =0 of 1",
			"metro/opened water (not counted) 2024-03-01 +- =1 of 1", "metro/shell housing 2024-03-01 +- =1 of 1"},
	},
	{
		name: "a piece that the ledger in force does not have is in no sum",
		events: []event{
			{id: "a", position: 1, measure: "metro", stage: "tunnel", mode: schema.ToDate, value: "1"},
			{id: "b", position: 2, measure: "metro", mode: schema.ToDate, value: "1"},
			{id: "c", position: 3, measure: "metro", item: "shell", mode: schema.ToDate, value: "1"},
			{id: "d", position: 4, item: "north", value: "100"},
			{id: "e", position: 5, measure: "parks", mode: schema.ToDate, value: "2"},
		},
		current: []string{"area unknown of 0, last never", "metro unknown of 0, last never", "parks unknown of 0, last never",
			"rate unknown of 0, last never"},
		daily: []string{"area/north housing (not counted) 2024-03-01 +100 =- of 1", "metro housing (not counted) 2024-03-01 +- =1 of 1",
			"metro/tunnel housing (not counted) 2024-03-01 +- =1 of 1", "metro/shell housing (not counted) 2024-03-01 +- =1 of 1",
			"parks housing (not counted) 2024-03-01 +- =2 of 1"},
	},
	{
		name: "a level is the latest, whether it rises or falls",
		events: []event{
			{id: "a", position: 1, measure: "rate", mode: schema.Level, value: "70", occurred: "03-01 09:00"},
			{id: "b", position: 2, measure: "rate", mode: schema.Level, value: "65", occurred: "03-09 09:00"},
			{id: "c", position: 3, measure: "rate", mode: schema.Level, value: "60", occurred: "03-08 09:00"},
		},
		current: []string{"area unknown of 0, last never", "metro unknown of 0, last never", "parks unknown of 0, last never", "rate 65 of 3, last 03-09 09:00"},
		daily: []string{"rate housing 2024-03-01 +- =70 of 1", "rate housing 2024-03-08 +- =60 of 1",
			"rate housing 2024-03-09 +- =65 of 1"},
	},
	{
		name: "of one moment the one received later is the latest, and of one arrival the one later in the log",
		events: []event{
			{id: "a", position: 1, measure: "rate", mode: schema.Level, value: "1", received: "03-03 00:00"},
			{id: "b", position: 2, measure: "rate", mode: schema.Level, value: "2", received: "03-04 00:00"},
			{id: "c", position: 4, measure: "rate", mode: schema.Level, value: "4", received: "03-04 00:00"},
			{id: "d", position: 3, measure: "rate", mode: schema.Level, value: "3", received: "03-04 00:00"},
		},
		current: []string{"area unknown of 0, last never", "metro unknown of 0, last never", "parks unknown of 0, last never", "rate 4 of 4, last 03-01 09:00"},
		daily:   []string{"rate housing 2024-03-01 +- =4 of 4"},
	},
	{
		name: "another department's readings are a cross-check, never a summand",
		events: []event{
			{id: "a", position: 1, value: "100"},
			{id: "a", position: 2, value: "900", department: "water", occurred: "04-01 00:00"},
		},
		current: []string{"area 100 of 1, last 03-01 09:00", "metro unknown of 0, last never", "parks unknown of 0, last never", "rate unknown of 0, last never"},
		daily:   []string{"area housing 2024-03-01 +100 =- of 1", "area water (not counted) 2024-04-01 +900 =- of 1"},
	},
	{
		name: "what was withdrawn, and what lost a conflict, is in no sum",
		events: []event{
			{id: "a", position: 1, value: "100"},
			{id: "b", position: 2, value: "20", replaces: "a", occurred: "03-02 09:00"},
			{id: "c", position: 3, value: "3", occurred: "03-03 09:00"},
			{id: "v", position: 4, typ: schema.Voided, voids: "c"},
			{id: "b", position: 5, value: "999", content: "other"},
		},
		current: []string{"area 20 of 1, last 03-02 09:00", "metro unknown of 0, last never", "parks unknown of 0, last never", "rate unknown of 0, last never"},
		daily:   []string{"area housing 2024-03-02 +20 =- of 1"},
	},
	{
		name: "a \"no change\" is news of its measure, or of all of its commitment",
		events: []event{
			{id: "a", position: 1, value: "5", occurred: "03-01 09:00"},
			{id: "n", position: 2, typ: schema.Unchanged, occurred: "04-01 09:00"},
			{id: "m", position: 3, typ: schema.Unchanged, occurred: "03-20 09:00", wholeCommitment: true},
			{id: "w", position: 4, typ: schema.Unchanged, occurred: "05-01 09:00", department: "water"},
		},
		current: []string{"area 5 of 1, last 04-01 09:00", "metro unknown of 0, last 03-20 09:00", "parks unknown of 0, last 03-20 09:00", "rate unknown of 0, last 03-20 09:00"},
		daily:   []string{"area housing 2024-03-01 +5 =- of 1"},
	},
	{
		name: "a day is a day in Shanghai",
		events: []event{
			{id: "a", position: 1, value: "1", occurred: "03-01 23:59"},
			{id: "b", position: 2, value: "2", occurred: "03-02 00:00"},
			{id: "c", position: 3, value: "4", occurred: "03-02 07:59"}, // in UTC still 03-01
		},
		current: []string{"area 7 of 3, last 03-02 07:59", "metro unknown of 0, last never", "parks unknown of 0, last never", "rate unknown of 0, last never"},
		daily:   []string{"area housing 2024-03-01 +1 =- of 1", "area housing 2024-03-02 +6 =- of 2"},
	},
}

func TestProgress(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	for _, test := range progress {
		ledgerInForce(t, conn, test.name, "v1", "housing")
		insert(t, conn, ofPlan(test.name, test.events)...)
	}
	for _, when := range []string{"as stored", "merged"} {
		refresh(t, conn)
		for _, test := range progress {
			wantRows(t, conn, when, currentRows, test.name, test.current)
			wantRows(t, conn, when, dailyRows, test.name, test.daily)
		}
		exec(t, conn, "OPTIMIZE TABLE events FINAL")
	}
}

// Each refresh replaces the whole result: nothing of the one before stays, not even of another ledger.
func TestRefreshStartsAnew(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	insert(t, conn, event{id: "a", position: 1, value: "5"}, event{id: "b", position: 2, value: "70", department: "water"})
	refresh(t, conn)
	ledgerInForce(t, conn, "p", "v2", "water")
	insert(t, conn, event{id: "v", position: 3, typ: schema.Voided, voids: "a"})
	refresh(t, conn)
	wantRows(t, conn, "after a void and a new ledger", currentRows, "p",
		[]string{"area 70 of 1, last 03-01 09:00", "metro unknown of 0, last never", "parks unknown of 0, last never", "rate unknown of 0, last never"})
	wantRows(t, conn, "after a void and a new ledger", dailyRows, "p", []string{"area water 2024-03-01 +70 =- of 1"})
}

// What was inserted before Refresh is seen after it, though the view's own timer may have begun to
// refresh it at any moment before.
func TestRefreshWaitsForWhatWasInsertedBefore(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledgerInForce(t, conn, "p", "v1", "housing")
	for n := range uint64(8) {
		insert(t, conn, event{id: fmt.Sprint(n), position: n})
		exec(t, conn, "SYSTEM REFRESH VIEW progress_current") // one is running, or about to
		insert(t, conn, event{id: fmt.Sprint("late ", n), position: 1000 + n})
		refresh(t, conn)
		if seen := count(t, conn, "SELECT readings FROM progress_current WHERE measure = 'area'"); seen != 2*(n+1) {
			t.Fatalf("%d readings seen after a refresh, %d were inserted before it", seen, 2*(n+1))
		}
	}
}

func refresh(t *testing.T, conn driver.Conn) {
	t.Helper()
	if err := store.Refresh(t.Context(), conn); err != nil {
		t.Fatal(err)
	}
}

// ledgerInForce applies a version of a plan whose measures the given department reports.
func ledgerInForce(t *testing.T, conn driver.Conn, plan, version, reporting string) {
	t.Helper()
	row := func(rest ...any) store.Row {
		return append(store.Row{"plan", plan, "ledger_version", version, "applied_at", time.Now()}, rest...)
	}
	measure := func(ordinal uint32, id, title, unit, mode, curve string, itemised bool) store.Row {
		return row("commitment", "construction", "measure", id, "ordinal", ordinal, "title", title, "unit", unit, "mode", mode,
			"curve_kind", curve, "itemised", itemised, "items_open", itemised, "reporting_department", reporting)
	}
	for table, rows := range map[string][]store.Row{
		"departments": {row("department", "housing", "name", "住建委"), row("department", "water", "name", "水务局")},
		"commitments": {row("commitment", "construction", "title", "新启动项目", "quote", "新启动84.7万平方米", "lead_department", "housing")},
		"measures": {
			measure(1, "area", "新启动面积", "平方米", "increment", "linear", false), measure(2, "parks", "公园", "个", "to_date", "items", true),
			measure(3, "rate", "签约率", "%", "level", "level", false), measure(4, "metro", "地铁站", "个阶段", "to_date", "milestones", false),
		},
		"stages": {row("measure", "metro", "stage", "shell", "ordinal", uint32(1)), row("measure", "metro", "stage", "opened", "ordinal", uint32(2))},
		"plans":  {row("title", "试点")},
	} {
		if err := store.Insert(t.Context(), conn, table, rows); err != nil {
			t.Fatal(err)
		}
	}
}
