package natsd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"xushi/schema"
)

// DefaultListen is loopback, at the port of NATS.
const DefaultListen = "127.0.0.1:4222"

// Options of one server. The zero value of a field means its default.
type Options struct {
	// Dir holds the streams. Required; made if it is not there.
	Dir string
	// Listen is where clients connect, port 0 for any free port. Default [DefaultListen].
	Listen string
	// SyncAlways brings every message to the disk before it is acknowledged, so that a power cut
	// loses none. Default: the server's own, every two minutes.
	SyncAlways bool
	// StartTimeout bounds the way from start to the first client. Default 30 s.
	StartTimeout time.Duration
	// Logger gets the server's warnings and errors; its notices at debug level. Default: nothing is logged.
	Logger *slog.Logger
}

// Each stream has its own MaxBytes. The server's own limits would by default be three quarters of what
// the disk has free at the start: another limit at every start, at which it refuses streams it has had
// all along. So they are out of the way; a full disk is answered by the publisher's missing acknowledgement.
const (
	maxStore  = 1 << 40
	maxMemory = 1 << 30
)

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("natsd: Options.Dir is empty")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, err
	}
	o.Dir = dir
	o.Listen = cmp.Or(o.Listen, DefaultListen)
	o.StartTimeout = cmp.Or(o.StartTimeout, 30*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// Server is a running server.
type Server struct {
	nats     *server.Server
	url      string
	lock     *os.File
	stopping sync.Once
	stopped  chan struct{} // closed when everything has ended
}

// PortInUseError says that Options.Listen is taken.
type PortInUseError struct{ Addr string }

func (e *PortInUseError) Error() string {
	return fmt.Sprintf("the address %s, where NATS should listen, is in use", e.Addr)
}

// Unwrap says it as the system does, so that one test is enough for every server.
func (*PortInUseError) Unwrap() error { return syscall.EADDRINUSE }

// Start runs a server and waits until it takes clients. Typed errors: [*PortInUseError],
// [*DirInUseError].
func Start(o Options) (*Server, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	host, port, err := reserve(o.Listen)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("NATS data folder: %w", err)
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{lock: lock, stopped: make(chan struct{})}
	if err := s.start(o, host, port); err != nil {
		unlockDir(lock)
		return nil, fmt.Errorf("start NATS: %w", err)
	}
	o.Logger.Info("NATS started", "url", s.URL(), "version", s.Version())
	return s, nil
}

// start runs the server; what is fatal to it comes by way of its log.
func (s *Server) start(o Options, host string, port int) error {
	n, err := server.NewServer(&server.Options{
		ServerName:         "xushi",
		Host:               host,
		Port:               port,
		NoSigs:             true,
		MaxPayload:         schema.MaxPayload,
		JetStream:          true,
		StoreDir:           o.Dir,
		JetStreamMaxStore:  maxStore,
		JetStreamMaxMemory: maxMemory,
		SyncAlways:         o.SyncAlways,
	})
	if err != nil {
		return err
	}
	log := &bridge{log: o.Logger}
	n.SetLoggerV2(log, false, false, false)
	n.Start()
	if err := log.endStart(); err != nil {
		n.Shutdown()
		return err
	}
	if !n.ReadyForConnections(o.StartTimeout) {
		n.Shutdown()
		return fmt.Errorf("it takes no clients after %s", o.StartTimeout)
	}
	s.nats, s.url = n, "nats://"+n.Addr().String()
	return nil
}

// reserve makes sure that the address is free before a server is made that would touch the data.
func reserve(listen string) (host string, port int, err error) {
	l, err := net.Listen("tcp", listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return "", 0, &PortInUseError{Addr: listen}
	}
	if err != nil {
		return "", 0, fmt.Errorf("where NATS should listen: %w", err)
	}
	if err := l.Close(); err != nil {
		return "", 0, fmt.Errorf("where NATS should listen: %w", err)
	}
	host, text, _ := net.SplitHostPort(listen)
	port, _ = strconv.Atoi(text)
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return host, port, nil
}

// URL is where clients connect.
func (s *Server) URL() string { return s.url }

// Version is the server's.
func (s *Server) Version() string { return server.VERSION }

// Stop ends the server and waits until its files are closed, or until ctx ends. A second Stop waits
// for the first.
func (s *Server) Stop(ctx context.Context) error {
	s.stopping.Do(func() {
		go func() {
			s.nats.Shutdown()
			s.nats.WaitForShutdown()
			unlockDir(s.lock) // only after the last write
			close(s.stopped)
		}()
	})
	select {
	case <-s.stopped:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("NATS did not stop in time: %w", context.Cause(ctx))
	}
}
