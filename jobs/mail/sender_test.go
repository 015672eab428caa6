package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"xushi/deploy/embedded/mailsink"
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

func reply(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "as the test wants"}
}

func TestVerdictAtEveryStep(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		server               server
		step                 mail.Step
		retryable, uncertain bool
	}{
		"hello for now":           {server{hello: reply(421)}, mail.StepHello, true, false},
		"hello for good":          {server{hello: reply(554)}, mail.StepHello, false, false},
		"login for now":           {server{user: "u", password: "p", auth: reply(454)}, mail.StepLogin, true, false},
		"login for good":          {server{user: "u", password: "p", auth: reply(535)}, mail.StepLogin, false, false},
		"login not offered":       {server{}, mail.StepLogin, true, false},
		"sender for now":          {server{sender: reply(451)}, mail.StepSender, true, false},
		"sender for good":         {server{sender: reply(550)}, mail.StepSender, false, false},
		"recipient for now":       {server{recipient: reply(450)}, mail.StepRecipient, true, false},
		"recipient for good":      {server{recipient: reply(550)}, mail.StepRecipient, false, false},
		"message for now":         {server{verdict: reply(452)}, mail.StepVerdict, true, false},
		"message for good":        {server{verdict: reply(554)}, mail.StepVerdict, false, false},
		"hangs up on the verdict": {server{hangUp: true}, mail.StepVerdict, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := tc.server.serve(t)
			if tc.step == mail.StepLogin {
				c.User, c.Password = "u", "p"
			}
			err := sender(t, c).Send(t.Context(), from, to, []byte("Subject: s\r\n\r\nbody\r\n"))
			failure, ok := errors.AsType[*mail.SendError](err)
			if !ok || failure.Step != tc.step {
				t.Fatalf("%v, want a failure at %s", err, tc.step)
			}
			if mail.IsRetryable(err) != tc.retryable || mail.IsUncertain(err) != tc.uncertain {
				t.Errorf("%v: retryable %t, uncertain %t; want %t, %t", err, mail.IsRetryable(err), mail.IsUncertain(err), tc.retryable, tc.uncertain)
			}
			if len(tc.server.received) > 0 {
				t.Error("it was delivered")
			}
		})
	}
}

func TestTooLargeIsForGood(t *testing.T) {
	t.Parallel()
	var s server
	err := sender(t, s.serve(t)).Send(t.Context(), from, to, bytes.Repeat([]byte("0123456789abcdef\r\n"), 1<<17))
	failure, ok := errors.AsType[*mail.SendError](err)
	if !ok || failure.Step != mail.StepSender || failure.Retryable { // SIZE is told with MAIL FROM, so 2 MB never travel
		t.Errorf("%v, want a refusal at %s for good", err, mail.StepSender)
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
	err = sender(t, mail.Config{Host: "127.0.0.1", Port: port}).Send(t.Context(), from, to, nil)
	failure, ok := errors.AsType[*mail.SendError](err)
	if !ok || failure.Step != mail.StepConnect || !failure.Retryable {
		t.Errorf("%v, want a failure at %s for now", err, mail.StepConnect)
	}
}

// mute takes connections and says nothing.
func mute(t *testing.T) (c mail.Config, connected <-chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conns := make(chan net.Conn, 1)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		if c, err := l.Accept(); err == nil {
			t.Cleanup(func() { _ = c.Close() })
			conns <- c
		}
	}()
	return mail.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}, conns
}

func TestAMuteServerIsLeftAfterTheTimeout(t *testing.T) {
	t.Parallel()
	for _, policy := range []mail.TLSPolicy{mail.NoTLS, mail.StartTLS, mail.ImplicitTLS} {
		c, _ := mute(t)
		c.TLS, c.Timeout = policy, 50*time.Millisecond
		if err := sender(t, c).Send(t.Context(), from, to, nil); !mail.IsRetryable(err) {
			t.Errorf("tls %s: %v, want a failure for now", policy, err)
		}
	}
}

func TestCancelCutsTheConversation(t *testing.T) {
	t.Parallel()
	c, connected := mute(t)
	c.Timeout = time.Hour
	ctx, cancel := context.WithCancelCause(t.Context())
	stopping := errors.New("stopping")
	go func() {
		<-connected
		cancel(stopping)
	}()
	err := sender(t, c).Send(ctx, from, to, nil)
	if !errors.Is(err, stopping) || !mail.IsRetryable(err) {
		t.Errorf("%v, want a failure for now because of %q", err, stopping)
	}
}

func TestBadAddressesAreForGood(t *testing.T) {
	t.Parallel()
	s := sender(t, mail.Config{Host: "127.0.0.1", Port: 1})
	for _, pair := range [][2]string{{"", to}, {from, "x"}, {from, "a@x.cn>\r\nRCPT TO:<b@x.cn"}, {"a@x.cn\r\nDATA", to}} {
		err := s.Send(t.Context(), pair[0], pair[1], nil)
		failure, ok := errors.AsType[*mail.SendError](err)
		if !ok || failure.Step != mail.StepAddress || failure.Retryable {
			t.Errorf("%q: %v, want a refusal of the address", pair, err)
		}
	}
}

func TestDeliversOverEveryKindOfConnection(t *testing.T) {
	t.Parallel()
	certificate, roots := certificate(t)
	for name, tc := range map[string]struct {
		server server
		policy mail.TLSPolicy
	}{
		"in the clear":         {server{}, mail.NoTLS},
		"in the clear, PLAIN":  {server{user: "u", password: "p"}, mail.NoTLS}, // to this machine only
		"STARTTLS, PLAIN":      {server{user: "u", password: "p", tls: certificate}, mail.StartTLS},
		"STARTTLS, LOGIN":      {server{user: "u", password: "p", loginOnly: true, tls: certificate}, mail.StartTLS},
		"implicit TLS, PLAIN":  {server{user: "u", password: "p", tls: certificate, implicit: true}, mail.ImplicitTLS},
		"implicit TLS, no one": {server{tls: certificate, implicit: true}, mail.ImplicitTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := tc.server.serve(t)
			c.TLS, c.RootCAs, c.User, c.Password = tc.policy, roots, tc.server.user, mail.Secret(tc.server.password)
			message := "Subject: s\r\n\r\n.a line that begins with a dot\r\n"
			if err := sender(t, c).Send(t.Context(), from, to, []byte(message)); err != nil {
				t.Fatal(err)
			}
			want := []delivered{{"xushi@hq.example.gov.cn", "ducha@hq.example.gov.cn", message}}
			if diff := cmp.Diff(want, tc.server.received, cmp.AllowUnexported(delivered{})); diff != "" {
				t.Errorf("delivered (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoTLSNoLetter(t *testing.T) {
	t.Parallel()
	certificate, _ := certificate(t)
	for name, s := range map[string]*server{"not offered": {}, "unknown authority": {tls: certificate}} {
		c := s.serve(t)
		c.TLS, c.User, c.Password = mail.StartTLS, "u", "p"
		err := sender(t, c).Send(t.Context(), from, to, []byte("Subject: s\r\n\r\nbody\r\n"))
		failure, ok := errors.AsType[*mail.SendError](err)
		if !ok || failure.Step != mail.StepTLS || len(s.received) > 0 {
			t.Errorf("%s: %v, want a failure at %s", name, err, mail.StepTLS)
		}
	}
}

// certificate is one for 127.0.0.1 that nobody but roots trusts.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}, roots
}

func TestConfigTellsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	err := mail.Config{Port: 70000, TLS: "maybe", User: "u", Timeout: -1}.Validate()
	for _, want := range []string{"host is empty", "port 70000", `tls is "maybe"`, "user and password go together", "timeout"} {
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
		if err := s.Send(t.Context(), from, to, message); err != nil {
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
