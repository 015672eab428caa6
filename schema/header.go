package schema

import "strings"

// The headers that say something here, and where readHeaders puts them.
const (
	contentTypeHeader = iota
	receivedAtHeader
	verdictToHeader
	replaysHeader
	specVersionHeader
	idHeader
	sourceHeader
	typeHeader
	timeHeader
	planHeader
	departmentHeader
	headersRead
)

var headerNames = [headersRead]string{
	ContentTypeHeader, ReceivedAtHeader, VerdictToHeader, ReplaysHeader,
	"ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time", "ce-plan", "ce-department",
}

// headers are the values of the headers that say something here, "" of those that are not there.
type headers [headersRead]string

// readHeaders reads them whatever their spelling: NATS keeps the sender's, and ce-id and Ce-Id are one
// header. Of several spellings the exact one counts, else the first in the order of bytes, so that a replay
// reads the same.
func readHeaders(h map[string][]string) (values headers) {
	if v := h[ContentTypeHeader]; len(h) == 1 && len(v) > 0 { // as nearly all
		values[contentTypeHeader] = v[0]
		return values
	}
	var spelled headers
	for spelling, v := range h {
		i := headerOf(spelling)
		if i < 0 || len(v) == 0 {
			continue
		}
		if had := spelled[i]; had == "" || spelling == headerNames[i] || had != headerNames[i] && spelling < had {
			spelled[i], values[i] = spelling, v[0]
		}
	}
	return values
}

// headerOf is which header that spelling is of, -1 if of none.
func headerOf(spelling string) int {
	for i, name := range headerNames {
		if len(name) == len(spelling) && strings.EqualFold(name, spelling) {
			return i
		}
	}
	return -1
}
