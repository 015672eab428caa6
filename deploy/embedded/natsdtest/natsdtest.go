// Package natsdtest gives each test a real NATS server of its own, on a free port and a folder that goes
// with the test. It is for tests only: the product starts its server with package natsd.
package natsdtest

import (
	"cmp"
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/embedded/natsd"
	"xushi/schema"
)

// Start starts a server, on a free port unless told otherwise, which is stopped after the test.
func Start(t testing.TB, o natsd.Options) *natsd.Server {
	t.Helper()
	o.Listen = cmp.Or(o.Listen, "127.0.0.1:0")
	s, err := natsd.Start(o)
	if err != nil {
		t.Fatalf("start NATS: %v", err)
	}
	t.Cleanup(func() { Stop(t, s) })
	return s
}

// Stop stops a server before the test's end; after it, a second Stop does nothing.
func Stop(t testing.TB, s *natsd.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Errorf("stop NATS: %v", err)
	}
}

// Connect connects to a server; the connection is closed after the test.
func Connect(t testing.TB, url string, o ...nats.Option) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(url, o...)
	if err != nil {
		t.Fatalf("connect to NATS: %v", err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatalf("JetStream: %v", err)
	}
	return js
}

// EnsureStreams gives a server the product's streams.
func EnsureStreams(t testing.TB, js jetstream.JetStream) {
	t.Helper()
	if err := schema.EnsureStreams(t.Context(), js, schema.DefaultStreamOptions()); err != nil {
		t.Fatalf("streams: %v", err)
	}
}

// JetStream is a connection to a fresh server that has the product's streams.
func JetStream(t testing.TB) jetstream.JetStream {
	t.Helper()
	js := Connect(t, Start(t, natsd.Options{Dir: t.TempDir()}).URL())
	EnsureStreams(t, js)
	return js
}
