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
	runs     []run // of the messages in it
	anew     bool  // the first of a consumer that was made anew, whose floor is its own
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

func newBatch() *batch { return &batch{columns: newColumns()} }

// reset empties the batch for its next use.
func (b *batch) reset() {
	b.columns.reset()
	*b = batch{columns: b.columns, message: b.message}
}

// add judges every event of the message and takes it in. It tells whether m is a message of the log.
func (b *batch) add(m *nats.Msg, policy schema.Policy, register Register) bool {
	sequence, at, ok := place(m.Reply)
	if !ok {
		return false
	}
	if b.messages == 0 {
		b.started = time.Now()
	}
	b.messages++
	b.bytes += len(m.Data)
	b.extend(sequence, m.Reply)
	in := &b.message
	in.Subject, in.Header, in.Body, in.Sequence, in.Timestamp = m.Subject, m.Header, m.Data, sequence, at
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
	return true
}

// lettersWeigh is how many rows' memory a dead letter takes, with its headers.
const lettersWeigh = 4

// full tells whether it is time to store the batch whatever its age.
func (b *batch) full(o Options) bool {
	return max(b.rows, b.messages, lettersWeigh*len(b.letters), len(b.replies)) >= o.BatchRows || b.bytes >= o.BatchBytes
}

// extend notes the sequence; messages come in order, so that one run is the usual case.
func (b *batch) extend(sequence uint64, ack string) {
	if n := len(b.runs); n > 0 && b.runs[n-1].high+1 == sequence {
		b.runs[n-1].high, b.runs[n-1].ack = sequence, ack
		return
	}
	b.runs = append(b.runs, run{low: sequence, high: sequence, ack: ack})
}
