// Package mailsink is where letters go on a machine without a mail server: an SMTP server on loopback
// that delivers nothing and keeps every message as an .eml file, byte for byte. A message that comes
// again, known by its Message-ID, replaces its own file.
//
// It is for trying Xushi out and for tests. It knows no users and no passwords, which is why it listens
// on loopback only.
package mailsink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"
)

// Options say where to listen and where to keep.
type Options struct {
	Listen   string       // host:port on loopback; port 0 takes a free one
	Dir      string       // made if it does not exist
	Logger   *slog.Logger //
	MaxBytes int64        // of one message; default 25 MiB, what mail servers commonly take
}

const (
	defaultMaxBytes = 25 << 20
	idle            = time.Minute // for a client that says nothing
)

// PortInUseError says that Options.Listen is taken.
type PortInUseError struct{ Addr string }

func (e *PortInUseError) Error() string {
	return fmt.Sprintf("the address %s, where the mail sink should listen, is in use", e.Addr)
}

// Unwrap says it as the system does, so that one test is enough for every server.
func (*PortInUseError) Unwrap() error { return syscall.EADDRINUSE }

// Sink is a running sink.
type Sink struct {
	dir      string
	log      *slog.Logger
	server   *smtp.Server
	listener *listener
	done     chan struct{} // closed when serving has ended
	stop     sync.Once
	stopped  error
}

// Start listens, and serves until Stop; ctx bounds the start only. Typed error: [*PortInUseError].
func Start(ctx context.Context, o Options) (*Sink, error) {
	if err := onLoopback(o.Listen); err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	if err := sweep(o.Dir); err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, &PortInUseError{Addr: o.Listen}
	}
	if err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	s := &Sink{dir: o.Dir, log: o.Logger, listener: newListener(l), done: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sink: s}, nil }))
	s.server.Domain = "xushi-mailsink"
	s.server.MaxMessageBytes = o.MaxBytes
	if o.MaxBytes == 0 {
		s.server.MaxMessageBytes = defaultMaxBytes
	}
	s.server.ReadTimeout, s.server.WriteTimeout = idle, idle
	s.server.ErrorLog = slog.NewLogLogger(o.Logger.Handler(), slog.LevelWarn)
	go s.serve()
	return s, nil
}

func (s *Sink) serve() {
	defer close(s.done)
	if err := s.server.Serve(s.listener); err != nil && !errors.Is(err, net.ErrClosed) {
		s.log.Error("mail sink stopped serving", "err", err)
	}
}

// Addr is where it listens, such as 127.0.0.1:2525.
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// Stop takes no more connections, lets those that are open finish until ctx ends, and cuts the rest. It
// may be called more than once.
func (s *Sink) Stop(ctx context.Context) error {
	s.stop.Do(func() {
		_ = s.listener.Close() // here, since go-smtp does not know of it until its goroutine has run
		err := s.server.Shutdown(ctx)
		if err != nil && !errors.Is(err, net.ErrClosed) && ctx.Err() == nil {
			s.stopped = fmt.Errorf("stop mail sink: %w", err)
		}
		<-s.done
		s.listener.cut()
	})
	return s.stopped
}

func onLoopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen address %q: %w", listen, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen address %q: the sink asks nobody who they are, so it listens on loopback only", listen)
	}
	return nil
}

// sweep removes what a killed process had not finished writing.
func sweep(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, ".*"+unfinished))
	if err != nil {
		return err
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
