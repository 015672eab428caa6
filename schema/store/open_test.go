package store_test

import (
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema/store"
)

func TestOpenSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	for name, test := range map[string]struct{ dsn, want string }{
		"nothing listens":  {"http://" + closed + "/progress?password=hush", "check that it runs"},
		"native protocol":  {"clickhouse://" + closed + "/progress", "of its HTTP interface"},
		"other database":   {strings.Replace(enginetest.Database(t), "/xushi_test_", "/other_", 1), "check the database, which is the path"},
		"wrong scheme":     {"ftp://" + closed, "no URL such as http://127.0.0.1:8123/progress"},
		"no URL":           {"http://user:hush@bad host:%zz", "no URL such as http://127.0.0.1:8123/progress"},
		"refused password": {enginetest.Database(t) + "?username=somebody&password=hush", "check username and password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), test.dsn)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want one with %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

// Since ClickHouse 26.2 an insert is asynchronous unless told otherwise, and an acknowledged row would
// then be one that a crash can lose.
func TestInsertsAreSynchronous(t *testing.T) {
	t.Parallel()
	conn := open(t, enginetest.Database(t))
	if got := strs(t, conn, "SELECT value FROM system.settings WHERE name = 'async_insert'"); len(got) != 1 || got[0] != "0" {
		t.Errorf("async_insert is %v, want 0", got)
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }() // closing it is the purpose
	return l.Addr().String()
}

func open(t *testing.T, dsn string) driver.Conn {
	t.Helper()
	conn, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // a test that is over has nothing to lose
	return conn
}

func databaseOf(dsn string) string {
	u, _ := url.Parse(dsn)
	return strings.TrimPrefix(u.Path, "/")
}

func exec(t *testing.T, conn driver.Conn, statement string, args ...any) {
	t.Helper()
	if err := conn.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func count(t *testing.T, conn driver.Conn, query string, args ...any) uint64 {
	t.Helper()
	var n uint64
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// strs reads the one String column of a query.
func strs(t *testing.T, conn driver.Conn, query string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	var all []string
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
