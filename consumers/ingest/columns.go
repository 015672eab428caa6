package ingest

import (
	"context"
	"encoding/binary"
	"fmt"
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

// block is the rows from, up to but without to, of some columns.
type block struct {
	columns  *columns
	from, to int
}

// usualRow is how many bytes of a block a row of ordinary events takes: a block that is given as many at
// once is not grown in many steps, each of which copies what there is.
const usualRow = 192

// insert stores blocks in one statement, which names the columns that their events fill. It writes them into
// buf, and gives that back if it may be used again. The columns outlive it, whether it fails or not.
//
// Statement and data are one text, which is what the server's HTTP interface reads; the driver hands it
// to net/http as it is.
func insert(ctx context.Context, conn driver.Conn, buf []byte, blocks []block) ([]byte, error) {
	filled := filledBy(blocks)
	buf = appendStatement(buf[:0], blocks[0].columns, filled)
	for _, b := range blocks {
		buf = b.append(slices.Grow(buf, (b.to-b.from)*usualRow), filled)
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(insertSettings))
	// The string shares the buffer's memory, which stays as it is until the server has answered, having
	// read all of it.
	if err := conn.Exec(ctx, unsafe.String(unsafe.SliceData(buf), len(buf))); err != nil {
		// A request that failed may be read by net/http a little longer, so the buffer is left to it.
		return nil, fmt.Errorf("insert: %w", err)
	}
	return buf, nil
}

// filledBy are the columns, by their places, that are not blank in all of the blocks.
func filledBy(blocks []block) (filled []int) {
	for i := range blocks[0].columns.table {
		if slices.ContainsFunc(blocks, func(b block) bool { return !b.columns.table[i].blank() }) {
			filled = append(filled, i)
		}
	}
	return filled
}

func appendStatement(buf []byte, c *columns, filled []int) []byte {
	buf = append(buf, "INSERT INTO events ("...)
	for k, i := range filled {
		if k > 0 {
			buf = append(buf, ", "...)
		}
		buf = append(buf, c.table[i].name...)
	}
	return append(buf, ") FORMAT Native\n"...)
}

// append appends the block in the Native format.
func (b block) append(buf []byte, filled []int) []byte {
	buf = binary.AppendUvarint(buf, uint64(len(filled)))
	buf = binary.AppendUvarint(buf, uint64(b.to-b.from))
	for _, i := range filled {
		t := b.columns.table[i]
		buf = appendText(buf, t.name)
		buf = appendText(buf, t.wire)
		if t.blank() {
			buf = t.appendBlank(buf, b.to-b.from)
		} else {
			buf = t.appendRows(buf, b.from, b.to)
		}
	}
	return buf
}
