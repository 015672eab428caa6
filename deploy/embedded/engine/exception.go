package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// The error codes of ClickHouse that this package raises itself.
const (
	codeCannotReadAllData    = 33
	codeBadArguments         = 36
	codeNotImplemented       = 48
	codeSyntaxError          = 62
	codeUnknownSetting       = 115
	codeQueryIsTooLarge      = 161
	codeTooManyQueries       = 202
	codeQueryWithSameID      = 216
	codeTooManyBytes         = 307
	codeUnknownHTTPMethod    = 369
	codeAccessDenied         = 497
	codeAuthenticationFailed = 516
	codeUnknownException     = 1002
)

// exception is an error of ClickHouse, or of this package in ClickHouse's words.
type exception struct {
	code int
	text string // "Code: 62. DB::Exception: … (SYNTAX_ERROR)"
}

func (e *exception) Error() string { return e.text }

// refuse makes an exception of our own. name is ClickHouse's name of the code.
func refuse(code int, name, format string, args ...any) *exception {
	return &exception{code, fmt.Sprintf("Code: %d. DB::Exception: %s. (%s)", code, fmt.Sprintf(format, args...), name)}
}

var exceptionPrefix = regexp.MustCompile(`^Code: (\d+)\. DB::Exception: `)

// parseException reads libchdb's error text. Some paths wrap the same prefix
// around a message several times; once is enough.
func parseException(text string) *exception {
	text = strings.TrimPrefix(text, "Error: ")
	match := exceptionPrefix.FindStringSubmatch(text)
	if match == nil {
		return refuse(codeUnknownException, "UNKNOWN_EXCEPTION", "%s", text)
	}
	for strings.HasPrefix(text[len(match[0]):], match[0]) {
		text = text[len(match[0]):]
	}
	code, err := strconv.Atoi(match[1])
	if err != nil {
		code = codeUnknownException
	}
	return &exception{code, strings.TrimSpace(text)}
}

func asException(err error) *exception {
	if e, ok := errors.AsType[*exception](err); ok {
		return e
	}
	return refuse(codeUnknownException, "UNKNOWN_EXCEPTION", "%v", err)
}

// httpStatus is the status that ClickHouse's own server sends for a code; for
// ACCESS_DENIED, where it says 500, we say what is meant.
func (e *exception) httpStatus() int {
	switch e.code {
	case 194: // REQUIRED_PASSWORD
		return http.StatusUnauthorized
	case 192, 193, 512, codeAccessDenied, codeAuthenticationFailed: // unknown user, wrong password, role not granted
		return http.StatusForbidden
	case 6, 26, 27, 38, 41, 69, 70, 72, 117, 130, 131, 190, codeCannotReadAllData, // what cannot be parsed or converted
		28, 42, 43, 44, 53, 457, 517, codeBadArguments, codeSyntaxError: // wrong types, numbers and kinds of arguments
		return http.StatusBadRequest
	case 46, 47, 50, 56, 60, 63, 73, 81, codeUnknownSetting: // unknown function, name, type, engine, table, format, database
		return http.StatusNotFound
	case codeUnknownHTTPMethod:
		return http.StatusMethodNotAllowed
	case 159: // TIMEOUT_EXCEEDED
		return http.StatusRequestTimeout
	case codeQueryIsTooLarge, codeTooManyBytes:
		return http.StatusRequestEntityTooLarge
	case codeNotImplemented:
		return http.StatusNotImplemented
	case codeTooManyQueries:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// writeException answers a request of which nothing was written yet.
func writeException(w http.ResponseWriter, e *exception) {
	h := w.Header()
	h.Del("Content-Length")
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	h.Set("X-ClickHouse-Exception-Code", strconv.Itoa(e.code))
	w.WriteHeader(e.httpStatus())
	_, _ = io.WriteString(w, e.text+"\n") // the client may be gone, and there is no one else to tell
}

// newExceptionTag is the random word that tells an exception block from data that
// happens to look like one. It is announced in X-ClickHouse-Exception-Tag.
func newExceptionTag() string {
	return strings.ToLower(rand.Text()[:16])
}

// writeLateException tells an error after a 200 and part of the result were sent:
//
//	\r\n__exception__\r\n<tag>\r\n<text>\n<length of text> <tag>\r\n__exception__\r\n
func writeLateException(w io.Writer, e *exception, tag string) {
	const marker = "__exception__"
	text := e.text[:min(len(e.text), 15<<10)] + "\n" // clients expect the block within 16 KiB
	_, _ = fmt.Fprintf(w, "\r\n%s\r\n%s\r\n%s%d %s\r\n%s\r\n", marker, tag, text, len(text), tag, marker)
}

// stats is the body of X-ClickHouse-Summary.
type stats struct {
	ReadRows     uint64 `json:"read_rows,string"`
	ReadBytes    uint64 `json:"read_bytes,string"`
	WrittenRows  uint64 `json:"written_rows,string"`
	WrittenBytes uint64 `json:"written_bytes,string"`
}
