package post_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsdtest"
	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/schema"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// office is a real SMTP server that answers as a test wants.
type office struct {
	mu      sync.Mutex
	letters []string
	refuse  []error // of the next letters, in order; then it accepts
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return session{o}, nil }

type session struct{ *office }

func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (session) Reset()                               {}
func (session) Logout() error                        { return nil }
func (s session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.refuse) > 0 {
		refusal := s.refuse[0]
		s.refuse = s.refuse[1:]
		return refusal
	}
	s.letters = append(s.letters, string(body))
	return nil
}

func (o *office) received() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.letters)
}

// house is a post with everything real around it.
type house struct {
	*post.Post
	office *office
}

func newHouse(t *testing.T, refuse ...error) *house {
	t.Helper()
	o := &office{refuse: refuse}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(o)
	go func() { _ = server.Serve(listener) }() // ends when it is closed
	t.Cleanup(func() { _ = server.Close() })
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	number, _ := strconv.Atoi(port)
	sender, err := mail.NewSender(mail.Config{Host: host, Port: number, TLS: mail.NoTLS})
	if err != nil {
		t.Fatal(err)
	}
	return &house{office: o, Post: &post.Post{
		JetStream: natsdtest.JetStream(t), Store: enginetest.Store(t), Sender: sender, Log: slog.New(slog.DiscardHandler),
	}}
}

func (h *house) queue(t *testing.T, recipient string) {
	t.Helper()
	fresh, err := post.Queue(t.Context(), h.JetStream, letterTo(recipient))
	if err != nil || !fresh {
		t.Fatalf("queue: fresh %t, %v", fresh, err)
	}
}

func letterTo(recipient string) post.Letter {
	return post.Letter{
		Plan: "plan", Period: "2024-W27", Kind: schema.WeeklyLetter, From: "xushi@example.org", Recipient: recipient, MessageID: "<1@example.org>",
		Body: []byte("From: xushi@example.org\r\nTo: " + recipient + "\r\nSubject: x\r\n\r\nbody\r\n"),
	}
}

// runUntilSettled runs the post until no letter waits, and stops it.
func (h *house) runUntilSettled(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for ctx.Err() == nil {
		left, err := post.Pending(ctx, h.JetStream)
		if err == nil && left == 0 && h.hasConsumer(ctx) {
			cancel()
			break
		}
		<-look.C
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func (h *house) hasConsumer(ctx context.Context) bool {
	_, err := h.JetStream.Consumer(ctx, schema.MailStream, post.Consumer)
	return err == nil
}

func (h *house) delivery(t *testing.T, recipient string) (state, cause string) {
	t.Helper()
	err := h.Store.QueryRow(t.Context(), "SELECT toString(state), error FROM mail_deliveries FINAL WHERE recipient = ?", recipient).Scan(&state, &cause)
	if err != nil {
		t.Fatal(err)
	}
	return state, cause
}

func TestALetterIsSentAndNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.queue(t, "a@example.org")
	h.runUntilSettled(t)
	if n := h.office.received(); n != 1 {
		t.Errorf("%d letters arrived, want 1", n)
	}
	if state, cause := h.delivery(t, "a@example.org"); state != "sent" || cause != "" {
		t.Errorf("delivery = %s %q, want sent", state, cause)
	}
}

// "Not now" is tried again; "never" is a failure on record, and keeps nobody else's letter back.
func TestRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t,
		&smtp.SMTPError{Code: 451, Message: "try later"},
		&smtp.SMTPError{Code: 550, Message: "no such user"})
	h.queue(t, "slow@example.org")
	h.queue(t, "gone@example.org")
	h.queue(t, "good@example.org")
	h.runUntilSettled(t)
	if n := h.office.received(); n != 2 {
		t.Errorf("%d letters arrived, want 2", n)
	}
	for recipient, want := range map[string]string{"slow@example.org": "sent", "gone@example.org": "failed", "good@example.org": "sent"} {
		if state, cause := h.delivery(t, recipient); state != want {
			t.Errorf("delivery to %s = %s (%s), want %s", recipient, state, cause, want)
		}
	}
}

// What another process has noted as sent is not sent again, even where its message was not settled.
func TestALetterThatWasSentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	states, err := h.JetStream.KeyValue(t.Context(), schema.Bucket)
	if err != nil {
		t.Fatal(err)
	}
	h.queue(t, "a@example.org")
	a, err := letterTo("a@example.org").Address()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := states.PutString(t.Context(), a.Subject(), `{"state":"sent"}`); err != nil {
		t.Fatal(err)
	}
	h.runUntilSettled(t)
	if n := h.office.received(); n != 0 {
		t.Errorf("%d letters arrived, want none", n)
	}
}

// A consumer that somebody deletes does not end the post, nor does its successor send twice.
func TestADeletedConsumerIsMadeAnew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	h.queue(t, "a@example.org")
	h.await(ctx, t, 1)
	if err := h.JetStream.DeleteConsumer(ctx, schema.MailStream, post.Consumer); err != nil {
		t.Fatal(err)
	}
	h.queue(t, "b@example.org")
	h.await(ctx, t, 2)
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := h.office.received(); n != 2 {
		t.Errorf("%d letters arrived, want each of the two once", n)
	}
}

// await waits until so many letters have arrived.
func (h *house) await(ctx context.Context, t *testing.T, letters int) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for h.office.received() < letters {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("%d letters arrived, want %d", h.office.received(), letters)
		}
	}
}
