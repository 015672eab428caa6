package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// columns is a batch of accepted events as the store takes it: one slice per column of
// progress.events. It outlives a failed insert, because a driver's batch cannot be sent twice.
type columns struct {
	plan, department, source, kind, id []string
	contentHash                        [][]byte
	position                           []uint64
	occurredAt, receivedAt             []int64 // microseconds since 1970, UTC
	commitment, measure, item, mode    []string
	value, numerator, denominator      []*decimal.Decimal
	reportedValue, unit, stage         []string
	replaces, voids, reason            []string
	evidence                           [][]string
	note, name                         []string
	plannedDate                        []*time.Time
	problem, nextStep, ledgerVersion   []string
}

// column pairs a name in the store with its slice, in the order of the insert.
type column struct {
	name   string
	values any
}

func (c *columns) list() []column {
	return []column{
		{"plan", c.plan}, {"department", c.department}, {"source", c.source}, {"type", c.kind}, {"id", c.id},
		{"content_hash", c.contentHash}, {"position", c.position},
		{"occurred_at", c.occurredAt}, {"received_at", c.receivedAt},
		{"commitment", c.commitment}, {"measure", c.measure}, {"item", c.item}, {"mode", c.mode},
		{"value", c.value}, {"numerator", c.numerator}, {"denominator", c.denominator},
		{"reported_value", c.reportedValue}, {"unit", c.unit}, {"stage", c.stage},
		{"replaces", c.replaces}, {"voids", c.voids}, {"reason", c.reason}, {"evidence", c.evidence},
		{"note", c.note}, {"name", c.name}, {"planned_date", c.plannedDate},
		{"problem", c.problem}, {"next_step", c.nextStep}, {"ledger_version", c.ledgerVersion},
	}
}

var insertStatement = func() string {
	var names []string
	for _, c := range new(columns).list() {
		names = append(names, c.name)
	}
	return "INSERT INTO events (" + strings.Join(names, ", ") + ")"
}()

func (c *columns) rows() int { return len(c.position) }

func (c *columns) add(r *schema.Record) {
	d := &r.Data
	c.plan = append(c.plan, r.Plan)
	c.department = append(c.department, r.Department)
	c.source = append(c.source, r.Source)
	c.kind = append(c.kind, string(r.Type))
	c.id = append(c.id, r.ID)
	c.contentHash = append(c.contentHash, slices.Clone(r.ContentHash[:]))
	c.position = append(c.position, uint64(r.Position))
	c.occurredAt = append(c.occurredAt, r.Time.UnixMicro())
	c.receivedAt = append(c.receivedAt, r.ReceivedAt.UnixMicro())
	c.commitment = append(c.commitment, d.Commitment)
	c.measure = append(c.measure, d.Measure)
	c.item = append(c.item, d.Item)
	c.mode = append(c.mode, string(d.Mode))
	c.value = append(c.value, pointer(r.Quantity))
	c.numerator = append(c.numerator, pointer(r.Numerator))
	c.denominator = append(c.denominator, pointer(r.Denominator))
	c.reportedValue = append(c.reportedValue, d.Value)
	c.unit = append(c.unit, d.Unit)
	c.stage = append(c.stage, d.Stage)
	c.replaces = append(c.replaces, d.Replaces)
	c.voids = append(c.voids, d.Voids)
	c.reason = append(c.reason, d.Reason)
	c.evidence = append(c.evidence, d.Evidence)
	c.note = append(c.note, d.Note)
	c.name = append(c.name, d.Name)
	c.plannedDate = append(c.plannedDate, plannedDate(d.PlannedDate))
	c.problem = append(c.problem, d.Problem)
	c.nextStep = append(c.nextStep, d.NextStep)
	c.ledgerVersion = append(c.ledgerVersion, r.LedgerVersion)
}

func pointer(d decimal.NullDecimal) *decimal.Decimal {
	if !d.Valid {
		return nil
	}
	return &d.Decimal
}

// plannedDate gives the day as the driver's Date32 wants it, at midnight UTC; its form is checked.
func plannedDate(text string) *time.Time {
	if text == "" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return nil
	}
	return &t
}

// insert stores the batch in one statement.
func (c *columns) insert(ctx context.Context, conn driver.Conn) (err error) {
	batch, err := conn.PrepareBatch(ctx, insertStatement)
	if err != nil {
		return fmt.Errorf("prepare insert: %w", err)
	}
	defer func() {
		if cerr := batch.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("close insert: %w", cerr)
		}
	}()
	for i, col := range c.list() {
		if err := batch.Column(i).Append(col.values); err != nil {
			return fmt.Errorf("column %s: %w", col.name, err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("insert %d rows: %w", c.rows(), err)
	}
	return nil
}
