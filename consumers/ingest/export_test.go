package ingest

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// Columns lets the tests, which may use the real engine only from outside, store records of their own.
type Columns struct{ c *columns }

func NewColumns() Columns              { return Columns{newColumns()} }
func (c Columns) Add(r *schema.Record) { c.c.add(r) }
func (c Columns) Reset()               { c.c.reset() }
func (c Columns) Rows() int            { return c.c.rows }
func (c Columns) Block(buf []byte) []byte {
	b := block{c.c, 0, c.c.rows}
	return b.append(buf, filledBy([]block{b}))
}

func (c Columns) Insert(ctx context.Context, conn driver.Conn, from, to int) error {
	_, err := insert(ctx, conn, nil, []block{{c.c, from, to}})
	return err
}

// Types are the columns' types on the wire by their names.
func (c Columns) Types() map[string]string {
	types := map[string]string{}
	for _, t := range c.c.table {
		types[t.name] = t.wire
	}
	return types
}

// Batch lets a benchmark judge messages without a server.
type Batch struct{ b *batch }

func NewBatch() Batch { return Batch{newBatch(1)} }

var defaults = Options{}.withDefaults()

// Add judges the message and stores nothing; a full batch is made into a block and emptied. It tells of a
// refusal.
func (b Batch) Add(m *nats.Msg, policy schema.Policy, register Register) string {
	d, ok := readDelivery(m.Reply)
	if !ok {
		return "not of the log"
	}
	p := b.b.parts[0]
	b.b.add(m, d, policy, register)
	b.b.taken.add(0, d.sequence, d.sequence, m.Reply)
	for _, l := range p.letters {
		return l.message.Header.Get(headerReason) + " " + l.message.Header.Get(headerField)
	}
	if b.b.full(defaults) {
		benchmarked = b.b.blocks()[0].append(benchmarked[:0], filledBy(b.b.blocks()))
		b.b.reset()
	}
	return ""
}

var benchmarked []byte // the block of the last full batch

// ContentCodes are the exceptions of the store that mean what is in a row.
var ContentCodes = contentCodes

// Judged is what becomes of one message: the rows of its accepted events, the dead letters of the others, and the
// verdicts.
type Judged struct {
	Rows     []byte
	Letters  []*nats.Msg
	Verdicts []schema.Verdict
}

// JudgeMessage judges a message as the ingest does.
func JudgeMessage(m *nats.Msg, register Register) (j Judged) {
	b := newBatch(1)
	d, _ := readDelivery(m.Reply)
	b.add(m, d, schema.Policy{}, register)
	b.judged()
	for _, rows := range b.blocks() {
		j.Rows = rows.append(j.Rows, filledBy(b.blocks()))
	}
	for _, l := range b.letters {
		j.Letters = append(j.Letters, l.message)
	}
	for _, r := range b.replies {
		j.Verdicts = append(j.Verdicts, r.verdict)
	}
	return j
}

// Compare holds the log against the store, as Run does from time to time.
func (i *Ingest) Compare(ctx context.Context) error { return i.compare(ctx) }
