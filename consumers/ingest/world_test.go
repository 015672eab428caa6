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
	dir        string
	partitions int
	nats       *natsd.Server
	js         jetstream.JetStream // the departments' connection
	dsn        string
	conn       driver.Conn // the test's own

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
	return newWorldWith(t, enginetest.Database(t))
}

// newDivided is a world whose log is divided.
func newDivided(t *testing.T) *world {
	t.Helper()
	return newWorldIn(t, enginetest.Database(t), schema.Partitions)
}

// eachWay runs a test on an undivided log and on a divided one.
func eachWay(t *testing.T, test func(*world)) {
	t.Helper()
	for _, partitions := range []int{1, schema.Partitions} {
		t.Run(fmt.Sprintf("%d", partitions), func(t *testing.T) {
			t.Parallel()
			test(newWorldIn(t, enginetest.Database(t), partitions))
		})
	}
}

// newWorldWith uses a database of the test's own making.
func newWorldWith(t *testing.T, dsn string) *world {
	t.Helper()
	return newWorldIn(t, dsn, 1)
}

// newWorldIn has the log in so many partitions.
func newWorldIn(t *testing.T, dsn string, partitions int) *world {
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
	w.divide(partitions)
	return w
}

// divide has the log, from here on, in so many partitions.
func (w *world) divide(partitions int) {
	w.Helper()
	w.partitions = partitions
	o := schema.DefaultStreamOptions()
	o.Partitions = partitions
	if err := schema.EnsureStreams(w.Context(), w.js, o); err != nil {
		w.Fatal(err)
	}
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
	told  *prometheus.Registry
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
	o.Partitions = w.partitions
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.NewTextHandler(io.MultiWriter(w.Output(), &w.ingestLog), nil))
	told := prometheus.NewRegistry()
	r := &running{
		Ingest: ingest.New(js, w.ingestStore, register, log, told, o),
		js:     js, told: told, stop: cancel, ended: make(chan error, 1),
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
	return w.startChild(o).kill
}

// process is an ingest in a process of its own.
type process struct{ *exec.Cmd }

func (p process) kill() {
	_ = p.Process.Kill() // it may be killed already
	_ = p.Wait()         // "signal: killed" is what we wanted
}

func (w *world) startChild(o ingest.Options) process {
	w.Helper()
	o.Partitions = w.partitions
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
	p := process{cmd}
	w.Cleanup(p.kill)
	return p
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

// consumer is what the server says of the ingest's consumer, if the log is undivided.
func (w *world) consumer() *jetstream.ConsumerInfo {
	w.Helper()
	return w.consumers()[0]
}

// consumers are what the server says of all of them.
func (w *world) consumers() (all []*jetstream.ConsumerInfo) {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, r := range ingest.Readers(w.partitions) {
		name := r.Consumer
		info := &jetstream.ConsumerInfo{Name: name} // of one that is not made yet
		if c, err := w.js.Consumer(ctx, schema.ProgressStream, name); err == nil {
			info = c.CachedInfo()
		}
		all = append(all, info)
	}
	return all
}

// unacknowledged is how many messages are in somebody's hand.
func (w *world) unacknowledged() (n int) {
	w.Helper()
	for _, c := range w.consumers() {
		n += c.NumAckPending
	}
	return n
}

// reached is up to where everything is settled.
func (w *world) reached() uint64 {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	b, err := schema.BacklogOf(ctx, w.js, schema.ProgressStream, ingest.Readers(w.partitions)...)
	if err != nil {
		return 0 // the server is away
	}
	return b.Settled
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
	defer func() {
		if w.Failed() {
			for _, c := range w.consumers() {
				w.Logf("%s: delivered %+v, acknowledged %+v, %d unacknowledged, %d pending", c.Name, c.Delivered, c.AckFloor, c.NumAckPending, c.NumPending)
			}
		}
	}()
	w.await(fmt.Sprintf("sequence %d acknowledged", sequence), func() bool {
		return w.reached() >= sequence && w.unacknowledged() == 0
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
	if err := w.conn.QueryRow(context.Background(), "SELECT sum(value) FROM events FINAL WHERE measure LIKE 'area%'").Scan(&sum); err != nil {
		w.Fatal(err)
	}
	return sum.String()
}

// works are commitments with one measure: so many that a divided log has some in every partition.
const works = 40

func workOf(i int) string { return fmt.Sprintf("works-%d", i%works) }

// demo is a ledger whose commitments zhujianwei leads.
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
	for i := range works {
		l.Commitments = append(l.Commitments, seeds.Commitment{ID: workOf(i), Title: "工程", LeadDepartment: "zhujianwei", Measures: []seeds.Measure{
			{ID: "area-" + workOf(i), Title: "开工面积", Unit: "平方米", Mode: schema.Increment},
		}})
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

// readings are n of them, with the values 1, 2, … n, of all works in turn.
func readings(t testing.TB, n int) []*nats.Msg {
	t.Helper()
	all := make([]*nats.Msg, n)
	for i := range all {
		e := reading(fmt.Sprintf("e-%05d", i+1), fmt.Sprint(i+1))
		e.Data.Commitment, e.Data.Measure = workOf(i), "area-"+workOf(i)
		all[i] = message(t, e)
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
