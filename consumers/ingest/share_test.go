package ingest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/ingest"
	"xushi/schema"
)

// swift suits tests in which processes die and others take over.
var swift = ingest.Options{AckWait: 2 * time.Second, PinnedTTL: 600 * time.Millisecond, BatchRows: 500, FetchMessages: 2000}

// expected are events as the store is to hold them: by id, the sequence of the message that each came with.
type expected map[string]uint64

// more publishes n further events, and expects them.
func (w *world) more(e expected, n int) (last uint64) {
	w.Helper()
	all := readings(w, len(e)+n)[len(e):]
	last = w.publishAll(all)
	for i := range all {
		e[fmt.Sprintf("e-%05d", len(e)+1)] = last - uint64(len(all)-1-i)
	}
	return last
}

// rows are the events that the store holds.
func (w *world) rows() expected {
	w.Helper()
	rows, err := w.conn.Query(w.Context(), "SELECT id, bitShiftRight(position, 16) FROM events FINAL")
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	got := expected{}
	for rows.Next() {
		var id string
		var sequence uint64
		if err := rows.Scan(&id, &sequence); err != nil {
			w.Fatal(err)
		}
		if _, twice := got[id]; twice {
			w.Errorf("%s is stored under two identities", id)
		}
		got[id] = sequence
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return got
}

// complete waits until everything is settled, and compares the events one by one.
func (w *world) complete(want expected, last uint64) {
	w.Helper()
	w.settled(last)
	if diff := cmp.Diff(want, w.rows()); diff != "" {
		w.Errorf("stored (-want +got)\n%s", diff)
	}
}

// consumerOf is the place, in ingest.Consumers, of the consumer that reads a message.
func (w *world) consumerOf(stored string) int {
	var k int
	if n, _ := fmt.Sscanf(stored, "partition.%d.", &k); n == 1 && w.partitions > 1 {
		return k
	}
	return len(ingest.Readers(w.partitions)) - 1
}

// subjects are the stored ones, by the published.
func (w *world) subjects() map[string]string {
	w.Helper()
	stream, err := w.js.Stream(w.Context(), schema.ProgressStream)
	if err != nil {
		w.Fatal(err)
	}
	info, err := stream.Info(w.Context(), jetstream.WithSubjectFilter(">"))
	if err != nil {
		w.Fatal(err)
	}
	by := map[string]string{}
	for stored := range info.State.Subjects {
		by[schema.PublishedSubject(stored)] = stored
	}
	return by
}

// unstored gives the events that are acknowledged and not stored: there are to be none, at any time.
func (w *world) unstored(all expected) (lost []string) {
	w.Helper()
	consumers, subjects := w.consumers(), w.subjects() // before the store is asked
	got := w.rows()
	for id, sequence := range all {
		var n int
		if _, err := fmt.Sscanf(id, "e-%d", &n); err != nil {
			w.Fatal(err)
		}
		e := reading(id, "1")
		e.Data.Commitment = workOf(n - 1)
		floor := consumers[w.consumerOf(subjects[e.Address().Subject()])].AckFloor.Stream
		if _, ok := got[id]; !ok && sequence <= floor {
			lost = append(lost, id)
		}
	}
	return lost
}

// TestOwnerKilledWithAllInHand: a process is killed -9 with 20,000 messages in hand, none of them acknowledged,
// and started again before the server gives them out once more. What is new is stored at once, and
// acknowledged only with what the killed one had.
func TestOwnerKilledWithAllInHand(t *testing.T) {
	t.Parallel()
	eachWay(t, func(w *world) {
		const inHand = 20_000
		want := expected{}
		w.more(want, inHand)
		idle := ingest.Options{AckWait: 5 * time.Second, PinnedTTL: swift.PinnedTTL, BatchRows: inHand + 1, BatchAge: time.Hour, FetchMessages: 4 * inHand}
		kill := w.runChild(idle)
		w.await("all in hand", func() bool { return w.unacknowledged() == inHand })
		kill()

		last := w.more(want, inHand)
		again := idle
		again.BatchRows, again.BatchAge, again.FetchMessages = 0, 0, 0
		w.runChild(again)
		w.await("what is new is stored", func() bool { return w.count("SELECT count() FROM events") >= inHand })
		if n := w.unacknowledged(); n < inHand {
			w.Errorf("the server has only %d unacknowledged messages: the test came too late", n)
		}
		w.await("everything stored", func() bool {
			if lost := w.unstored(want); len(lost) > 0 {
				w.Fatalf("%d events are acknowledged and not stored", len(lost))
			}
			return w.count("SELECT count() FROM events FINAL") == 2*inHand
		})
		w.complete(want, last)
	})
}

// shares watches what processes say of themselves.
type shares struct {
	mu   sync.Mutex
	said map[string]said
}

type said struct {
	owns int
	at   time.Time
}

func (w *world) watchShares() *shares {
	w.Helper()
	s := &shares{said: map[string]said{}}
	_, err := w.js.Conn().Subscribe("xushi.ingest.presence", func(m *nats.Msg) {
		var p struct {
			Process string
			Owns    int
			Leaving bool
		}
		if err := json.Unmarshal(m.Data, &p); err != nil {
			w.Errorf("presence %s: %v", m.Data, err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.said[p.Process] = said{p.Owns, time.Now()}
		if p.Leaving {
			delete(s.said, p.Process)
		}
	})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// owns are how many partitions each process owns that has said so lately: one that was killed cannot say so.
func (s *shares) owns() (all []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.said {
		if time.Since(p.at) < 2*swift.PinnedTTL {
			all = append(all, p.owns)
		}
	}
	return all
}

// even tells whether so many processes own all partitions between them, none two more than another.
func (s *shares) even(processes int) bool {
	owns, sum := s.owns(), 0
	for _, n := range owns {
		sum += n
	}
	return len(owns) == processes && sum == schema.Partitions && slices.Max(owns)-slices.Min(owns) <= 1
}

// TestProcessesShare: processes that are added take over their share; each is killed -9 in turn while events
// keep coming, the others take over, and it comes back. Nothing is lost or doubled.
func TestProcessesShare(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 4} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			w := newDivided(t)
			want, seen := expected{}, w.watchShares()
			w.more(want, 1000)
			var processes []process
			for i := range n {
				processes = append(processes, w.startChild(swift))
				w.await(fmt.Sprintf("%d processes share", i+1), func() bool { return seen.even(i + 1) })
			}
			var last uint64
			for i := range processes {
				w.more(want, 2000)
				processes[i].kill()
				last = w.more(want, 2000)
				w.await("the others share", func() bool { return seen.even(n - 1) })
				w.complete(want, last)
				processes[i] = w.startChild(swift)
				w.await("all share", func() bool { return seen.even(n) })
			}
			w.complete(want, w.more(want, 2000))
		})
	}
}

// TestPausedProcess: a process stops without dying, for longer than its lease, with messages in hand. Another
// takes over; when the first goes on, it stores what it has.
func TestPausedProcess(t *testing.T) {
	t.Parallel()
	eachWay(t, func(w *world) {
		want, seen := expected{}, w.watchShares()
		w.more(want, 3000)
		paused := w.startChild(swift)
		w.await("the first to be under way", func() bool { return w.count("SELECT count() FROM events") > 0 })
		w.pause(paused)
		w.startChild(swift)
		last := w.more(want, 3000)
		w.complete(want, last)
		last = w.more(want, 3000)
		w.resume(paused)
		w.more(want, 1000)
		w.complete(want, last+1000)
		w.await("the first to be there again", func() bool { return len(seen.owns()) == 2 })
		w.complete(want, w.more(want, 1000))
	})
}

func (w *world) pause(p process) {
	w.Helper()
	if err := p.Process.Signal(syscall.SIGSTOP); err != nil {
		w.Fatal(err)
	}
}

func (w *world) resume(p process) {
	w.Helper()
	if err := p.Process.Signal(syscall.SIGCONT); err != nil {
		w.Fatal(err)
	}
}

// TestPlannedStopHandsOver: a process that is stopped gives its partitions back at once; with leases this long
// the next one would wait for an hour.
func TestPlannedStopHandsOver(t *testing.T) {
	t.Parallel()
	eachWay(t, func(w *world) {
		long := ingest.Options{PinnedTTL: time.Hour}
		want := expected{}
		w.storesAndStops(want, w.run(long))
		w.storesAndStops(want, w.run(long))
	})
}

func (w *world) storesAndStops(want expected, r *running) {
	w.Helper()
	w.complete(want, w.more(want, 1000))
	if r.owned(w) == 0 {
		w.Error("it stores events, and its metrics say that it reads no partition")
	}
	r.end(w)
	if n := r.owned(w); n != 0 {
		w.Errorf("it has ended, and its metrics say that it reads %v partitions", n)
	}
}

// owned is how many partitions the metrics say that it reads.
func (r *running) owned(t testing.TB) (sum float64) {
	t.Helper()
	families, err := r.told.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "xushi_ingest_owned" {
			for _, m := range f.GetMetric() {
				sum += m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

// TestDividing: the log is divided and made whole again while it is in use; what is stored stays, and what was
// published before, between and after is stored once.
func TestDividing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := expected{}
	for _, partitions := range []int{1, schema.Partitions, 1, schema.Partitions} {
		w.more(want, 500)
		w.divide(partitions)
		r := w.run(ingest.Options{})
		w.complete(want, w.more(want, 500))
		r.end(t)
	}
	counts := map[bool]int{}
	for published, stored := range w.subjects() {
		counts[published != stored]++
	}
	if counts[true] == 0 {
		t.Errorf("no subject was stored in a partition: %v", counts)
	}
}

// TestOddSubjects: whatever can be published is answered, wherever it is stored.
func TestOddSubjects(t *testing.T) {
	t.Parallel()
	eachWay(t, func(w *world) {
		var bad []refused
		for _, subject := range []string{"progress.a", "progress.a.b.c.d.e", "progress.demo-2024.zhujianwei"} {
			m := message(w, reading("e-"+subject, "1"))
			m.Subject = subject
			bad = append(bad, refused{subject, m, schema.SubjectMismatch, "subject"})
		}
		e := reading("e-three", "1")
		e.Plan = "3"
		bad = append(bad, refused{"a plan that looks like a partition", message(w, e), schema.UnknownPlan, "plan"})
		sequences := make([]uint64, len(bad))
		for i := range bad {
			sequences[i] = w.publish(bad[i].message)
		}
		if _, err := w.js.Publish(w.Context(), "partition.3.demo-2024.zhujianwei.construction", nil); err == nil {
			w.Error("the log takes what is published into a partition")
		}
		last := w.publish(message(w, reading("good", "1")))
		w.run(ingest.Options{})
		w.settled(last)
		if rows := w.count("SELECT count() FROM events"); rows != 1 {
			w.Errorf("%d rows, want 1", rows)
		}
		letters := w.deadLetters()
		for i, b := range bad {
			if letter, ok := letters[sequences[i]]; ok {
				checkLetter(w.T, b, letter)
			} else {
				w.Errorf("%s: no dead letter", b.name)
			}
		}
	})
}

// TestFirstMessageOfAStranger: what decides about ownership is a message that anybody may have published; its
// headers decide nothing.
func TestFirstMessageOfAStranger(t *testing.T) {
	t.Parallel()
	eachWay(t, func(w *world) {
		want := expected{"stranger": 1}
		m := message(w, reading("stranger", "1"))
		m.Header.Set("Nats-Pin-Id", "mine")
		m.Header.Set("Status", "423")
		m.Header.Set("Description", "Consumer Deleted")
		w.publish(m)
		w.run(swift)
		w.settled(1)
		if diff := cmp.Diff(want, w.rows()); diff != "" {
			w.Errorf("stored (-want +got)\n%s", diff)
		}
	})
}

// TestOwnerConsumerDeleted: it is made anew, and the log is read on.
func TestOwnerConsumerDeleted(t *testing.T) {
	t.Parallel()
	eachWay(t, func(w *world) {
		want := expected{}
		w.run(swift)
		w.complete(want, w.more(want, 1000))
		for _, r := range ingest.Readers(w.partitions) {
			if err := w.js.DeleteConsumer(w.Context(), schema.ProgressStream, r.Consumer+"-owner"); err != nil {
				w.Fatal(err)
			}
		}
		w.complete(want, w.more(want, 1000))
	})
}

// TestBacklogOfADividedLog: the log is settled only when all that share it have settled their part, and although
// each stands at a message of its own.
func TestBacklogOfADividedLog(t *testing.T) {
	t.Parallel()
	w := newDivided(t)
	want := expected{}
	last := w.more(want, 1000)
	backlog := func() schema.Backlog {
		b, err := schema.BacklogOf(t.Context(), w.js, schema.ProgressStream, ingest.Readers(w.partitions)...)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if b := backlog(); b.Pending() != last {
		t.Errorf("before there are consumers, %d of %d are pending", b.Pending(), last)
	}
	r := w.run(swift)
	w.complete(want, last)
	if b := backlog(); b.Pending() != 0 || b.Last != last {
		t.Errorf("all is settled, yet: %+v", b)
	}
	r.end(t)
	if err := w.js.DeleteConsumer(t.Context(), schema.ProgressStream, "ingest-rest"); err != nil {
		t.Fatal(err)
	}
	if b := backlog(); b.Pending() != 0 {
		t.Errorf("the consumer that is gone had nothing to read, yet: %+v", b)
	}
	first := w.publish(message(t, reading("one-more", "1")))
	w.publish(message(t, reading("and-one", "1")))
	if b := backlog(); b.Settled != first-1 || b.Pending() != 2 {
		t.Errorf("two more are pending, yet: %+v", b)
	}
}
