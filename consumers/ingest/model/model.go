package model

import (
	"fmt"
	"time"

	"xushi/consumers/ingest/traffic"
	"xushi/schema"
	"xushi/seeds"
)

// Model is what is known of a log, and what follows from it. It is not safe for concurrent use.
type Model struct {
	ledger *seeds.Ledger

	published map[key][]fate    // by message
	acks      map[uint64]key    // by sequence: what the log said it had stored there
	log       map[uint64]key    // by sequence: what it holds
	accepted  map[key][]content // by identity, each content once, in the order of the log
	refused   map[uint64]fate   // by position

	Counts Counts
}

// Counts are what a log holds.
type Counts struct {
	Messages, Events int // in the log
	Accepted         int // identities that are to be stored
	Duplicates       int // accepted events whose identity and content the log has already
	Conflicts        int // identities with several contents
	Withdrawn        int // identities that a void or a correction withdraws
	Refused          map[schema.Reason]int
}

// content is an accepted event at the place where the log has it first.
type content struct {
	fate
	position uint64
	received int64 // microseconds
}

// New makes a model of a log whose every event is received while the ledger is in force.
func New(ledger *seeds.Ledger) *Model {
	return &Model{
		ledger: ledger, published: map[key][]fate{}, acks: map[uint64]key{}, log: map[uint64]key{},
		accepted: map[key][]content{}, refused: map[uint64]fate{},
		Counts: Counts{Refused: map[schema.Reason]int{}},
	}
}

// Published notes what becomes of a message, before it is sent.
func (m *Model) Published(message *traffic.Message) {
	k := messageKey(message.Subject, message.Header, message.Body)
	if _, again := m.published[k]; again {
		return
	}
	fates := make([]fate, len(message.Elements))
	for i := range message.Elements {
		fates[i] = fateOf(&message.Elements[i], m.ledger.Version)
	}
	m.published[k] = fates
}

// Acknowledged notes that the log said it had stored the message there.
func (m *Model) Acknowledged(message *traffic.Message, sequence uint64) {
	m.acks[sequence] = messageKey(message.Subject, message.Header, message.Body)
}

// Entry is one message of the log.
type Entry struct {
	Subject  string
	Header   map[string][]string
	Body     []byte
	Sequence uint64
	Time     time.Time // when the log took it
}

// Read takes in the next entry of the log. One that nobody published is an error.
func (m *Model) Read(e Entry) error {
	k := messageKey(e.Subject, e.Header, e.Body)
	fates, known := m.published[k]
	if !known {
		return fmt.Errorf("the log holds at %d, on %s, what nobody published", e.Sequence, e.Subject)
	}
	m.log[e.Sequence] = k
	m.Counts.Messages++
	m.Counts.Events += len(fates)
	for i, f := range fates {
		position := e.Sequence<<16 | uint64(i)
		if f.refused != "" {
			m.refused[position] = f
			m.Counts.Refused[f.refused]++
			continue
		}
		m.accept(content{fate: f, position: position, received: e.Time.UnixMicro()})
	}
	return nil
}

// accept notes an accepted event. The log is read in its order, so that the first of an identity wins.
func (m *Model) accept(c content) {
	before := m.accepted[c.identity]
	for i := range before {
		if before[i].content == c.content {
			m.Counts.Duplicates++
			return
		}
	}
	switch len(before) {
	case 0:
		m.Counts.Accepted++
	case 1:
		m.Counts.Conflicts++
	}
	m.accepted[c.identity] = append(before, c)
}

// withdrawn are the identities that no figure counts: those that a winning void or correction names. A
// void cannot be withdrawn.
func (m *Model) withdrawn() map[key]bool {
	found := map[key]bool{}
	for _, contents := range m.accepted {
		target := contents[0].withdraws
		if named, there := m.accepted[target]; there && named[0].kind != schema.Voided {
			found[target] = true
		}
	}
	return found
}
