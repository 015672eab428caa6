package ingest

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/schema"
	"xushi/schema/store"
)

// batch is what is stored and acknowledged together: the accepted events of some messages, the dead
// letters of their refused ones, and the sequences of all.
type batch struct {
	parts    [judges]*part // what became of the messages, side by side
	judging  sync.WaitGroup
	weight   atomic.Int64 // of what was judged, in rows
	taken    taken        // messages of which partitions, for the writer to acknowledge
	last     uint64       // sequence of the message taken in last
	messages int
	bytes    int
	started  time.Time

	// What the parts come to, once all is judged.
	rows    int
	letters []deadLetter
	linked  []store.Row // of the events that are refused ones once more
	replies []reply
}

// part is what one judge makes of a batch's messages.
type part struct {
	columns *columns
	letters []deadLetter
	linked  []store.Row
	replies []reply
	message schema.Message // the one being judged
}

// reply is a verdict that a sender asked to hear.
type reply struct {
	to      string
	verdict schema.Verdict
}

func newBatch(partitions int) *batch {
	b := &batch{taken: newTaken(partitions)}
	for i := range b.parts {
		b.parts[i] = &part{columns: newColumns()}
	}
	return b
}

// reset empties the batch for its next use.
func (b *batch) reset() {
	for _, p := range b.parts {
		p.columns.reset()
		*p = part{columns: p.columns, message: p.message}
	}
	b.taken.reset()
	b.weight.Store(0)
	b.last, b.messages, b.bytes = 0, 0, 0
	b.rows, b.letters, b.linked, b.replies = 0, nil, nil, nil
}

// note takes a message in, which is yet to be judged.
func (b *batch) note(m *nats.Msg, d delivery) {
	if b.messages == 0 {
		b.started = time.Now()
	}
	b.messages++
	b.bytes += m.Size() - len(m.Subject) - len(m.Reply) // with its headers, which a dead letter may keep alive
	b.last = d.sequence
}

// add takes a message in and judges it at once.
func (b *batch) add(m *nats.Msg, d delivery, policy schema.Policy, register Register) {
	b.note(m, d)
	b.weight.Add(int64(b.parts[0].judge(m, d, policy, register)))
}

// judged waits until every message is, and puts together what became of them.
func (b *batch) judged() {
	b.judging.Wait()
	for _, p := range b.parts {
		b.rows += p.columns.rows
		b.letters = append(b.letters, p.letters...)
		b.linked = append(b.linked, p.linked...)
		b.replies = append(b.replies, p.replies...)
	}
}

// blocks are the rows of the batch.
func (b *batch) blocks() (blocks []block) {
	for _, p := range b.parts {
		if p.columns.rows > 0 {
			blocks = append(blocks, block{p.columns, 0, p.columns.rows})
		}
	}
	return blocks
}

// lettersWeigh is how many rows' memory a dead letter takes, with its headers.
const lettersWeigh = 4

// full tells whether it is time to store the batch whatever its age. What is being judged just now does not
// count yet, which is little.
func (b *batch) full(o Options) bool {
	return max(int(b.weight.Load()), b.messages) >= o.BatchRows || b.bytes >= o.BatchBytes
}

// judge judges every event of the message, and tells how much memory that took, in rows.
func (p *part) judge(m *nats.Msg, d delivery, policy schema.Policy, register Register) (weight int) {
	before := p.weight()
	in := &p.message
	in.Subject, in.Header, in.Body = schema.PublishedSubject(m.Subject), m.Header, m.Data
	in.Sequence, in.Timestamp = d.sequence, d.time
	to := in.VerdictTo()
	Judge(policy, register, in, func(o *schema.Opened) {
		if o.Rejection == nil {
			p.columns.add(&o.Record)
		} else {
			p.letters = append(p.letters, newDeadLetter(in, o))
		}
		if o.Record.Replays != 0 {
			p.linked = append(p.linked, replayRow(in, o))
		}
		if to != "" {
			p.replies = append(p.replies, reply{to, o.Verdict()})
		}
	})
	return p.weight() - before
}

func (p *part) weight() int {
	return p.columns.rows + lettersWeigh*len(p.letters) + len(p.replies)
}
