package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/enginetest"
)

// httpClient does not reuse connections between parallel tests' engines.
var httpClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// answer is a response read to its end, or to where the server broke it off.
type answer struct {
	status int
	header http.Header
	body   string
	cut    bool
}

func ask(t *testing.T, method, address string, query url.Values, body io.Reader, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address+"/?"+query.Encode(), body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	response, err := httpClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	return read(response)
}

func read(response *http.Response) answer {
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text), err != nil}
}

// database returns the URL of the engine and the name of a fresh database.
func database(t *testing.T) (address, name string) {
	t.Helper()
	dsn, err := url.Parse(enginetest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + dsn.Host, strings.TrimPrefix(dsn.Path, "/")
}

func TestCurl(t *testing.T) {
	t.Parallel()
	address, db := database(t)
	curl := func(args ...string) string {
		t.Helper()
		output, err := exec.CommandContext(t.Context(), "curl", append([]string{"--silent", "--show-error"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("curl %v: %v %s", args, err, output)
		}
		return string(output)
	}
	at := func(query url.Values) string {
		query.Set("database", db)
		return address + "/?" + query.Encode()
	}
	if got := curl(address + "/ping"); got != "Ok.\n" {
		t.Errorf("/ping: %q", got)
	}
	if got := curl(address); got != "Ok.\n" {
		t.Errorf("/: %q", got)
	}
	curl(at(url.Values{}), "--data", "CREATE TABLE t (n UInt32, s String) ENGINE = MergeTree ORDER BY n")
	rows := filepath.Join(t.TempDir(), "rows.json")
	if err := os.WriteFile(rows, []byte("{\"n\":1,\"s\":\"一\"}\n{\"n\":2,\"s\":\"two\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	curl(at(url.Values{"query": {"INSERT INTO t FORMAT JSONEachRow"}}), "--data-binary", "@"+rows)
	curl(at(url.Values{}), "--data-binary", "INSERT INTO t FORMAT CSV\n3,\"three\"\n4,\"four\"\n")
	curl(at(url.Values{}), "--data-binary", "INSERT INTO t VALUES (5, concat('fi', 've'))")
	curl(at(url.Values{}), "--data", "INSERT INTO t SELECT n + 5, s FROM t WHERE n = 1")

	want := "{\"n\":1,\"s\":\"一\"}\n{\"n\":2,\"s\":\"two\"}\n{\"n\":3,\"s\":\"three\"}\n{\"n\":4,\"s\":\"four\"}\n{\"n\":5,\"s\":\"five\"}\n{\"n\":6,\"s\":\"一\"}\n"
	if diff := cmp.Diff(want, curl(at(url.Values{}), "--data", "SELECT * FROM t ORDER BY n FORMAT JSONEachRow")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	selected := url.Values{"query": {"SELECT s FROM t WHERE n = {n:UInt32}"}, "param_n": {"2"}}
	if got := curl(at(selected)); got != "two\n" {
		t.Errorf("GET with a parameter: %q", got)
	}
	if got := curl(at(url.Values{"query": {"DROP TABLE t"}})); !strings.Contains(got, "Code: 164.") {
		t.Errorf("GET writes: %q", got)
	}
}

func TestHTTPAnswersLikeTheServer(t *testing.T) {
	t.Parallel()
	address, db := database(t)
	type query = url.Values
	for _, tt := range []struct {
		name    string
		method  string
		query   query
		body    string
		headers []string
		status  int
		want    string            // is in the body
		header  map[string]string // is in the headers
		cut     bool              // the body has no end
	}{
		{name: "the format is TabSeparated by default", body: "SELECT 1, 'a b'", status: 200, want: "1\ta b\n",
			header: map[string]string{"X-ClickHouse-Format": "TabSeparated", "X-ClickHouse-Timezone": "UTC"}},
		{name: "default_format", query: query{"default_format": {"CSV"}}, body: "SELECT 'a'", status: 200, want: "\"a\"\n",
			header: map[string]string{"Content-Type": "text/csv; charset=UTF-8; header=absent"}},
		{name: "FORMAT wins over default_format", query: query{"default_format": {"CSV"}}, body: "SELECT 1 AS a FORMAT JSONEachRow", status: 200, want: "{\"a\":1}\n",
			header: map[string]string{"Content-Type": "application/json; charset=UTF-8"}},
		{name: "format by header", headers: []string{"X-ClickHouse-Format", "JSONCompactEachRow"}, body: "SELECT 1, 2", status: 200, want: "[1, 2]\n"},
		{name: "a whole-document format", body: "SELECT 1 AS a FORMAT JSON", status: 200, want: `"rows": 1`},
		{name: "query is joined with the body", query: query{"query": {"SELECT 1 +"}}, body: "2", status: 200, want: "3\n"},
		{name: "a type that the bridge cannot read", query: query{"default_format": {"Native"}, "client_protocol_version": {"54460"}},
			body: "SELECT sumState(number) FROM numbers(3)", status: 200, want: "\r\n__exception__\r\n", cut: true},
		{name: "the same, awaited", query: query{"default_format": {"Native"}, "client_protocol_version": {"54460"}, "wait_end_of_query": {"1"}},
			body: "SELECT sumState(number) FROM numbers(3)", status: 500, want: "Code: 1002."},
		{name: "a time limit", query: query{"max_execution_time": {"0.1"}}, body: forever, status: 408, want: "Code: 159."},
		{name: "no rows", body: "SELECT 1 WHERE 0", status: 200, header: map[string]string{"Content-Length": "0"}},
		{name: "SHOW", body: "SHOW TABLES FROM system LIKE 'one'", status: 200, want: "one\n"},
		{name: "EXPLAIN", body: "EXPLAIN SELECT 1", status: 200, want: "ReadFromSystemOne"},
		{name: "settings", query: query{"max_block_size": {"123"}}, body: "SELECT getSetting('max_block_size')", status: 200, want: "123\n"},
		{name: "database", body: "SELECT currentDatabase()", query: query{"database": {db}}, status: 200, want: db + "\n"},
		{name: "wait_end_of_query", query: query{"wait_end_of_query": {"1"}}, body: "SELECT throwIf(number = 300000) FROM numbers(400000)", status: 500, want: "Code: 395."},
		{name: "GET is read-only even if it says otherwise", method: "GET", query: query{"query": {"CREATE TABLE x (a Int8) ENGINE=Memory"}, "readonly": {"0"}, "database": {db}}, status: 500, want: "Code: 164."},
		{name: "readonly does not stop other settings", method: "GET", query: query{"query": {"SELECT getSetting('max_block_size')"}, "readonly": {"1"}, "max_block_size": {"7"}}, status: 200, want: "7\n"},
		{name: "ignored parameters", query: query{"query_id": {"x"}, "quota_key": {"y"}}, body: "SELECT 1", status: 200, want: "1\n"},
		{name: "user default", query: query{"user": {"default"}, "password": {""}}, body: "SELECT 1", status: 200, want: "1\n"},

		{name: "a syntax error", body: "SELEC 1", status: 400, want: "Code: 62. DB::Exception: Syntax error", header: map[string]string{"X-ClickHouse-Exception-Code": "62"}},
		{name: "no query", status: 400, want: "Code: 62."},
		{name: "two statements", body: "SELECT 1; SELECT 2", status: 400, want: "Multi-statements"},
		{name: "an unknown table", body: "SELECT * FROM nowhere", status: 404, want: "Code: 60."},
		{name: "an unknown database", query: query{"database": {"xushi_test_nowhere"}}, body: "SELECT 1", status: 404, want: "Code: 81."},
		{name: "a database that is not granted", query: query{"database": {"nowhere"}}, body: "SELECT 1", status: 403, want: "Code: 497."},
		{name: "an unknown setting", query: query{"no_such_setting": {"1"}}, body: "SELECT 1", status: 404, want: "Code: 115."},
		{name: "a setting that is no name", query: query{"a = 1, b": {"1"}}, body: "SELECT 1", status: 404, want: "Code: 115."},
		{name: "a setting with a quote", query: query{"log_comment": {"it's \\ ok"}}, body: "SELECT getSetting('log_comment') FORMAT Raw", status: 200, want: "it's \\ ok"},
		{name: "another user", headers: []string{"X-ClickHouse-User", "bob"}, body: "SELECT 1", status: 403, want: "Code: 516.", header: map[string]string{"X-ClickHouse-Exception-Code": "516"}},
		{name: "a password", query: query{"user": {"default"}, "password": {"secret"}}, body: "SELECT 1", status: 403, want: "Code: 516."},
		{name: "basic authentication", headers: []string{"Authorization", "Basic Ym9iOng="}, body: "SELECT 1", status: 403, want: "Code: 516."},
		{name: "a token", headers: []string{"Authorization", "Bearer x"}, body: "SELECT 1", status: 403, want: "Code: 516."},
		{name: "another method", method: "PUT", query: query{"query": {"SELECT 1"}}, status: 405, want: "Code: 369."},

		{name: "sessions", query: query{"session_id": {"x"}}, body: "SELECT 1", status: 501, want: "Code: 48. DB::Exception: A session over several requests (session_id) is not served by the embedded engine: give settings"},
		{name: "roles", query: query{"role": {"x"}}, body: "SELECT 1", status: 501, want: "there is one user"},
		{name: "external tables", headers: []string{"Content-Type", "multipart/form-data; boundary=x"}, body: "SELECT 1", status: 501, want: "insert the rows into a table first"},
		{name: "a foreign page", headers: []string{"Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site"}, body: "SELECT 1", status: 403},
		{name: "a rebound name", headers: []string{"Host", "evil.example"}, body: "SELECT 1", status: 403, want: "evil.example"},

		{name: "file()", body: "SELECT * FROM file('/etc/passwd', LineAsString)", status: 403, want: "Code: 497."},
		{name: "file as a function", body: "SELECT file('/etc/passwd')", status: 403, want: "Code: 497."},
		{name: "file by parameter", query: query{"param_f": {"file"}}, body: "SELECT arrayMap({f:Identifier}, ['/etc/passwd'])", status: 403, want: "Code: 497."},
		{name: "url()", body: "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)", status: 403, want: "Code: 497."},
		{name: "s3()", body: "SELECT * FROM s3('http://127.0.0.1:1/bucket/key', LineAsString)", status: 403, want: "Code: 497."},
		{name: "remote()", body: "SELECT * FROM remote('127.0.0.1', system.one)", status: 403, want: "Code: 497."},
		{name: "INTO OUTFILE", body: "SELECT 1 INTO OUTFILE '/tmp/x'", status: 403, want: "Code: 497."},
		{name: "INSERT INTO FUNCTION file", body: "INSERT INTO FUNCTION file('x', 'CSV', 'a Int8') VALUES (1)", status: 403, want: "Code: 497."},
		{name: "BACKUP", body: "BACKUP DATABASE " + db + " TO File('/tmp/x')", status: 403, want: "Code: 497."},
		{name: "a database of others", body: "CREATE TABLE default.x (a Int8) ENGINE = Memory", status: 403, want: "Code: 497."},
		{name: "users", body: "CREATE USER bob", status: 403, want: "Code: 497."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			method := tt.method
			if method == "" {
				method = "POST"
			}
			got := ask(t, method, address, tt.query, strings.NewReader(tt.body), tt.headers...)
			if got.status != tt.status || got.cut != tt.cut || !strings.Contains(got.body, tt.want) || tt.want == "" && tt.status == 200 && got.body != "" {
				t.Errorf("%d %q, want %d %q", got.status, got.body, tt.status, tt.want)
			}
			for name, want := range tt.header {
				if got.header.Get(name) != want {
					t.Errorf("%s: %q, want %q", name, got.header.Get(name), want)
				}
			}
		})
	}
}

func TestInsertTellsWhatItWrote(t *testing.T) {
	t.Parallel()
	address, db := database(t)
	create := ask(t, "POST", address, url.Values{"database": {db}}, strings.NewReader(
		"CREATE TABLE t (n UInt32, CONSTRAINT small CHECK n < 100) ENGINE = MergeTree ORDER BY n"))
	if create.status != 200 {
		t.Fatal(create)
	}
	insert := url.Values{"database": {db}, "query": {"INSERT INTO t FORMAT CSV"}}
	got := ask(t, "POST", address, insert, strings.NewReader("1\n2\n3\n"))
	var summary struct {
		Rows string `json:"written_rows"`
	}
	if err := json.Unmarshal([]byte(got.header.Get("X-ClickHouse-Summary")), &summary); err != nil || summary.Rows != "3" || got.status != 200 {
		t.Errorf("insert of 3 rows: %+v, error %v", got, err)
	}
	for body, code := range map[string]string{"5\n1000\n": "469", "6\nx\n": "117"} {
		if got := ask(t, "POST", address, insert, strings.NewReader(body)); got.status == 200 || got.header.Get("X-ClickHouse-Exception-Code") != code {
			t.Errorf("insert of %q: %+v, want code %s", body, got, code)
		}
	}
	if got := ask(t, "POST", address, url.Values{"database": {db}}, strings.NewReader("SELECT sum(n) FROM t")); got.body != "6\n" {
		t.Errorf("sum after refused inserts: %q, want 6", got.body)
	}
}

// A client that dies in the middle of its data must not leave half of it stored.
func TestInsertCutShortStoresNothing(t *testing.T) {
	t.Parallel()
	address, db := database(t)
	if got := ask(t, "POST", address, url.Values{"database": {db}}, strings.NewReader("CREATE TABLE t (n UInt32) ENGINE = MergeTree ORDER BY n")); got.status != 200 {
		t.Fatal(got)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/?"+url.Values{"database": {db}, "query": {"INSERT INTO t FORMAT CSV"}}.Encode(),
		io.MultiReader(strings.NewReader(strings.Repeat("1\n", 1000)), brokenReader{}))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 1 << 20
	if response, err := httpClient.Do(r); err == nil {
		_ = response.Body.Close()
		t.Fatal("the request did not break")
	}
	eventually(t, "the broken insert is over", func() bool {
		return ask(t, "POST", address, nil, strings.NewReader("SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO t FORMAT CSV%' AND current_database = '"+db+"'")).body == "0\n"
	})
	if got := ask(t, "POST", address, url.Values{"database": {db}}, strings.NewReader("SELECT count() FROM t")); got.body != "0\n" {
		t.Errorf("rows of the broken insert: %q", got.body)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the client dies") }

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("not in time: %s", what)
		case <-tick.C:
		}
	}
}

// failsMidway is a SELECT that fails when part of its result is long on its way.
const failsMidway = "SELECT number, throwIf(number = 300000, 'too far') FROM numbers(400000) SETTINGS max_block_size = 10000, max_threads = 1"

// Nobody may take the part for the whole: what was sent ends with the error, and the
// body has no end.
func TestErrorInTheMiddleOfAResult(t *testing.T) {
	t.Parallel()
	address := enginetest.Engine(t).URL()
	got := ask(t, "POST", address, nil, strings.NewReader(failsMidway))
	tag := got.header.Get("X-ClickHouse-Exception-Tag")
	_, block, found := strings.Cut(got.body, "\r\n__exception__\r\n"+tag+"\r\n")
	if got.status != 200 || !got.cut || len(tag) != 16 || !found || !strings.HasPrefix(block, "Code: 395. DB::Exception: too far") {
		t.Errorf("status %d, cut %v, tag %q, end of body %q", got.status, got.cut, tag, got.body[max(0, len(got.body)-300):])
	}
	const partialFile = 18 // curl's exit code for a transfer that ended too early
	for _, compression := range []string{"--no-compressed", "--compressed"} {
		err := exec.CommandContext(t.Context(), "curl", "--silent", compression, address, "--output", os.DevNull, "--data", failsMidway).Run()
		if e, ok := errors.AsType[*exec.ExitError](err); !ok || e.ExitCode() != partialFile {
			t.Errorf("curl %s ends with %v, want exit code %d", compression, err, partialFile)
		}
	}
	if got := ask(t, "POST", address, url.Values{"wait_end_of_query": {"1"}}, strings.NewReader(failsMidway)); got.status != 500 || !strings.HasPrefix(got.body, "Code: 395.") {
		t.Errorf("the same, awaited: %d %.200q", got.status, got.body)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	e := start(t, engine.Options{Databases: []string{"progress"}, MaxBody: 1 << 20, MaxQuery: 10_000})
	padding := strings.Repeat(" ", 10_000)
	exactly := "SELECT 1" + padding[:10_000-len("SELECT 1")]
	if got := ask(t, "POST", e.URL(), nil, strings.NewReader(exactly)); got.body != "1\n" {
		t.Errorf("a statement of just the limit: %+v", got)
	}
	for name, got := range map[string]answer{
		"statement":     ask(t, "POST", e.URL(), nil, strings.NewReader(exactly+" ")),
		"statement GET": ask(t, "GET", e.URL(), url.Values{"query": {exactly + " "}}, nil),
		"both halves":   ask(t, "POST", e.URL(), url.Values{"query": {"SELECT 1"}}, strings.NewReader(padding)),
	} {
		if got.status != 413 || !strings.HasPrefix(got.body, "Code: 161.") {
			t.Errorf("%s above the limit: %d %.200q", name, got.status, got.body)
		}
	}

	ask(t, "POST", e.URL(), nil, strings.NewReader("CREATE TABLE progress.t (s String) ENGINE = MergeTree ORDER BY s"))
	insert := url.Values{"query": {"INSERT INTO progress.t FORMAT TSV"}}
	fits, tooLong := strings.Repeat("123456789\n", 1<<20/10), strings.Repeat("123456789\n", 1<<20/10+1)
	if got := ask(t, "POST", e.URL(), insert, strings.NewReader(fits)); got.status != 200 {
		t.Errorf("a body of just the limit: %+v", got)
	}
	for name, body := range map[string]io.Reader{
		"body of known length": strings.NewReader(tooLong),
		"body without length":  io.MultiReader(strings.NewReader(tooLong)),
	} {
		if got := ask(t, "POST", e.URL(), insert, body); got.status != 413 || !strings.HasPrefix(got.body, "Code: 307.") {
			t.Errorf("%s above the limit: %d %.200q", name, got.status, got.body)
		}
	}
	if got := ask(t, "POST", e.URL(), nil, strings.NewReader("SELECT count() FROM progress.t")); got.body != fmt.Sprintln(1<<20/10) {
		t.Errorf("rows after refused bodies: %q", got.body)
	}
}

func TestRefreshableViewsRun(t *testing.T) {
	t.Parallel()
	conn := enginetest.Conn(t)
	execute(t, conn, "CREATE TABLE events (n UInt64) ENGINE = ReplacingMergeTree ORDER BY n")
	execute(t, conn, "INSERT INTO events SELECT number FROM numbers(1000)")
	execute(t, conn, "CREATE MATERIALIZED VIEW daily REFRESH EVERY 1 HOUR (total UInt64) ENGINE = MergeTree ORDER BY total AS SELECT sum(n) AS total FROM events FINAL")
	execute(t, conn, "SYSTEM WAIT VIEW daily")
	total := func() (n uint64) {
		t.Helper()
		if err := conn.QueryRow(context.Background(), "SELECT total FROM daily").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := total(); got != 499_500 {
		t.Errorf("total = %d, want 499500", got)
	}
	execute(t, conn, "INSERT INTO events VALUES (1000)")
	execute(t, conn, "SYSTEM REFRESH VIEW daily")
	execute(t, conn, "SYSTEM WAIT VIEW daily")
	if got := total(); got != 500_500 {
		t.Errorf("total after a refresh = %d, want 500500", got)
	}
	for _, sql := range []string{
		"ALTER TABLE events ADD COLUMN s String DEFAULT 'x'", "ALTER TABLE events DELETE WHERE n = 1", "OPTIMIZE TABLE events FINAL",
		"CREATE VIEW v AS SELECT * FROM events", "CREATE OR REPLACE VIEW v AS SELECT n FROM events", "DROP VIEW v", "DROP VIEW daily",
		"RENAME TABLE events TO events2", "TRUNCATE TABLE events2", "DROP TABLE events2",
	} {
		execute(t, conn, sql)
	}
}
