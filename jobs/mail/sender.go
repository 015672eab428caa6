package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// TLSPolicy says how a connection is protected.
type TLSPolicy string

// TLS policies. There is no "if the server happens to offer it": whoever can strip an offer can read mail.
const (
	NoTLS       TLSPolicy = "none"     // in the clear; no password is ever sent over it, except to this machine
	StartTLS    TLSPolicy = "starttls" // usually port 587; refused where the server does not offer it
	ImplicitTLS TLSPolicy = "implicit" // usually port 465
)

// Secret is a password that does not show itself in logs or printed structs.
type Secret string

const hidden = "[hidden]"

// String hides the secret from fmt.
func (Secret) String() string { return hidden }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return hidden }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret from JSON and YAML.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Config says where letters are handed over.
type Config struct {
	Host     string         `koanf:"host"`
	Port     int            `koanf:"port"`
	TLS      TLSPolicy      `koanf:"tls"`      // default none
	User     string         `koanf:"user"`     // "" sends without logging in
	Password Secret         `koanf:"password"` //
	Hello    string         `koanf:"hello"`    // our own name for EHLO; default localhost
	Timeout  time.Duration  `koanf:"timeout"`  // of connecting and of each answer; default 30 s
	RootCAs  *x509.CertPool `koanf:"-"`        // nil trusts the system's
}

const defaultTimeout = 30 * time.Second

// Validate reports everything that is wrong at once.
func (c Config) Validate() error {
	var errs []error
	if c.Host == "" {
		errs = append(errs, errors.New("host is empty"))
	}
	if c.Port < 1 || c.Port > 65535 {
		errs = append(errs, fmt.Errorf("port %d is not between 1 and 65535", c.Port))
	}
	switch c.TLS {
	case "", NoTLS:
		if c.User != "" && !loopback(c.Host) {
			errs = append(errs, fmt.Errorf("tls is %q: a password would go over the network in the clear; use %q or %q", NoTLS, StartTLS, ImplicitTLS))
		}
	case StartTLS, ImplicitTLS:
	default:
		errs = append(errs, fmt.Errorf("tls is %q: must be %q, %q or %q", c.TLS, NoTLS, StartTLS, ImplicitTLS))
	}
	if (c.User == "") != (c.Password == "") {
		errs = append(errs, errors.New("user and password go together"))
	}
	if c.Timeout < 0 {
		errs = append(errs, fmt.Errorf("timeout %s is negative", c.Timeout))
	}
	return errors.Join(errs...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Sender delivers messages to one SMTP server, one connection per message: a letter a week needs no pool.
type Sender struct{ config Config }

// NewSender checks the configuration; it does not connect.
func NewSender(c Config) (*Sender, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	if c.TLS == "" {
		c.TLS = NoTLS
	}
	if c.Hello == "" {
		c.Hello = "localhost"
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	return &Sender{c}, nil
}

// Send delivers one finished message. From and to may carry names. The error, if any, is a *SendError.
// Once ctx ends the connection is cut, at whatever step it is.
func (s *Sender) Send(ctx context.Context, from, to string, message []byte) error {
	sender, err := parse(from)
	if err != nil {
		return &SendError{Step: StepAddress, Err: err}
	}
	recipient, err := parse(to)
	if err != nil {
		return &SendError{Step: StepAddress, Err: err}
	}
	conn, err := s.dial(ctx)
	if err != nil {
		return failed(ctx, StepConnect, err)
	}
	defer func() { _ = conn.Close() }() // after QUIT it is closed already
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	return s.converse(ctx, conn, sender.Address, recipient.Address, message)
}

func (s *Sender) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(s.config.Host, strconv.Itoa(s.config.Port))
	dialer := &net.Dialer{Timeout: s.config.Timeout}
	if s.config.TLS == ImplicitTLS {
		return (&tls.Dialer{NetDialer: dialer, Config: s.tls()}).DialContext(ctx, "tcp", address)
	}
	return dialer.DialContext(ctx, "tcp", address)
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.config.Host, RootCAs: s.config.RootCAs, MinVersion: tls.VersionTLS12}
}

// converse is the SMTP dialogue of one message, step by step.
func (s *Sender) converse(ctx context.Context, conn net.Conn, from, to string, message []byte) error {
	c, err := s.greet(ctx, conn)
	if err != nil {
		return err
	}
	if err := s.login(c); err != nil {
		return failed(ctx, StepLogin, err)
	}
	if err := c.Mail(from, &smtp.MailOptions{Size: int64(len(message))}); err != nil {
		return failed(ctx, StepSender, err)
	}
	if err := c.Rcpt(to, nil); err != nil {
		return failed(ctx, StepRecipient, err)
	}
	data, err := c.Data()
	if err != nil {
		return failed(ctx, StepData, err)
	}
	// go-smtp sets no limit on this one; a failure to set it shows in the write.
	_ = conn.SetWriteDeadline(time.Now().Add(s.config.Timeout))
	if _, err := data.Write(message); err != nil {
		return failed(ctx, StepData, err)
	}
	if err := data.Close(); err != nil { // sends the final dot and waits for the verdict
		return failed(ctx, StepVerdict, err)
	}
	_ = c.Quit() // the message is delivered whatever is said now
	return nil
}

func (s *Sender) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	if s.config.TLS != StartTLS {
		c := smtp.NewClient(conn)
		s.limit(c)
		if err := c.Hello(s.config.Hello); err != nil {
			return nil, failed(ctx, StepHello, err)
		}
		return c, nil
	}
	// Up to here go-smtp waits as long as RFC 5321 allows, which is minutes; so the connection is cut.
	cut := time.AfterFunc(s.config.Timeout, func() { _ = conn.Close() })
	defer cut.Stop()
	c, err := smtp.NewClientStartTLS(conn, s.tls())
	if err != nil {
		return nil, failed(ctx, StepTLS, err)
	}
	s.limit(c)
	if err := c.Hello(s.config.Hello); err != nil { // the first words in TLS: certificates are judged now
		return nil, failed(ctx, StepTLS, err)
	}
	return c, nil
}

func (s *Sender) limit(c *smtp.Client) {
	c.CommandTimeout, c.SubmissionTimeout = s.config.Timeout, s.config.Timeout
}

// login uses what the server offers: PLAIN, or LOGIN, which is all that some Exchange and Chinese mail
// servers have.
func (s *Sender) login(c *smtp.Client) error {
	user, password := s.config.User, string(s.config.Password)
	switch {
	case user == "":
		return nil
	case c.SupportsAuth(sasl.Plain):
		return c.Auth(sasl.NewPlainClient("", user, password))
	case c.SupportsAuth(sasl.Login):
		return c.Auth(sasl.NewLoginClient(user, password))
	default:
		return errors.New("the server offers neither PLAIN nor LOGIN authentication")
	}
}
