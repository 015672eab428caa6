package deadletters_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/consumers/deadletters"
	"xushi/consumers/ingest"
	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/seeds/office"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is for the slowest machine; what takes longer hangs.
const patience = time.Minute

// world is a server, a store, the built-in ledger in force, and an ingest at work.
type world struct {
	*testing.T
	js   jetstream.JetStream
	conn driver.Conn
	acts *office.Acts
	stop func() // the ingest
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, js: natsdtest.JetStream(t), conn: enginetest.Store(t)}
	w.acts = natsdtest.Acts(t, w.js)
	natsdtest.Apply(t, w.acts, office.Application{Ledger: natsdtest.Hongqiao(t), At: time.Date(2024, 1, 1, 0, 0, 0, 0, schema.Shanghai)})
	w.start()
	return w
}

// start starts an ingest, which is stopped at the end of the test, if not before.
func (w *world) start() {
	w.Helper()
	i := ingest.New(w.js, w.conn, natsdtest.Acts(w, w.js), slog.New(slog.DiscardHandler), prometheus.NewRegistry(),
		ingest.Options{Policy: schema.Policy{AllowSimulation: true}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- i.Run(ctx) }()
	stopped := false
	w.stop = func() {
		if cancel(); !stopped {
			stopped = true
			if err := <-ended; err != nil {
				w.Error(err)
			}
		}
	}
	w.Cleanup(w.stop)
}

// reading is a good reading of the built-in ledger.
func reading(id, value, unit string) schema.Event {
	return schema.Event{
		ID: id, Source: "/zhujianwei/projects", Type: schema.Reported, Time: time.Date(2024, 6, 30, 9, 0, 0, 0, schema.Shanghai),
		Plan: "hongqiao-2024", Department: "zhujianwei",
		Data: schema.Data{Commitment: "new-construction", Measure: natsdtest.Floor, Mode: schema.ToDate, Value: value, Unit: unit},
	}
}

func bodyOf(t testing.TB, e schema.Event) []byte {
	t.Helper()
	body, err := json.Marshal(&e)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// publish puts a message into the log, and waits until the ingest has settled it.
func (w *world) publish(subject string, body []byte, header ...string) schema.Position {
	w.Helper()
	m := nats.NewMsg(subject)
	m.Data = body
	for i := 0; i < len(header); i += 2 {
		m.Header.Add(header[i], header[i+1])
	}
	inbox, err := w.js.Conn().SubscribeSync(nats.NewInbox())
	if err != nil {
		w.Fatal(err)
	}
	m.Header.Set(schema.VerdictToHeader, inbox.Subject)
	ack, err := w.js.PublishMsg(w.Context(), m)
	if err != nil {
		w.Fatal(err)
	}
	if _, err := inbox.NextMsg(patience); err != nil {
		w.Fatalf("no verdict on %d: %v", ack.Sequence, err)
	}
	return schema.At(ack.Sequence, 0)
}

// letter is a refused event as the store has it.
func (w *world) letter(p schema.Position) *deadletters.Letter {
	w.Helper()
	all := w.letters(deadletters.Filter{Letters: []schema.Position{p}})
	if len(all) != 1 {
		w.Fatalf("%d refused events at %s", len(all), deadletters.Name(p))
	}
	return all[0]
}

func (w *world) letters(f deadletters.Filter) (all []*deadletters.Letter) {
	w.Helper()
	err := deadletters.Find(w.Context(), w.conn, f, 0, func(l *deadletters.Letter) error {
		all = append(all, l)
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// replay sends one refused event once more.
func (w *world) replay(o deadletters.Options, p schema.Position, edited []byte) deadletters.Outcome {
	w.Helper()
	return w.replayAll(o, patience, deadletters.Request{Letter: w.letter(p), Body: edited})[0]
}

func (w *world) replayAll(o deadletters.Options, wait time.Duration, requests ...deadletters.Request) []deadletters.Outcome {
	w.Helper()
	r := &deadletters.Replayer{
		JetStream: w.js, Store: w.conn, Register: w.acts, Policy: schema.Policy{AllowSimulation: true}, Now: time.Now, Patience: wait,
	}
	outcomes, err := r.Replay(w.Context(), requests, o)
	if err != nil {
		w.Fatal(err)
	}
	return outcomes
}

// messages is how many there are in the log.
func (w *world) messages() uint64 {
	w.Helper()
	s, err := w.js.Stream(w.Context(), schema.ProgressStream)
	if err != nil {
		w.Fatal(err)
	}
	return s.CachedInfo().State.LastSeq
}

// events are the accepted events, as id and value, in the order of the log.
func (w *world) events() (all []string) {
	w.Helper()
	err := w.conn.QueryRow(w.Context(), `SELECT groupArray(concat(id, ' ', toString(value), ' ', toString(replays)))
		FROM (SELECT id, value, replays FROM events FINAL ORDER BY position)`).Scan(&all)
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// outcome is one in a line.
func outcome(o deadletters.Outcome) string {
	words := map[deadletters.Kind]string{
		deadletters.Unsent: "unsent", deadletters.Accepted: "accepted", deadletters.Duplicate: "duplicate", deadletters.Conflict: "conflict",
		deadletters.Refused: "refused", deadletters.Silent: "silent", deadletters.Before: "before",
	}[o.Kind]
	if o.Refusal != nil {
		words += " " + string(o.Refusal.Reason)
	}
	return words
}

// becomes says what became of a refused event, as analysts read it.
func (w *world) becomes(p schema.Position) string {
	w.Helper()
	l := w.letter(p)
	words := string(l.State)
	if l.State == deadletters.Replayed {
		words = fmt.Sprintf("%s by %d %s", words, l.ReplayedBy.Sequence(), l.ReplayOutcome)
		if l.ReplayEdited {
			words += " edited"
		}
	}
	return words
}

const subject = "progress.hongqiao-2024.zhujianwei.new-construction"
