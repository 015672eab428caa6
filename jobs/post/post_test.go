package post_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsdtest"
	"xushi/deploy/embedded/smtptest"
	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/schema"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// house is what a post works with, all of it real.
type house struct {
	js    jetstream.JetStream
	store driver.Conn
	smtp  *smtptest.Server
}

func newHouse(t *testing.T, o smtptest.Options) *house {
	t.Helper()
	return &house{natsdtest.JetStream(t), enginetest.Store(t), smtptest.Run(t, o)}
}

// quick are options by which nothing takes long.
func quick(by string) post.Options {
	return post.Options{By: by, AckWait: 200 * time.Millisecond, FirstWait: 10 * time.Millisecond, MostWait: 50 * time.Millisecond}
}

// sender waits long enough for a machine that is busy; impatient does not.
func sender(t *testing.T, c mail.Config) *mail.Sender    { return senderOf(t, c, time.Minute) }
func impatient(t *testing.T, c mail.Config) *mail.Sender { return senderOf(t, c, 300*time.Millisecond) }

func senderOf(t *testing.T, c mail.Config, timeout time.Duration) *mail.Sender {
	t.Helper()
	c.Timeout, c.Verdict = timeout, timeout
	s, err := mail.NewSender(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// post runs a post until the test ends, or until stop is called, which waits for it.
func (h *house) post(t *testing.T, s post.Sender, o post.Options) (_ *post.Post, stop func()) {
	t.Helper()
	p := post.New(h.js, h.store, s, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), o)
	return p, running(t, p)
}

func running(t *testing.T, p *post.Post) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

func (h *house) queue(t *testing.T, recipients ...string) {
	t.Helper()
	for _, r := range recipients {
		fresh, err := post.Queue(t.Context(), h.js, letterTo(r))
		if err != nil || !fresh {
			t.Fatalf("queue: fresh %t, %v", fresh, err)
		}
	}
}

func letterTo(recipient string) post.Letter {
	return post.Letter{
		Plan: "plan", Period: "2024-W27", Kind: schema.WeeklyLetter, AsOf: time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai),
		From: "xushi@example.org", Recipient: recipient, MessageID: "<1@example.org>",
		Body: []byte("From: xushi@example.org\r\nTo: " + recipient + "\r\nMessage-ID: <1@example.org>\r\nSubject: x\r\n\r\nbody\r\n"),
	}
}

func addressOf(recipient string) schema.MailAddress {
	return schema.MailAddress{Plan: "plan", Period: "2024-W27", Recipient: recipient, Kind: schema.WeeklyLetter}
}

// await waits until the letter to a recipient is in a state, and gives its delivery.
func (h *house) await(t *testing.T, recipient string, state schema.MailState) schema.Delivery {
	t.Helper()
	return h.awaitLetter(t, addressOf(recipient), state)
}

func (h *house) awaitLetter(t *testing.T, letter schema.MailAddress, state schema.MailState) (d schema.Delivery) {
	t.Helper()
	eventually(t, func() bool {
		d = h.delivery(t, letter)
		return d.State == state
	}, func() string {
		return letter.Subject() + " is to be " + string(state) + ", and is " + string(d.State) + ": " + d.Error
	})
	return d
}

// delivery is what the bucket says of a letter.
func (h *house) delivery(t *testing.T, letter schema.MailAddress) (d schema.Delivery) {
	t.Helper()
	kv, err := h.js.KeyValue(t.Context(), schema.Bucket)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := kv.Get(t.Context(), letter.Subject())
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return d
	}
	if err == nil {
		err = json.Unmarshal(entry.Value(), &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// eventually looks until something is so.
func eventually(t *testing.T, is func() bool, what func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !is() {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatal(what())
		}
	}
}

func (h *house) arrived(recipient string) (n int) {
	for _, l := range h.smtp.Letters() {
		if l.Recipient == recipient {
			n++
		}
	}
	return n
}

func TestALetterIsSentAndNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{})
	_, stop := h.post(t, sender(t, h.smtp.Config()), quick("a"))
	h.queue(t, "a@example.org")
	d := h.await(t, "a@example.org", schema.MailSent)
	if d.By != "a" || d.Tries != 1 || d.Error != "" || d.MessageID != "<1@example.org>" || d.Since.IsZero() {
		t.Errorf("delivery = %+v", d)
	}
	stop()
	var state, cause string
	if err := h.store.QueryRow(t.Context(), "SELECT toString(state), error FROM letters WHERE recipient = 'a@example.org'").Scan(&state, &cause); err != nil || state != "sent" || cause != "" {
		t.Errorf("the view says %s %q, %v", state, cause, err)
	}
	if n := h.arrived("a@example.org"); n != 1 {
		t.Errorf("%d letters arrived", n)
	}
}

// A letter that is settled is not sent again, even where its message comes again: a consumer that somebody
// deleted is made anew and looks at every letter.
func TestADeletedConsumerSendsNothingAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{})
	h.post(t, sender(t, h.smtp.Config()), quick("a"))
	h.queue(t, "a@example.org")
	h.await(t, "a@example.org", schema.MailSent)
	if err := h.js.DeleteConsumer(t.Context(), schema.MailStream, post.Consumer); err != nil {
		t.Fatal(err)
	}
	h.queue(t, "b@example.org")
	h.await(t, "b@example.org", schema.MailSent)
	eventually(t, func() bool { left, err := post.Pending(t.Context(), h.js); return err == nil && left == 0 }, func() string { return "letters are pending" })
	if a, b := h.arrived("a@example.org"), h.arrived("b@example.org"); a != 1 || b != 1 {
		t.Errorf("%d and %d letters arrived, want each once", a, b)
	}
}

// A letter may be taken up between its message and the note that it is queued. Whoever took it does not leave it
// lying until NATS gives it to another.
func TestALetterIsNotedAsQueuedWhileItIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{})
	o := quick("a")
	o.AckWait = time.Hour
	h.post(t, sender(t, h.smtp.Config()), o)
	var recipients []string
	for i := range 60 {
		recipients = append(recipients, fmt.Sprintf("a%d@example.org", i))
	}
	h.queue(t, recipients...)
	for _, r := range recipients {
		h.await(t, r, schema.MailSent)
		if n := h.arrived(r); n != 1 {
			t.Errorf("%d letters arrived at %s", n, r)
		}
	}
}
