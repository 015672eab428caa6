package smtptest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"xushi/jobs/mail"
)

// conversation is one client's connection, served by one goroutine.
type conversation struct {
	*Server
	conn     net.Conn
	in       *bufio.Reader
	secure   bool // in TLS
	loggedIn bool
	now      Attempt
	to       []string
}

// errOver ends a conversation.
var errOver = errors.New("the conversation is over")

func (s *Server) begin(conn net.Conn) *conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &conversation{Server: s, conn: conn, in: bufio.NewReader(conn)}
	c.now.Conversation = len(s.conversations) + 1
	s.conversations = append(s.conversations, Conversation{Attempt: c.now, Begun: time.Now()})
	return c
}

// note changes what is on record of the conversation.
func (c *conversation) note(change func(*Conversation)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.conversations[c.now.Conversation-1])
}

func (c *conversation) serve() {
	defer c.note(func(r *Conversation) { r.Ended = time.Now() })
	if c.options.TLS == mail.ImplicitTLS {
		c.protect()
	}
	_, err := c.answer(Greeting, "220 smtptest")
	for err == nil {
		var line string
		if line, err = c.in.ReadString('\n'); err == nil {
			err = c.obey(strings.TrimRight(line, "\r\n"))
		}
	}
}

func (c *conversation) protect() {
	c.conn = tls.Server(c.conn, c.tls)
	c.in, c.secure = bufio.NewReader(c.conn), true
}

func (c *conversation) obey(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	var err error
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		c.now.Hello = rest
		_, err = c.answer(Hello, c.offers())
	case "STARTTLS":
		return c.startTLS()
	case "AUTH":
		return c.login(rest)
	case "MAIL":
		c.now.From, c.to = path(rest), nil
		_, err = c.answer(Sender, c.aboutSender(rest))
	case "RCPT":
		return c.recipient(path(rest))
	case "DATA":
		return c.data()
	case "RSET", "NOOP":
		return c.say("250 2.0.0 fine")
	case "QUIT":
		c.note(func(r *Conversation) { r.Announced = true })
		return errors.Join(c.say("221 2.0.0 bye"), errOver)
	default:
		return c.say("502 5.5.1 no such command")
	}
	return err
}

// answer does what the behaviour wants at a step. Went tells whether the client was told to go on.
func (c *conversation) answer(step Step, reply string) (went bool, err error) {
	b := c.behave(step)
	reply = b.instead(reply)
	return b.goesOn(reply), c.act(b, reply)
}

// behave asks what to do, and waits as long as that wants.
func (c *conversation) behave(step Step) (b Behaviour) {
	c.now.Step = step
	c.note(func(r *Conversation) { r.Attempt = c.now })
	c.mu.Lock()
	behaviour := c.behaviour
	c.mu.Unlock()
	if behaviour != nil {
		b = behaviour(c.now)
	}
	if b.Delay > 0 {
		select {
		case <-time.After(b.Delay):
		case <-c.closing:
		}
	}
	return b
}

func (c *conversation) act(b Behaviour, reply string) error {
	switch {
	case b.Do == Drop:
		return errOver
	case b.Do == Hang:
		_, _ = io.Copy(io.Discard, c.in) // until the client or the server has had enough
		return errOver
	case reply == "":
		return nil
	default:
		return c.say(reply)
	}
}

func (c *conversation) say(reply string) error {
	_, err := io.WriteString(c.conn, reply+"\r\n")
	if err == nil {
		c.note(func(r *Conversation) { r.Replies = append(r.Replies, reply) })
	}
	return err
}
