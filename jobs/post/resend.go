package post

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/mail"
	"xushi/schema"
)

// Resending is who wants a letter to be sent again, and why.
type Resending struct {
	Reason string
	By     string
	Force  bool // also a letter that was sent, or that is still on its way
}

// ErrWantsForce says that a letter was sent, or will be, so that it arrives twice if it is sent again.
var ErrWantsForce = errors.New("it is sent again only if you insist")

// Resend queues a letter of the MAIL stream, named by its subject, to be sent again to the same recipient: the
// same body, marked in its subject. It is for letters that failed, or of which nobody knows whether they arrived;
// of the letter and those that were sent again for it, the last one counts. It gives the new letter's subject.
func Resend(ctx context.Context, js jetstream.JetStream, subject string, r Resending) (string, error) {
	letter, ok := schema.ParseMailSubject(subject)
	if !ok {
		return "", fmt.Errorf("%q is no subject of a letter", subject)
	}
	if strings.TrimSpace(r.Reason) == "" || strings.TrimSpace(r.By) == "" {
		return "", errors.New("a letter is sent again with a reason, and by somebody")
	}
	letter = letter.Original()
	stream, err := js.Stream(ctx, schema.MailStream)
	if err != nil {
		return "", fmt.Errorf("stream %s: %w", schema.MailStream, err)
	}
	m, err := stream.GetLastMsgForSubject(ctx, letter.Subject())
	if err != nil {
		return "", fmt.Errorf("letter %s: %w", letter.Subject(), err)
	}
	number, err := mayGo(ctx, js, stream, letter, r.Force)
	if err != nil {
		return "", fmt.Errorf("letter %s: %w", letter.Subject(), err)
	}
	again, err := again(m, letter, number, r)
	if err != nil {
		return "", err
	}
	fresh, err := Queue(ctx, js, again)
	if err == nil && !fresh {
		err = fmt.Errorf("letter %s: somebody else is sending it again", letter.Subject())
	}
	return letter.Resend(number).Subject(), err
}

// mayGo tells the number of the next resend, or why there should be none.
func mayGo(ctx context.Context, js jetstream.JetStream, stream jetstream.Stream, letter schema.MailAddress, force bool) (number int, err error) {
	last := letter
	for number = 1; ; number++ {
		_, err := stream.GetLastMsgForSubject(ctx, letter.Resend(number).Subject())
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			break
		}
		if err != nil {
			return 0, err
		}
		last = letter.Resend(number)
	}
	n, err := openNotes(ctx, js)
	if err != nil {
		return 0, err
	}
	now, err := n.read(ctx, last.Subject())
	switch {
	case err != nil:
		return 0, err
	case force, now.State == schema.MailFailed, now.State == schema.MailUncertain:
		return number, nil
	case now.State == schema.MailSent:
		return 0, fmt.Errorf("%s (kind %s) was sent at %s; %w", last.Recipient, last.Kind, now.At.In(schema.Shanghai).Format(time.DateTime), ErrWantsForce)
	default:
		return 0, fmt.Errorf("%s (kind %s) is still on its way, after %d tries (%s); %w", last.Recipient, last.Kind, now.Tries, now.Error, ErrWantsForce)
	}
}

// again is the letter as it is sent again; the moments of which it speaks are those of the first one.
func again(m *jetstream.RawStreamMsg, letter schema.MailAddress, number int, r Resending) (Letter, error) {
	first, err := Body(m.Header, m.Data)
	if err != nil {
		return Letter{}, fmt.Errorf("letter %s: %w", letter.Subject(), err)
	}
	body, id, err := mail.Again(first, mail.Resending{Number: number, Reason: r.Reason, By: r.By})
	if err != nil {
		return Letter{}, err
	}
	moments := map[string]time.Time{}
	for _, header := range []string{schema.MailAsOfHeader, schema.MailKnownAtHeader} {
		if moments[header], err = time.Parse(time.RFC3339Nano, m.Header.Get(header)); err != nil {
			return Letter{}, fmt.Errorf("letter %s, header %s: %w", letter.Subject(), header, err)
		}
	}
	return Letter{
		Plan: letter.Plan, Period: letter.Period, Kind: letter.Resend(number).Kind,
		AsOf: moments[schema.MailAsOfHeader], KnownAt: moments[schema.MailKnownAtHeader],
		From: m.Header.Get(schema.MailFromHeader), Recipient: m.Header.Get(schema.MailRecipientHeader),
		MessageID: id, Body: body,
		resend: resend{of: letter.Subject(), reason: r.Reason, by: r.By},
	}, nil
}
