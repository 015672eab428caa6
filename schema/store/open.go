package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// DefaultDatabase is used where the DSN names none.
const DefaultDatabase = "progress"

// Timeouts, where the DSN sets none (dial_timeout, read_timeout).
const (
	dialTimeout = 5 * time.Second
	readTimeout = 2 * time.Minute // for the server's first byte of an answer
)

var errNoURL = errors.New("clickhouse address is no URL such as http://127.0.0.1:8123/progress or clickhouse://127.0.0.1:9000/progress")

// Codes of ClickHouse exceptions whose remedy we know.
const (
	codeUnknownDatabase      = 81
	codeAuthenticationFailed = 516
)

// Open connects to the database that dsn names and proves that it answers. The DSN is clickhouse-go's:
// http://host:8123/progress, https://…, or clickhouse://host:9000/progress, with
// ?username=…&password=… where the server wants them; other parameters are settings of every query.
//
// Every insert is synchronous whatever the server's default: an acknowledged row is a stored row.
// (Block deduplication, the other default that differs between versions, is left as it is: no table
// here would be changed by a repeated block, nor by its absence.)
func Open(ctx context.Context, dsn string) (driver.Conn, error) {
	options, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, fmt.Errorf("clickhouse: %w", err)
	}
	if err := conn.Ping(ctx); err != nil {
		return nil, errors.Join(explain(options, err), conn.Close())
	}
	return conn, nil
}

func parse(dsn string) (*clickhouse.Options, error) {
	u, err := url.Parse(dsn)
	if err != nil || !slices.Contains([]string{"http", "https", "clickhouse"}, u.Scheme) {
		return nil, errNoURL // the cause may quote a password
	}
	if query := u.Query(); u.Scheme == "https" && !query.Has("secure") {
		query.Set("secure", "true") // clickhouse-go wants to be told twice
		u.RawQuery = query.Encode()
	}
	options, err := clickhouse.ParseDSN(u.String())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoURL, err)
	}
	if options.Auth.Database == "" {
		options.Auth.Database = DefaultDatabase
	}
	if options.DialTimeout == 0 {
		options.DialTimeout = dialTimeout
	}
	if options.ReadTimeout == 0 {
		options.ReadTimeout = readTimeout
	}
	options.Settings["async_insert"] = 0
	return options, nil
}

// explain adds to a failure to connect what the reader can do about it.
func explain(options *clickhouse.Options, err error) error {
	address := strings.Join(options.Addr, ",")
	switch {
	case isException(err, codeUnknownDatabase):
		return fmt.Errorf("clickhouse at %s has no database %q, the migrations create it: %w", address, options.Auth.Database, err)
	case isException(err, codeAuthenticationFailed):
		return fmt.Errorf("clickhouse at %s refuses user %q, check username and password in its address: %w", address, options.Auth.Username, err)
	}
	return fmt.Errorf("clickhouse at %s does not answer; check that it runs, and that the port is the one of %s:// "+
		"(by default 8123 for http, 9000 for clickhouse): %w", address, scheme(options), err)
}

func scheme(options *clickhouse.Options) string {
	if options.Protocol == clickhouse.HTTP {
		return "http"
	}
	return "clickhouse"
}

func isException(err error, code int32) bool {
	exception, ok := errors.AsType[*clickhouse.Exception](err)
	return ok && exception.Code == code
}
