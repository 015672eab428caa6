package producers

import (
	"fmt"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// Headers are shared by all messages: nothing changes them.
var (
	structuredHeader = nats.Header{schema.ContentTypeHeader: {schema.StructuredContent}}
	batchHeader      = nats.Header{schema.ContentTypeHeader: {schema.BatchContent}}
)

// message checks the event and makes the message that carries it alone.
func (c *Client) message(e *schema.Event) (nats.Msg, error) {
	body, err := c.encode(e)
	if err != nil {
		return nats.Msg{}, err
	}
	return nats.Msg{Subject: e.Address().Subject(), Header: structuredHeader, Data: body}, nil
}

// encode checks the event, as far as that can be done here, and writes it. Its size needs no check of
// its own: the limits of the members keep the longest event of good form below schema.MaxEventBytes.
func (c *Client) encode(e *schema.Event) ([]byte, error) {
	if r := c.Check(e); r != nil {
		return nil, r
	}
	body, err := e.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	return body, nil
}

// Check tells why the event would be refused, as far as that can be known here: by its form, and by the
// ledger if the client has one.
func (c *Client) Check(e *schema.Event) *schema.Rejection {
	if e.Time.IsZero() {
		return schema.Refuse(schema.MissingField, "time", "缺少 time（发生时间）。")
	}
	if r := e.CheckForm(); r != nil {
		return r
	}
	if c.o.Register == nil {
		return nil
	}
	return c.o.Register.Admit(&schema.Record{Event: *e})
}
