package producers_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/producers"
	"xushi/schema"
)

func TestPublishedEventIsInTheLogAsItWasSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := newClient(t, b.nc, producers.Options{Register: register(t)})
	want := households("h-1")
	receipt, err := c.Publish(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if receipt != (producers.Receipt{Sequence: 1, Events: 1}) {
		t.Errorf("receipt = %+v", receipt)
	}
	messages := b.messages(t)
	if len(messages) != 1 || messages[0].Subject != "progress.hongqiao-2024.zhujianwei.housing-support" {
		t.Fatalf("the log has %+v", messages)
	}
	if id := messages[0].Header[nats.MsgIdHdr]; id != nil {
		t.Errorf("the message bears %s %v, by which JetStream could drop another's", nats.MsgIdHdr, id)
	}
	schema.Policy{}.Open(messages[0], func(o *schema.Opened) {
		if o.Rejection != nil {
			t.Fatalf("refused: %v", o.Rejection)
		}
		if diff := cmp.Diff(*want, o.Record.Event); diff != "" {
			t.Errorf("event (-said +stored):\n%s", diff)
		}
	})
}

func TestWhatWouldBeRefusedIsNotSent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := newClient(t, b.nc, producers.Options{Register: register(t)})
	for name, tt := range map[string]struct {
		spoil func(*schema.Event)
		want  schema.Reason
		field string
	}{
		"no time":        {func(e *schema.Event) { e.Time = time.Time{} }, schema.MissingField, "time"},
		"no id":          {func(e *schema.Event) { e.ID = "" }, schema.MissingField, "id"},
		"not a number":   {func(e *schema.Event) { e.Data.Value = "NaN" }, schema.NotDecimal, "data.value"},
		"too long":       {func(e *schema.Event) { e.Data.Note = strings.Repeat("x", schema.MaxLongText+1) }, schema.TextTooLong, "data.note"},
		"ledger: unit":   {func(e *schema.Event) { e.Data.Unit = "场" }, schema.WrongUnit, "data.unit"},
		"ledger: sender": {func(e *schema.Event) { e.Department = "tiyuju" }, schema.DepartmentNotInvolved, "department"},
	} {
		e := households("h-1")
		tt.spoil(e)
		_, syncErr := c.Publish(t.Context(), e)
		_, asyncErr := c.PublishAsync(t.Context(), e)
		for _, err := range []error{syncErr, asyncErr} {
			r, ok := errors.AsType[*schema.Rejection](err)
			if !ok || r.Reason != tt.want || r.Field != tt.field {
				t.Errorf("%s: got %v, want %s at %q", name, err, tt.want, tt.field)
			}
		}
	}
	if got := b.messages(t); len(got) != 0 {
		t.Errorf("%d messages were sent", len(got))
	}
}

// The client relies on this instead of measuring.
func TestLongestEventOfGoodFormIsWithinTheLimit(t *testing.T) {
	t.Parallel()
	worst := func(n int) string { return strings.Repeat("\x01", n) } // JSON writes it with six bytes
	evidence := make([]string, schema.MaxEvidence)
	for i := range evidence {
		evidence[i] = worst(schema.MaxShortText)
	}
	long := worst(schema.MaxLongText)
	reading := households(strings.Repeat("\"", schema.MaxIDBytes))
	reading.Data.Evidence, reading.Data.Note, reading.Data.Unit = evidence, long, worst(schema.MaxShortText)
	explained := households("h-1")
	explained.Type = schema.Explained
	explained.Data = schema.Data{Commitment: "housing-support", Problem: long, NextStep: long, Note: long}
	for _, e := range []*schema.Event{reading, explained} {
		if r := e.CheckForm(); r != nil {
			t.Fatalf("not of good form: %v", r)
		}
		body, err := e.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if len(body) < 90_000 || len(body) > schema.MaxEventBytes {
			t.Errorf("%s: %d bytes", e.Type, len(body))
		}
	}
}

func TestAsyncKeepsOrderAndFlushWaitsForAll(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := newClient(t, b.nc, producers.Options{MaxInFlight: 7}) // fewer than are sent, so that places are waited for
	events := manyHouseholds(500)
	for _, e := range events {
		if _, err := c.PublishAsync(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	messages := b.messages(t)
	if len(messages) != len(events) {
		t.Fatalf("%d messages, want %d", len(messages), len(events))
	}
	for i, m := range messages {
		if !strings.Contains(string(m.Body), `"`+events[i].ID+`"`) {
			t.Fatalf("message %d is %s, want event %s", i, m.Body, events[i].ID)
		}
	}
}

func TestFlushNamesEveryEventThatFailed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	full := schema.DefaultStreamOptions()
	full.ProgressBytes = 2000 // room for a few events, then the stream refuses
	if err := schema.EnsureStreams(t.Context(), b.js, full); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, b.nc, producers.Options{})
	for _, e := range manyHouseholds(20) {
		if _, err := c.PublishAsync(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	failures, ok := errors.AsType[producers.Failures](c.Flush(t.Context()))
	if !ok {
		t.Fatal("Flush does not say that events failed")
	}
	stored := len(b.messages(t))
	if stored == 0 || len(failures)+stored != 20 {
		t.Errorf("%d stored and %d failed of 20", stored, len(failures))
	}
	named := map[string]bool{}
	for _, f := range failures {
		named[f.ID] = true
		if _, answered := errors.AsType[*jetstream.APIError](f); !answered {
			t.Errorf("%s failed with %v, want the server's answer", f.ID, f.Err)
		}
	}
	for _, m := range b.messages(t) {
		for id := range named {
			if strings.Contains(string(m.Body), `"`+id+`"`) {
				t.Errorf("%s is said to have failed, but is stored", id)
			}
		}
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Errorf("a second Flush repeats %v", err)
	}
}

func TestNobodyListensIsAnErrorThatSaysSo(t *testing.T) {
	t.Parallel()
	server := natsdtest.Start(t, natsd.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"}) // without streams
	nc := natsdtest.Connect(t, server.URL()).Conn()
	c := newClient(t, nc, producers.Options{Patience: time.Millisecond})
	_, err := c.Publish(t.Context(), households("h-1"))
	if !errors.Is(err, jetstream.ErrNoStreamResponse) || !strings.Contains(err.Error(), "no stream takes progress.hongqiao-2024.") {
		t.Errorf("got %v", err)
	}
}

func TestPublishOutlastsARestartOfTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := natsdtest.Start(t, natsd.Options{Dir: dir, Listen: "127.0.0.1:0"})
	js := natsdtest.Connect(t, first.URL(), nats.ReconnectWait(20*time.Millisecond), nats.MaxReconnects(-1))
	nc := js.Conn()
	natsdtest.EnsureStreams(t, js)
	c := newClient(t, nc, producers.Options{AckWait: time.Second})
	natsdtest.Stop(t, first)

	var futures []*producers.Future
	for _, e := range manyHouseholds(50) {
		f, err := c.PublishAsync(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		futures = append(futures, f)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if failures, ok := errors.AsType[producers.Failures](c.Flush(short)); !ok || len(failures) != 50 || !errors.Is(failures[0], context.DeadlineExceeded) {
		t.Errorf("while the server is away, Flush says %d failures, want 50 unanswered", len(failures))
	}

	natsdtest.Start(t, natsd.Options{Dir: dir, Listen: strings.TrimPrefix(first.URL(), "nats://")})
	if err := c.Flush(t.Context()); err != nil {
		t.Errorf("after the server came back: %v", err)
	}
	for i, f := range futures {
		if r, err := f.Wait(t.Context()); err != nil || r.Sequence == 0 {
			t.Errorf("event %d: %+v, %v", i, r, err)
		}
	}
}

func TestContextEndsTheWaitForAPlace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := newClient(t, b.nc, producers.Options{MaxInFlight: 1})
	natsdtest.Stop(t, b.server) // so that the first one stays in flight
	if _, err := c.PublishAsync(t.Context(), households("h-1")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.PublishAsync(ctx, households("h-2")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := producers.New(b.nc, producers.Options{MaxInFlight: -1}); err == nil {
		t.Error("a negative MaxInFlight was taken")
	}
}

// The server's limit is a part of its greeting: the client hears of it before it sends.
func TestMessageOverTheServersLimitIsNotSent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := newClient(t, b.nc, producers.Options{})
	m := nats.NewMsg("progress.p.d.c")
	m.Data = make([]byte, schema.MaxPayload+1)
	f, err := c.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Wait(t.Context()); !errors.Is(err, nats.ErrMaxPayload) || !strings.Contains(err.Error(), "4194305 bytes") {
		t.Errorf("got %v, want ErrMaxPayload with the size", err)
	}
}
