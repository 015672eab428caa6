package ingest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"xushi/consumers/ingest"
	"xushi/schema"
)

// short suits tests that wait for the server to deliver again.
var short = ingest.Options{AckWait: 2 * time.Second}

// TestEveryColumn follows one event of each type into its row.
func TestEveryColumn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var last uint64
	for i, c := range []struct {
		kind schema.Type
		data schema.Data
	}{
		{schema.Reported, schema.Data{Measure: "area", Mode: schema.Increment, Value: "84.7", Unit: "万平方米",
			Evidence: []string{"津红建〔2024〕8号", "https://oa.example.gov.cn/1"}, Note: "含“地下”\t部分", Replaces: "e-0"}},
		{schema.Reported, schema.Data{Measure: "rate", Mode: schema.Level, Numerator: "2", Denominator: "3", Unit: "%"}},
		{schema.Reported, schema.Data{Measure: "parks", Item: "luofulu", Mode: schema.ToDate, Value: "1", Unit: "处"}},
		{schema.Voided, schema.Data{Voids: "e-0", Reason: "误报"}},
		{schema.ItemAdded, schema.Data{Measure: "sites", Item: "school", Name: "学校", PlannedDate: "2024-09-01"}},
		{schema.Explained, schema.Data{Problem: "征拆滞后", NextStep: "加快签约"}},
		{schema.Unchanged, schema.Data{}},
	} {
		e := reading(fmt.Sprintf("e-%d", i+1), "")
		e.Type, e.Data = c.kind, c.data
		e.Data.Commitment = "construction"
		last = w.publish(message(t, e))
	}
	w.run(ingest.Options{})
	w.settled(last)

	rows, err := w.conn.Query(t.Context(), `
		SELECT formatRow('TSV', position, plan, department, source, type, id, length(content_hash), occurred_at, commitment,
			measure, item, mode, value, numerator, denominator, reported_value, unit, stage, replaces, voids, reason, evidence,
			note, name, planned_date, problem, next_step, ledger_version, simulated)
		FROM events ORDER BY position`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var got []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.ReplaceAll(strings.TrimSuffix(row, "\n"), "\t", "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	const common = "2024-06-30 09:08:07.654321|construction|"
	want := []string{
		"65536|demo-2024|zhujianwei|/zhujianwei/projects|progress.reported.v1|e-1|16|" + common + `area||increment|847000|\N|\N|84.7|万平方米||e-0|||['津红建〔2024〕8号','https://oa.example.gov.cn/1']|含“地下”\t部分||\N|||v1|false`,
		"131072|demo-2024|zhujianwei|/zhujianwei/projects|progress.reported.v1|e-2|16|" + common + `rate||level|66.666667|2|3||%|||||[]|||\N|||v1|false`,
		"196608|demo-2024|zhujianwei|/zhujianwei/projects|progress.reported.v1|e-3|16|" + common + `parks|luofulu|to_date|1|\N|\N|1|处|||||[]|||\N|||v1|false`,
		"262144|demo-2024|zhujianwei|/zhujianwei/projects|progress.voided.v1|e-4|16|" + common + `|||\N|\N|\N|||||e-0|误报|[]|||\N|||v1|false`,
		"327680|demo-2024|zhujianwei|/zhujianwei/projects|progress.item.v1|e-5|16|" + common + `sites|school||\N|\N|\N|||||||[]||学校|2024-09-01|||v1|false`,
		"393216|demo-2024|zhujianwei|/zhujianwei/projects|progress.explained.v1|e-6|16|" + common + `|||\N|\N|\N|||||||[]|||\N|征拆滞后|加快签约|v1|false`,
		"458752|demo-2024|zhujianwei|/zhujianwei/projects|progress.unchanged.v1|e-7|16|" + common + `|||\N|\N|\N|||||||[]|||\N|||v1|false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	w.checkReceivedAt(last)
}

// checkReceivedAt: a row's received_at is the log's timestamp of its message.
func (w *world) checkReceivedAt(sequence uint64) {
	w.Helper()
	stream, err := w.js.Stream(w.Context(), schema.ProgressStream)
	if err != nil {
		w.Fatal(err)
	}
	m, err := stream.GetMsg(w.Context(), sequence)
	if err != nil {
		w.Fatal(err)
	}
	var received time.Time
	if err := w.conn.QueryRow(w.Context(), "SELECT received_at FROM events WHERE position = ?", uint64(schema.At(sequence, 0))).Scan(&received); err != nil {
		w.Fatal(err)
	}
	if want := m.Time.UTC().Truncate(time.Microsecond); !received.Equal(want) {
		w.Errorf("received_at %s, the log says %s", received, want)
	}
}

// TestTwiceAndRestarted: the same 10,000 events published twice, with ingest stopped in between, killed
// in between, and cut off from the server in between, are 10,000 rows and an unchanged sum.
func TestTwiceAndRestarted(t *testing.T) {
	t.Parallel()
	const n, sum = 10_000, "50005000" // 1 + 2 + … + 10,000
	small := ingest.Options{AckWait: 2 * time.Second, BatchRows: 200, FetchMessages: 400}
	w := newWorld(t)
	events := readings(t, n)
	last := w.publishAll(events)

	kill := w.runChild(small)
	w.await("the ingest to be under way", func() bool { return w.consumer().AckFloor.Stream > n/10 })
	kill()
	t.Logf("killed at %d", w.consumer().AckFloor.Stream)

	first := w.run(small)
	w.settled(last)
	if rows, got := w.count("SELECT count() FROM events FINAL"), w.sum(); rows != n || got != sum {
		t.Fatalf("after a kill: %d rows, sum %s; want %d, %s", rows, got, n, sum)
	}
	first.end(t)

	last = w.publishAll(events)
	cut := w.connect()
	second := w.runOn(cut, small)
	w.await("the ingest to be under way", func() bool { return w.consumer().AckFloor.Stream > n+n/10 })
	cut.Conn().Close()
	if err := <-second.ended; err == nil {
		t.Error("Run says nothing about its closed connection")
	}
	t.Logf("cut off at %d", w.consumer().AckFloor.Stream)

	w.run(small)
	w.settled(last)
	if rows, got := w.count("SELECT count() FROM events FINAL"), w.sum(); rows != n || got != sum {
		t.Errorf("published twice: %d rows, sum %s; want %d, %s", rows, got, n, sum)
	}
	if conflicts := w.count("SELECT count() FROM conflicts"); conflicts != 0 {
		t.Errorf("%d conflicts among re-sent events", conflicts)
	}
	if late := w.count(fmt.Sprintf("SELECT countIf(position >= %d) FROM events FINAL", uint64(schema.At(n+1, 0)))); late != 0 {
		t.Errorf("%d rows are of the second publication; the first has the lower position", late)
	}
}

// TestPredecessorsMessagesAreNotLost: a predecessor took 100 messages and died; what comes after them
// is stored at once, but acknowledged only when theirs have been delivered again and stored.
func TestPredecessorsMessagesAreNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publishAll(readings(t, 100))
	predecessor, err := w.js.CreateOrUpdateConsumer(t.Context(), schema.ProgressStream, short.ConsumerConfig())
	if err != nil {
		t.Fatal(err)
	}
	taken, err := predecessor.FetchNoWait(100)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for range taken.Messages() {
		got++
	}
	if got != 100 {
		t.Fatalf("the predecessor took %d messages", got)
	}

	w.run(short)
	last := w.publishAll(readings(t, 200)[100:])
	w.await("the new messages stored", func() bool { return w.count("SELECT count() FROM events") == 100 })
	if floor := w.consumer().AckFloor.Stream; floor != 0 && w.count("SELECT count() FROM events FINAL") < 200 {
		t.Errorf("acknowledged up to %d although 1 to 100 are not stored", floor)
	}
	w.settled(last)
	if rows := w.count("SELECT count() FROM events FINAL"); rows != 200 {
		t.Errorf("%d rows, want 200", rows)
	}
}

// TestTwoAtOnce: two ingests on one consumer are a mistake that costs speed, and nothing else.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	last := w.publishAll(readings(t, 2000))
	small := ingest.Options{AckWait: time.Second, BatchRows: 100, FetchMessages: 200}
	w.run(small)
	w.run(small)
	w.settled(last)
	if rows, sum := w.count("SELECT count() FROM events FINAL"), w.sum(); rows != 2000 || sum != "2001000" {
		t.Errorf("%d rows, sum %s; want 2000, 2001000", rows, sum)
	}
}

// TestResultDependsOnTheLogOnly: the same log, with re-sent events, conflicts and refusals, comes to the
// same rows whatever the batches and however often ingest is stopped on the way.
func TestResultDependsOnTheLogOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var log []*nats.Msg
	for range 300 {
		id := rng.IntN(100)
		e := reading(fmt.Sprintf("e-%d", id), fmt.Sprint(id))
		switch rng.IntN(10) {
		case 0:
			e.Data.Value = "7" // a conflict
		case 1:
			e.Data.Measure = "none" // refused
		}
		log = append(log, message(t, e))
	}
	last := w.publishAll(log)
	const content = `SELECT sum(cityHash64(plan, department, source, id, content_hash, position, occurred_at, received_at, value)) FROM events FINAL`
	var want uint64
	for i, o := range []ingest.Options{{}, {BatchRows: 1}, {BatchRows: 7, FetchMessages: 3}, {BatchBytes: 1000}} {
		if err := w.conn.Exec(t.Context(), "TRUNCATE TABLE events"); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if err := w.js.DeleteConsumer(t.Context(), schema.ProgressStream, ingest.Consumer); err != nil {
				t.Fatal(err)
			}
		}
		for _, stop := range []uint64{70, 200, last} {
			r := w.run(o)
			w.await("the next stop", func() bool { return w.consumer().AckFloor.Stream >= stop })
			r.end(t)
		}
		got := w.count(content)
		if i == 0 {
			want = got
		}
		if got != want {
			t.Errorf("with %+v the rows differ", o)
		}
	}
	if n := w.count("SELECT uniqExact(id) FROM conflicts"); n == 0 {
		t.Error("the log has no conflict to try")
	}
}

// TestPlannedStopLeavesNothingPending: what the server handed out before a stop is stored and
// acknowledged by its end, so that a restart has nothing to wait for.
func TestPlannedStopLeavesNothingPending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const each = 2000
	all := readings(t, 5*each) // every event once: a merge folds a re-sent one, and its position is gone
	for round := range 5 {
		r := w.run(ingest.Options{BatchRows: 100})
		seen := w.consumer().AckFloor.Stream
		w.publishAll(all[round*each : (round+1)*each])
		w.await("the ingest to be under way", func() bool { return w.consumer().AckFloor.Stream > seen })
		r.end(t)
		w.await("nothing pending", func() bool { return w.consumer().NumAckPending == 0 })
		c := w.consumer()
		if rows := w.count("SELECT max(bitShiftRight(position, 16)) FROM events"); rows != c.AckFloor.Stream || c.Delivered.Stream != c.AckFloor.Stream {
			t.Fatalf("stored up to %d, delivered up to %d, acknowledged up to %d", rows, c.Delivered.Stream, c.AckFloor.Stream)
		}
	}
}

// TestNothingOutlivesRun is not parallel, for it counts goroutines.
func TestNothingOutlivesRun(t *testing.T) {
	w := newWorld(t)
	js := w.connect()
	once := func() {
		r := w.runOn(js, ingest.Options{})
		w.settled(w.publishAll(readings(t, 10)))
		r.end(t)
	}
	once() // the server's own goroutines for the consumer, and the connection's for its first request
	before := goleak.IgnoreCurrent()
	once()
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}
