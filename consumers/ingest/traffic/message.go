package traffic

import (
	"bytes"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// Message is one message to publish, with what must become of its elements, in their order.
type Message struct {
	Subject  string
	Header   nats.Header
	Body     []byte
	Elements []Element
}

// Element is one event, or what passes for one, and its fate.
type Element struct {
	Event   schema.Event
	Refused schema.Reason // why it is refused; "" means that it is accepted
	Raw     []byte        // its own bytes, of which its dead letter keeps the first schema.DeadLetterBytes if it is too large

	// Of an accepted reading: what it says in the base unit of its measure.
	Quantity, Numerator, Denominator Quantity
}

// Quantity is an exact number of millionths, or none.
type Quantity struct {
	Millionths int64
	Valid      bool
}

func millionths(n int64) Quantity { return Quantity{Millionths: n, Valid: true} }

// NATS is the message as it is published.
func (m *Message) NATS() *nats.Msg {
	return &nats.Msg{Subject: m.Subject, Header: m.Header, Data: m.Body}
}

// single is the element as a message of its own.
func single(e Element, header nats.Header) Message {
	return Message{Subject: e.Event.Address().Subject(), Header: header, Body: e.Raw, Elements: []Element{e}}
}

// batch is the elements, which are of one department, as one message.
func batch(elements []Element) Message {
	raws := make([][]byte, len(elements))
	for i := range elements {
		raws[i] = elements[i].Raw
	}
	address := elements[0].Event.Address()
	address.Commitment = schema.BatchToken
	body := append([]byte{'['}, bytes.Join(raws, []byte(",\n"))...)
	return Message{Subject: address.Subject(), Header: typed(schema.BatchContent), Body: append(body, ']'), Elements: elements}
}

func typed(content string) nats.Header { return nats.Header{schema.ContentTypeHeader: {content}} }

// encode gives an event its bytes. It is the generator's own, of a kind that every sender's JSON library writes.
func encode(e *schema.Event) []byte {
	body, err := e.MarshalJSON()
	if err != nil {
		panic("traffic: " + err.Error()) // a generator that makes no JSON is of no use
	}
	return body
}

// binary is the same event in CloudEvents' binary mode: other bytes, the same content.
func binary(m Message) Message {
	e := &m.Elements[0].Event
	_, data, _ := bytes.Cut(m.Body, []byte(`"data":`))
	m.Header = nats.Header{
		schema.ContentTypeHeader: {schema.JSONContent},
		"ce-specversion":         {"1.0"},
		"ce-id":                  {e.ID},
		"ce-source":              {e.Source},
		"ce-type":                {string(e.Type)},
		"ce-time":                {e.Time.In(schema.Shanghai).Format("2006-01-02T15:04:05.999999999Z07:00")},
		"ce-plan":                {e.Plan},
		"ce-department":          {e.Department},
	}
	m.Body = data[:len(data)-1]
	return m
}
