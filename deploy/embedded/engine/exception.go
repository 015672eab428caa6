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

// ClickHouse's error codes that this package raises itself or maps to a status.
const (
	codeTypeMismatch          = 53
	codeSyntaxError           = 62
	codeNotImplemented        = 48
	codeTimeoutExceeded       = 159
	codeQueryIsTooLarge       = 161
	codeRequiredPassword      = 194
	codeTooManyQueries        = 202
	codeCannotReadAllData     = 33
	codeTooManyBytes          = 307
	codeAccessDenied          = 497
	codeAuthenticationFailed  = 516
	codeUnknownSetting        = 115
	codeUnknownException      = 1002
	codeReadonly              = 164
	codeSupportIsDisabled     = 344
	codeSetNonGrantedRole     = 512
	codeBadRequestParameter   = 36
	codeHTTPMethodNotSupportd = 369
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

// httpStatus is the status that ClickHouse's own server sends for a code.
func (e *exception) httpStatus() int {
	switch e.code {
	case codeRequiredPassword:
		return http.StatusUnauthorized
	case codeAuthenticationFailed, codeAccessDenied, codeSetNonGrantedRole, 192, 193:
		return http.StatusForbidden
	case codeSyntaxError, codeTypeMismatch, codeBadRequestParameter, codeCannotReadAllData,
		6, 26, 27, 28, 38, 41, 42, 43, 44, 69, 70, 72, 117, 130, 131, 190, 457, 517:
		return http.StatusBadRequest
	case 46, 47, 50, 56, 60, 63, 73, 81, codeUnknownSetting:
		return http.StatusNotFound
	case codeQueryIsTooLarge, codeTooManyBytes:
		return http.StatusRequestEntityTooLarge
	case codeNotImplemented, codeSupportIsDisabled:
		return http.StatusNotImplemented
	case codeTimeoutExceeded:
		return http.StatusRequestTimeout
	case codeTooManyQueries:
		return http.StatusServiceUnavailable
	case codeHTTPMethodNotSupportd:
		return http.StatusMethodNotAllowed
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
