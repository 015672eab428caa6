package post

import (
	"github.com/nats-io/nats.go"

	"xushi/jobs/records"
	"xushi/schema"
)

// envelope is what a message of the MAIL stream says of the letter in it.
type envelope struct {
	Plan, Week, Kind, Recipient, MessageID string

	from string
}

func envelopeOf(h nats.Header) envelope {
	return envelope{
		Plan: h.Get(schema.MailPlanHeader), Week: h.Get(schema.MailWeekHeader), Kind: h.Get(schema.MailKindHeader),
		Recipient: h.Get(schema.MailRecipientHeader), MessageID: h.Get(schema.MailMessageIDHeader),
		from: h.Get(schema.MailFromHeader),
	}
}

func (e envelope) key() string { return schema.MailStateKey(e.Plan, e.Week, e.Recipient, e.Kind) }

func (e envelope) delivery(state schema.MailState, cause error) records.Delivery {
	d := records.Delivery{
		Plan: e.Plan, Week: e.Week, Recipient: e.Recipient, Kind: e.Kind,
		MessageID: e.MessageID, State: string(state),
	}
	if cause != nil {
		d.Error = cause.Error()
	}
	return d
}
