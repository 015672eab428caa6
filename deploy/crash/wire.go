package main

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// wire is a TCP proxy between one process and a server. It lets a tap hear whatever the process says, and
// pass it on or not: there the process can be killed just before or just after it has done something.
type wire struct {
	listener net.Listener
	server   string
	hear     tap
	work     sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool // nil once the wire is cut
}

// tap is called by the goroutine of each connection.
type tap func(said []byte, pass func())

func newWire(server string, hear tap) (*wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("wire to %s: %w", server, err)
	}
	w := &wire{listener: l, server: server, hear: hear, open: map[net.Conn]bool{}}
	w.work.Go(w.accept)
	return w, nil
}

func (w *wire) address() string { return w.listener.Addr().String() }

// cut closes every connection, and waits until nothing goes over the wire any more.
func (w *wire) cut() {
	w.mu.Lock()
	open := w.open
	w.open = nil
	w.mu.Unlock()
	_ = w.listener.Close()
	for c := range open {
		_ = c.Close()
	}
	w.work.Wait()
}

func (w *wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return // it is cut
		}
		server, err := net.Dial("tcp", w.server) //nolint:noctx // loopback answers at once
		if err != nil {
			_ = client.Close()
			continue
		}
		if !w.keep(client, server) {
			return
		}
		w.work.Go(func() { w.listen(client, server) })
		w.work.Go(func() {
			_, _ = io.Copy(client, server)
			w.hangUp(client, server)
		})
	}
}

func (w *wire) keep(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		if w.open == nil {
			_ = c.Close()
		} else {
			w.open[c] = true
		}
	}
	return w.open != nil
}

func (w *wire) hangUp(conns ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		delete(w.open, c)
		_ = c.Close()
	}
}

// listen passes on what the process says, until it hangs up or dies.
func (w *wire) listen(client, server net.Conn) {
	defer w.hangUp(client, server)
	said := make([]byte, 64<<10)
	for {
		n, err := client.Read(said)
		if n > 0 {
			w.hear(said[:n], func() { _, _ = server.Write(said[:n]) }) // a server that is gone shows in the other direction
		}
		if err != nil {
			return
		}
	}
}
