package mail_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"xushi/deploy/embedded/mailsink"
	"xushi/deploy/embedded/smtptest"
	"xushi/jobs/mail"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func sender(t *testing.T, c mail.Config) *mail.Sender {
	t.Helper()
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	s, err := mail.NewSender(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const message = "Subject: s\r\n\r\nbody\r\n"

// verdict is what a sender knows of a failure.
type verdict struct {
	step                 mail.Step
	code                 int
	retryable, uncertain bool
	server, operator     bool // the mail server's trouble; one that an operator has to end
}

func verdictOf(t *testing.T, err error) verdict {
	t.Helper()
	failure, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		t.Fatalf("%v is no failure to send", err)
	}
	if failure.Retryable != mail.IsRetryable(err) || failure.Uncertain != mail.IsUncertain(err) {
		t.Errorf("%v is judged in two ways", err)
	}
	return verdict{failure.Step, failure.Code, failure.Retryable, failure.Uncertain, failure.ServerTrouble(), failure.NeedsOperator()}
}

// What each failure means for the letter, and for the server. Until the final dot nothing was delivered; after
// it, silence leaves that open. What is wrong before MAIL is no letter's fault, and never for good.
func TestEveryFailureIsToldApart(t *testing.T) {
	t.Parallel()
	hang, drop := smtptest.Behaviour{Do: smtptest.Hang}, smtptest.Behaviour{Do: smtptest.Drop}
	login := smtptest.Options{User: "u", Password: "p"}
	for name, tt := range map[string]struct {
		options   smtptest.Options
		at        smtptest.Step
		behaviour smtptest.Behaviour
		want      verdict
	}{
		"greeting: never comes":   {at: smtptest.Greeting, behaviour: hang, want: verdict{step: mail.StepHello, retryable: true, server: true}},
		"greeting: hangs up":      {at: smtptest.Greeting, behaviour: drop, want: verdict{step: mail.StepHello, retryable: true, server: true}},
		"greeting: busy":          {at: smtptest.Greeting, behaviour: smtptest.Refuse("421 too busy"), want: verdict{step: mail.StepHello, code: 421, retryable: true, server: true}},
		"greeting: not for us":    {at: smtptest.Greeting, behaviour: smtptest.Refuse("554 go away"), want: verdict{step: mail.StepHello, code: 554, retryable: true, server: true, operator: true}},
		"EHLO: hangs":             {at: smtptest.Hello, behaviour: hang, want: verdict{step: mail.StepHello, retryable: true, server: true}},
		"EHLO: not as localhost":  {at: smtptest.Hello, behaviour: smtptest.Refuse("550 who?"), want: verdict{step: mail.StepHello, code: 550, retryable: true, server: true, operator: true}},
		"EHLO: no SMTP":           {at: smtptest.Hello, behaviour: smtptest.Refuse("HTTP/1.1 400 Bad Request"), want: verdict{step: mail.StepHello, retryable: true, server: true}},
		"login: wrong password":   {login, smtptest.Login, smtptest.Refuse("535 5.7.8 wrong"), verdict{step: mail.StepLogin, code: 535, retryable: true, server: true, operator: true}},
		"login: for now":          {login, smtptest.Login, smtptest.Refuse("454 4.7.0 later"), verdict{step: mail.StepLogin, code: 454, retryable: true, server: true}},
		"MAIL: hangs":             {at: smtptest.Sender, behaviour: hang, want: verdict{step: mail.StepSender, retryable: true, server: true}},
		"MAIL: for now":           {at: smtptest.Sender, behaviour: smtptest.Refuse("451 later"), want: verdict{step: mail.StepSender, code: 451, retryable: true}},
		"MAIL: for good":          {at: smtptest.Sender, behaviour: smtptest.Refuse("550 not you"), want: verdict{step: mail.StepSender, code: 550}},
		"MAIL: log in first":      {at: smtptest.Sender, behaviour: smtptest.Refuse("530 5.7.0 who are you?"), want: verdict{step: mail.StepSender, code: 530, retryable: true, server: true, operator: true}},
		"MAIL: closing":           {at: smtptest.Sender, behaviour: smtptest.Refuse("421 closing"), want: verdict{step: mail.StepSender, code: 421, retryable: true, server: true}},
		"RCPT: hangs":             {at: smtptest.Recipient, behaviour: hang, want: verdict{step: mail.StepRecipient, retryable: true, server: true}},
		"RCPT: greylisted":        {at: smtptest.Recipient, behaviour: smtptest.Refuse("451 4.7.1 later"), want: verdict{step: mail.StepRecipient, code: 451, retryable: true}},
		"RCPT: no such user":      {at: smtptest.Recipient, behaviour: smtptest.Refuse("550 5.1.1 who?"), want: verdict{step: mail.StepRecipient, code: 550}},
		"DATA: hangs":             {at: smtptest.Data, behaviour: hang, want: verdict{step: mail.StepData, retryable: true, server: true}},
		"DATA: hangs up":          {at: smtptest.Data, behaviour: drop, want: verdict{step: mail.StepData, retryable: true, server: true}},
		"DATA: for good":          {at: smtptest.Data, behaviour: smtptest.Refuse("554 no valid recipients"), want: verdict{step: mail.StepData, code: 554}},
		"dot: hangs":              {at: smtptest.Verdict, behaviour: hang, want: verdict{step: mail.StepVerdict, uncertain: true, server: true}},
		"dot: hangs up":           {at: smtptest.Verdict, behaviour: drop, want: verdict{step: mail.StepVerdict, uncertain: true, server: true}},
		"dot: takes and hangs up": {at: smtptest.Verdict, behaviour: smtptest.Behaviour{Do: smtptest.Drop, Keep: true}, want: verdict{step: mail.StepVerdict, uncertain: true, server: true}},
		"dot: neither yes nor no": {at: smtptest.Verdict, behaviour: smtptest.Refuse("354 more"), want: verdict{step: mail.StepVerdict, code: 354, uncertain: true}},
		"dot: for now":            {at: smtptest.Verdict, behaviour: smtptest.Refuse("452 disk full"), want: verdict{step: mail.StepVerdict, code: 452, retryable: true}},
		"dot: closing":            {at: smtptest.Verdict, behaviour: smtptest.Refuse("421 closing"), want: verdict{step: mail.StepVerdict, code: 421, retryable: true, server: true}},
		"dot: too large":          {at: smtptest.Verdict, behaviour: smtptest.Refuse("552 5.3.4 too large"), want: verdict{step: mail.StepVerdict, code: 552}},
		"dot: for good":           {at: smtptest.Verdict, behaviour: smtptest.Refuse("554 spam"), want: verdict{step: mail.StepVerdict, code: 554}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.options.Behaviour = smtptest.At(tt.at, tt.behaviour)
			server := smtptest.Run(t, tt.options)
			c := server.Config()
			if tt.behaviour.Do == smtptest.Hang {
				c.Timeout, c.Verdict = 100*time.Millisecond, 100*time.Millisecond
			}
			err := sender(t, c).Send(t.Context(), from, to, []byte(message), nil)
			if diff := cmp.Diff(tt.want, verdictOf(t, err), cmp.AllowUnexported(verdict{})); diff != "" {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
			if n := len(server.Letters()); n > 0 && !tt.behaviour.Keep {
				t.Errorf("%d letters were delivered", n)
			}
		})
	}
}

// A yes to the whole letter is a yes, in whatever words and whatever comes after it.
func TestAYesIsAYes(t *testing.T) {
	t.Parallel()
	for name, behaviour := range map[string]func(smtptest.Attempt) smtptest.Behaviour{
		"other words":         smtptest.At(smtptest.Verdict, smtptest.Refuse("251 will forward")),
		"hangs up after it":   smtptest.At(smtptest.After, smtptest.Behaviour{Do: smtptest.Drop}),
		"takes time to judge": smtptest.At(smtptest.Verdict, smtptest.Behaviour{Delay: 300 * time.Millisecond}),
	} {
		server := smtptest.Run(t, smtptest.Options{Behaviour: behaviour})
		c := server.Config()
		c.Timeout, c.Verdict = 100*time.Millisecond, 5*time.Second
		if err := sender(t, c).Send(t.Context(), from, to, []byte(message), nil); err != nil || len(server.Letters()) != 1 {
			t.Errorf("%s: %v, %d letters", name, err, len(server.Letters()))
		}
	}
}

// Begin is called when the server awaits the letter and has nothing of it; where it fails nothing is delivered.
func TestNothingLeavesBeforeBegin(t *testing.T) {
	t.Parallel()
	server := smtptest.Run(t, smtptest.Options{})
	s := sender(t, server.Config())
	notNow := errors.New("not now")
	err := s.Send(t.Context(), from, to, []byte(message), func() error {
		if c := server.Conversations()[0]; c.Step != smtptest.Data {
			t.Errorf("begin is called at %s", c.Step)
		}
		return notNow
	})
	if diff := cmp.Diff(verdict{step: mail.StepBegin, retryable: true}, verdictOf(t, err), cmp.AllowUnexported(verdict{})); diff != "" || !errors.Is(err, notNow) {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	called := 0
	if err := s.Send(t.Context(), from, to, []byte(message), func() error { called++; return nil }); err != nil || called != 1 {
		t.Errorf("%v; begin was called %d times", err, called)
	}
	if n := len(server.Letters()); n != 1 {
		t.Errorf("%d letters were delivered, want the second alone", n)
	}
}

// No conversation comes as far as begin where the letter was refused before.
func TestBeginIsNotCalledInVain(t *testing.T) {
	t.Parallel()
	for _, step := range []smtptest.Step{smtptest.Greeting, smtptest.Hello, smtptest.Sender, smtptest.Recipient, smtptest.Data} {
		server := smtptest.Run(t, smtptest.Options{Behaviour: smtptest.At(step, smtptest.Refuse("451 later"))})
		err := sender(t, server.Config()).Send(t.Context(), from, to, []byte(message), func() error {
			t.Errorf("begin was called though the server said no at %s", step)
			return nil
		})
		if !mail.IsRetryable(err) {
			t.Errorf("%s: %v", step, err)
		}
	}
}

// The size is told with MAIL, so that a letter which is too large does not travel at all.
func TestTooLargeIsForGood(t *testing.T) {
	t.Parallel()
	server := smtptest.Run(t, smtptest.Options{MaxBytes: 1 << 20})
	err := sender(t, server.Config()).Send(t.Context(), from, to, bytes.Repeat([]byte("0123456789abcdef\r\n"), 1<<17), nil)
	if diff := cmp.Diff(verdict{step: mail.StepSender, code: 552}, verdictOf(t, err), cmp.AllowUnexported(verdict{})); diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// A letter larger than what is written at once arrives whole.
func TestALargeLetterArrivesWhole(t *testing.T) {
	t.Parallel()
	server := smtptest.Run(t, smtptest.Options{})
	large := append([]byte(message), bytes.Repeat([]byte(".begins with a dot\r\n"), 1<<16)...)
	if err := sender(t, server.Config()).Send(t.Context(), from, to, large, nil); err != nil {
		t.Fatal(err)
	}
	if got := server.Letters()[0].Message; !bytes.Equal(got, large) {
		t.Errorf("%d bytes arrived of %d", len(got), len(large))
	}
}

func TestNobodyThereIsForNow(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	err = sender(t, mail.Config{Host: "127.0.0.1", Port: port}).Send(t.Context(), from, to, nil, nil)
	if diff := cmp.Diff(verdict{step: mail.StepConnect, retryable: true, server: true}, verdictOf(t, err), cmp.AllowUnexported(verdict{})); diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// A server that takes connections and says nothing is left after the timeout, in TLS too.
func TestAMuteServerIsLeftAfterTheTimeout(t *testing.T) {
	t.Parallel()
	for _, policy := range []mail.TLSPolicy{mail.NoTLS, mail.StartTLS, mail.ImplicitTLS} {
		server := smtptest.Run(t, smtptest.Options{Behaviour: smtptest.At(smtptest.Greeting, smtptest.Behaviour{Do: smtptest.Hang})})
		c := server.Config()
		c.TLS, c.Timeout = policy, 50*time.Millisecond
		if err := sender(t, c).Send(t.Context(), from, to, nil, nil); !mail.IsRetryable(err) {
			t.Errorf("tls %s: %v, want a failure for now", policy, err)
		}
	}
}

func TestCancelCutsTheConversation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	stopping := errors.New("stopping")
	server := smtptest.Run(t, smtptest.Options{Behaviour: func(smtptest.Attempt) smtptest.Behaviour {
		cancel(stopping)
		return smtptest.Behaviour{Do: smtptest.Hang}
	}})
	c := server.Config()
	c.Timeout = time.Hour
	err := sender(t, c).Send(ctx, from, to, nil, nil)
	if !errors.Is(err, stopping) || !mail.IsRetryable(err) {
		t.Errorf("%v, want a failure for now because of %q", err, stopping)
	}
}

func TestBadAddressesAreForGood(t *testing.T) {
	t.Parallel()
	s := sender(t, mail.Config{Host: "127.0.0.1", Port: 1})
	for _, pair := range [][2]string{{"", to}, {from, "x"}, {from, "a@x.cn>\r\nRCPT TO:<b@x.cn"}, {"a@x.cn\r\nDATA", to}, {from, "督查@x.cn"}} {
		err := s.Send(t.Context(), pair[0], pair[1], nil, nil)
		if diff := cmp.Diff(verdict{step: mail.StepAddress}, verdictOf(t, err), cmp.AllowUnexported(verdict{})); diff != "" {
			t.Errorf("%q: %v (-want +got)\n%s", pair, err, diff)
		}
	}
}

func TestDeliversOverEveryKindOfConnection(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]smtptest.Options{
		"in the clear":         {},
		"in the clear, PLAIN":  {User: "u", Password: "p"}, // to this machine only
		"STARTTLS, PLAIN":      {TLS: mail.StartTLS, User: "u", Password: "p"},
		"STARTTLS, LOGIN":      {TLS: mail.StartTLS, User: "u", Password: "p", LoginOnly: true},
		"implicit TLS, PLAIN":  {TLS: mail.ImplicitTLS, User: "u", Password: "p"},
		"implicit TLS, no one": {TLS: mail.ImplicitTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Run(t, o)
			message := "Subject: s\r\n\r\n.a line that begins with a dot\r\n"
			if err := sender(t, server.Config()).Send(t.Context(), from, to, []byte(message), nil); err != nil {
				t.Fatal(err)
			}
			all := server.Letters()
			if len(all) != 1 || all[0].From != "xushi@hq.example.gov.cn" || all[0].Recipient != "ducha@hq.example.gov.cn" || string(all[0].Message) != message {
				t.Errorf("delivered %+v", all)
			}
		})
	}
}

// Without the protection that was asked for no letter and no password leaves; the operator is called.
func TestNoTLSNoLetter(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		server mail.TLSPolicy
		policy mail.TLSPolicy
		step   mail.Step
	}{
		"STARTTLS is not offered":           {mail.NoTLS, mail.StartTLS, mail.StepTLS},
		"STARTTLS by an unknown authority":  {mail.StartTLS, mail.StartTLS, mail.StepTLS},
		"implicit, by an unknown authority": {mail.ImplicitTLS, mail.ImplicitTLS, mail.StepTLS},
	} {
		server := smtptest.Run(t, smtptest.Options{TLS: tt.server})
		c := server.Config()
		c.TLS, c.RootCAs, c.User, c.Password = tt.policy, nil, "u", "p"
		err := sender(t, c).Send(t.Context(), from, to, []byte(message), nil)
		want := verdict{step: tt.step, retryable: true, server: true, operator: true}
		if diff := cmp.Diff(want, verdictOf(t, err), cmp.AllowUnexported(verdict{})); diff != "" || len(server.Letters()) > 0 {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

// A password is given where the server asks for one, and its way of asking is known.
func TestAServerThatDoesNotAskGetsNoPassword(t *testing.T) {
	t.Parallel()
	c := smtptest.Run(t, smtptest.Options{}).Config()
	c.User, c.Password = "u", "p"
	err := sender(t, c).Send(t.Context(), from, to, []byte(message), nil)
	if diff := cmp.Diff(verdict{step: mail.StepLogin, retryable: true, server: true, operator: true}, verdictOf(t, err), cmp.AllowUnexported(verdict{})); diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestConfigTellsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	err := mail.Config{Port: 70000, TLS: "maybe", User: "u", Timeout: -1, Verdict: -1}.Validate()
	for _, want := range []string{"host is empty", "port 70000", `tls is "maybe"`, "user and password go together", "timeout -1ns", "verdict -1ns"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	open := mail.Config{Host: "mail.example.gov.cn", Port: 25, User: "u", Password: "p"}
	if err := open.Validate(); err == nil || !strings.Contains(err.Error(), "in the clear") {
		t.Errorf("%v, want a refusal to send a password in the clear", err)
	}
}

func TestPasswordsDoNotShow(t *testing.T) {
	t.Parallel()
	c := mail.Config{Host: "h", Password: "geheim"}
	asJSON, err := json.Marshal(struct{ P mail.Secret }{c.Password})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Info("m", "password", c.Password, "config", c)
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%+v %#v %s %q %x", c, c, c.Password, c.Password, c.Password), string(asJSON), log.String()} {
		if strings.Contains(s, "geheim") || strings.Contains(s, fmt.Sprintf("%x", "geheim")) {
			t.Errorf("the password shows: %s", s)
		}
	}
}

func TestALetterThroughTheSinkIsKeptByteForByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sink, err := mailsink.Start(t.Context(), mailsink.Options{Listen: "127.0.0.1:0", Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Stop(context.Background()) })
	address, err := net.ResolveTCPAddr("tcp", sink.Addr())
	if err != nil {
		t.Fatal(err)
	}
	message := build(t, weekly(), from, to)
	s := sender(t, mail.Config{Host: "127.0.0.1", Port: address.Port})
	for range 2 { // sent again, it is still one letter
		if err := s.Send(t.Context(), from, to, message, nil); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v; want one", files, err)
	}
	if name := filepath.Base(files[0]); !strings.HasPrefix(name, "2024-07-01_0800_ducha@hq.example.gov.cn_") || !strings.HasSuffix(name, ".eml") {
		t.Errorf("the file is called %s", name)
	}
	kept, err := os.ReadFile(files[0])
	if err != nil || !bytes.Equal(kept, message) {
		t.Errorf("kept %d bytes, %v; sent %d", len(kept), err, len(message))
	}
}
