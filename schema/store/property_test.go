package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema"
)

// What the views say, as the model says it: the plan, a tabulator, and a row in words.
var viewsInWords = []struct {
	view, query string
	of          func(*model) []string
}{
	{"events_clean", eventWords + ` FROM events_clean ORDER BY plan, department, source, id`, (*model).cleanRows},
	{"events_effective", eventWords + ` FROM events_effective ORDER BY plan, department, source, id`, (*model).effectiveRows},
	{"conflicts", eventWords + ` || if(wins, ' wins', '') FROM conflicts`, (*model).conflictRows},
	{"progress_daily", dayWords + `if(mode = 'increment', '+' || toString(added), '=' || toString(latest)) || ' of ' || toString(readings) AS row
		FROM progress_daily ORDER BY plan, row`, (*model).dailyRows},
	{"readings", dayWords + `if(mode = 'increment', '+' || toString(sum(value)), '=' || toString(argMax(value, (occurred_at, received_at, position)))) || ' of ' || toString(count()) AS row
		FROM readings GROUP BY plan, measure, item, stage, department, counted, toDate(occurred_at, 'Asia/Shanghai') AS day, mode ORDER BY plan, row`, (*model).dailyRows},
	{"progress_current", `SELECT plan || '\t' || measure || ' ' || ifNull(toString(actual), 'unknown') || ' of ' || toString(readings) || ', last '
		|| ifNull(formatDateTime(last_reported_at, '%m-%d %H:%i', 'Asia/Shanghai'), 'never') FROM progress_current ORDER BY plan, measure`, (*model).currentRows},
}

const (
	eventWords = `SELECT plan || '\t' || department || source || '/' || id || ' ' || ifNull(toString(value), '-') || ' @' || toString(position)`
	dayWords   = `SELECT plan || '\t' || measure || '/' || item || '/' || stage || ' ' || department || ' ' || if(counted, 'true', 'false') || ' '
		|| toString(day) || ' ' || `
)

// The views are a function of the log: whatever the order of arrival, the bounds of inserts, repeated
// deliveries and merges, they say what the rules say of it. Each case is a plan of one database.
func TestViewsAreAFunctionOfTheLog(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	logs := map[string][]event{}
	var deliveries []event
	for n := range 30 {
		plan := fmt.Sprintf("log-%02d", n)
		logs[plan] = drawLog(plan).Example(n)
		deliveries = append(deliveries, logs[plan]...)
		ledgerInForce(t, conn, plan, "v1", "housing")
	}
	deliveries = append(deliveries, rapid.SliceOfN(rapid.SampledFrom(deliveries), 300, 300).Example(1)...) // again, as after a crash
	deliveries = rapid.Permutation(deliveries).Example(2)
	for n, size := range rapid.SliceOfN(rapid.IntRange(1, 400), 12, 12).Example(3) {
		size = min(size, len(deliveries))
		insert(t, conn, deliveries[:size]...)
		deliveries = deliveries[size:]
		if n%4 == 3 {
			exec(t, conn, "OPTIMIZE TABLE events")
		}
	}
	insert(t, conn, deliveries...)
	for _, when := range []string{"as stored", "merged"} {
		refresh(t, conn)
		wantModels(t, conn, when, logs)
		exec(t, conn, "OPTIMIZE TABLE events FINAL")
	}
}

func wantModels(t *testing.T, conn driver.Conn, when string, logs map[string][]event) {
	t.Helper()
	for _, v := range viewsInWords {
		got := map[string][]string{}
		for _, row := range strs(t, conn, v.query) {
			plan, words, _ := strings.Cut(row, "\t")
			got[plan] = append(got[plan], words)
		}
		for plan, log := range logs {
			if diff := cmp.Diff(v.of(modelOf(log)), got[plan]); diff != "" {
				t.Errorf("%s, %s, %s (-model +view)\n%s", v.view, when, plan, diff)
			}
		}
	}
}

// drawLog draws so few identities, contents and moments that they clash: conflicts, re-sent events and
// losers, voids of voids, voids that lost their identity, and ties.
func drawLog(plan string) *rapid.Generator[[]event] {
	return rapid.Custom(func(t *rapid.T) []event {
		var log []event
		for n := range rapid.IntRange(1, 60).Draw(t, "events") {
			e := drawEvent(plan).Draw(t, "event")
			if n > 0 && rapid.IntRange(0, 3).Draw(t, "re-sent") == 0 {
				e = rapid.SampledFrom(log).Draw(t, "which")
			}
			e.received = moment(rapid.IntRange(0, 3).Draw(t, "received"))
			e.position = uint64(n) + 1
			log = append(log, e)
		}
		return log
	})
}

func drawEvent(plan string) *rapid.Generator[event] {
	return rapid.Custom(func(t *rapid.T) event {
		id := rapid.Map(rapid.IntRange(0, 11), func(n int) string { return fmt.Sprint("e", n) })
		measure := rapid.SampledFrom(measures).Draw(t, "measure")
		e := event{
			plan: plan, department: rapid.SampledFrom([]string{"housing", "housing", "water"}).Draw(t, "department"),
			source: rapid.SampledFrom([]string{"/a", "/a", "/b"}).Draw(t, "source"), id: id.Draw(t, "id"),
			typ:     rapid.SampledFrom([]schema.Type{schema.Reported, schema.Reported, schema.Reported, schema.Unchanged, schema.Voided, schema.Explained}).Draw(t, "type"),
			measure: measure.id, occurred: moment(rapid.IntRange(0, 8).Draw(t, "occurred")),
		}
		switch e.typ {
		case schema.Reported:
			e.mode, e.value = measure.mode, fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "value"))
			e.item = rapid.SampledFrom([]string{"", "", "north", "south"}).Draw(t, "item")
			e.stage = rapid.SampledFrom([]string{"", "", "shell", "opened", "tunnel"}).Draw(t, "stage")
			if rapid.IntRange(0, 5).Draw(t, "correction") == 0 {
				e.replaces = id.Draw(t, "replaces")
			}
		case schema.Unchanged:
			e.wholeCommitment = rapid.Bool().Draw(t, "whole commitment")
		case schema.Voided:
			e.voids = id.Draw(t, "voids")
		}
		sum := sha256.Sum256([]byte(sameContent(e)))
		e.content = hex.EncodeToString(sum[:8])
		return e
	})
}
