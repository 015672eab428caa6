package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// columns is a batch of accepted events as the store takes it: the columns of events in ClickHouse's own
// Native format, written value by value as the events come, so that an insert only has to join them.
type columns struct {
	rows int

	plan, department, source, commitment, measure dictionary

	eventType, mode                  fixed
	id                               texts
	contentHash, position, replays   fixed
	occurredAt, receivedAt           fixed
	item, stage                      texts
	value, numerator, denominator    nullable
	reportedValue, unit              texts
	replaces, voids, reason          texts
	evidence                         lists
	note, name                       texts
	plannedDate                      nullable
	problem, nextStep, ledgerVersion texts

	table []tableColumn
	block []byte // of the last insert
}

// tableColumn is a column with its name and type in the table. Of the same type on the wire the server
// has nothing to convert.
type tableColumn struct {
	name, wire string
	column
}

const (
	textType       = "String"
	dictionaryType = "LowCardinality(String)"
	momentType     = "DateTime64(6, 'UTC')"
	decimalType    = "Nullable(Decimal(38, 6))"
)

// The values of the table's two enumerations, from 1 and from 0.
var (
	eventTypes = []schema.Type{schema.Reported, schema.Unchanged, schema.Voided, schema.ItemAdded, schema.Explained}
	modes      = []schema.Mode{"", schema.Increment, schema.ToDate, schema.Level}
)

func newColumns() *columns {
	c := &columns{
		plan: newDictionary(), department: newDictionary(), source: newDictionary(),
		commitment: newDictionary(), measure: newDictionary(),
		eventType: fixed{width: 1}, mode: fixed{width: 1}, contentHash: fixed{width: 16}, position: fixed{width: 8}, replays: fixed{width: 8},
		occurredAt: fixed{width: 8}, receivedAt: fixed{width: 8},
		value: newNullable(decimalWidth), numerator: newNullable(decimalWidth), denominator: newNullable(decimalWidth),
		evidence: newLists(), plannedDate: newNullable(4),
	}
	c.table = []tableColumn{
		{"plan", dictionaryType, &c.plan},
		{"department", dictionaryType, &c.department},
		{"source", dictionaryType, &c.source},
		{"type", enumType(1, eventTypes), &c.eventType},
		{"id", textType, &c.id},
		{"content_hash", "FixedString(16)", &c.contentHash},
		{"position", "UInt64", &c.position},
		{"replays", "UInt64", &c.replays},
		{"occurred_at", momentType, &c.occurredAt},
		{"received_at", momentType, &c.receivedAt},
		{"commitment", dictionaryType, &c.commitment},
		{"measure", dictionaryType, &c.measure},
		{"item", textType, &c.item},
		{"mode", enumType(0, modes), &c.mode},
		{"value", decimalType, &c.value},
		{"numerator", decimalType, &c.numerator},
		{"denominator", decimalType, &c.denominator},
		{"reported_value", textType, &c.reportedValue},
		{"unit", textType, &c.unit},
		{"stage", textType, &c.stage},
		{"replaces", textType, &c.replaces},
		{"voids", textType, &c.voids},
		{"reason", textType, &c.reason},
		{"evidence", "Array(String)", &c.evidence},
		{"note", textType, &c.note},
		{"name", textType, &c.name},
		{"planned_date", "Nullable(Date32)", &c.plannedDate},
		{"problem", textType, &c.problem},
		{"next_step", textType, &c.nextStep},
		{"ledger_version", textType, &c.ledgerVersion},
	}
	return c
}

// enumType is the type of an enumeration that begins at first.
func enumType[T ~string](first int, names []T) string {
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = "'" + string(name) + "' = " + strconv.Itoa(first+i)
	}
	return "Enum8(" + strings.Join(values, ", ") + ")"
}

// add takes in an event. Of its strings nothing is kept.
func (c *columns) add(r *schema.Record) {
	row, d := c.rows, &r.Data
	c.rows++
	c.plan.add(r.Plan)
	c.department.add(r.Department)
	c.source.add(r.Source)
	c.eventType.add8(row, byte(1+slices.Index(eventTypes, r.Type)))
	c.id.add(row, r.ID)
	c.contentHash.addBytes(r.ContentHash[:])
	c.position.add64(uint64(r.Position))
	c.replays.addLink(row, uint64(r.Replays))
	c.occurredAt.add64(uint64(r.Time.UnixMicro()))
	c.receivedAt.add64(uint64(r.ReceivedAt.UnixMicro()))
	c.commitment.add(d.Commitment)
	c.measure.add(d.Measure)
	c.item.add(row, d.Item)
	c.mode.add8(row, byte(slices.Index(modes, d.Mode)))
	addDecimal(&c.value, row, &r.Quantity)
	addDecimal(&c.numerator, row, &r.Numerator)
	addDecimal(&c.denominator, row, &r.Denominator)
	c.reportedValue.add(row, d.Value)
	c.unit.add(row, d.Unit)
	c.stage.add(row, d.Stage)
	c.replaces.add(row, d.Replaces)
	c.voids.add(row, d.Voids)
	c.reason.add(row, d.Reason)
	c.evidence.add(row, d.Evidence)
	c.note.add(row, d.Note)
	c.name.add(row, d.Name)
	addDate(&c.plannedDate, row, d.PlannedDate)
	c.problem.add(row, d.Problem)
	c.nextStep.add(row, d.NextStep)
	c.ledgerVersion.add(row, r.LedgerVersion)
}

func addDecimal(c *nullable, row int, d *decimal.NullDecimal) {
	if !d.Valid {
		c.none()
		return
	}
	c.some(row)
	c.buf = appendDecimal(c.buf, d.Decimal)
}

// addDate adds a date of checked form, as days since 1970-01-01.
func addDate(c *nullable, row int, text string) {
	if text == "" {
		c.none()
		return
	}
	d, err := schema.ParseDate(text)
	if err != nil {
		c.none()
		return
	}
	c.some(row)
	c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(d))
}

// reset empties the batch and keeps its memory for the next one.
func (c *columns) reset() {
	c.rows = 0
	for i := range c.table {
		c.table[i].reset()
	}
}

// insertSettings are those whose defaults differ between versions of the server, or cost without need.
var insertSettings = clickhouse.Settings{
	"async_insert":       0, // an acknowledged row is a stored row
	"optimize_on_insert": 0, // re-sent events fold in merges and in FINAL, not in every insert once more
	"wait_end_of_query":  1, // a failure that comes late is then no 200 with a text that Exec does not read
}

// positionOf is where in the log a row comes from.
func (c *columns) positionOf(row int) schema.Position {
	return schema.Position(binary.LittleEndian.Uint64(c.position.rows(row, row+1)))
}

// codeCannotReadAllData: what came was less than a block says of itself.
const codeCannotReadAllData = 33

// usualRow is how many bytes of a block a row of ordinary events takes: a block that is given as many at
// once is not grown in many steps, each of which copies what there is.
const usualRow = 192

// insertRows stores the rows from, up to but without to, in one statement, which names the columns that
// the batch's events fill. The batch outlives it, whether it fails or not.
//
// Where the driver has no idle connection it makes one for this insert and greets the server with all that the
// insert asks for, so that the server takes the greeting for a block and refuses it, which ours never are. One that
// is made for a ping is greeted plainly, and stays for the insert.
func (c *columns) insertRows(ctx context.Context, conn driver.Conn, from, to int) error {
	err := c.sendRows(ctx, conn, from, to)
	if exception, ok := errors.AsType[*clickhouse.Exception](err); ok && exception.Code == codeCannotReadAllData {
		if err = conn.Ping(ctx); err == nil {
			err = c.sendRows(ctx, conn, from, to)
		}
	}
	if err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}

// sendRows is one try of insertRows.
//
// The statement goes where the server's HTTP interface has a parameter for it, so that the data is all
// there is in the body, which a server reads at less cost; the driver hands it to net/http as it is.
func (c *columns) sendRows(ctx context.Context, conn driver.Conn, from, to int) error {
	filled := c.filled()
	c.block = appendBlock(slices.Grow(c.block[:0], (to-from)*usualRow), filled, from, to)
	settings := clickhouse.Settings{"query": insertStatement(filled)}
	maps.Copy(settings, insertSettings)
	// The string shares the buffer's memory, which stays as it is until the server has answered, having
	// read all of it.
	err := conn.Exec(clickhouse.Context(ctx, clickhouse.WithSettings(settings)), unsafe.String(unsafe.SliceData(c.block), len(c.block)))
	if err != nil {
		// A request that failed may be read by net/http a little longer, so the buffer is left to it.
		c.block = nil
	}
	return err
}

// filled is the columns that are not blank.
func (c *columns) filled() []tableColumn {
	filled := make([]tableColumn, 0, len(c.table))
	for _, t := range c.table {
		if !t.blank() {
			filled = append(filled, t)
		}
	}
	return filled
}

func insertStatement(filled []tableColumn) string {
	names := make([]string, len(filled))
	for i, t := range filled {
		names[i] = t.name
	}
	return "INSERT INTO events (" + strings.Join(names, ", ") + ") FORMAT Native"
}

// appendBlock appends the rows as one block of the Native format.
func appendBlock(buf []byte, filled []tableColumn, from, to int) []byte {
	buf = binary.AppendUvarint(buf, uint64(len(filled)))
	buf = binary.AppendUvarint(buf, uint64(to-from))
	for _, t := range filled {
		buf = appendText(buf, t.name)
		buf = appendText(buf, t.wire)
		buf = t.appendRows(buf, from, to)
	}
	return buf
}
