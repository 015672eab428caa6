package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrate brings the database that dsn names up to this version of the product, creating it if it is
// missing. Nothing happens if it is up to date. Several processes may do it at once: every statement
// of a migration says IF NOT EXISTS or OR REPLACE, so that a second one repeats it without effect.
//
// The database must be of an engine that knows refreshable materialized views (Atomic, which is the
// default, or Replicated); names in the migrations are relative to it.
func Migrate(ctx context.Context, dsn string) error {
	options, err := parse(dsn)
	if err != nil {
		return err
	}
	if err := ensureDatabase(ctx, options, dsn); err != nil {
		return err
	}
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	db := clickhouse.OpenDB(options)
	provider, err := goose.NewProvider(goose.DialectClickHouse, db, migrations)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	if _, err := provider.Up(ctx); err != nil {
		return errors.Join(fmt.Errorf("migrate database %s: %w", options.Auth.Database, err), provider.Close())
	}
	return provider.Close()
}

// ensureDatabase creates the database only when the server says that there is none: an account that
// may not create databases can still migrate the one that it was given.
func ensureDatabase(ctx context.Context, options *clickhouse.Options, dsn string) error {
	conn, err := Open(ctx, dsn)
	if err == nil {
		return conn.Close()
	}
	if !isException(err, codeUnknownDatabase) {
		return err
	}
	outside := *options
	outside.Auth.Database = ""
	conn, err = clickhouse.Open(&outside)
	if err != nil {
		return fmt.Errorf("clickhouse: %w", err)
	}
	err = conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+quoteName(options.Auth.Database))
	if err != nil {
		err = fmt.Errorf("create database %s: %w", options.Auth.Database, err)
	}
	return errors.Join(err, conn.Close())
}

func quoteName(name string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(name) + "`"
}
