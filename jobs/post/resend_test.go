package post_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"xushi/deploy/embedded/natsdtest"
	"xushi/deploy/embedded/smtptest"
	"xushi/jobs/post"
	"xushi/schema"
)

var because = post.Resending{Reason: "收件人称未收到", By: "区政府督查室张三"}

// A letter is sent again where it failed or is uncertain, or where somebody insists. The last one that was sent
// again counts, not the first.
func TestWhatIsSentAgain(t *testing.T) {
	t.Parallel()
	state := func(s schema.MailState) schema.Delivery { return schema.Delivery{State: s} }
	for name, tt := range map[string]struct {
		letter, again schema.Delivery // again: one that was sent again before
		force         bool
		want          string // kind, or of the error
	}{
		"failed":                           {letter: state(schema.MailFailed), want: "weekly-resend-1"},
		"uncertain":                        {letter: state(schema.MailUncertain), want: "weekly-resend-1"},
		"sent":                             {letter: state(schema.MailSent), want: "was sent at"},
		"sent, and somebody insists":       {letter: state(schema.MailSent), force: true, want: "weekly-resend-1"},
		"queued":                           {letter: state(schema.MailQueued), want: "still on its way"},
		"being sent":                       {letter: state(schema.MailSending), want: "still on its way"},
		"uncertain twice":                  {letter: state(schema.MailUncertain), again: state(schema.MailUncertain), want: "weekly-resend-2"},
		"uncertain, and sent again":        {letter: state(schema.MailUncertain), again: state(schema.MailSent), want: "was sent at"},
		"failed, and again on its way":     {letter: state(schema.MailFailed), again: state(schema.MailQueued), want: "still on its way"},
		"sent again, and somebody insists": {letter: state(schema.MailUncertain), again: state(schema.MailSent), force: true, want: "weekly-resend-2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &house{js: natsdtest.JetStream(t)}
			h.queue(t, "a@example.org")
			letter := addressOf("a@example.org")
			if tt.again.State != "" {
				h.noteOf(t, letter, schema.Delivery{State: schema.MailFailed})
				if _, err := post.Resend(t.Context(), h.js, letter.Subject(), because); err != nil {
					t.Fatal(err)
				}
				h.noteOf(t, letter.Resend(1), tt.again)
			}
			h.noteOf(t, letter, tt.letter)
			r := because
			r.Force = tt.force
			subject, err := post.Resend(t.Context(), h.js, letter.Subject(), r)
			if !strings.HasPrefix(tt.want, "weekly") {
				if !errors.Is(err, post.ErrWantsForce) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s, %v; want an error with %q", subject, err, tt.want)
				}
				return
			}
			if a, _ := schema.ParseMailSubject(subject); err != nil || a.Kind != tt.want || a.Original() != letter {
				t.Errorf("%s, %v; want kind %s", subject, err, tt.want)
			}
		})
	}
}

// A letter sent again says so, and why; its body is the same, byte for byte, and it is one letter with an id and
// a delivery of its own.
func TestALetterSentAgainSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{Behaviour: times(1, smtptest.Verdict, smtptest.Refuse("554 5.7.1 spam"))})
	_, stop := h.post(t, sender(t, h.smtp.Config()), quick("a"))
	h.queue(t, "a@example.org")
	h.await(t, "a@example.org", schema.MailFailed)
	subject, err := post.Resend(t.Context(), h.js, addressOf("a@example.org").Subject(), because)
	if err != nil {
		t.Fatal(err)
	}
	again := addressOf("a@example.org").Resend(1)
	if subject != again.Subject() {
		t.Errorf("the new letter is %s, want %s", subject, again.Subject())
	}
	d := h.awaitLetter(t, again, schema.MailSent)
	if d.Reason != "区政府督查室张三: 收件人称未收到" || d.MessageID != "<1.resend-1@example.org>" {
		t.Errorf("%+v", d)
	}
	sent := h.smtp.Letters()[0]
	_, body, _ := bytes.Cut(sent.Message, []byte("\r\n\r\n"))
	if sent.Subject != "【重发】x" || sent.MessageID != "<1.resend-1@example.org>" || string(body) != "body\r\n" || !bytes.Contains(sent.Message, []byte("References: <1@example.org>\r\n")) {
		t.Errorf("%s\n%s", sent.Subject, sent.Message)
	}
	stop()
	var states string
	if err := h.store.QueryRow(t.Context(), `SELECT arrayStringConcat(groupArray(concat(kind, ' ', state, ' ', reason)), ', ')
		FROM (SELECT * FROM letters WHERE original_kind = 'weekly' ORDER BY kind)`).Scan(&states); err != nil || states != "weekly failed , weekly-resend-1 sent 区政府督查室张三: 收件人称未收到" {
		t.Errorf("the view says %q, %v", states, err)
	}
}

// What is no letter, or was never queued, is not sent again; nor is anything without a reason and a name.
func TestOnlyALetterIsSentAgain(t *testing.T) {
	t.Parallel()
	h := &house{js: natsdtest.JetStream(t)}
	h.queue(t, "a@example.org")
	there := addressOf("a@example.org").Subject()
	for name, tt := range map[string]struct {
		subject string
		r       post.Resending
	}{
		"no subject": {"weekly", because}, "not queued": {addressOf("b@example.org").Subject(), because},
		"no reason": {there, post.Resending{By: "张三", Force: true}}, "no name": {there, post.Resending{Reason: "未收到", Force: true}},
	} {
		if subject, err := post.Resend(t.Context(), h.js, tt.subject, tt.r); err == nil {
			t.Errorf("%s: %s", name, subject)
		}
	}
}

// Why a letter was sent again is known also where the post was faster than the note of that.
func TestWhyALetterWasSentAgainIsInItsMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{})
	h.queue(t, "a@example.org")
	r := because
	r.Force = true
	if _, err := post.Resend(t.Context(), h.js, addressOf("a@example.org").Subject(), r); err != nil {
		t.Fatal(err)
	}
	again := addressOf("a@example.org").Resend(1)
	kv, err := h.js.KeyValue(t.Context(), schema.Bucket)
	if err != nil {
		t.Fatal(err)
	}
	if err := kv.Purge(t.Context(), again.Subject()); err != nil {
		t.Fatal(err)
	}
	h.post(t, sender(t, h.smtp.Config()), quick("a"))
	if d := h.awaitLetter(t, again, schema.MailSent); d.Reason != "区政府督查室张三: 收件人称未收到" || d.MessageID != "<1.resend-1@example.org>" {
		t.Errorf("%+v", d)
	}
}
