package post

import (
	"github.com/nats-io/nats.go"

	"xushi/jobs/records"
	"xushi/schema"
)

// envelope is what a message of the MAIL stream says of the letter in it.
type envelope struct {
	Plan, Period, Kind, Recipient, MessageID string

	from string
}

func envelopeOf(h nats.Header) envelope {
	return envelope{
		Plan: h.Get(schema.MailPlanHeader), Period: h.Get(schema.MailPeriodHeader), Kind: h.Get(schema.MailKindHeader),
		Recipient: h.Get(schema.MailRecipientHeader), MessageID: h.Get(schema.MailMessageIDHeader),
		from: h.Get(schema.MailFromHeader),
	}
}

func (e envelope) key() string {
	return schema.MailAddress{Plan: e.Plan, Period: e.Period, Recipient: e.Recipient, Kind: e.Kind}.Subject()
}

func (e envelope) delivery(state schema.MailState, cause error) records.Delivery {
	d := records.Delivery{
		Plan: e.Plan, Week: e.Period, Recipient: e.Recipient, Kind: e.Kind,
		MessageID: e.MessageID, State: string(state),
	}
	if cause != nil {
		d.Error = cause.Error()
	}
	return d
}
