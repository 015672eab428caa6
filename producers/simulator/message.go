package simulator

import (
	"bytes"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// Message is one message as a department's system would send it.
type Message struct {
	ReceivedAt time.Time   // when it is to have arrived; also in its header, as schema.ReceivedAtHeader
	Subject    string      //
	Header     nats.Header // shared between messages; not to be changed
	Body       []byte      //

	// Refusals says, event by event, for which reason it must be refused; "" for a good one.
	Refusals []schema.Reason

	ids []string // of its events, to keep an identity's messages in order
}

// draft is an event before it is put into a message.
type draft struct {
	event    schema.Event
	received time.Time
	binary   bool          // CloudEvents' binary mode
	apart    bool          // its arrival matters, so that it cannot wait for a batch
	refusal  schema.Reason // for which it must be refused

	// What a broken sender does to its message.
	mangle  func(body []byte) []byte
	subject string
	content string // content type
}

// alone tells whether the event cannot be a part of a batch.
func (d *draft) alone() bool {
	return d.binary || d.apart || d.mangle != nil || d.subject != "" || d.content != ""
}

func (d *draft) message() (Message, error) {
	m := Message{ReceivedAt: d.received, Subject: d.subject, Refusals: []schema.Reason{d.refusal}, ids: []string{d.event.ID}}
	if m.Subject == "" {
		m.Subject = d.event.Address().Subject()
	}
	var err error
	if d.binary {
		m.Header, m.Body, err = binaryMode(&d.event)
	} else {
		m.Header = nats.Header{schema.ContentTypeHeader: {schema.StructuredContent}}
		m.Body, err = d.event.MarshalJSON()
	}
	if d.mangle != nil {
		m.Body = d.mangle(m.Body)
	}
	if d.content != "" {
		m.Header.Set(schema.ContentTypeHeader, d.content)
	}
	m.Header.Set(schema.ReceivedAtHeader, d.received.UTC().Format(time.RFC3339Nano))
	return m, err
}

// batch puts drafts of one department, in the order of their arrival, into one message, which arrives
// when the last of them would have.
func batch(drafts []*draft) (Message, error) {
	last := drafts[len(drafts)-1]
	address := schema.Address{Plan: last.event.Plan, Department: last.event.Department, Commitment: schema.BatchToken}
	m := Message{
		ReceivedAt: last.received, Subject: address.Subject(),
		Header: nats.Header{
			schema.ContentTypeHeader: {schema.BatchContent},
			schema.ReceivedAtHeader:  {last.received.UTC().Format(time.RFC3339Nano)},
		},
	}
	bodies := make([][]byte, len(drafts))
	for i, d := range drafts {
		var err error
		if bodies[i], err = d.event.MarshalJSON(); err != nil {
			return m, err
		}
		m.Refusals = append(m.Refusals, d.refusal)
		m.ids = append(m.ids, d.event.ID)
	}
	m.Body = append(append([]byte{'['}, bytes.Join(bodies, []byte{','})...), ']')
	return m, nil
}
