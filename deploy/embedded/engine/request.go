package engine

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// request is what the URL and headers of an HTTP request ask for.
type request struct {
	query    string // the part of the statement that stands in the URL
	database string // "" or "default": none
	format   string // where the statement has no FORMAT clause; "" is ClickHouse's default
	revision uint64 // of Native output; 0 as libchdb writes it
	buffered bool   // answer only when the whole result is there
	params   []param
	settings []setting
	readonly string // the setting of that name, "" if none
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
	req := request{database: r.Header.Get("X-ClickHouse-Database"), format: r.Header.Get("X-ClickHouse-Format")}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all := values[name]
		if err := req.set(name, all[len(all)-1]); err != nil {
			return request{}, err
		}
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
	case "user", "password", "query_id", "quota_key", "buffer_size", "stacktrace",
		"compress", "decompress", "enable_http_compression", "send_progress_in_http_headers":
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
	for _, s := range settings {
		statements = append(statements, "SET "+s.name+" = "+quote(s.value, '\''))
	}
	return statements
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
	var what string
	switch {
	case isTrue(values.Get("compress")), isTrue(values.Get("decompress")), isTrue(values.Get("enable_http_compression")),
		r.Header.Get("Content-Encoding") != "" && r.Header.Get("Content-Encoding") != "identity":
		what = "Compression"
	case values.Has("session_id"), values.Has("session_check"), values.Has("session_timeout"), values.Has("close_session"):
		what = "A session over several requests (session_id)"
	case values.Has("role"):
		what = "Choosing a role"
	case strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data"):
		what = "Sending external tables"
	default:
		return nil
	}
	return refuse(codeNotImplemented, "NOT_IMPLEMENTED", "%s is not served by the embedded engine", what)
}
