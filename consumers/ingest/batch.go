package ingest

import (
	"time"

	"github.com/nats-io/nats.go"

	"xushi/schema"
	"xushi/schema/store"
)

// batch is what is stored and acknowledged together: the accepted events of some messages, the dead
// letters of their refused ones, and the sequences of all.
type batch struct {
	columns  *columns
	rows     int
	letters  []deadLetter
	linked   []store.Row // of the events that are refused ones once more
	replies  []reply
	taken    taken  // messages of which partitions, for the writer to acknowledge
	last     uint64 // sequence of the message taken in last
	messages int
	bytes    int
	started  time.Time
	message  schema.Message // the one being judged
}

// reply is a verdict that a sender asked to hear.
type reply struct {
	to      string
	verdict schema.Verdict
}

func newBatch(partitions int) *batch {
	return &batch{columns: newColumns(), taken: newTaken(partitions)}
}

// reset empties the batch for its next use.
func (b *batch) reset() {
	b.columns.reset()
	b.taken.reset()
	*b = batch{columns: b.columns, message: b.message, taken: b.taken}
}

// add judges every event of the message and takes it in.
func (b *batch) add(m *nats.Msg, d delivery, policy schema.Policy, register Register) {
	if b.messages == 0 {
		b.started = time.Now()
	}
	b.messages++
	b.bytes += m.Size() - len(m.Subject) - len(m.Reply) // with its headers, which a dead letter may keep alive
	b.last = d.sequence
	in := &b.message
	in.Subject, in.Header, in.Body = schema.PublishedSubject(m.Subject), m.Header, m.Data
	in.Sequence, in.Timestamp = d.sequence, d.time
	to := in.VerdictTo()
	Judge(policy, register, in, func(o *schema.Opened) {
		if o.Rejection == nil {
			b.rows++
			b.columns.add(&o.Record)
		} else {
			b.letters = append(b.letters, newDeadLetter(in, o))
		}
		if o.Record.Replays != 0 {
			b.linked = append(b.linked, replayRow(in, o))
		}
		if to != "" {
			b.replies = append(b.replies, reply{to, o.Verdict()})
		}
	})
}

// lettersWeigh is how many rows' memory a dead letter takes, with its headers.
const lettersWeigh = 4

// full tells whether it is time to store the batch whatever its age.
func (b *batch) full(o Options) bool {
	return max(b.rows, b.messages, lettersWeigh*len(b.letters), len(b.replies)) >= o.BatchRows || b.bytes >= o.BatchBytes
}
