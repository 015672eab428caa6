package ingest

import (
	"errors"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// contentCodes are the ClickHouse exceptions that speak of values, by their names: the same rows would be refused
// again, while others may pass. What the ingest writes is always of a form that our table takes; what can refuse a
// value is what an administrator adds to it: a CHECK constraint, a narrower type, a materialized view.
//
// Every other exception is about the server or the table as a whole, and the batch waits until it is mended: no
// disk or memory left, read-only, no rights, a table or column that is missing or of another type (schema drift, which
// also shows as values that cannot be parsed), and whatever code is not known here. To wait is the error that loses
// nothing.
var contentCodes = map[int32]string{
	128: "TOO_LARGE_ARRAY_SIZE",
	131: "TOO_LARGE_STRING_SIZE",
	153: "ILLEGAL_DIVISION",
	349: "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN",
	395: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO",
	407: "DECIMAL_OVERFLOW",
	469: "VIOLATED_CONSTRAINT",
}

// refusal tells the store's word against some rows for what is in them from every other error.
func refusal(err error) (*clickhouse.Exception, error) {
	exception, ok := errors.AsType[*clickhouse.Exception](err)
	if !ok || contentCodes[exception.Code] == "" {
		return nil, err
	}
	return exception, nil
}
