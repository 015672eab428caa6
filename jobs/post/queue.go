package post

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/mail"
	"xushi/schema"
)

// Letter is a finished message with its envelope, on its way into the MAIL stream.
type Letter struct {
	Plan      string
	Period    string // that it speaks of: 2024-W27, 2024-06 or 2024-07-01
	Kind      string // schema.WeeklyLetter, …
	AsOf      time.Time
	KnownAt   time.Time // what was received later is not in it; zero: AsOf
	From      string    // may bear a name
	Recipient string    // likewise
	MessageID string    // as in Body
	Body      []byte    // goes out as it is

	resend resend // of what, if it is sent again
}

type resend struct{ of, reason, by string }

// Address tells the letter from every other.
func (l Letter) Address() (schema.MailAddress, error) {
	recipient, err := mail.Address(l.Recipient)
	if err != nil {
		return schema.MailAddress{}, err
	}
	a := schema.MailAddress{Plan: l.Plan, Period: l.Period, Recipient: recipient, Kind: l.Kind}
	return a, a.Validate()
}

// Queue hands a letter to the MAIL stream, from which it is sent: the only way in. A letter that is there
// already stays as it is, whatever this one says, and fresh is false; so Queue may be called again after an
// error, or by another process.
func Queue(ctx context.Context, js jetstream.JetStream, l Letter) (fresh bool, err error) {
	a, err := l.Address()
	if err != nil {
		return false, err
	}
	if l.From, err = mail.Address(l.From); err != nil {
		return false, err
	}
	m, err := l.message(a)
	if err != nil {
		return false, fmt.Errorf("queue letter %s: %w", a.Subject(), err)
	}
	_, err = js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(0))
	if err != nil && !isThere(err) {
		return false, fmt.Errorf("queue letter %s: %w", a.Subject(), err)
	}
	fresh = err == nil
	return fresh, noteQueued(ctx, js, m)
}

// isThere tells whether the stream has a message on the subject; its limit of one per subject has a code that
// says less.
func isThere(err error) bool {
	e, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (e.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || e.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// noteQueued makes the letter one that is listed. Without the note, after a crash before it, the letter is
// sent all the same.
func noteQueued(ctx context.Context, js jetstream.JetStream, m *nats.Msg) error {
	n, err := openNotes(ctx, js)
	if err != nil {
		return err
	}
	d := schema.Delivery{State: schema.MailQueued, At: time.Now().UTC()}
	d.MessageID, d.Reason = saidOf(m.Header)
	if _, err := n.write(ctx, m.Subject, note{}, d); err != nil && !errors.Is(err, errMoved) {
		return err
	}
	return nil
}

func (l Letter) message(a schema.MailAddress) (*nats.Msg, error) {
	m := nats.NewMsg(a.Subject())
	knownAt := l.KnownAt
	if knownAt.IsZero() {
		knownAt = l.AsOf
	}
	for header, value := range map[string]string{
		schema.MailPlanHeader:      l.Plan,
		schema.MailPeriodHeader:    l.Period,
		schema.MailKindHeader:      l.Kind,
		schema.MailAsOfHeader:      l.AsOf.UTC().Format(time.RFC3339Nano),
		schema.MailKnownAtHeader:   knownAt.UTC().Format(time.RFC3339Nano),
		schema.MailFromHeader:      l.From,
		schema.MailRecipientHeader: a.Recipient,
		schema.MailMessageIDHeader: l.MessageID,
		schema.MailResendOfHeader:  l.resend.of,
		schema.MailReasonHeader:    mime.QEncoding.Encode("utf-8", l.resend.reason),
		schema.MailByHeader:        mime.QEncoding.Encode("utf-8", l.resend.by),
	} {
		if value != "" {
			m.Header.Set(header, value)
		}
	}
	return m, pack(m, l.Body)
}

// saidOf is what a letter's message says that its delivery says too.
func saidOf(h nats.Header) (messageID, reason string) {
	plain := func(header string) string {
		text, err := new(mime.WordDecoder).DecodeHeader(h.Get(header))
		if err != nil {
			return h.Get(header) // as it is, is better than nothing
		}
		return text
	}
	if h.Get(schema.MailResendOfHeader) != "" {
		reason = plain(schema.MailByHeader) + ": " + plain(schema.MailReasonHeader)
	}
	return h.Get(schema.MailMessageIDHeader), reason
}
