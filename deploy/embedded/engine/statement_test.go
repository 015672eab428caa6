package engine

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScanStatementFindsTheWayAStatementTakes(t *testing.T) {
	t.Parallel()
	const refused = statementKind(-1)
	type want struct {
		Kind               statementKind
		Format, Head, Data string
	}
	for sql, want := range map[string]want{
		"SELECT 1":             {Kind: selectStatement},
		"select 1 format JSON": {Kind: selectStatement, Format: "JSON"},
		"SELECT 1 FORMAT CSV;": {Kind: selectStatement, Format: "CSV"},
		"SELECT 1 FORMAT CSV SETTINGS max_threads=1":  {Kind: selectStatement, Format: "CSV"},
		"SELECT format FROM t":                        {Kind: selectStatement},
		"SELECT 'x FORMAT CSV'":                       {Kind: selectStatement},
		"-- why\n/* not */ ((SELECT 1)) UNION ALL x":  {Kind: selectStatement},
		"WITH 1 AS x SELECT x":                        {Kind: selectStatement},
		"WITH q AS (SELECT 1) INSERT INTO t SELECT 1": {Kind: plainStatement},
		"FROM t SELECT 1":                             {Kind: selectStatement},
		"SHOW TABLES FORMAT TSV":                      {Kind: plainStatement, Format: "TSV"},
		"EXPLAIN SELECT 1":                            {Kind: plainStatement},
		"CREATE TABLE t (a Int8) ENGINE = Memory":     {Kind: plainStatement},
		"INSERT INTO t SELECT 1":                      {Kind: plainStatement},
		"INSERT INTO t (a) WITH 1 AS x SELECT x":      {Kind: plainStatement},

		"INSERT INTO t VALUES (1); x":                 {insertStatement, "Values", "INSERT INTO t ", " (1); x"},
		"insert into t(a) values(1)":                  {insertStatement, "Values", "insert into t(a) ", "(1)"},
		"INSERT INTO values VALUES (1)":               {insertStatement, "Values", "INSERT INTO values ", " (1)"},
		"INSERT INTO db.format FORMAT CSV 1":          {insertStatement, "CSV", "INSERT INTO db.format ", "1"},
		"INSERT INTO t (a) FORMAT Native\n\x01\x02":   {insertStatement, "Native", "INSERT INTO t (a) ", "\x01\x02"},
		"INSERT INTO t FORMAT Native\r\n\n":           {insertStatement, "Native", "INSERT INTO t ", "\n"},
		"INSERT INTO t SETTINGS x=1 FORMAT CSV\n'":    {insertStatement, "CSV", "INSERT INTO t SETTINGS x=1 ", "'"},
		"INSERT INTO TABLE FUNCTION null('a') FORMAT": {Kind: refused},
		"INSERT INTO t (a);":                          {insertStatement, "", "INSERT INTO t (a)", ""},
	} {
		st, err := scanStatement(sql)
		got := want
		switch {
		case err != nil:
			got.Kind = refused
		case st.kind == insertStatement:
			got.Kind, got.Format, got.Head, got.Data = st.kind, st.format, st.head, sql[st.data:]
		default:
			got.Kind, got.Format = st.kind, st.format
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", sql, diff)
		}
	}
}

func TestScanStatementKeepsTheFence(t *testing.T) {
	t.Parallel()
	for sql, code := range map[string]int{
		"SELECT file('/etc/passwd')":                                      497,
		"SELECT `file`('/etc/passwd')":                                    497,
		"SELECT “file”('/etc/passwd')":                                    497,
		"SELECT arrayMap(file, ['/etc/passwd'])":                          497,
		"SELECT * APPLY file FROM t":                                      497,
		"CREATE VIEW v AS SELECT/**/file/**/('/etc/passwd')":              497,
		"SELECT 'it\\'s' , file('x')":                                     497,
		"SELECT 'it''s' , file('x')":                                      497,
		"SELECT 1 INTO OUTFILE '/tmp/x'":                                  497,
		"SELECT 1 INTO -- x\n outfile '/tmp/x'":                           497,
		"INSERT INTO t FROM INFILE '/etc/passwd' FORMAT LineAsString":     497,
		"CREATE TABLE t (a Int8) ENGINE = EmbeddedRocksDB(0, '/tmp/x')":   497,
		"CREATE TABLE t (a Int8) SETTINGS disk = disk(type = 'web')":      497,
		"SELECT `\\x66ile`('/etc/passwd')":                                48,
		"SELECT 1; SELECT 2":                                              62,
		"  -- nothing\n":                                                  62,
		";":                                                               62,
		"":                                                                62,
		"SELECT 'file'":                                                   0,
		"SELECT $$file$$, $x$ file $x$":                                   0,
		"SELECT disk FROM system.detached_parts -- file":                  0,
		"SELECT 1 -- x\n;;":                                               0,
		"INSERT INTO t VALUES ('file'), (file)":                           0,
		"SELECT name FROM system.columns WHERE comment LIKE '%; DROP %' ": 0,
	} {
		_, err := scanStatement(sql)
		e, _ := errors.AsType[*exception](err)
		if code == 0 && err != nil || code != 0 && (e == nil || e.code != code) {
			t.Errorf("%q: error %v, want code %d", sql, err, code)
		}
	}
}

// FuzzScanStatement: whatever it is given, the scan ends and finds the data inside
// the text; and where nothing is quoted or commented, so that every word is a word,
// no closed name passes before the data.
func FuzzScanStatement(f *testing.F) {
	f.Add("INSERT INTO t FORMAT Native\n")
	f.Add("SELECT 'a\\' , \"b``\" , $t$x$t$ /* c */ -- d\n FORMAT e")
	f.Add("SELECT “a” ‘b’ # c")
	f.Add("SELECT arrayMap(file, x)")
	notWord := regexp.MustCompile(`[^A-Za-z0-9_$]+`)
	f.Fuzz(func(t *testing.T, sql string) {
		st, err := scanStatement(sql)
		if err != nil {
			return
		}
		if st.data < 0 || st.data > len(sql) || !strings.HasPrefix(sql, st.head) {
			t.Fatalf("%q: head %q, data at %d", sql, st.head, st.data)
		}
		text := sql
		if st.kind == insertStatement {
			text = st.head
		}
		if strings.ContainsAny(text, "'\"`$‘“-#/") {
			return
		}
		for _, word := range notWord.Split(text, -1) {
			if slices.Contains(closedNames, word) {
				t.Fatalf("%q passed with %s", sql, word)
			}
		}
	})
}
