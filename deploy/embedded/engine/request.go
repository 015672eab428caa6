package engine

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"
)

// request is what the URL and headers of an HTTP request ask for.
type request struct {
	queryID  string // given, or made
	replace  bool   // the request that runs under this id
	query    string // the part of the statement that stands in the URL
	database string // "" or "default": none
	format   string // where the statement has no FORMAT clause; "" is ClickHouse's default
	revision uint64 // of Native output; 0 as libchdb writes it
	buffered bool   // answer only when the whole result is there
	params   []param
	settings []setting
	readonly string // the setting of that name, "" if none

	sent, accepted       *coding // Content-Encoding of the request's body, and of the answer's; nil is none
	decompress, compress bool    // whether they come in ClickHouse's compressed blocks
	blockMethod          string  // network_compression_method: of the blocks that we write
}

type setting struct{ name, value string }

// defaultFormat is what ClickHouse's HTTP interface answers with unless told otherwise.
const defaultFormat = "TabSeparated"

// parseRequest reads everything but the body, and refuses what is not served.
func parseRequest(r *http.Request) (request, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return request{}, refuse(codeUnknownHTTPMethod, "UNKNOWN_HTTP_METHOD", "The method %s is not served, use GET or POST", r.Method)
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return request{}, refuse(codeBadArguments, "BAD_ARGUMENTS", "Bad URL query: %v", err)
	}
	if err := checkUser(r, values); err != nil {
		return request{}, err
	}
	if err := checkServed(r, values); err != nil {
		return request{}, err
	}
	req := request{
		queryID:  r.Header.Get("X-ClickHouse-Query-Id"),
		database: r.Header.Get("X-ClickHouse-Database"),
		format:   r.Header.Get("X-ClickHouse-Format"),
		accepted: acceptedCoding(r.Header),
	}
	if req.sent, err = codingNamed(r.Header.Get("Content-Encoding")); err != nil {
		return request{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all := values[name]
		if err := req.set(name, all[len(all)-1]); err != nil {
			return request{}, err
		}
	}
	if err := req.nameQuery(); err != nil {
		return request{}, err
	}
	if r.Method == http.MethodGet && (req.readonly == "" || req.readonly == "0") {
		req.readonly = "2"
	}
	return req, nil
}

// set takes one URL parameter. What is not the interface's own is a setting.
func (req *request) set(name, value string) error {
	switch name {
	case "query":
		req.query = value
	case "database":
		req.database = value
	case "default_format":
		req.format = value
	case "client_protocol_version":
		revision, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			return refuse(codeBadArguments, "BAD_ARGUMENTS", "client_protocol_version is not a number: %q", value)
		}
		req.revision = revision
	case "wait_end_of_query":
		req.buffered = isTrue(value)
	case "readonly":
		req.readonly = value
	case "query_id":
		req.queryID = value
	case "replace_running_query":
		req.replace = isTrue(value)
	case "compress":
		req.compress = isTrue(value)
	case "decompress":
		req.decompress = isTrue(value)
	case "network_compression_method":
		req.blockMethod = value
	case "enable_http_compression":
		if !isTrue(value) {
			req.accepted = nil
		}
	case "user", "password", "quota_key", "buffer_size", "stacktrace", "send_progress_in_http_headers",
		"network_zstd_compression_level", "http_zlib_compression_level", "cancel_http_readonly_queries_on_client_close":
		// checked in parseRequest, or of no effect here
	default:
		if placeholder, ok := strings.CutPrefix(name, "param_"); ok {
			return req.setParam(placeholder, value)
		}
		if !settingName.MatchString(name) {
			return refuse(codeUnknownSetting, "UNKNOWN_SETTING", "Unknown setting '%s'", name)
		}
		req.settings = append(req.settings, setting{name, value})
	}
	return nil
}

// nameQuery makes a query_id where none is given, and refuses one that a header or the
// engine could not carry.
func (req *request) nameQuery() error {
	if req.queryID == "" {
		req.queryID = uuid.NewString()
	}
	if len(req.queryID) > maxQueryID || strings.ContainsFunc(req.queryID, unicode.IsControl) {
		return refuse(codeBadArguments, "BAD_ARGUMENTS", "query_id is longer than %d bytes or has control characters", maxQueryID)
	}
	return nil
}

const maxQueryID = 256

// setParam takes a placeholder's value. A value may become a name through
// {p:Identifier}, so it may not be one of the names that the fence closes.
func (req *request) setParam(name, value string) error {
	if slices.Contains(closedNames, strings.Trim(value, "`\"")) {
		return closed(value)
	}
	req.params = append(req.params, param{name, value})
	return nil
}

var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func isTrue(value string) bool { return value == "1" || value == "true" }

// session is the statements that bring a fresh session to what the request asks for.
func (req *request) session() []string {
	var statements []string
	if req.database != "" && req.database != "default" {
		statements = append(statements, "USE "+quote(req.database, '`'))
	}
	settings := req.settings
	if req.readonly != "" { // the last: a read-only session takes no other setting
		settings = append(settings, setting{"readonly", req.readonly})
	}
	if len(settings) == 0 {
		return statements
	}
	changes := make([]string, len(settings))
	for i, s := range settings {
		changes[i] = s.name + " = " + quote(s.value, '\'')
	}
	return append(statements, "SET "+strings.Join(changes, ", "))
}

// quote writes s as a SQL string or a quoted name.
func quote(s string, mark byte) string {
	s = strings.NewReplacer(`\`, `\\`, string(mark), `\`+string(mark)).Replace(s)
	return string(mark) + s + string(mark)
}

// checkUser lets in "default" without a password, who is the only user there is.
func checkUser(r *http.Request, values url.Values) error {
	name, password, _ := r.BasicAuth()
	for _, given := range []struct{ user, password string }{
		{r.Header.Get("X-ClickHouse-User"), r.Header.Get("X-ClickHouse-Key")},
		{values.Get("user"), values.Get("password")},
	} {
		if given.user != "" {
			name = given.user
		}
		if given.password != "" {
			password = given.password
		}
	}
	bearer := strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ")
	if name != "" && name != "default" || password != "" || bearer {
		return refuse(codeAuthenticationFailed, "AUTHENTICATION_FAILED",
			"%s: Authentication failed: the embedded engine knows only the user default with an empty password", name)
	}
	return nil
}

// checkServed refuses what this interface does not do, before it half does it.
func checkServed(r *http.Request, values url.Values) error {
	var what, instead string
	switch {
	case values.Has("session_id"), values.Has("session_check"), values.Has("session_timeout"), values.Has("close_session"):
		what, instead = "A session over several requests (session_id)",
			"give settings and database with each request, and use a table in place of a temporary one"
	case values.Has("role"):
		what, instead = "Choosing a role", "leave it out: there is one user, default, and no roles"
	case strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data"):
		what, instead = "Sending external tables or parameters as a form",
			"insert the rows into a table first, and give parameters in the URL"
	default:
		return nil
	}
	return refuse(codeNotImplemented, "NOT_IMPLEMENTED", "%s is not served by the embedded engine: %s", what, instead)
}
