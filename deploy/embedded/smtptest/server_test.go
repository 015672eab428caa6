package smtptest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"xushi/deploy/embedded/smtptest"
	"xushi/jobs/mail"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	from    = "xushi@example.org"
	to      = "ducha@example.org"
	message = "Message-ID: <1@example.org>\r\nSubject: =?utf-8?b?6L+b5bqm5o+Q56S6?=\r\n\r\n.a line that begins with a dot\r\n"
)

func send(t *testing.T, c mail.Config) error {
	t.Helper()
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	s, err := mail.NewSender(c)
	if err != nil {
		t.Fatal(err)
	}
	return s.Send(t.Context(), from, to, []byte(message), nil)
}

func TestAGoodServerTakesLettersOverEveryKindOfConnection(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]smtptest.Options{
		"in the clear":        {},
		"in the clear, PLAIN": {User: "u", Password: "p"},
		"in the clear, LOGIN": {User: "u", Password: "p", LoginOnly: true},
		"STARTTLS, PLAIN":     {TLS: mail.StartTLS, User: "u", Password: "p"},
		"STARTTLS, LOGIN":     {TLS: mail.StartTLS, User: "u", Password: "p", LoginOnly: true, MaxBytes: 1 << 20},
		"implicit TLS":        {TLS: mail.ImplicitTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtptest.Run(t, o)
			if err := send(t, s.Config()); err != nil {
				t.Fatal(err)
			}
			letters := s.Letters()
			if len(letters) != 1 {
				t.Fatalf("%d letters, want one", len(letters))
			}
			got := letters[0]
			got.At = time.Time{}
			want := smtptest.Letter{
				Conversation: 1, From: from, Recipient: to, MessageID: "<1@example.org>", Subject: "进度提示", Message: []byte(message), Told: true,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("letter (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhoMayNotSendIsToldSo(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		options smtptest.Options
		change  func(*mail.Config)
		step    mail.Step
	}{
		"wrong password":    {smtptest.Options{User: "u", Password: "p"}, func(c *mail.Config) { c.Password = "q" }, mail.StepLogin},
		"no password":       {smtptest.Options{User: "u", Password: "p"}, func(c *mail.Config) { c.User, c.Password = "", "" }, mail.StepSender},
		"unknown authority": {smtptest.Options{TLS: mail.StartTLS}, func(c *mail.Config) { c.RootCAs = nil }, mail.StepTLS},
		"no STARTTLS":       {smtptest.Options{}, func(c *mail.Config) { c.TLS = mail.StartTLS }, mail.StepTLS},
		"too large":         {smtptest.Options{MaxBytes: 10}, func(*mail.Config) {}, mail.StepSender},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtptest.Run(t, tc.options)
			c := s.Config()
			tc.change(&c)
			err := send(t, c)
			if failure, ok := errors.AsType[*mail.SendError](err); !ok || failure.Step != tc.step {
				t.Errorf("%v, want a failure at %s", err, tc.step)
			}
			if n := len(s.Letters()); n > 0 {
				t.Errorf("%d letters were accepted", n)
			}
		})
	}
}

// Whatever is done at any step, a letter counts as accepted only where the final dot came and the server
// had decided for it; the record says how far it came and what the client was told.
func TestMisbehaviourAtEveryStep(t *testing.T) {
	t.Parallel()
	type seen struct {
		Step                     smtptest.Step
		GoAhead, Answered, Quits bool
		Accepted                 int
	}
	refuse, hang, drop := smtptest.Refuse("451 4.3.0 later"), smtptest.Behaviour{Do: smtptest.Hang}, smtptest.Behaviour{Do: smtptest.Drop}
	for name, tc := range map[string]struct {
		at   smtptest.Step
		does smtptest.Behaviour
		want seen
	}{
		"refuses at greeting":   {smtptest.Greeting, refuse, seen{Step: smtptest.Greeting}},
		"hangs at greeting":     {smtptest.Greeting, hang, seen{Step: smtptest.Greeting}},
		"drops at EHLO":         {smtptest.Hello, drop, seen{Step: smtptest.Hello}},
		"refuses the login":     {smtptest.Login, refuse, seen{Step: smtptest.Login}},
		"refuses the sender":    {smtptest.Sender, refuse, seen{Step: smtptest.Sender}},
		"refuses the recipient": {smtptest.Recipient, refuse, seen{Step: smtptest.Recipient}},
		"hangs at DATA":         {smtptest.Data, hang, seen{Step: smtptest.Data}},
		"drops in the body":     {smtptest.Body, drop, seen{Step: smtptest.Body, GoAhead: true}},
		"refuses the letter":    {smtptest.Verdict, refuse, seen{Step: smtptest.After, GoAhead: true, Answered: true}},
		"hangs after the dot":   {smtptest.Verdict, hang, seen{Step: smtptest.Verdict, GoAhead: true}},
		"drops after the dot":   {smtptest.Verdict, drop, seen{Step: smtptest.Verdict, GoAhead: true}},
		"accepts and drops": {
			smtptest.Verdict, smtptest.Behaviour{Do: smtptest.Drop, Keep: true},
			seen{Step: smtptest.Verdict, GoAhead: true, Accepted: 1},
		},
		"accepts and babbles": {
			smtptest.Verdict, smtptest.Behaviour{Do: smtptest.Say, Reply: "what?", Keep: true},
			seen{Step: smtptest.After, GoAhead: true, Answered: true, Accepted: 1},
		},
		"drops after the reply": {smtptest.After, drop, seen{Step: smtptest.After, GoAhead: true, Answered: true, Accepted: 1}},
		"is slow":               {smtptest.Verdict, smtptest.Behaviour{Delay: 10 * time.Millisecond}, seen{smtptest.After, true, true, true, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtptest.Run(t, smtptest.Options{User: "u", Password: "p", Behaviour: smtptest.At(tc.at, tc.does)})
			c := s.Config()
			c.Timeout, c.Verdict = 200*time.Millisecond, 200*time.Millisecond
			if err := send(t, c); (err == nil) != tc.want.Quits && tc.at != smtptest.After {
				t.Errorf("the client was told %v", err)
			}
			s.Close()
			conversation := s.Conversations()[0]
			got := seen{
				Step: conversation.Step, GoAhead: !conversation.GoAhead.IsZero(), Answered: !conversation.Answered.IsZero(),
				Quits: conversation.Announced, Accepted: len(s.Letters()),
			}
			if tc.does == refuse {
				tc.want.Quits = got.Quits // a client that is refused may be polite or not
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("on record (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGreylistingEndsAfterSoManyTries(t *testing.T) {
	t.Parallel()
	s := smtptest.Run(t, smtptest.Options{Behaviour: smtptest.Greylist(2)})
	for try := 1; try <= 3; try++ {
		err := send(t, s.Config())
		if try <= 2 && !mail.IsRetryable(err) {
			t.Errorf("try %d: %v, want to be put off", try, err)
		}
		if try == 3 && err != nil {
			t.Errorf("try %d: %v", try, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Await(ctx, 1); err != nil {
		t.Error(err)
	}
}

// A client that dies within the letter leaves on record which letter it was.
func TestALetterThatWasCutIsKnownByItsHead(t *testing.T) {
	t.Parallel()
	s := smtptest.Run(t, smtptest.Options{})
	c := dial(t, s.Addr())
	c.say("EHLO me", "MAIL FROM:<"+from+">", "RCPT TO:<"+to+">", "DATA")
	c.await("354")
	c.say("Message-ID: <cut@example.org>", "Subject: half a lett")
	c.close()
	conversation := awaitEnd(t, s)
	if conversation.MessageID != "<cut@example.org>" || conversation.Hello != "me" || conversation.Step != smtptest.Body {
		t.Errorf("on record: %+v", conversation)
	}
	if n := len(s.Letters()); n > 0 {
		t.Errorf("%d letters were accepted", n)
	}
	if last := conversation.Replies[len(conversation.Replies)-1]; !strings.HasPrefix(last, "354") {
		t.Errorf("last reply %q", last)
	}
}
