package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxRunning    = 48               // requests that hold a session of the engine
	maxWait       = 30 * time.Second // for one of them to end
	drainPatience = 5 * time.Second
	insertChunk   = 1 << 20
)

// server answers ClickHouse's HTTP interface from the engine's sessions.
type server struct {
	open      func() (*conn, error)
	timezone  string
	maxBody   int64 // bytes of a request's body
	maxQuery  int   // bytes of a statement without its data
	loopback  bool  // listens on loopback only
	running   chan struct{}
	chunkPool sync.Pool
}

func newServer(open func() (*conn, error), maxBody int64, maxQuery int, loopback bool) *server {
	return &server{
		open: open, timezone: "UTC", maxBody: maxBody, maxQuery: maxQuery, loopback: loopback,
		running:   make(chan struct{}, maxRunning),
		chunkPool: sync.Pool{New: func() any { return make([]byte, insertChunk) }},
	}
}

// handler routes the interface's few paths. Requests that a browser sends for a
// foreign page are refused: there is no password that such a page would not know.
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	ok := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Ok.\n") }
	mux.HandleFunc("/ping", ok)
	mux.HandleFunc("/replicas_status", ok)
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost && !r.URL.Query().Has("query") {
			ok(w, r)
			return
		}
		s.serveQuery(w, r)
	})
	return s.refuseForeignHost(http.NewCrossOriginProtection().Handler(mux))
}

// refuseForeignHost stops DNS rebinding: a page that let its own name point at
// loopback would be of the same origin as this server.
func (s *server) refuseForeignHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		_, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if s.loopback && err != nil && host != "localhost" {
			writeException(w, refuse(codeAccessDenied, "ACCESS_DENIED", "The embedded engine listens on loopback and does not answer for the host %q", r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serveQuery runs one request in a session of its own.
func (s *server) serveQuery(w http.ResponseWriter, r *http.Request) {
	if err := s.runQuery(w, r); err != nil {
		s.drain(w, r)
		writeException(w, asException(err))
	}
}

// drain reads what is left of a refused body, within bounds: a client that still
// writes when the connection is closed sees a reset instead of the answer.
func (s *server) drain(w http.ResponseWriter, r *http.Request) {
	if http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainPatience)) == nil {
		_, _ = io.CopyN(io.Discard, r.Body, s.maxBody) // as far as it goes
	}
}

// runQuery returns an error only while nothing of the answer was written.
func (s *server) runQuery(w http.ResponseWriter, r *http.Request) error {
	req, err := parseRequest(r)
	if err != nil {
		return err
	}
	if r.ContentLength > s.maxBody {
		return s.bodyTooLarge()
	}
	body := http.MaxBytesReader(w, r.Body, s.maxBody)
	text, whole, err := s.readStatement(req.query, body)
	if err != nil {
		return err
	}
	st, err := scanStatement(text)
	if err != nil {
		return err
	}
	if st.kind != insertStatement && !whole {
		return refuse(codeQueryIsTooLarge, "QUERY_IS_TOO_LARGE", "The statement is longer than %d bytes", s.maxQuery)
	}
	c, release, err := s.session(r.Context(), &req)
	if err != nil {
		return err
	}
	defer release()
	switch {
	case st.kind == insertStatement && len(req.params) > 0 && whole && st.format == "Values":
		return s.runPlain(w, c, &req, st, text) // the values may hold placeholders
	case st.kind == insertStatement:
		return s.runInsert(w, c, &req, st, io.MultiReader(strings.NewReader(text[st.data:]), body))
	case st.kind == selectStatement && !req.buffered:
		return s.runSelect(w, c, &req, st, text)
	default:
		return s.runPlain(w, c, &req, st, text)
	}
}

// readStatement joins ?query= and the first piece of the body, as the server does;
// whole tells that there is no more of it.
func (s *server) readStatement(query string, body io.Reader) (text string, whole bool, err error) {
	head := make([]byte, 0, 4096)
	if query != "" {
		head = append(append(head, query...), '\n')
	}
	if len(query) > s.maxQuery {
		return "", false, refuse(codeQueryIsTooLarge, "QUERY_IS_TOO_LARGE", "The statement is longer than %d bytes", s.maxQuery)
	}
	rest, err := io.ReadAll(io.LimitReader(body, int64(s.maxQuery-len(query)+1)))
	if err != nil {
		return "", false, s.readFailure(err)
	}
	head = append(head, rest...)
	return string(head), len(rest) <= s.maxQuery-len(query), nil
}

// session opens a session of the engine for the request, when its turn comes.
func (s *server) session(ctx context.Context, req *request) (c *conn, release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	select {
	case s.running <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, refuse(codeTooManyQueries, "TOO_MANY_SIMULTANEOUS_QUERIES", "Too many simultaneous queries. Maximum: %d", maxRunning)
	}
	free := func() { <-s.running }
	if c, err = s.open(); err != nil {
		free()
		return nil, nil, err
	}
	for _, statement := range req.session() {
		if err := c.exec(statement); err != nil {
			c.close()
			free()
			return nil, nil, err
		}
	}
	return c, func() { c.close(); free() }, nil
}

func (s *server) bodyTooLarge() error {
	return refuse(codeTooManyBytes, "TOO_MANY_BYTES", "The request's body is larger than %d bytes", s.maxBody)
}

// readFailure tells a body that is too large from a client that is gone.
func (s *server) readFailure(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return s.bodyTooLarge()
	}
	return refuse(codeCannotReadAllData, "CANNOT_READ_ALL_DATA", "Cannot read the request's body: %v", err)
}

// setHeaders announces a result. A status of 200 goes with it.
func (s *server) setHeaders(w http.ResponseWriter, format string) {
	h := w.Header()
	h.Set("Content-Type", contentType(format))
	h.Set("X-ClickHouse-Format", format)
	h.Set("X-ClickHouse-Timezone", s.timezone)
	h.Set("X-ClickHouse-Server-Display-Name", "xushi-embedded")
}

func setSummary(w http.ResponseWriter, sum stats) {
	if summary, err := json.Marshal(sum); err == nil {
		w.Header().Set("X-ClickHouse-Summary", string(summary))
	}
}

func setLength(w http.ResponseWriter, n int) { w.Header().Set("Content-Length", strconv.Itoa(n)) }

func contentType(format string) string {
	switch {
	case strings.HasPrefix(format, "JSON"), format == "GeoJSON":
		return "application/json; charset=UTF-8"
	case strings.HasPrefix(format, "CSV"):
		return "text/csv; charset=UTF-8; header=" + map[bool]string{true: "present", false: "absent"}[strings.Contains(format, "WithNames")]
	case strings.HasPrefix(format, "TabSeparated"), strings.HasPrefix(format, "TSV"):
		return "text/tab-separated-values; charset=UTF-8"
	case format == "XML":
		return "application/xml; charset=UTF-8"
	case format == "Native", format == "Parquet", format == "ORC", strings.HasPrefix(format, "Arrow"), strings.HasPrefix(format, "RowBinary"):
		return "application/octet-stream"
	default:
		return "text/plain; charset=UTF-8"
	}
}
