package ingest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/shopspring/decimal"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsd"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
)

// patience is for the slowest machine; what takes longer hangs.
const patience = time.Minute

// world is a NATS server and a database of the real engine, for one test alone.
type world struct {
	*testing.T
	dir  string
	nats *natsd.Server
	js   jetstream.JetStream // the departments' connection
	dsn  string
	conn driver.Conn // the test's own

	ingestStore driver.Conn // the ingests'; the same, unless a test puts something between
	ingestLog   logBuffer   // what they log
}

// logBuffer is a log to be read while it is written.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

// count is how many lines say something.
func (b *logBuffer) count(says string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.text.String(), says)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dsn := enginetest.Database(t)
	return newWorldWith(t, dsn)
}

// newWorldWith uses a database of the test's own making.
func newWorldWith(t *testing.T, dsn string) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir(), dsn: dsn}
	if err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.conn, err = store.Open(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.conn.Close() })
	w.ingestStore = w.conn
	w.startNATS("127.0.0.1:0")
	t.Cleanup(w.stopNATS)
	w.js = w.connect()
	if err := schema.EnsureStreams(t.Context(), w.js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) startNATS(listen string) {
	w.Helper()
	var err error
	if w.nats, err = natsd.Start(natsd.Options{Dir: w.dir, Listen: listen}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) stopNATS() {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.nats.Stop(ctx); err != nil {
		w.Error(err)
	}
}

func (w *world) connect() jetstream.JetStream {
	w.Helper()
	return w.connectTo(w.nats.URL())
}

func (w *world) connectTo(url string) jetstream.JetStream {
	w.Helper()
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		w.Fatal(err)
	}
	return js
}

// running is an ingest at work on a connection of its own.
type running struct {
	*ingest.Ingest
	js    jetstream.JetStream
	stop  context.CancelFunc
	ended chan error
}

// run starts an ingest; it is stopped at the end of the test, if not before.
func (w *world) run(o ingest.Options) *running {
	w.Helper()
	return w.runOn(w.connect(), o)
}

// runBy is run with a register of the test's own.
func (w *world) runBy(register ingest.Register, o ingest.Options) *running {
	w.Helper()
	return w.runAll(w.connect(), register, o)
}

func (w *world) runOn(js jetstream.JetStream, o ingest.Options) *running {
	w.Helper()
	return w.runAll(js, demo(), o)
}

func (w *world) runAll(js jetstream.JetStream, register ingest.Register, o ingest.Options) *running {
	w.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.NewTextHandler(io.MultiWriter(w.Output(), &w.ingestLog), nil))
	r := &running{
		Ingest: ingest.New(js, w.ingestStore, register, log, prometheus.NewRegistry(), o),
		js:     js, stop: cancel, ended: make(chan error, 1),
	}
	go func() {
		r.ended <- r.Run(ctx)
		close(r.ended)
	}()
	w.Cleanup(func() {
		r.stop()
		for range r.ended { // a test that cares has asked before
		}
	})
	return r
}

// end stops it and waits until it has ended.
func (r *running) end(t testing.TB) {
	t.Helper()
	r.stop()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Run does not end")
	}
}

// runChild starts an ingest in a process of its own, and gives what kills it.
func (w *world) runChild(o ingest.Options) (kill func()) {
	w.Helper()
	text, err := json.Marshal(child{NATS: w.nats.URL(), Store: w.dsn, Options: o})
	if err != nil {
		w.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill() // it may be killed already
		_ = cmd.Wait()         // "signal: killed" is what we wanted
	}
	w.Cleanup(kill)
	return kill
}

// publish puts a message into the log and gives its sequence.
func (w *world) publish(m *nats.Msg) uint64 {
	w.Helper()
	ack, err := w.js.PublishMsg(w.Context(), m)
	if err != nil {
		w.Fatal(err)
	}
	return ack.Sequence
}

// publishAll puts many messages into the log, in order, and gives the last one's sequence.
func (w *world) publishAll(messages []*nats.Msg) uint64 {
	w.Helper()
	var last jetstream.PubAckFuture
	for _, m := range messages {
		var err error
		if last, err = w.js.PublishMsgAsync(m, jetstream.WithStallWait(patience)); err != nil {
			w.Fatal(err)
		}
	}
	select {
	case <-w.js.PublishAsyncComplete():
	case <-time.After(patience):
		w.Fatal("the log does not take them")
	}
	select {
	case ack := <-last.Ok():
		return ack.Sequence
	case err := <-last.Err():
		w.Fatal(err)
		return 0
	}
}

// consumer is what the server says of the ingest's consumer.
func (w *world) consumer() *jetstream.ConsumerInfo {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := w.js.Consumer(ctx, schema.ProgressStream, ingest.Consumer)
	if err != nil {
		return &jetstream.ConsumerInfo{} // not made yet
	}
	return c.CachedInfo()
}

// await waits until something is so.
func (w *world) await(what string, so func() bool) {
	w.Helper()
	deadline, look := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case <-deadline:
			w.Fatalf("waited %s for: %s", patience, what)
		}
	}
}

// settled waits until everything up to the sequence is acknowledged and nothing is under way.
func (w *world) settled(sequence uint64) {
	w.Helper()
	w.await(fmt.Sprintf("sequence %d acknowledged", sequence), func() bool {
		c := w.consumer()
		return c.AckFloor.Stream >= sequence && c.NumAckPending == 0
	})
}

// count is a query's one number.
func (w *world) count(query string) uint64 {
	w.Helper()
	var n uint64
	if err := w.conn.QueryRow(context.Background(), query).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}

// sum is what the readings of area come to.
func (w *world) sum() string {
	w.Helper()
	var sum decimal.Decimal
	if err := w.conn.QueryRow(context.Background(), "SELECT sum(value) FROM events FINAL WHERE measure = 'area'").Scan(&sum); err != nil {
		w.Fatal(err)
	}
	return sum.String()
}

// demo is a ledger with one commitment, which zhujianwei leads.
func demo() ingest.Register {
	hundred := decimal.NewFromInt(100)
	l := &seeds.Ledger{
		Plan: seeds.Plan{ID: "demo-2024"}, Version: "v1",
		Departments: []seeds.Department{{ID: "zhujianwei", Name: "区住建委"}, {ID: "minzheng", Name: "区民政局"}},
		Commitments: []seeds.Commitment{{ID: "construction", Title: "新启动建设项目", LeadDepartment: "zhujianwei", Measures: []seeds.Measure{
			{ID: "area", Title: "开工面积", Unit: "平方米", Mode: schema.Increment},
			{ID: "sites", Title: "开工项目", Unit: "个", Mode: schema.ToDate, Itemised: true, ItemsOpen: true},
			{ID: "parks", Title: "口袋公园", Unit: "处", Mode: schema.ToDate, Itemised: true, Items: []seeds.Item{{ID: "luofulu", Name: "罗浮路健身公园"}}},
			{ID: "rate", Title: "签约率", Unit: "%", Mode: schema.Level, MaxValue: &hundred, Ratio: &seeds.Ratio{Numerator: "签约人数", Denominator: "重点人群人数", Per: hundred}},
		}}},
	}
	l.Index()
	return fixed{seeds.NewRegister(map[string]*seeds.History{l.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: l})})}
}

// fixed is a register that no act changes.
type fixed struct{ *seeds.Register }

func (fixed) Sync(context.Context) error { return nil }

// occurred is when all events of these tests happened.
var occurred = time.Date(2024, 6, 30, 9, 8, 7, 654321000, time.UTC)

// reading is one increment of area.
func reading(id, value string) schema.Event {
	return schema.Event{
		ID: id, Source: "/zhujianwei/projects", Type: schema.Reported, Time: occurred, Plan: "demo-2024", Department: "zhujianwei",
		Data: schema.Data{Commitment: "construction", Measure: "area", Mode: schema.Increment, Value: value, Unit: "平方米"},
	}
}

// message is an event on its way.
func message(t testing.TB, e schema.Event) *nats.Msg {
	t.Helper()
	body, err := json.Marshal(&e)
	if err != nil {
		t.Fatal(err)
	}
	m := nats.NewMsg(e.Address().Subject())
	m.Data = body
	return m
}

// readings are n of them, with the values 1, 2, … n.
func readings(t testing.TB, n int) []*nats.Msg {
	t.Helper()
	all := make([]*nats.Msg, n)
	for i := range all {
		all[i] = message(t, reading(fmt.Sprintf("e-%05d", i+1), fmt.Sprint(i+1)))
	}
	return all
}

// exec is a statement of the store's administrator.
func (w *world) exec(statement string) {
	w.Helper()
	if err := w.conn.Exec(context.Background(), statement); err != nil {
		w.Fatalf("%s: %v", statement, err)
	}
}

// stored is how many messages a stream holds.
func (w *world) stored(stream string) uint64 {
	w.Helper()
	s, err := w.js.Stream(context.Background(), stream)
	if err != nil {
		w.Fatal(err)
	}
	return s.CachedInfo().State.Msgs
}
