package deadletters_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/consumers/deadletters"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
)

// A reading is refused because the ledger does not know its department yet; the office mends the ledger, and
// the same bytes are accepted. A trial says so before, and changes nothing.
func TestReplayAfterTheLedgerWasMended(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := reading("late", "30.5", "万平方米")
	e.Department = "shengtaiju"
	const of = "progress.hongqiao-2024.shengtaiju.new-construction"
	p := w.publish(of, bodyOf(t, e), "X-Trace", "7", "Nats-Expected-Stream", schema.ProgressStream)
	before := w.messages()
	if got := outcome(w.replay(deadletters.Options{DryRun: true}, p, nil)); got != "refused department_not_involved" {
		t.Errorf("on trial: %s", got)
	}
	natsdtest.Apply(t, w.acts, office.Application{Ledger: supported(t)})
	if got := outcome(w.replay(deadletters.Options{DryRun: true}, p, nil)); got != "accepted" {
		t.Errorf("on trial after the change: %s", got)
	}
	if w.messages() != before || w.becomes(p) != "open" {
		t.Errorf("a trial made %d messages, and the letter %s", w.messages()-before, w.becomes(p))
	}

	o := w.replay(deadletters.Options{}, p, nil)
	if outcome(o) != "accepted" || o.Sequence != before+1 {
		t.Fatalf("%s at %d", outcome(o), o.Sequence)
	}
	if got, want := w.becomes(p), fmt.Sprintf("replayed by %d accepted", o.Sequence); got != want {
		t.Errorf("the letter is %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{fmt.Sprintf("late 305000 %d", p)}, w.events()); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
	s, err := w.js.Stream(t.Context(), schema.ProgressStream)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.GetMsg(t.Context(), o.Sequence)
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != of || m.Header.Get("X-Trace") != "7" || m.Header.Get("Nats-Expected-Stream") != "" || !bytes.Equal(m.Data, bodyOf(t, e)) {
		t.Errorf("the replay is %s %v %s", m.Subject, m.Header, m.Data)
	}

	again := w.replay(deadletters.Options{}, p, nil)
	if outcome(again) != "before" || again.Sequence != o.Sequence || w.messages() != before+1 {
		t.Errorf("replayed twice: %s at %d, %d messages", outcome(again), again.Sequence, w.messages()-before)
	}
	if got := outcome(w.replay(deadletters.Options{Again: true}, p, nil)); got != "duplicate" {
		t.Errorf("again: %s", got)
	}
}

func TestReplayWithAnEditedBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good, other := reading("a", "30.5", "万平方米"), reading("a", "31", "万平方米")
	foreign := good
	foreign.Department = "minzheng"
	p := w.publish(subject, bodyOf(t, reading("a", "30.5", "亩")))
	for _, step := range []struct {
		name   string
		body   []byte
		want   string
		state  string
		suffix string
	}{
		{"still wrong", bodyOf(t, reading("a", "x", "万平方米")), "refused not_decimal", "replayed", "refused edited"},
		{"in another's name", bodyOf(t, foreign), "unsent", "replayed", "refused edited"},
		{"right", bodyOf(t, good), "accepted", "replayed", "accepted edited"},
		{"the same once more", bodyOf(t, good), "duplicate", "replayed", "accepted edited"},
		{"another content", bodyOf(t, other), "conflict", "replayed", "accepted edited"},
	} {
		if got := outcome(w.replay(deadletters.Options{Again: true}, p, step.body)); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
		if got := w.becomes(p); !strings.HasSuffix(got, step.suffix) || !strings.HasPrefix(got, step.state) {
			t.Errorf("%s: the letter is %s", step.name, got)
		}
	}
	if l := w.letter(p); !bytes.Equal(l.Body, bodyOf(t, reading("a", "30.5", "亩"))) {
		t.Errorf("the original is now %s", l.Body)
	}
}

// What came in a batch is sent alone, to where its commitment's events go; a batch that is none is sent whole.
func TestReplayOfABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := bytes.Replace(bodyOf(t, reading("b", "7", "平方米")), []byte(`"7"`), []byte(`7`), 1)
	batch := fmt.Appendf(nil, "[%s,%s,0]", bodyOf(t, reading("a", "5", "平方米")), bad)
	const of = "progress.hongqiao-2024.zhujianwei.batch"
	first := w.publish(of, batch, schema.ContentTypeHeader, schema.BatchContent)
	o := w.replay(deadletters.Options{}, first+1, bodyOf(t, reading("b", "7", "平方米")))
	if outcome(o) != "accepted" {
		t.Errorf("the second element, mended: %s %v", outcome(o), o.Err)
	}
	if o := w.replay(deadletters.Options{}, first+2, nil); outcome(o) != "refused wrong_type" && outcome(o) != "refused malformed_json" {
		t.Errorf("the third, as it was: %s %v", outcome(o), o.Err)
	}

	cut := w.publish(of, batch[:len(batch)-1], schema.ContentTypeHeader, schema.BatchContent)
	whole := fmt.Appendf(nil, "[%s,%s]", bodyOf(t, reading("c", "8", "平方米")), bodyOf(t, reading("d", "9", "亩")))
	if o := w.replay(deadletters.Options{}, cut, whole); outcome(o) != "refused wrong_unit" {
		t.Errorf("the batch, mended: %s %v", outcome(o), o.Err)
	}
	if got := w.becomes(cut); !strings.HasSuffix(got, "partly edited") {
		t.Errorf("the batch is %s", got)
	}
	want := []string{"a 5 0", fmt.Sprintf("b 7 %d", first+1), fmt.Sprintf("c 8 %d", cut)}
	if diff := cmp.Diff(want, w.events()); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
}

// The store keeps the beginning of what is too large; what is sent is the whole.
func TestReplayOfWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := reading("large", "5", "平方米")
	e.Data.Note = strings.Repeat("附", 200_000)
	p := w.publish(subject, bodyOf(t, e))
	l := w.letter(p)
	if !l.Cut() {
		t.Fatal("the store has it whole")
	}
	request := deadletters.Edit{Letter: p, Body: l.Body}.Of(l) // as an exported file has it
	o := w.replayAll(deadletters.Options{}, patience, request)[0]
	if outcome(o) != "refused too_large" || w.letter(schema.At(o.Sequence, 0)).SHA256 != l.SHA256 {
		t.Errorf("%s %v", outcome(o), o.Err)
	}
	original, err := deadletters.Original(t.Context(), w.js, l)
	if err != nil || !bytes.Equal(original, bodyOf(t, e)) {
		t.Errorf("%d bytes of the original, %v", len(original), err)
	}
	e.Data.Note = "附件另送"
	if o := w.replay(deadletters.Options{Again: true}, p, bodyOf(t, e)); outcome(o) != "accepted" {
		t.Errorf("shortened: %s %v", outcome(o), o.Err)
	}
}

// Without an ingest nothing is lost and nothing is sent twice: what waits for its verdict was sent before.
func TestReplayWithoutAnIngest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.publish(subject, bodyOf(t, reading("a", "x", "平方米")))
	l := w.letter(p)
	w.stop()
	before := w.messages()
	if o := w.replayAll(deadletters.Options{}, time.Second, deadletters.Request{Letter: l})[0]; outcome(o) != "silent" || o.Sequence != before+1 {
		t.Errorf("%s at %d, %v", outcome(o), o.Sequence, o.Err)
	}
	if o := w.replayAll(deadletters.Options{}, time.Second, deadletters.Request{Letter: l})[0]; outcome(o) != "before" || o.Sequence != before+1 {
		t.Errorf("a second time: %s at %d, %v", outcome(o), o.Sequence, o.Err)
	}
	if w.messages() != before+1 {
		t.Errorf("%d messages", w.messages()-before)
	}
}

// A simulated event stays one. It is received now, unless a moment of the simulated year is named, which is
// for nobody else.
func TestReplayOfSimulatedEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := reading("s", "5", "亩")
	e.Source = schema.SimulatorSource
	p := w.publish(subject, bodyOf(t, e), schema.ReceivedAtHeader, "2024-06-30T10:00:00Z")
	honest := w.publish(subject, bodyOf(t, reading("r", "5", "亩")))
	at := time.Date(2024, 7, 2, 9, 0, 0, 0, schema.Shanghai)
	if o := w.replay(deadletters.Options{At: at}, honest, nil); outcome(o) != "unsent" || o.Err == nil {
		t.Errorf("a real one at a chosen moment: %s", outcome(o))
	}
	e.Data.Unit = "平方米"
	if o := w.replay(deadletters.Options{At: at}, p, bodyOf(t, e)); outcome(o) != "accepted" {
		t.Errorf("%s %v", outcome(o), o.Err)
	}
	var received time.Time
	if err := w.conn.QueryRow(t.Context(), "SELECT received_at FROM events_clean WHERE id = 's' AND simulated").Scan(&received); err != nil || !received.Equal(at) {
		t.Errorf("received at %s, want %s (%v)", received, at, err)
	}
}

// supported is the built-in ledger with a department more that supports the new construction.
func supported(t *testing.T) *seeds.Ledger {
	t.Helper()
	return natsdtest.Changed(t, natsdtest.Hongqiao(t), `"supporting_departments":["guiziju","fagaiwei"]`, `"supporting_departments":["guiziju","fagaiwei","shengtaiju"]`)
}
