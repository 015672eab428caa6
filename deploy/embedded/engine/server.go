package engine

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

const (
	maxRunning    = 48               // requests that hold a session of the engine
	maxWait       = 30 * time.Second // for one of them to end
	drainPatience = 5 * time.Second
	insertChunk   = 1 << 20
	firstLook     = 16 << 10 // bytes of a body in which a bulk insert's data has begun
)

// server answers ClickHouse's HTTP interface from the engine's sessions.
type server struct {
	open      func(queryID string) (*conn, error)
	timezone  string
	maxBody   int64 // bytes of a request's body
	maxQuery  int   // bytes of a statement without its data
	loopback  bool  // listens on loopback only
	running   chan struct{}
	queries   queries
	chunkPool sync.Pool
}

func newServer(open func(queryID string) (*conn, error), maxBody int64, maxQuery int, loopback bool) *server {
	return &server{
		open: open, timezone: "UTC", maxBody: maxBody, maxQuery: maxQuery, loopback: loopback,
		running:   make(chan struct{}, maxRunning),
		queries:   queries{byID: map[string]*runningQuery{}},
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
	s.setGeneral(w, req.queryID)
	body, err := s.openBody(w, r, &req)
	if err != nil {
		return err
	}
	text, st, whole, err := s.readStatement(req.query, body)
	if err != nil {
		return err
	}
	ctx, leave, err := s.queries.enter(r.Context(), &req)
	if err != nil {
		return err
	}
	defer leave()
	c, release, err := s.session(ctx, &req)
	if err != nil {
		return err
	}
	defer release()
	defer s.killAtEnd(ctx, req.queryID)()
	switch {
	case st.kind == insertStatement && len(req.params) > 0 && whole && st.format == "Values":
		return s.runPlain(w, c, &req, st, text) // the values may hold placeholders
	case st.kind == insertStatement:
		return s.runInsert(w, c, &req, st, io.MultiReader(strings.NewReader(text[st.data:]), body))
	case st.kind == selectStatement && !req.buffered:
		return s.runSelect(w, c, &req, st, text)
	default:
		return s.runPlain(w, c, &req, st, withOurIDs(text))
	}
}

// readStatement joins ?query= and the first piece of the body, as the server does;
// whole tells that there is no more of it. Where the URL or the beginning of the body has
// all of an INSERT up to its data, as bulk inserts have, the rest is left to be streamed.
func (s *server) readStatement(query string, body io.Reader) (text string, st statement, whole bool, err error) {
	if query != "" {
		query += "\n"
	}
	tooLarge := refuse(codeQueryIsTooLarge, "QUERY_IS_TOO_LARGE", "The statement is longer than %d bytes", s.maxQuery)
	room := s.maxQuery - len(strings.TrimSuffix(query, "\n"))
	if room < 0 {
		return "", st, false, tooLarge
	}
	if st, err = scanStatement(query); err == nil && st.streams() {
		return query, st, false, nil
	}
	first, err := io.ReadAll(io.LimitReader(body, int64(min(firstLook, room+1))))
	if err != nil {
		return "", st, false, s.readFailure(err)
	}
	// Its data has begun if there is any: the format's name is not cut off.
	if text = query + string(first); len(first) == firstLook {
		if st, err = scanStatement(text); err == nil && st.streams() && st.data < len(text) {
			return text, st, false, nil
		}
	}
	rest, err := io.ReadAll(io.LimitReader(body, int64(room+1-len(first))))
	if err != nil {
		return "", st, false, s.readFailure(err)
	}
	rest = append(first, rest...)
	text, whole = query+string(rest), len(rest) <= room
	if st, err = scanStatement(text); err == nil && !whole && st.kind != insertStatement {
		err = tooLarge
	}
	return text, st, whole, err
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
	if c, err = s.open(req.queryID); err != nil {
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
