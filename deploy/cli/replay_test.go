package cli_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// computedWhen are columns that say when this machine computed or wrote something, which a rebuild does at
// another time.
var computedWhen = map[string]string{
	"assessments": "assessed_at, known_at", "weekly_assessments": "assessed_at",
	"status": "assessed_at, known_at", "lagging": "assessed_at, known_at", "department_card": "known_at",
	"anomalies": "assessed_at, known_at", "questions": "assessed_at, known_at", "weekly_items": "frozen_at", "weekly_verifications": "frozen_at",
}

// After the database is lost, the logs give back every table and view as it was: events, conflicts, refusals,
// what is done so far, ledgers, acts, frozen weeks, states of letters.
func TestReplayRebuildsALostDatabase(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	upOnce(t, data)
	natsURL, store := servers(t, data)
	from := publishTrouble(t, natsURL)
	replayed := replay(t, natsURL, store, "--from-seq", fmt.Sprint(from), "--department", "zhujianwei")
	if !strings.Contains(replayed, "messages of the log            4: 3 events accepted, 1 refused") {
		t.Errorf("the part of the log that was replayed:\n%s", replayed)
	}
	replay(t, natsURL, store, "--from-seq", fmt.Sprint(from)) // nobody's refused event too
	before := everything(t, store)
	if !strings.Contains(before["conflicts"], "99.5") || !strings.Contains(before["events_clean"], "twice") {
		t.Fatal("there is no conflict to compare")
	}

	ask(t, store, "", "DROP DATABASE progress SYNC")
	replay(t, natsURL, store)
	if diff := cmp.Diff(before, everything(t, store)); diff != "" {
		t.Errorf("(-before +rebuilt)\n%s", diff)
	}
	replay(t, natsURL, store)
	if diff := cmp.Diff(before, everything(t, store)); diff != "" {
		t.Errorf("rebuilt once more (-before +after)\n%s", diff)
	}
}

func TestReplayRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--from-time":                {"--from-time", "yesterday"},
		"if any flags in the group":  {"--from-time", "2024-07-01", "--from-seq", "3"},
		`--department: "住建委" cannot`: {"--department", "住建委"},
		"is `xushi up` running":      {"--nats", "nats://127.0.0.1:1"},
	} {
		out, err := xushi(t.Context(), append([]string{"replay"}, args...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("replay %v: %v, %s; want %q", args, err, out, want)
		}
	}
}

// servers runs the servers of a folder alone, without an ingest.
func servers(t *testing.T, data string) (natsURL, store string) {
	t.Helper()
	nats := background(t, xushi(t.Context(), "nats", "--listen", "127.0.0.1:0", "--data", filepath.Join(data, "nats")))
	at, err := awaitLine(nats, "NATS", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	natsURL = lastWord(at)
	engine := background(t, xushi(t.Context(), "engine", "--listen", "127.0.0.1:0", "--data", filepath.Join(data, "clickhouse")))
	if at, err = awaitLine(engine, "ClickHouse", time.Minute); err != nil {
		t.Fatal(err)
	}
	return natsURL, lastWord(at)
}

// publishTrouble publishes an event twice, another content of it, a refused one, and one of somebody else; it
// tells the first one's sequence.
func publishTrouble(t *testing.T, natsURL string) (first uint64) {
	t.Helper()
	nc, err := nats.Connect(natsURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	event := func(department, id, value, unit string) []byte {
		return fmt.Appendf(nil, `{"specversion":"1.0","id":%q,"source":"/zjw","type":"progress.reported.v1","time":"2024-06-30T09:00:00+08:00",
			"plan":"hongqiao-2024","department":%q,"data":{"commitment":"new-construction","measure":"new-construction-floor-area",
			"mode":"to_date","value":%q,"unit":%q}}`, id, department, value, unit)
	}
	for i, body := range [][]byte{
		event("zhujianwei", "twice", "23.5", "万平方米"), event("zhujianwei", "twice", "23.5", "万平方米"),
		event("zhujianwei", "twice", "99.5", "万平方米"), event("zhujianwei", "refused", "1", "亩"), event("nobody", "refused", "1", "亩"),
	} {
		department := map[bool]string{true: "zhujianwei", false: "nobody"}[i < 4]
		ack, err := js.Publish(t.Context(), schema.Address{Plan: "hongqiao-2024", Department: department, Commitment: "new-construction"}.Subject(), body)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = ack.Sequence
		}
	}
	return first
}

func replay(t *testing.T, natsURL, store string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := xushi(ctx, append([]string{"replay", "--nats", natsURL, "--clickhouse", store + "/progress"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("xushi replay %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// everything is each table and view of the store, as bytes; but for unsettled, which tells which rows merges have
// not folded yet.
func everything(t *testing.T, store string) map[string]string {
	t.Helper()
	all := map[string]string{}
	tables := ask(t, store, "progress", `SELECT name, engine FROM system.tables WHERE database = 'progress'
		AND NOT startsWith(name, '.inner') AND NOT startsWith(name, 'goose') AND name != 'unsettled' ORDER BY name FORMAT TSV`)
	for line := range strings.Lines(tables) {
		name, engine, _ := strings.Cut(strings.TrimSpace(line), "\t")
		query := "SELECT *"
		if when := computedWhen[name]; when != "" {
			query += " EXCEPT (" + when + ")"
		}
		query += " FROM " + name
		if engine == "ReplacingMergeTree" {
			query += " FINAL"
		}
		all[name] = ask(t, store, "progress", query+" ORDER BY ALL FORMAT TSV")
	}
	if len(all) < 20 {
		t.Fatalf("only %d tables and views", len(all))
	}
	return all
}

func ask(t *testing.T, store, database, query string) string {
	t.Helper()
	response, err := http.Post(store+"/?database="+url.QueryEscape(database), "text/plain", strings.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v %s", query, err, body)
	}
	return string(body)
}
