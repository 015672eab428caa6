package mail_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"xushi/jobs/mail"
)

// server is a real SMTP server that answers as a test wants at one step.
type server struct {
	hello, auth, sender, recipient, verdict error
	hangUp                                  bool // breaks the connection instead of a verdict

	user, password string // asked for if set
	loginOnly      bool   // offers LOGIN and not PLAIN
	tls            *tls.Config
	implicit       bool

	received []delivered
}

type delivered struct{ from, to, message string }

// serve starts it and tells where it is.
func (s *server) serve(t *testing.T) mail.Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if s.implicit {
		l = tls.NewListener(l, s.tls)
	}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if s.hello != nil {
			return nil, s.hello
		}
		return &conversation{server: s, conn: c}, nil
	}))
	srv.TLSConfig = s.tls
	srv.AllowInsecureAuth = true
	srv.MaxMessageBytes = 1 << 20
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		_ = l.Close() // ends Serve even if it had not begun
		_ = srv.Close()
		if err := <-done; err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return mail.Config{Host: "127.0.0.1", Port: port}
}

// conversation is one client's; a Sender has one at a time.
type conversation struct {
	server   *server
	conn     *smtp.Conn
	loggedIn bool
	got      delivered
}

func (c *conversation) Reset()        {}
func (c *conversation) Logout() error { return nil }

func (c *conversation) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.user != "" && !c.loggedIn {
		return smtp.ErrAuthRequired
	}
	c.got.from = from
	return c.server.sender
}

func (c *conversation) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.got.to = to
	return c.server.recipient
}

func (c *conversation) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if c.server.hangUp {
		return c.conn.Conn().Close()
	}
	if c.server.verdict == nil {
		c.got.message = string(message)
		c.server.received = append(c.server.received, c.got)
	}
	return c.server.verdict
}

func (c *conversation) AuthMechanisms() []string {
	switch {
	case c.server.user == "":
		return nil
	case c.server.loginOnly:
		return []string{sasl.Login}
	default:
		return []string{sasl.Plain}
	}
}

func (c *conversation) Auth(mechanism string) (sasl.Server, error) {
	check := func(user, password string) error {
		if c.server.auth != nil {
			return c.server.auth
		}
		if user != c.server.user || password != c.server.password {
			return smtp.ErrAuthFailed
		}
		c.loggedIn = true
		return nil
	}
	if mechanism == sasl.Login {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// loginServer is LOGIN's other side, which go-sasl no longer has: it asks for the user, then the password.
type loginServer struct {
	check func(user, password string) error
	asked int
	user  string
}

func (s *loginServer) Next(response []byte) ([]byte, bool, error) {
	s.asked++
	switch {
	case s.asked == 1 && response == nil:
		return []byte("Username:"), false, nil
	case s.user == "":
		s.user = string(response)
		return []byte("Password:"), false, nil
	default:
		return nil, true, s.check(s.user, string(response))
	}
}
