package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Sender delivers messages to one SMTP server, one connection per message: a letter a week needs no pool.
type Sender struct{ config Config }

// NewSender checks the configuration; it does not connect.
func NewSender(c Config) (*Sender, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	return &Sender{c.withDefaults()}, nil
}

// Server is where letters are handed over, for people to read.
func (s *Sender) Server() string { return net.JoinHostPort(s.config.Host, strconv.Itoa(s.config.Port)) }

// Send delivers one finished message. From and to may carry names. The error, if any, is a *SendError.
// Once ctx ends the connection is cut, at whatever step it is.
//
// Begin is called when the server has said "go ahead" (354) and before the first byte of the message leaves:
// until then nothing can have been delivered, from then on it may. If begin fails the conversation is given up
// without the final dot, so that nothing is delivered. It may be nil.
func (s *Sender) Send(ctx context.Context, from, to string, message []byte, begin func() error) error {
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
		return err
	}
	defer func() { _ = conn.Close() }() // after QUIT it is closed already
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	c, err := s.introduce(ctx, conn)
	if err != nil {
		return err
	}
	if err := s.address(ctx, c, sender.Address, recipient.Address, len(message)); err != nil {
		return err
	}
	return s.hand(ctx, conn, c, message, begin)
}

func (s *Sender) dial(ctx context.Context) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: s.config.Timeout}).DialContext(ctx, "tcp", s.Server())
	if err != nil {
		return nil, failed(ctx, StepConnect, err)
	}
	if s.config.TLS != ImplicitTLS {
		return conn, nil
	}
	shaking, cancel := context.WithTimeout(ctx, s.config.Timeout) // which has no other limit
	defer cancel()
	secure := tls.Client(conn, s.tls())
	if err := secure.HandshakeContext(shaking); err != nil {
		_ = conn.Close()
		return nil, failed(ctx, StepTLS, err)
	}
	return secure, nil
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.config.Host, RootCAs: s.config.RootCAs, MinVersion: tls.VersionTLS12}
}

// introduce brings the connection to where the server knows and trusts us.
func (s *Sender) introduce(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	c, err := s.greet(ctx, conn)
	if err != nil {
		return nil, err
	}
	if err := s.login(c); err != nil {
		return nil, failed(ctx, StepLogin, err)
	}
	return c, nil
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
	c.CommandTimeout, c.SubmissionTimeout = s.config.Timeout, s.config.Verdict
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

// address says who writes to whom. Addresses are ASCII and the message is, so that SMTPUTF8 is never needed.
func (s *Sender) address(ctx context.Context, c *smtp.Client, from, to string, size int) error {
	if err := c.Mail(from, &smtp.MailOptions{Size: int64(size)}); err != nil {
		return failed(ctx, StepSender, err)
	}
	if err := c.Rcpt(to, nil); err != nil {
		return failed(ctx, StepRecipient, err)
	}
	return nil
}

// hand gives the message over and waits for the verdict on it.
func (s *Sender) hand(ctx context.Context, conn net.Conn, c *smtp.Client, message []byte, begin func() error) error {
	data, err := c.Data()
	if err != nil {
		return failed(ctx, StepData, err)
	}
	if begin != nil {
		if err := begin(); err != nil {
			return failed(ctx, StepBegin, err) // the connection is closed without the final dot
		}
	}
	for piece := range slices.Chunk(message, 64<<10) {
		s.mayWrite(conn)
		if _, err := data.Write(piece); err != nil {
			return failed(ctx, StepData, err)
		}
	}
	s.mayWrite(conn)
	if err := data.Close(); err != nil && !taken(err) { // sends the final dot and waits for the verdict
		return failed(ctx, StepVerdict, err)
	}
	// The message is delivered whatever is said now, and until that is noted nobody else knows.
	c.CommandTimeout = min(s.config.Timeout, farewell)
	_ = c.Quit()
	return nil
}

// farewell is how long a server has for its last word.
const farewell = time.Second

// mayWrite limits the next write, for which go-smtp has no limit; a failure to do so shows in the write.
func (s *Sender) mayWrite(conn net.Conn) { _ = conn.SetWriteDeadline(time.Now().Add(s.config.Timeout)) }
