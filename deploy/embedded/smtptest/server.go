// Package smtptest is a real SMTP server on loopback that fails as it is told to: it refuses, hangs, drops
// the line or takes its time, at any step of any conversation. It keeps what it accepted and how far every
// conversation came, so that whoever judges a sender knows what that sender could have known.
//
// It is for tests and for the crash test of the letters. It speaks SMTP by hand, because a library takes
// pains not to misbehave; letters of an installation without a mail server go to package mailsink.
package smtptest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"xushi/jobs/mail"
)

// Options of a server. The zero value takes any letter from anybody, in the clear.
type Options struct {
	TLS            mail.TLSPolicy
	User, Password string // asked for if set
	LoginOnly      bool   // offers LOGIN, and not PLAIN beside it
	MaxBytes       int    // of a message, offered as SIZE; 0 offers none
	Behaviour      func(Attempt) Behaviour
}

// Server is a running server.
type Server struct {
	options  Options
	listener net.Listener
	tls      *tls.Config
	config   mail.Config
	closing  chan struct{}
	work     sync.WaitGroup

	mu            sync.Mutex
	behaviour     func(Attempt) Behaviour
	open          map[net.Conn]bool // nil once the server is closed
	tries         map[string]int    // by recipient
	letters       []Letter
	conversations []Conversation
}

// Letter is one that the server accepted: it has the final dot, and decided to deliver.
type Letter struct {
	Conversation       int // its number
	From, Recipient    string
	MessageID, Subject string
	Message            []byte
	At                 time.Time
	Told               bool // the 250 was written
}

// Conversation is how far a client's connection came. Its times are of its last letter.
type Conversation struct {
	Attempt             // Step is the last one that was reached
	Begun     time.Time //
	GoAhead   time.Time // when the 354 was about to be written; zero if never
	Answered  time.Time // when the reply to the final dot was written; zero if never
	Verdict   string    // that reply
	Replies   []string  // all that were written
	Ended     time.Time // zero while it goes on
	Announced bool      // the client said QUIT
}

// Start listens on a free port of loopback, and serves until Close.
func Start(o Options) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("smtptest: %w", err)
	}
	s := &Server{
		options: o, listener: l, behaviour: o.Behaviour, closing: make(chan struct{}),
		open: map[net.Conn]bool{}, tries: map[string]int{},
	}
	address, _ := l.Addr().(*net.TCPAddr)
	s.config = mail.Config{Host: "127.0.0.1", Port: address.Port, TLS: o.TLS, User: o.User, Password: mail.Secret(o.Password)}
	if o.TLS == mail.StartTLS || o.TLS == mail.ImplicitTLS {
		if s.tls, s.config.RootCAs, err = certificate(); err != nil {
			return nil, errors.Join(fmt.Errorf("smtptest: %w", err), l.Close())
		}
	}
	s.work.Go(s.accept)
	return s, nil
}

// Run starts a server that is closed after the test.
func Run(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Close cuts every conversation and waits until they have ended.
func (s *Server) Close() {
	s.mu.Lock()
	open := s.open
	s.open = nil
	s.mu.Unlock()
	if open == nil {
		return
	}
	close(s.closing)
	_ = s.listener.Close()
	for c := range open {
		_ = c.Close()
	}
	s.work.Wait()
}

// Addr is where it listens, such as 127.0.0.1:2525.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Config is what a mail.Sender must know to talk to this server.
func (s *Server) Config() mail.Config { return s.config }

// SetBehaviour says what the server does from now on; nil accepts everything. It is asked at every step,
// before the server answers, by the goroutine of the conversation: it may wait for something.
func (s *Server) SetBehaviour(b func(Attempt) Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour = b
}

// Letters are those that were accepted so far, in that order.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.letters)
}

// Conversations are all that there were so far, in the order in which they began.
func (s *Server) Conversations() []Conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	conversations := slices.Clone(s.conversations)
	for i := range conversations {
		conversations[i].Replies = slices.Clone(conversations[i].Replies)
	}
	return conversations
}

// Await waits until so many letters were accepted.
func (s *Server) Await(ctx context.Context, letters int) error {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		n := len(s.Letters())
		if n >= letters {
			return nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("%d letters were accepted, not %d: %w", n, letters, ctx.Err())
		}
	}
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // it is closed
		}
		if !s.keep(conn) {
			_ = conn.Close()
			return
		}
		c := s.begin(conn)
		s.work.Go(func() {
			defer s.forget(conn)
			c.serve()
		})
	}
}

func (s *Server) keep(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		return false
	}
	s.open[conn] = true
	return true
}

func (s *Server) forget(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, conn)
	_ = conn.Close()
}
