package engine

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// answer is the body of a successful response on its way out: through ClickHouse's
// compressed blocks and a Content-Encoding, where the request asks for them.
type answer struct {
	io.Writer
	http    *http.ResponseController
	coding  *coding // and its encoder; nil without a Content-Encoding
	encoder encoder
}

// newAnswer announces a result that may be of any length. A status of 200 goes with it.
func newAnswer(w http.ResponseWriter, req *request, format string) (*answer, error) {
	a := &answer{Writer: w, http: http.NewResponseController(w), coding: req.accepted}
	if a.coding != nil {
		encoder, err := a.coding.encoder(w)
		if err != nil {
			return nil, err
		}
		a.Writer, a.encoder = encoder, encoder
	}
	if req.compress {
		blocks, err := newBlockWriter(a.Writer, req.blockMethod)
		if err != nil {
			return nil, err
		}
		a.Writer = blocks
	}
	setFormat(w, format)
	if a.coding != nil {
		w.Header().Set("Content-Encoding", a.coding.name)
		w.Header().Set("Vary", "Accept-Encoding")
	}
	return a, nil
}

// finish ends a whole result. Only a client that is gone makes it fail.
func (a *answer) finish() {
	if a.coding != nil {
		_ = a.encoder.Close()
		a.coding.encoders.Put(a.encoder)
	}
}

// breakOff ends a result that the engine could not finish. The client is told why at
// the end of what it got, and the connection is closed without the mark that ends a
// body, so that nobody takes the part for the whole.
func (a *answer) breakOff(e *exception, tag string) {
	writeLateException(a, e, tag)
	if a.coding != nil {
		_ = a.encoder.Flush() // the client may be gone, here and below
	}
	_ = a.http.Flush()
	panic(http.ErrAbortHandler) // net/http's way to close the connection at once
}

// answerWhole answers with a result that is there whole.
func answerWhole(w http.ResponseWriter, req *request, format string, output []byte) error {
	if len(output) == 0 {
		answerEmpty(w, format)
		return nil
	}
	out, err := newAnswer(w, req, format)
	if err != nil {
		return err
	}
	if req.accepted == nil && !req.compress {
		setLength(w, len(output))
	}
	_, _ = out.Write(output) // fails only with the client
	out.finish()
	return nil
}

// answerEmpty answers a request that has no result. It is empty also where compression
// was asked for; clickhouse-go takes the length of 0 for "no rows".
func answerEmpty(w http.ResponseWriter, format string) {
	setFormat(w, format)
	setLength(w, 0)
}

// setGeneral sets what every answer carries, be it a result or an error.
func (s *server) setGeneral(w http.ResponseWriter, queryID string) {
	h := w.Header()
	h.Set("X-ClickHouse-Query-Id", queryID)
	h.Set("X-ClickHouse-Timezone", s.timezone)
	h.Set("X-ClickHouse-Server-Display-Name", "xushi-embedded")
}

func setFormat(w http.ResponseWriter, format string) {
	w.Header().Set("Content-Type", contentType(format))
	w.Header().Set("X-ClickHouse-Format", format)
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
