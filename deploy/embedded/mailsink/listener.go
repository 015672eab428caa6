package mailsink

import (
	"net"
	"sync"
)

// listener remembers its open connections, because go-smtp cannot close them once it was asked to shut
// down gently.
type listener struct {
	net.Listener
	mu   sync.Mutex
	open map[net.Conn]bool
}

func newListener(l net.Listener) *listener { return &listener{Listener: l, open: map[net.Conn]bool{}} }

// Accept wraps the connection so that it is forgotten when it closes.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	tracked := &conn{c, l}
	l.open[tracked] = true
	return tracked, nil
}

func (l *listener) cut() {
	l.mu.Lock()
	left := make([]net.Conn, 0, len(l.open))
	for c := range l.open {
		left = append(left, c)
	}
	l.mu.Unlock()
	for _, c := range left {
		_ = c.Close()
	}
}

type conn struct {
	net.Conn
	from *listener
}

func (c *conn) Close() error {
	c.from.mu.Lock()
	delete(c.from.open, c)
	c.from.mu.Unlock()
	return c.Conn.Close()
}
