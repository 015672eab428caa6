package ingest_test

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema/store"
)

// proxy is a cable between the ingest and a server, which a test can stretch, freeze and cut.
type proxy struct {
	listener net.Listener
	target   string

	delay atomic.Int64 // of each answer
	cuts  atomic.Int64 // answers to inserts still to be cut off, after the server gave them

	mu   sync.Mutex
	flow chan struct{} // closed while bytes flow
	open sync.WaitGroup
	all  []net.Conn
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, target: target, flow: make(chan struct{})}
	close(p.flow)
	p.open.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		p.thaw()
		p.mu.Lock()
		for _, c := range p.all {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.open.Wait()
	})
	return p
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.all = append(p.all, client, server)
		p.mu.Unlock()
		var inserting atomic.Bool
		p.open.Go(func() {
			p.carry(client, server, func(chunk []byte) bool {
				if bytes.Contains(chunk, []byte("INSERT")) {
					inserting.Store(true)
				}
				return true
			})
		})
		p.open.Go(func() {
			p.carry(server, client, func([]byte) bool {
				<-time.After(time.Duration(p.delay.Load())) // a long cable
				return !inserting.Swap(false) || p.cuts.Add(-1) < 0
			})
		})
	}
}

// carry carries bytes one way until an end closes, or pass says that the cable is cut.
func (p *proxy) carry(from, to net.Conn, pass func([]byte) bool) {
	defer func() { _, _ = from.Close(), to.Close() }()
	chunk := make([]byte, 64<<10)
	for {
		n, err := from.Read(chunk)
		p.mu.Lock()
		flow := p.flow
		p.mu.Unlock()
		<-flow
		if n > 0 && !pass(chunk[:n]) {
			return
		}
		if _, werr := to.Write(chunk[:n]); err != nil || werr != nil {
			return
		}
	}
}

// freeze lets nothing through, and closes nothing.
func (p *proxy) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flow = make(chan struct{})
}

func (p *proxy) thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.flow:
	default:
		close(p.flow)
	}
}

// through is an address of the server behind the proxy, by way of it.
func (p *proxy) through(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = p.listener.Addr().String()
	return u.String()
}

// storeProxy puts a proxy before the world's store, for the ingests that run from now on.
func (w *world) storeProxy() *proxy {
	w.Helper()
	u, err := url.Parse(w.dsn)
	if err != nil {
		w.Fatal(err)
	}
	p := newProxy(w.T, u.Host)
	w.ingestStore = w.openStore(p.through(w.T, w.dsn))
	return p
}

func (w *world) openStore(dsn string) driver.Conn {
	w.Helper()
	conn, err := store.Open(w.Context(), dsn)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = conn.Close() })
	return conn
}
