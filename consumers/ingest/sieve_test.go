package ingest_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"xushi/consumers/ingest"
	"xushi/schema"
)

// An administrator forbids a value by a CHECK constraint. The rows that have it become dead letters with the
// store's words, wherever in a batch they are; every other row is stored; their sender hears of it.
func TestBadRowInABatch(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string][]int{
		"first":           {1},
		"last":            {200},
		"two together":    {100, 101},
		"far apart":       {1, 64, 65, 199},
		"one after other": {2, 4, 6, 8, 10, 12, 14, 16},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.exec("ALTER TABLE events ADD CONSTRAINT not_forbidden CHECK note != 'forbidden'")
			events := make([]schema.Event, 200)
			for i := range events {
				events[i] = reading(fmt.Sprintf("e-%03d", i+1), "1")
			}
			for _, n := range bad {
				events[n-1].Data.Note = "forbidden"
			}
			last := w.publishAll(singlesAndBatch(t, events))
			w.run(ingest.Options{BatchRows: 1000})
			w.settled(last)
			if rows, forbidden := w.count("SELECT count() FROM events FINAL"), w.count("SELECT countIf(note = 'forbidden') FROM events"); int(rows) != len(events)-len(bad) || forbidden != 0 {
				t.Errorf("%d rows, %d of them forbidden; want %d, 0", rows, forbidden, len(events)-len(bad))
			}
			if got := w.stored(schema.DeadLettersStream); int(got) != len(bad) {
				t.Errorf("%d dead letters, want %d", got, len(bad))
			}
		})
	}
}

// singlesAndBatch are the first half of the events as single messages, and the rest as one batch.
func singlesAndBatch(t testing.TB, events []schema.Event) (messages []*nats.Msg) {
	t.Helper()
	half := len(events) / 2
	for _, e := range events[:half] {
		messages = append(messages, message(t, e))
	}
	body, err := json.Marshal(events[half:])
	if err != nil {
		t.Fatal(err)
	}
	m := nats.NewMsg(schema.Address{Plan: "demo-2024", Department: "zhujianwei", Commitment: schema.BatchToken}.Subject())
	m.Header.Set(schema.ContentTypeHeader, schema.BatchContent)
	m.Data = body
	return append(messages, m)
}

// What is told of a bad row: its own bytes, the reason, what the store said, and the verdict that its sender asked
// for, while the row beside it is told that it was accepted.
func TestBadRowIsToldOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("ALTER TABLE events ADD CONSTRAINT not_forbidden CHECK note != 'forbidden'")
	inbox := w.js.Conn().NewInbox()
	verdicts, err := w.js.Conn().SubscribeSync(inbox)
	if err != nil {
		t.Fatal(err)
	}
	good, bad := reading("e-1", "1"), reading("e-2", "2")
	bad.Data.Note = "forbidden"
	var messages []*nats.Msg
	for _, e := range []schema.Event{good, bad} {
		m := message(t, e)
		m.Header.Set(schema.VerdictToHeader, inbox)
		messages = append(messages, m)
	}
	last := w.publishAll(messages)
	w.run(ingest.Options{})
	w.settled(last)

	letter := w.deadLetters()[last]
	if letter == nil || string(letter.Data) != string(messages[1].Data) || !strings.HasSuffix(letter.Subject, ".store_refused") {
		t.Fatalf("the dead letter is %v", letter)
	}
	words, err := url.PathUnescape(letter.Header.Get("Xushi-Message"))
	if err != nil || !strings.Contains(words, "not_forbidden") || !strings.Contains(words, "469") {
		t.Errorf("the dead letter says %q, %v; want the constraint's name and the store's code", words, err)
	}
	for range messages {
		m, err := verdicts.NextMsg(patience)
		if err != nil {
			t.Fatal(err)
		}
		var v schema.Verdict
		if err := json.Unmarshal(m.Data, &v); err != nil {
			t.Fatal(err)
		}
		if accepted := v.ID == "e-1"; v.Accepted != accepted || (v.Reason == schema.StoreRefused) == accepted {
			t.Errorf("the verdict on %s: %+v", v.ID, v)
		}
	}
}
