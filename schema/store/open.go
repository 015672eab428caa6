package store

import (
	"cmp"
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

var errNoURL = errors.New("clickhouse address is no URL such as http://127.0.0.1:8123/progress, of its HTTP interface and with the database as path")

// Codes of ClickHouse exceptions whose remedy we know.
const (
	codeUnknownDatabase      = 81
	codeAccessDenied         = 497
	codeAuthenticationFailed = 516
)

// Open connects to the database that dsn names and proves that it answers. The DSN is clickhouse-go's for
// HTTP, which is all that the ingest's inserts speak: http://host:8123/progress or https://…, with
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
	if err != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) {
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
		return fmt.Errorf("clickhouse at %s has no database %q; `xushi run` makes one, and `xushi replay` fills it from the logs: %w", address, options.Auth.Database, err)
	case isException(err, codeAccessDenied):
		return fmt.Errorf("clickhouse at %s does not let user %q use database %q; check the database, which is the path of the address, and the rights: %w",
			address, cmp.Or(options.Auth.Username, "default"), options.Auth.Database, err)
	case isException(err, codeAuthenticationFailed):
		return fmt.Errorf("clickhouse at %s refuses user %q, check username and password in its address: %w", address, options.Auth.Username, err)
	}
	return fmt.Errorf("clickhouse at %s does not answer; check that it runs, and that the port is that of its HTTP interface (8123 by default): %w", address, err)
}

// Missing tells whether the database is not there, which only a replay of the logs mends.
func Missing(err error) bool { return isException(err, codeUnknownDatabase) }

func isException(err error, code int32) bool {
	exception, ok := errors.AsType[*clickhouse.Exception](err)
	return ok && exception.Code == code
}
