package engine_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ClickHouse/ch-go/compress"
	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/enginetest"
)

// encoders and decoders are the Content-Encodings as a client has them, from other
// packages than the engine's own where there are two.
var (
	encoders = map[string]func(io.Writer) (io.WriteCloser, error){
		"gzip":    func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		"deflate": func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil },
		"br":      func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil },
		"zstd":    func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
		"lz4":     func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil },
	}
	decoders = map[string]func(io.Reader) (io.Reader, error){
		"gzip":    func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"deflate": func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
		"br":      func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"zstd":    func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		"lz4":     func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil },
	}
)

func encode(t *testing.T, coding, text string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := encoders[coding](&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// decode reads as far as it goes: what was read, and the error that ended it.
func decode(t *testing.T, coding, packed string) (string, error) {
	t.Helper()
	r, err := decoders[coding](strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// blocks is text in ClickHouse's compressed blocks of at most size bytes of data.
func blocks(t *testing.T, method compress.Method, size int, text string) string {
	t.Helper()
	var b strings.Builder
	for w := compress.NewWriter(compress.LevelZero, method); text != ""; {
		piece := text[:min(len(text), size)]
		if err := w.Compress([]byte(piece)); err != nil {
			t.Fatal(err)
		}
		b.Write(w.Data)
		text = text[len(piece):]
	}
	return b.String()
}

func unblock(t *testing.T, packed string) string {
	t.Helper()
	var b strings.Builder
	if _, err := io.Copy(&b, compress.NewReader(strings.NewReader(packed))); err != nil && !strings.HasSuffix(err.Error(), "header: EOF") {
		t.Fatal(err)
	}
	return b.String()
}

// rows are n lines, and sum what they sum up to.
func rows(n int) (csv, sum string) {
	var b strings.Builder
	for i := range n {
		fmt.Fprintln(&b, i)
	}
	return b.String(), fmt.Sprintln(n * (n - 1) / 2)
}

func TestBodiesAreDecoded(t *testing.T) {
	t.Parallel()
	address, db := database(t)
	csv, sum := rows(100_000)
	type query = url.Values
	for name, tt := range map[string]struct {
		query  query
		coding string
		body   string
	}{
		"gzip":    {coding: "gzip", body: encode(t, "gzip", csv)},
		"x-gzip":  {coding: "x-gzip", body: encode(t, "gzip", csv)},
		"deflate": {coding: "deflate", body: encode(t, "deflate", csv)},
		"br":      {coding: "br", body: encode(t, "br", csv)},
		"zstd":    {coding: "zstd", body: encode(t, "zstd", csv)},
		"lz4":     {coding: "lz4", body: encode(t, "lz4", csv)},
		"none":    {coding: "identity", body: csv},

		"blocks of LZ4":         {query: query{"decompress": {"1"}}, body: blocks(t, compress.LZ4, 50_000, csv)},
		"blocks of ZSTD":        {query: query{"decompress": {"1"}}, body: blocks(t, compress.ZSTD, 50_000, csv)},
		"blocks of NONE":        {query: query{"decompress": {"1"}}, body: blocks(t, compress.None, 50_000, csv)},
		"one block":             {query: query{"decompress": {"1"}}, body: blocks(t, compress.LZ4, len(csv), csv)},
		"blocks inside of gzip": {query: query{"decompress": {"1"}}, coding: "gzip", body: encode(t, "gzip", blocks(t, compress.LZ4, 50_000, csv))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := "t" + strings.NewReplacer(" ", "_", "-", "_").Replace(name)
			if got := ask(t, "POST", address, query{"database": {db}}, strings.NewReader("CREATE TABLE "+table+" (n UInt32) ENGINE = MergeTree ORDER BY n")); got.status != 200 {
				t.Fatal(got)
			}
			insert := query{"database": {db}, "query": {"INSERT INTO " + table + " FORMAT CSV"}}
			maps.Copy(insert, tt.query)
			headers := []string{}
			if tt.coding != "" {
				headers = []string{"Content-Encoding", tt.coding}
			}
			if got := ask(t, "POST", address, insert, strings.NewReader(tt.body), headers...); got.status != 200 {
				t.Fatalf("insert: %+v", got)
			}
			if got := ask(t, "POST", address, query{"database": {db}}, strings.NewReader("SELECT sum(n) FROM "+table)); got.body != sum {
				t.Errorf("sum %q, want %q", got.body, sum)
			}
			// A body that was cut short is refused, also where no row or block is cut in two.
			for _, cut := range []int{1, len(tt.body) / 2, len(tt.body) - 1} {
				if tt.coding == "identity" {
					break // it has no end that could miss
				}
				if got := ask(t, "POST", address, insert, strings.NewReader(tt.body[:cut]), headers...); got.status != 400 || !strings.HasPrefix(got.body, "Code: 33.") {
					t.Errorf("the first %d of %d bytes: %d %.200q", cut, len(tt.body), got.status, got.body)
				}
			}
			if got := ask(t, "POST", address, query{"database": {db}}, strings.NewReader("SELECT sum(n) FROM "+table)); got.body != sum {
				t.Errorf("sum after bodies that were cut short %q, want %q", got.body, sum)
			}
		})
	}
}

func TestStatementsAreDecodedToo(t *testing.T) {
	t.Parallel()
	address := enginetest.Engine(t).URL()
	for coding := range encoders {
		if got := ask(t, "POST", address, url.Values{"query": {"SELECT 1 +"}}, strings.NewReader(encode(t, coding, "41")), "Content-Encoding", coding); got.body != "42\n" {
			t.Errorf("%s: %+v", coding, got)
		}
	}
	if got := ask(t, "POST", address, url.Values{"decompress": {"1"}}, strings.NewReader(blocks(t, compress.LZ4, 5, "SELECT 42"))); got.body != "42\n" {
		t.Errorf("blocks: %+v", got)
	}
}

func TestResultsAreEncoded(t *testing.T) {
	t.Parallel()
	address := enginetest.Engine(t).URL()
	const sql = "SELECT 'one line like any other' FROM numbers(100000)"
	want := strings.Repeat("one line like any other\n", 100_000)
	for _, tt := range []struct{ accept, query, coding string }{
		{accept: "gzip", coding: "gzip"},
		{accept: "x-gzip", coding: "gzip"},
		{accept: "deflate", coding: "deflate"},
		{accept: "br", coding: "br"},
		{accept: "zstd", coding: "zstd"},
		{accept: "lz4", coding: "lz4"},
		{accept: "deflate, gzip, br, zstd", coding: "zstd"},
		{accept: "GZIP;q=0.5, zstd;q=0, br;q=0.0", coding: "gzip"},
		{accept: "gzip", query: "enable_http_compression=1", coding: "gzip"},
		{accept: "gzip", query: "enable_http_compression=0"},
		{accept: "gzip", query: "wait_end_of_query=1", coding: "gzip"},
		{accept: "identity"},
		{accept: "sdch, *;q=0.1"},
	} {
		query, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		got := ask(t, "POST", address, query, strings.NewReader(sql), "Accept-Encoding", tt.accept)
		if coding := got.header.Get("Content-Encoding"); coding != tt.coding || got.status != 200 || got.cut {
			t.Errorf("%+v: status %d, Content-Encoding %q", tt, got.status, coding)
			continue
		}
		text := got.body
		if tt.coding != "" {
			if text, err = decode(t, tt.coding, got.body); err != nil || len(got.body) > len(want)/10 {
				t.Errorf("%+v: %d bytes, error %v", tt, len(got.body), err)
			}
		}
		if text != want {
			t.Errorf("%+v: %d bytes of result, want %d", tt, len(text), len(want))
		}
	}
	empty := ask(t, "POST", address, nil, strings.NewReader("SELECT 1 WHERE 0"), "Accept-Encoding", "gzip")
	if empty.header.Get("Content-Length") != "0" || empty.header.Get("Content-Encoding") != "" {
		t.Errorf("no rows: %+v", empty)
	}
	failed := ask(t, "POST", address, nil, strings.NewReader("SELECT throwIf(1)"), "Accept-Encoding", "gzip")
	if failed.header.Get("Content-Encoding") != "" || !strings.HasPrefix(failed.body, "Code: 395.") {
		t.Errorf("an error: %+v", failed)
	}
}

func TestResultsComeInBlocks(t *testing.T) {
	t.Parallel()
	address := enginetest.Engine(t).URL()
	want, _ := rows(300_000)
	for method, mark := range map[string]byte{"": 0x82, "LZ4": 0x82, "LZ4HC": 0x82, "ZSTD": 0x90, "NONE": 0x02} {
		query := url.Values{"compress": {"1"}}
		if method != "" {
			query.Set("network_compression_method", method)
		}
		got := ask(t, "POST", address, query, strings.NewReader("SELECT number FROM numbers(300000)"))
		if got.status != 200 || len(got.body) < 25 || got.body[16] != mark || unblock(t, got.body) != want {
			t.Errorf("%q: status %d, %d bytes", method, got.status, len(got.body))
		}
	}
	both := ask(t, "POST", address, url.Values{"compress": {"1"}}, strings.NewReader("SELECT number FROM numbers(300000)"), "Accept-Encoding", "gzip")
	if text, err := decode(t, "gzip", both.body); err != nil || unblock(t, text) != want {
		t.Errorf("blocks inside of gzip: error %v", err)
	}
	if got := ask(t, "POST", address, url.Values{"compress": {"1"}, "network_compression_method": {"RAR"}}, strings.NewReader("SELECT 1")); got.status != 400 || !strings.Contains(got.body, "use LZ4") {
		t.Errorf("an unknown method: %+v", got)
	}
}

// An error in the middle of an encoded result can be read by whoever decodes it, and
// the encoding has no end either.
func TestErrorInTheMiddleOfAnEncodedResult(t *testing.T) {
	t.Parallel()
	address := enginetest.Engine(t).URL()
	for coding := range encoders {
		got := ask(t, "POST", address, nil, strings.NewReader(failsMidway), "Accept-Encoding", coding)
		text, err := decode(t, coding, got.body)
		if !got.cut || err == nil || !strings.Contains(text, "\r\n__exception__\r\n"+got.header.Get("X-ClickHouse-Exception-Tag")+"\r\nCode: 395. DB::Exception: too far") {
			t.Errorf("%s: cut %v, error %v, end of text %q", coding, got.cut, err, text[max(0, len(text)-300):])
		}
	}
	got := ask(t, "POST", address, url.Values{"compress": {"1"}}, strings.NewReader(failsMidway))
	if text := unblock(t, got.body); !got.cut || !strings.Contains(text, "Code: 395. DB::Exception: too far") {
		t.Errorf("blocks: cut %v, end of text %q", got.cut, text[max(0, len(text)-300):])
	}
}

func TestBodiesThatCannotBeDecoded(t *testing.T) {
	t.Parallel()
	address, db := database(t)
	if got := ask(t, "POST", address, url.Values{"database": {db}}, strings.NewReader("CREATE TABLE t (n UInt32) ENGINE = MergeTree ORDER BY n")); got.status != 200 {
		t.Fatal(got)
	}
	good := blocks(t, compress.LZ4, 10, "1\n2\n")
	damaged := []byte(good)
	damaged[3] ^= 1 // the checksum
	huge := []byte(good)
	copy(huge[21:], "\xff\xff\xff\xff") // says that it holds 4 GiB
	for name, tt := range map[string]struct {
		decompress, coding, body string
		status                   int
		want                     string
	}{
		"xz":                       {coding: "xz", status: 501, want: "Code: 48. DB::Exception: Content-Encoding xz is not served by the embedded engine, use one of gzip, deflate, br, zstd, lz4"},
		"two codings":              {coding: "gzip, br", status: 501, want: "Code: 48."},
		"no gzip":                  {coding: "gzip", body: "1\n2\n", status: 400, want: "Code: 33."},
		"something after gzip":     {coding: "gzip", body: encode(t, "gzip", "1\n") + "2\n", status: 400, want: "Code: 33."},
		"something after br":       {coding: "br", body: encode(t, "br", "1\n") + "2\n", status: 400, want: "Code: 33."},
		"something after deflate":  {coding: "deflate", body: encode(t, "deflate", "1\n") + "2\n", status: 400, want: "Code: 33."},
		"nothing in gzip":          {coding: "gzip", status: 400, want: "Code: 33."},
		"no blocks":                {decompress: "1", body: strings.Repeat("1\n", 100), status: 400, want: "Code: 33."},
		"a damaged block":          {decompress: "1", body: string(damaged), status: 400, want: "Code: 33."},
		"a huge block":             {decompress: "1", body: string(huge), status: 400, want: "at most"},
		"a block without its data": {decompress: "1", body: good + good[:25], status: 400, want: "Code: 33."},
	} {
		insert := url.Values{"database": {db}, "query": {"INSERT INTO t FORMAT CSV"}, "decompress": {tt.decompress}}
		if got := ask(t, "POST", address, insert, strings.NewReader(tt.body), "Content-Encoding", tt.coding); got.status != tt.status || !strings.Contains(got.body, tt.want) {
			t.Errorf("%s: %d %q, want %d %q", name, got.status, got.body, tt.status, tt.want)
		}
	}
	if got := ask(t, "POST", address, url.Values{"database": {db}}, strings.NewReader("SELECT count() FROM t")); got.body != "0\n" {
		t.Errorf("rows of bad bodies: %q", got.body)
	}
}

// A body is bounded by what comes out of it, so that a small one cannot fill the disk.
func TestCompressionBombs(t *testing.T) {
	t.Parallel()
	e := start(t, engine.Options{Databases: []string{"progress"}, MaxBody: 1 << 20})
	ask(t, "POST", e.URL(), nil, strings.NewReader("CREATE TABLE progress.t (s String) ENGINE = MergeTree ORDER BY s"))
	line := strings.Repeat("x", 1023) + "\n"
	fits, tooLong := strings.Repeat(line, 1<<10), strings.Repeat(line, 1<<10+1)
	insert := url.Values{"query": {"INSERT INTO progress.t FORMAT TSV"}}
	for coding := range encoders {
		if got := ask(t, "POST", e.URL(), insert, strings.NewReader(encode(t, coding, fits)), "Content-Encoding", coding); got.status != 200 {
			t.Errorf("%s of just the limit: %+v", coding, got)
		}
		if got := ask(t, "POST", e.URL(), insert, strings.NewReader(encode(t, coding, tooLong)), "Content-Encoding", coding); got.status != 413 || !strings.HasPrefix(got.body, "Code: 307.") {
			t.Errorf("%s above the limit: %d %.200q", coding, got.status, got.body)
		}
	}
	insert.Set("decompress", "1")
	if got := ask(t, "POST", e.URL(), insert, strings.NewReader(blocks(t, compress.LZ4, 1<<16, fits))); got.status != 200 {
		t.Errorf("blocks of just the limit: %+v", got)
	}
	if got := ask(t, "POST", e.URL(), insert, strings.NewReader(blocks(t, compress.LZ4, 1<<16, tooLong))); got.status != 413 || !strings.HasPrefix(got.body, "Code: 307.") {
		t.Errorf("blocks above the limit: %d %.200q", got.status, got.body)
	}
	twice := encode(t, "gzip", blocks(t, compress.ZSTD, 1<<19, strings.Repeat(tooLong, 20)))
	if got := ask(t, "POST", e.URL(), insert, strings.NewReader(twice), "Content-Encoding", "gzip"); got.status != 413 {
		t.Errorf("blocks inside of gzip above the limit, in %d bytes: %d %.200q", len(twice), got.status, got.body)
	}
	if got := ask(t, "POST", e.URL(), nil, strings.NewReader("SELECT count() FROM progress.t")); got.body != fmt.Sprintln(6<<10) {
		t.Errorf("rows after refused bodies: %q", got.body)
	}
}

// curl --compressed asks for all that it knows, and a file packed by gzip goes as it is.
func TestCurlCompressed(t *testing.T) {
	t.Parallel()
	address, db := database(t)
	curl := func(args ...string) string {
		t.Helper()
		output, err := exec.CommandContext(t.Context(), "curl", append([]string{"--silent", "--show-error", "--fail-with-body"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("curl %v: %v %s", args, err, output)
		}
		return string(output)
	}
	at := address + "/?database=" + db
	curl(at, "--data", "CREATE TABLE t (n UInt32) ENGINE = MergeTree ORDER BY n")
	csv, _ := rows(50_000)
	packed := filepath.Join(t.TempDir(), "rows.csv.gz")
	if err := os.WriteFile(packed, []byte(encode(t, "gzip", csv)), 0o600); err != nil {
		t.Fatal(err)
	}
	curl(at+"&query=INSERT+INTO+t+FORMAT+CSV", "--header", "Content-Encoding: gzip", "--data-binary", "@"+packed)
	if got := curl("--compressed", at, "--data", "SELECT n FROM t ORDER BY n"); got != csv {
		t.Errorf("curl --compressed: %d bytes, want %d", len(got), len(csv))
	}
	if got := curl("--compressed", "--head", "--request", "GET", at+"&query=SELECT+n+FROM+t"); !strings.Contains(got, "Content-Encoding: ") {
		t.Errorf("curl --compressed gets no Content-Encoding: %s", got)
	}
}
