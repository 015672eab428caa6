package natsd

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// bridge carries the server's log into slog. It is the server's Logger.
type bridge struct {
	log *slog.Logger

	mu      sync.Mutex
	started bool
	fatal   error // why the server does not start
}

func (b *bridge) Noticef(format string, v ...any) { b.log.Debug("nats: " + fmt.Sprintf(format, v...)) }
func (b *bridge) Warnf(format string, v ...any)   { b.log.Warn("nats: " + fmt.Sprintf(format, v...)) }
func (b *bridge) Errorf(format string, v ...any)  { b.log.Error("nats: " + fmt.Sprintf(format, v...)) }
func (b *bridge) Debugf(string, ...any)           {}
func (b *bridge) Tracef(string, ...any)           {}

// Fatalf keeps the errors of the start, for Start to return; in nats-server's own program they would
// end the process.
func (b *bridge) Fatalf(format string, v ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.started {
		b.Errorf(format, v...)
		return
	}
	b.fatal = errors.Join(b.fatal, fmt.Errorf(format, v...))
}

// endStart tells why the server does not start, or nil; from now on there is nobody to return errors to.
func (b *bridge) endStart() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.started = true
	return b.fatal
}
