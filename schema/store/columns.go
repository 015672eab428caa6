package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Column is one column of rows to insert: a slice of Go values with one entry for each row.
type Column struct {
	Name   string
	Values any
}

// ColumnOf takes a column's values from entries, such as assessments.
func ColumnOf[E, V any](name string, entries []E, value func(*E) V) Column {
	values := make([]V, len(entries))
	for i := range entries {
		values[i] = value(&entries[i])
	}
	return Column{name, values}
}

// InsertColumns is Insert for many rows, column by column, which costs the writer a fraction.
func InsertColumns(ctx context.Context, conn driver.Conn, table string, columns []Column) (err error) {
	names := make([]string, len(columns))
	rows := 0
	for i, c := range columns {
		names[i] = c.Name
		n := reflect.ValueOf(c.Values).Len()
		if i > 0 && n != rows {
			return fmt.Errorf("insert into %s: %d values of %s, %d of the columns before it", table, n, c.Name, rows)
		}
		rows = n
	}
	if rows == 0 {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("insert into %s: %w", table, err)
		}
	}()
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+")")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	for i, c := range columns {
		if err := batch.Column(i).Append(c.Values); err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return batch.Send()
}
