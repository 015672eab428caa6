package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Row is a row to insert: column, value, column, value, … so that a value stands beside its name.
type Row []any

// Insert writes rows, which must name the same columns in the same order, in one statement and one
// block: they are all stored, or none is. It is for ledgers and assessments, of at most some hundred
// thousand rows; the ingest of events has a faster way of its own.
func Insert(ctx context.Context, conn driver.Conn, table string, rows []Row) (err error) {
	if len(rows) == 0 {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("insert into %s: %w", table, err)
		}
	}()
	columns := rows[0].columns()
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO "+table+" ("+columns+")")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	for _, row := range rows {
		if row.columns() != columns {
			return fmt.Errorf("a row of columns %s among rows of columns %s", row.columns(), columns)
		}
		if err := batch.Append(row.values()...); err != nil {
			return err
		}
	}
	return batch.Send()
}

func (r Row) columns() string {
	var names []string
	for i := 0; i < len(r); i += 2 {
		names = append(names, r[i].(string))
	}
	return strings.Join(names, ", ")
}

func (r Row) values() []any {
	var values []any
	for i := 1; i < len(r); i += 2 {
		values = append(values, r[i])
	}
	return values
}
