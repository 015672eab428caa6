package cli_test

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"

	"xushi/schema/store"
)

// A year, played week by week on real parts: 56 letters, from the first one, which has no data, to the
// verification of what was completed at the end.
func TestAYearWeekByWeek(t *testing.T) { //nolint:tparallel // its parts take turns with the one folder
	t.Parallel()
	data := t.TempDir()
	upOnce(t, data, "--as-of", "2025-01-20 09:00")
	ch := background(t, xushi(t.Context(), "engine", "--listen", "127.0.0.1:0", "--data", filepath.Join(data, "clickhouse")))
	at, err := awaitLine(ch, "ClickHouse", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	dsn := lastWord(at) + "/progress"
	conn, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })

	t.Run("every status occurs", func(t *testing.T) { everyStatusOccurs(t, conn) })
	t.Run("the floor area from first warning to close", func(t *testing.T) { floorAreaFromWarningToClose(t, conn, data) })
	t.Run("its worst week adds up", func(t *testing.T) { worstWeekAddsUp(t, conn, data, dsn) })
}

func everyStatusOccurs(t *testing.T, conn driver.Conn) {
	for column, want := range map[string]string{
		"progress_status": "ahead completed lagging not_due not_started on_track overdue severe unknown",
		"shown_status":    "ahead completed lagging not_due not_started on_track overdue severe stale unknown",
		"alert_level":     "lagging none severe watch",
		"data_status":     "disputed fresh never_reported stale unverified",
	} {
		got := column1(t, conn, "SELECT arrayStringConcat(arraySort(groupUniqArray("+column+")), ' ') FROM weekly_assessments FINAL")
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", column, diff)
		}
	}
}

// The floor area lags from February, is severe from March, answered for, catches up in November, is completed
// with the year, and verified.
func floorAreaFromWarningToClose(t *testing.T, conn driver.Conn, data string) {
	changes := func(table, what, of string) []string {
		return column1(t, conn, fmt.Sprintf(`
			SELECT concat(iso_week, ' ', now) FROM (
				SELECT iso_week, %s AS now, lagInFrame(now) OVER (ORDER BY iso_week ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
				FROM %s FINAL WHERE %s)
			WHERE now != before ORDER BY iso_week`, what, table, of))
	}
	got := changes("weekly_assessments", "concat(progress_status, ' ', alert_level)", "measure = 'new-construction-floor-area'")
	want := []string{
		"2024-W01 not_started none", "2024-W02 on_track none", "2024-W07 lagging lagging", "2024-W12 severe severe",
		"2024-W33 lagging lagging", "2024-W47 on_track watch", "2024-W49 on_track none", "2025-W02 completed none",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("assessments (-want +got):\n%s", diff)
	}
	got = changes("weekly_items", "state", "number = '2024-001'")
	want = []string{"2024-W07 open", "2024-W09 escalated", "2024-W11 answered", "2024-W47 recovered", "2025-W03 verified"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("supervision item 2024-001 (-want +got):\n%s", diff)
	}
	for week, words := range map[string][]string{
		"2024-W07": {"督办 2024-001 待答复（2024-02-25前）"},
		"2024-W09": {"2024-001", "逾期未答复"},
		"2024-W47": {"2024-11-18 已恢复"},
		"2025-W03": {"2024-001 新启动11个、84.7万平方米项目建设，区住房建设委：2025-01-09 已销号"},
	} {
		_, text := letterOf(t, data, week, 56)
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("the letter of %s lacks %q:\n%s", week, w, text)
			}
		}
	}
}

// What `xushi explain` derives for the week in which it lagged most is what that week's letter says.
func worstWeekAddsUp(t *testing.T, conn driver.Conn, data, dsn string) {
	worst := column1(t, conn, `SELECT concat(iso_week, ' ', formatDateTime(as_of, '%Y-%m-%dT%H:%i:%SZ', 'UTC'))
		FROM weekly_assessments FINAL WHERE measure = 'new-construction-floor-area' ORDER BY gap_pp LIMIT 1`)
	week, asOf, _ := strings.Cut(worst[0], " ")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := xushi(ctx, "explain", "new-construction-floor-area", "--as-of", asOf, "--clickhouse", dsn).CombinedOutput()
	if err != nil {
		t.Fatalf("explain: %v\n%s", err, out)
	}
	explained := string(out)
	_, text := letterOf(t, data, week, 56)
	_, text, found := strings.Cut(text, "】新启动建设项目建筑面积（新启动11个、84.7万平方米项目建设）")
	if !found {
		t.Fatalf("the letter of %s has no such entry:\n%s", week, text)
	}
	text = strings.Join(strings.Fields(text), "")
	for name, pair := range map[string][2]string{ // as explain says it, and the letter
		"planned":  {`序时应完成 +(\S+)（`, `序时应完成(\S+?)（`},
		"actual":   {`累计完成 +(\S+)（`, `累计完成(\S+?)（`},
		"rate":     {`累计完成 +\S+（([0-9.]+)\d%）`, `累计完成\S+?（([0-9.]+)%）`},
		"gap":      {`进度差 +-([0-9.]+) 个百分点`, `进度差[-−]([0-9.]+)个百分点`},
		"lag days": {`滞后天数 +(\d+) 天`, `滞后天数(\d+)天`},
	} {
		derived, said := regexp.MustCompile(pair[0]).FindStringSubmatch(explained), regexp.MustCompile(pair[1]).FindStringSubmatch(text)
		if derived == nil || said == nil || derived[1] != said[1] {
			t.Errorf("%s: explain derives %v, the letter of %s says %v\n%s", name, derived, week, said, explained)
		}
	}
}

// column1 is the first column of what a query gives.
func column1(t *testing.T, conn driver.Conn, query string) (all []string) {
	t.Helper()
	rows, err := conn.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
