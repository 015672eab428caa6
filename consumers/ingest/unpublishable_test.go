package ingest_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// Whatever a sender sends, its dead letter can be published: one that could not be would hold up the log for ever.
func TestEveryDeadLetterCanBePublished(t *testing.T) {
	t.Parallel()
	const subject = "progress.demo-2024.zhujianwei.construction"
	long := strings.Repeat("长", 60<<10/3)
	for name, m := range map[string]struct{ header, body string }{
		"a header's name with a space":   {"x y: 1\r\n", `{}`},
		"a header's name in Chinese":     {"名: 1\r\n", `{}`},
		"a header's name of controls":    {"\x01\x7f: 1\r\n", `{}`},
		"a header of all the server has": {"x: " + strings.Repeat("y", 60<<10) + "\r\n", `{}`},
		"very many headers":              {strings.Repeat("a:b\r\n", 8000), `{}`},
		"many long names to be escaped":  {strings.Repeat("\x01", 10<<10) + ":b\r\n", `{}`},
		"a long content type":            {"Content-Type: " + long + "\r\n", `{}`},
		"a long member":                  {"", `{"` + long + `":1}`},
		"a long member of the data":      {"", `{"specversion":"1.0","id":"a","source":"/s","type":"progress.reported.v1","time":"2024-06-30T09:00:00+08:00","plan":"demo-2024","department":"zhujianwei","data":{"` + long + `":1}}`},
		"a long type":                    {"", `{"specversion":"1.0","id":"a","source":"/s","type":"` + long + `","time":"2024-06-30T09:00:00+08:00","plan":"demo-2024","department":"zhujianwei","data":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.publishRaw(subject, m.header, m.body)
			w.run(short)
			w.settled(1)
			w.buriedOnce()
		})
	}
}

// A server may take smaller messages than ours does. What just fits into one with its own headers does not with
// those of a dead letter.
func TestDeadLettersOfASmallerServer(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	w := newWorld(t)
	url := ownServer(t, most)
	w.js = w.connectTo(url)
	w.divide(1)
	m := message(t, reading("e-1", "1"))
	m.Subject = "progress.demo-2024.zhujianwei.batch"
	m.Header.Set(schema.ContentTypeHeader, schema.BatchContent)
	m.Data = bytes.Repeat([]byte("x"), most-100)
	w.publish(m)
	w.runOn(w.connectTo(url), short)
	w.settled(1)
	w.buriedOnce()
	if n := w.count("SELECT max(length(body)) FROM dead_letters"); n != most-100 {
		t.Errorf("the store keeps %d bytes of it", n)
	}
}

// A server may take larger messages than ours does, and than an ingest asks for. The log does not take them, or they
// would hold up what came after them.
func TestTheLogTakesWhatCanBeRead(t *testing.T) {
	t.Parallel()
	const most = 8 << 20
	w := newWorld(t)
	w.js = w.connectTo(ownServer(t, most))
	w.divide(1)
	m := message(t, reading("e-1", "1"))
	m.Data = make([]byte, schema.MaxPayload+1)
	_, err := w.js.PublishMsg(t.Context(), m)
	if e, ok := errors.AsType[*jetstream.APIError](err); !ok || e.Code != 400 {
		t.Errorf("a message of %d bytes: %v", len(m.Data), err)
	}
	m.Data = m.Data[:schema.MaxPayload-1000]
	w.publish(m)
}

// ownServer is a NATS server that is not ours, and takes messages of so many bytes.
func ownServer(t *testing.T, most int32) (url string) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, MaxPayload: most, JetStream: true, StoreDir: t.TempDir(), NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s.ClientURL()
}

// buriedOnce checks that one event was refused, and is both in the stream and in the store.
func (w *world) buriedOnce() {
	w.Helper()
	if stream, rows := w.stored(schema.DeadLettersStream), w.count("SELECT count() FROM dead_letters FINAL"); stream != 1 || rows != 1 {
		w.Errorf("%d dead letters in the stream, %d in the store; want 1, 1", stream, rows)
	}
}

// publishRaw publishes what the client library would not: header lines of any bytes.
func (w *world) publishRaw(subject, header, body string) {
	w.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.nats.URL(), "nats://"))
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	header = "NATS/1.0\r\n" + header + "\r\n"
	_, err = fmt.Fprintf(conn, "CONNECT {\"headers\":true,\"verbose\":false}\r\nHPUB %s %d %d\r\n%s%s\r\nPING\r\n", subject, len(header), len(header)+len(body), header, body)
	if err != nil {
		w.Fatal(err)
	}
	w.await("the log to take the message", func() bool { return w.stored(schema.ProgressStream) == 1 })
}
