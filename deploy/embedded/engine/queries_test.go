package engine_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xushi/deploy/embedded/enginetest"
)

// forever is a SELECT that gives nothing for longer than any test lasts.
const forever = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))"

// running tells how many statements the engine works on for a query_id.
func running(t *testing.T, address, id string) string {
	t.Helper()
	return strings.TrimSpace(ask(t, "POST", address, url.Values{"param_id": {id}},
		strings.NewReader("SELECT count() FROM system.processes WHERE Settings['chdb_client_name'] = {id:String}")).body)
}

// begin sends a request that does not end by itself, and waits until the engine works
// on it. leave is the client going away; its answer, if any, comes through the channel.
func begin(t *testing.T, address, id, sql string) (leave context.CancelFunc, answers <-chan answer) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/?"+url.Values{"query_id": {id}}.Encode(), strings.NewReader(sql))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan answer, 1)
	go func() {
		defer close(ended)
		response, err := httpClient.Do(r)
		if err != nil {
			return // the client went away
		}
		defer func() { _ = response.Body.Close() }()
		ended <- read(response)
	}()
	eventually(t, "the engine works on "+id, func() bool { return running(t, address, id) == "1" })
	return leave, ended
}

func TestQueryIDs(t *testing.T) {
	t.Parallel()
	address := enginetest.Engine(t).URL()
	id := func(query url.Values, sql string, headers ...string) string {
		t.Helper()
		return ask(t, "POST", address, query, strings.NewReader(sql), headers...).header.Get("X-ClickHouse-Query-Id")
	}
	if got := id(url.Values{"query_id": {"第 1"}}, "SELECT 1"); got != "第 1" {
		t.Errorf("a given id comes back as %q", got)
	}
	if got := id(nil, "SELECT 1", "X-ClickHouse-Query-Id", "in a header"); got != "in a header" {
		t.Errorf("an id given in a header comes back as %q", got)
	}
	if got := id(url.Values{"query_id": {"failed"}}, "SELECT throwIf(1)"); got != "failed" {
		t.Errorf("the id of an error: %q", got)
	}
	if first, second := id(nil, "SELECT 1"), id(nil, "SELECT 1"); len(first) != 36 || first == second {
		t.Errorf("ids that are made: %q, %q", first, second)
	}
	for _, bad := range []string{"two\nlines", strings.Repeat("x", 257)} {
		if got := ask(t, "POST", address, url.Values{"query_id": {bad}}, strings.NewReader("SELECT 1")); got.status != 400 || !strings.HasPrefix(got.body, "Code: 36.") {
			t.Errorf("the id %.20q: %+v", bad, got)
		}
	}
}

func TestRunningIDIsRefusedOrReplaced(t *testing.T) {
	t.Parallel()
	address := enginetest.Engine(t).URL()
	const id = "it's one at a time"
	_, first := begin(t, address, id, forever)
	query := url.Values{"query_id": {id}}
	if got := ask(t, "POST", address, query, strings.NewReader("SELECT 1")); got.status != 500 ||
		!strings.HasPrefix(got.body, "Code: 216. DB::Exception: Query with id = it's one at a time is already running") {
		t.Errorf("a second request of a running id: %+v", got)
	}
	query.Set("replace_running_query", "1")
	if got := ask(t, "POST", address, query, strings.NewReader("SELECT 2")); got.body != "2\n" {
		t.Errorf("a request that replaces it: %+v", got)
	}
	if got := <-first; got.status != 500 || !strings.HasPrefix(got.body, "Code: 394.") {
		t.Errorf("the request that was replaced: %+v", got)
	}
	query.Del("replace_running_query")
	if got := ask(t, "POST", address, query, strings.NewReader("SELECT 3")); got.body != "3\n" {
		t.Errorf("the id afterwards: %+v", got)
	}
}

// DBeaver, JDBC and people stop a query by its id: the one they gave, or the one that
// system.processes shows them.
func TestKillQueryKnowsBothIDs(t *testing.T) {
	t.Parallel()
	address := enginetest.Engine(t).URL()
	_, ours := begin(t, address, "to be killed", forever)
	_, theirs := begin(t, address, "to be killed too", forever)
	_, other := begin(t, address, "not to be killed", forever)
	shown := ask(t, "POST", address, nil, strings.NewReader("SELECT query_id FROM system.processes WHERE Settings['chdb_client_name'] = 'to be killed too'"))
	kill := func(condition, id string) {
		t.Helper()
		got := ask(t, "POST", address, url.Values{"param_id": {id}}, strings.NewReader("KILL QUERY WHERE "+condition+" SYNC"))
		if got.status != 200 || strings.Count(got.body, "\n") != 1 || !strings.HasPrefix(got.body, "finished") {
			t.Errorf("KILL QUERY WHERE %s: %+v", condition, got)
		}
	}
	kill("query_id = 'to be killed' AND user = 'default'", "")
	kill("query_id = {id:String}", strings.TrimSpace(shown.body))
	for _, killed := range []<-chan answer{ours, theirs} {
		if got := <-killed; got.status != 500 || !strings.HasPrefix(got.body, "Code: 394.") {
			t.Errorf("the killed query: %+v", got)
		}
	}
	select {
	case got := <-other:
		t.Errorf("another query was killed: %+v", got)
	default:
	}
}

// Whatever the engine does for a client that goes away, it stops: before the first row,
// between rows that nobody reads, and while it writes.
func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	address, db := database(t)
	if got := ask(t, "POST", address, url.Values{"database": {db}}, strings.NewReader("CREATE TABLE t (n UInt64) ENGINE = Null")); got.status != 200 {
		t.Fatal(got)
	}
	for name, sql := range map[string]string{
		"no row yet":     forever,
		"rows on end":    "SELECT number FROM system.numbers",
		"a whole result": forever + " FORMAT JSON SETTINGS max_threads = 1",
		"no stream":      "INSERT INTO " + db + ".t SELECT number FROM system.numbers",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			leave, _ := begin(t, address, db+name, sql)
			leave()
			eventually(t, "the engine works for nobody", func() bool { return running(t, address, db+name) == "0" })
			if got := ask(t, "POST", address, url.Values{"query_id": {db + name}}, strings.NewReader("SELECT 1")); got.body != "1\n" {
				t.Errorf("the id afterwards: %+v", got)
			}
		})
	}
}
