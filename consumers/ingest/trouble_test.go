package ingest_test

import (
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/engine"
	"xushi/schema"
)

// hasty does not wait long for an answer.
var hasty = ingest.Options{AckWait: 2 * time.Second, TryTimeout: 300 * time.Millisecond}

// inTrouble waits until the ingest says that a part waits, and why.
func (w *world) inTrouble(r *running, part, why string) {
	w.Helper()
	w.await("trouble with the "+part+": "+why, func() bool {
		for _, t := range r.Troubles() {
			if t.Part == part && strings.Contains(t.Err.Error(), why) {
				return true
			}
		}
		return false
	})
}

// whole checks that n readings of 1, 2, … n are stored, each once, and none was refused; and that nothing is waited
// for any more.
func (w *world) whole(r *running, n int) {
	w.Helper()
	want := uint64(n) * uint64(n+1) / 2
	if rows, sum := w.count("SELECT count() FROM events FINAL"), w.count("SELECT toUInt64(sum(value)) FROM events FINAL"); rows != uint64(n) || sum != want {
		w.Errorf("%d rows, sum %d; want %d, %d", rows, sum, n, want)
	}
	if refused := w.stored(schema.DeadLettersStream); refused != 0 {
		w.Errorf("%d dead letters of good events", refused)
	}
	if err := r.Health(); err != nil {
		w.Errorf("all is well again, yet: %v", err)
	}
}

// told checks that the log tells of a trouble once where it begins and once where it ends.
func (w *world) told(part string) {
	w.Helper()
	if begun, over := w.ingestLog.count(`msg="trouble begins; it is tried again until it ends, and nothing is lost" part=`+part), w.ingestLog.count(`msg="trouble is over" part=`+part); begun != 1 || over != 1 {
		w.Errorf("the log says %d times that trouble with the %s begins, and %d times that it is over; want 1, 1", begun, part, over)
	}
}

// ownEngine is an engine of the test's own.
func ownEngine(t *testing.T, o engine.Options) *engine.Process {
	t.Helper()
	e, err := engine.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(t.Context()) })
	return e
}

// The store's process hangs: it takes connections and answers nothing. No try lasts for ever, and it is told once.
func TestStoreHangs(t *testing.T) {
	t.Parallel()
	e := ownEngine(t, engine.Options{DataDir: t.TempDir(), Listen: "127.0.0.1:0"})
	w := newWorldWith(t, e.DSN("progress"))
	r := w.run(hasty)
	w.settled(w.publishAll(readings(t, 200)[:100]))
	if err := syscall.Kill(e.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	last := w.publishAll(readings(t, 200)[100:])
	w.inTrouble(r, "store", "no answer within 300ms")
	w.inTrouble(r, "store", "no answer within 600ms") // a second try has run out of time
	if err := syscall.Kill(e.PID(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	w.settled(last)
	w.whole(r, 200)
	w.told("store")
	r.end(t)
}

// The store is so slow that a try runs out of time. Each next one has more of it, until one suffices.
func TestStoreSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.storeProxy()
	r := w.run(hasty)
	p.delay.Store(int64(time.Second))
	last := w.publishAll(readings(t, 100))
	w.inTrouble(r, "store", "no answer")
	w.settled(last)
	w.whole(r, 100)
	r.end(t)
}

// The store takes a batch, and the cable is cut before its answer arrives. The batch is sent again and folds.
func TestAnswerLost(t *testing.T) {
	t.Parallel()
	const lost = 3
	w := newWorld(t)
	p := w.storeProxy()
	w.exec("SYSTEM STOP MERGES events")
	p.cuts.Store(lost)
	r := w.run(ingest.Options{})
	w.settled(w.publishAll(readings(t, 100)))
	if copies := w.count("SELECT max(n) FROM (SELECT count() AS n FROM events GROUP BY id)"); copies != 1+lost {
		t.Errorf("an event is stored %d times; want %d, of which all but one were not heard of", copies, 1+lost)
	}
	w.whole(r, 100)
	w.told("store")
	r.end(t)
}

// The account, or the server, becomes read-only.
func TestStoreReadOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var readOnly atomic.Bool
	address, err := url.Parse(w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	engine := address.Host
	account := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = "http", engine
		if readOnly.Load() {
			q := r.Out.URL.Query()
			for name := range q {
				if name != "database" && name != "query" && name != "default_format" && name != "client_protocol_version" {
					q.Del(name) // a read-only account may set nothing either
				}
			}
			q.Set("readonly", "1")
			r.Out.URL.RawQuery = q.Encode()
		}
	}})
	defer account.Close()
	address.Host = strings.TrimPrefix(account.URL, "http://")
	w.ingestStore = w.openStore(address.String())
	r := w.run(hasty)
	w.settled(w.publishAll(readings(t, 200)[:100]))
	readOnly.Store(true)
	last := w.publishAll(readings(t, 200)[100:])
	w.inTrouble(r, "store", "readonly")
	readOnly.Store(false)
	w.settled(last)
	w.whole(r, 200)
	w.told("store")
	r.end(t)
}

// Somebody changes the table under the ingest. That is no row's fault: everything waits until it is undone.
func TestSchemaDrift(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ change, undo, says string }{
		"table missing":  {"RENAME TABLE events TO events_away", "RENAME TABLE events_away TO events", "events"},
		"column missing": {"ALTER TABLE events RENAME COLUMN note TO note_away", "ALTER TABLE events RENAME COLUMN note_away TO note", "note"},
		"another type":   {"ALTER TABLE events MODIFY COLUMN note UInt64", "ALTER TABLE events MODIFY COLUMN note String", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.exec(c.change)
			r := w.run(short)
			e := reading("e-1", "1")
			e.Data.Note = "含“地下”部分"
			last := w.publish(message(t, e))
			w.inTrouble(r, "store", c.says)
			w.exec(c.undo)
			w.settled(last)
			w.whole(r, 1)
			w.told("store")
		})
	}
}

// The stream's server hangs, or the network swallows everything: no connection closes.
func TestServerHangs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newProxy(t, strings.TrimPrefix(w.nats.URL(), "nats://"))
	r := w.runOn(w.connectTo(p.through(t, w.nats.URL())), short)
	w.settled(w.publishAll(readings(t, 200)[:100]))
	p.freeze()
	last := w.publishAll(readings(t, 200)[100:])
	w.inTrouble(r, "stream", "not a word from the server")
	p.thaw()
	w.settled(last)
	w.await("the trouble's end", func() bool { return r.Health() == nil })
	w.whole(r, 200)
	r.end(t)
}

// The stream is gone. Nothing can be read until somebody restores it or makes it anew; then reading goes on, and the
// floor of the old log is not taken for the new one's.
func TestStreamMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.run(short)
	w.settled(w.publishAll(readings(t, 300)[:200]))
	if err := w.js.DeleteStream(t.Context(), schema.ProgressStream); err != nil {
		t.Fatal(err)
	}
	w.inTrouble(r, "consumer", "stream not found")
	if err := schema.EnsureStreams(t.Context(), w.js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	last := w.publishAll(readings(t, 300)[200:])
	if last != 100 {
		t.Fatalf("the new log is at %d", last)
	}
	w.settled(last)
	w.await("the trouble's end", func() bool { return r.Health() == nil })
	w.whole(r, 300)
	w.told("consumer")
	r.end(t)
}

// The stream is made anew while the ingest hears nothing, and somebody else has the new log's first messages in hand
// when it comes back. That the old log was stored further than that says nothing of the new one.
func TestStreamMadeAnewHasItsOwnFloor(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	p := newProxy(t, strings.TrimPrefix(w.nats.URL(), "nats://"))
	r := w.runOn(w.connectTo(p.through(t, w.nats.URL())), short)
	w.settled(w.publishAll(readings(t, 300)[:200]))
	p.freeze()
	if err := w.js.DeleteStream(ctx, schema.ProgressStream); err != nil {
		t.Fatal(err)
	}
	if err := schema.EnsureStreams(ctx, w.js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	last := w.publishAll(readings(t, 300)[200:])
	other, err := w.js.CreateOrUpdateConsumer(ctx, schema.ProgressStream, short.ConsumerConfig())
	if err != nil {
		t.Fatal(err)
	}
	taken, err := other.FetchNoWait(50)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range taken.Messages() {
		n++ // and nothing is heard of it again
	}
	if n != 50 {
		t.Fatalf("somebody else got %d messages", n)
	}
	p.thaw()
	w.settled(last)
	w.whole(r, 300)
	r.end(t)
}

// The stream of dead letters is gone: a refused event waits for it like a good one for the store.
func TestDeadLettersMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.js.DeleteStream(t.Context(), schema.DeadLettersStream); err != nil {
		t.Fatal(err)
	}
	r := w.run(short)
	e := reading("e-1", "1")
	e.Data.Unit = "个"
	last := w.publish(message(t, e))
	w.inTrouble(r, "dead letters", "no response from stream")
	if c := w.consumer(); c.AckFloor.Stream != 0 {
		t.Error("it is acknowledged, and its dead letter is nowhere")
	}
	if err := schema.EnsureStreams(t.Context(), w.js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	w.settled(last)
	if n := w.stored(schema.DeadLettersStream); n != 1 {
		t.Errorf("%d dead letters, want 1", n)
	}
	w.told(`"dead letters"`)
}

// Another process has messages in hand and neither stores them nor ends. Nothing above them is acknowledged, and
// that is told; when it ends, they are delivered again.
func TestFloorBlocked(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	last := w.publishAll(readings(t, 100))
	hung, err := w.js.CreateOrUpdateConsumer(ctx, schema.ProgressStream, short.ConsumerConfig())
	if err != nil {
		t.Fatal(err)
	}
	taken, err := hung.FetchNoWait(50)
	if err != nil {
		t.Fatal(err)
	}
	var inHand []jetstream.Msg
	for m := range taken.Messages() {
		inHand = append(inHand, m)
	}
	r := w.run(short)
	w.await("the ingest to say that its floor is blocked", func() bool {
		for _, m := range inHand {
			if err := m.InProgress(); err != nil { // which keeps the server from delivering it again
				t.Fatal(err)
			}
		}
		return slices.ContainsFunc(r.Troubles(), func(t ingest.Trouble) bool { return t.Part == "floor" })
	})
	if c := w.consumer(); c.AckFloor.Stream != 0 {
		t.Errorf("acknowledged up to %d", c.AckFloor.Stream)
	}
	w.settled(last) // nobody holds them any more
	w.await("the trouble's end", func() bool { return r.Health() == nil })
	w.whole(r, 100)
	w.told("floor")
}

// A full log refuses what is new, and its publisher hears it; what it has is stored, and with more room it goes on.
func TestStreamFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	options := schema.DefaultStreamOptions()
	options.ProgressBytes = 20_000
	if err := schema.EnsureStreams(t.Context(), w.js, options); err != nil {
		t.Fatal(err)
	}
	messages, taken := readings(t, 200), 0
	for _, m := range messages {
		if _, err := w.js.PublishMsg(t.Context(), m); err != nil {
			break
		}
		taken++
	}
	if taken == 0 || taken == len(messages) {
		t.Fatalf("the log took %d of %d messages", taken, len(messages))
	}
	r := w.run(short)
	w.settled(uint64(taken))
	w.whole(r, taken)
	if err := schema.EnsureStreams(t.Context(), w.js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	w.settled(w.publishAll(messages[taken:]))
	w.whole(r, len(messages))
}
