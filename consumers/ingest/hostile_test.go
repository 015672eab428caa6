package ingest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"xushi/consumers/ingest"
	"xushi/schema"
)

// refused is one bad message and what must become of it.
type refused struct {
	name    string
	message *nats.Msg
	reason  schema.Reason
	field   string
}

// badInput is every kind of bad input that the product promises to answer.
func badInput(t *testing.T) (all []refused) {
	add := func(name string, reason schema.Reason, field string, change func(*schema.Event), edit ...string) {
		e := reading("bad-"+strconv.Itoa(len(all)), "1")
		change(&e)
		m := message(t, e)
		if len(edit) > 0 {
			m.Data = bytes.Replace(m.Data, []byte(edit[0]), []byte(edit[1]), 1)
		}
		all = append(all, refused{name, m, reason, field})
	}
	none := func(*schema.Event) {}
	add("unknown plan", schema.UnknownPlan, "plan", func(e *schema.Event) { e.Plan = "demo-2025" })
	add("unknown department", schema.UnknownDepartment, "department", func(e *schema.Event) { e.Department = "nobody" })
	add("unknown commitment", schema.UnknownCommitment, "data.commitment", func(e *schema.Event) { e.Data.Commitment = "roads" })
	add("unknown measure", schema.UnknownMeasure, "data.measure", func(e *schema.Event) { e.Data.Measure = "volume" })
	add("unknown item", schema.UnknownItem, "data.item", func(e *schema.Event) {
		e.Data.Measure, e.Data.Mode, e.Data.Item, e.Data.Unit = "parks", schema.ToDate, "elsewhere", "处"
	})
	add("department not involved", schema.DepartmentNotInvolved, "department", func(e *schema.Event) { e.Department = "minzheng" })
	add("wrong unit", schema.WrongUnit, "data.unit", func(e *schema.Event) { e.Data.Unit = "亩" })
	add("wrong mode", schema.WrongMode, "data.mode", func(e *schema.Event) { e.Data.Mode = schema.ToDate })
	add("not a decimal", schema.NotDecimal, "data.value", func(e *schema.Event) { e.Data.Value = "一百" })
	add("NaN", schema.NotDecimal, "data.value", func(e *schema.Event) { e.Data.Value = "NaN" })
	add("exponent", schema.NotDecimal, "data.value", func(e *schema.Event) { e.Data.Value = "1e3" })
	add("seven decimals", schema.TooPrecise, "data.value", func(e *schema.Event) { e.Data.Value = "0.1234567" })
	add("out of bounds", schema.OutOfBounds, "data.value", func(e *schema.Event) { e.Data.Value = "-1" })
	add("future time", schema.FutureTime, "time", func(e *schema.Event) { e.Time = time.Now().Add(time.Hour) })
	add("id over 128 bytes", schema.InvalidID, "id", func(e *schema.Event) { e.ID = strings.Repeat("x", 129) })
	add("invalid UTF-8", schema.InvalidUTF8, "data.note", func(e *schema.Event) { e.Data.Note = "GBK" }, "GBK", "\xd5\xc5")
	add("duplicate key", schema.DuplicateKey, "data.value", none, `"value":"1"`, `"value":"1","value":"2"`)
	add("2 MB body", schema.TooLarge, "", func(e *schema.Event) { e.Data.Note = strings.Repeat("x", 2<<20) })
	add("the largest that NATS takes", schema.TooLarge, "", func(e *schema.Event) { e.Data.Note = strings.Repeat("x", 4<<20-1000) })
	add("no event at all", schema.MalformedJSON, "", none, "{", "<xml/>{")
	add("received_at of its own", schema.ReceivedAtForbidden, schema.ReceivedAtHeader, none)
	all[len(all)-1].message.Header.Set(schema.ReceivedAtHeader, "2024-01-01T00:00:00Z")
	add("content of another kind", schema.UnsupportedContent, schema.ContentTypeHeader, none)
	all[len(all)-1].message.Header.Set(schema.ContentTypeHeader, "text/csv")
	add("a second one of another kind", schema.UnsupportedContent, schema.ContentTypeHeader, none)
	all[len(all)-1].message.Header.Set(schema.ContentTypeHeader, "text/csv")
	add("a subject of another form", schema.SubjectMismatch, "subject", none)
	all[len(all)-1].message.Subject = "progress.demo-2024.zhujianwei.construction.area"
	add("another department's subject", schema.SubjectMismatch, "department", none)
	all[len(all)-1].message.Subject = "progress.demo-2024.minzheng.construction"
	// Without a body and with a Status header, a message looks like the server's own word to a client.
	for _, status := range []string{"100", "400", "404", "408", "409", "503"} {
		add("status "+status, schema.MalformedJSON, "", none)
		m := all[len(all)-1].message
		m.Data = nil
		m.Header.Set("Status", status)
		m.Header.Set("Description", "Consumer Deleted")
	}
	add("large headers", schema.WrongMode, "data.mode", func(e *schema.Event) { e.Data.Mode = schema.Level })
	all[len(all)-1].message.Header.Set("X-Large", strings.Repeat("x", 40<<10))
	add("headers that would act on the server", schema.WrongMode, "data.mode", func(e *schema.Event) { e.Data.Mode = schema.Level })
	all[len(all)-1].message.Header.Set("Nats-Expected-Stream", schema.ProgressStream)
	return all
}

// TestBadInput: whatever is wrong lands in DEADLETTERS with its bytes and the reason, and the good
// events before and after it are stored.
func TestBadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := badInput(t)
	good := readings(t, len(bad))
	sequences := make([]uint64, len(bad))
	var last uint64
	for i := range bad {
		sequences[i] = w.publish(bad[i].message)
		last = w.publish(good[i])
	}
	w.run(ingest.Options{})
	w.settled(last)
	if rows := w.count("SELECT count() FROM events"); rows != uint64(len(good)) {
		t.Errorf("%d good events stored of %d", rows, len(good))
	}
	letters := w.deadLetters()
	if len(letters) != len(bad) {
		t.Errorf("%d dead letters of %d", len(letters), len(bad))
	}
	for i, b := range bad {
		letter, ok := letters[sequences[i]]
		if !ok {
			t.Errorf("%s: no dead letter", b.name)
			continue
		}
		checkLetter(t, b, letter)
		w.checkRow(b, schema.At(sequences[i], 0))
	}
	if rows := w.count("SELECT count() FROM refusals"); rows != uint64(len(bad)) {
		t.Errorf("%d refusals in the store of %d", rows, len(bad))
	}
}

// checkRow holds what analysts see of a refused message against it.
func (w *world) checkRow(b refused, at schema.Position) {
	w.Helper()
	var reason, field, message, subject, body, sum, state string
	var length uint64
	var names, values []string
	err := w.conn.QueryRow(w.Context(), `
		SELECT reason, field, message, subject, body, sha256, state, length, header_names, header_values FROM refusals WHERE position = ?`, uint64(at)).
		Scan(&reason, &field, &message, &subject, &body, &sum, &state, &length, &names, &values)
	if err != nil {
		w.Errorf("%s: no refusal in the store: %v", b.name, err)
		return
	}
	whole := sha256.Sum256(b.message.Data)
	for what, pair := range map[string][2]string{
		"reason": {reason, string(b.reason)}, "field": {field, b.field}, "subject": {subject, b.message.Subject},
		"state": {state, "open"}, "sha256": {sum, hex.EncodeToString(whole[:])},
		"length": {strconv.FormatUint(length, 10), strconv.Itoa(len(b.message.Data))},
		"body":   {body, string(b.message.Data[:min(len(b.message.Data), len(body))])},
	} {
		if pair[0] != pair[1] {
			w.Errorf("%s: the store's %s is %.100q, want %.100q", b.name, what, pair[0], pair[1])
		}
	}
	if kept := b.reason != schema.TooLarge; kept && len(body) != len(b.message.Data) || !kept && len(body) != schema.DeadLetterBytes || !strings.HasSuffix(message, "。") {
		w.Errorf("%s: %d bytes kept of %d, with the words %q", b.name, len(body), length, message)
	}
	header := nats.Header{}
	for i, name := range names {
		header.Add(name, values[i])
	}
	if large := b.message.Header.Get("X-Large") != ""; large != (len(names) == 0) && len(b.message.Header) > 0 || !large && len(names) > 0 && !cmp.Equal(header, b.message.Header) {
		w.Errorf("%s: headers %v, want %v", b.name, header, b.message.Header)
	}
}

// deadLetters reads all of them, by the sequence of the message that they are about.
func (w *world) deadLetters() map[uint64]*nats.Msg {
	w.Helper()
	stream, err := w.js.Stream(w.Context(), schema.DeadLettersStream)
	if err != nil {
		w.Fatal(err)
	}
	letters := map[uint64]*nats.Msg{}
	for s := range stream.CachedInfo().State.LastSeq {
		raw, err := stream.GetMsg(w.Context(), s+1)
		if err != nil {
			w.Fatal(err)
		}
		about, err := strconv.ParseUint(raw.Header.Get("Xushi-Stream-Sequence"), 10, 64)
		if err != nil {
			w.Fatal(err)
		}
		letters[about] = &nats.Msg{Subject: raw.Subject, Header: raw.Header, Data: raw.Data}
	}
	return letters
}

func checkLetter(t *testing.T, b refused, letter *nats.Msg) {
	t.Helper()
	sentence, err := url.PathUnescape(letter.Header.Get("Xushi-Message"))
	if err != nil || !strings.HasSuffix(sentence, "。") {
		t.Errorf("%s: the sentence is %q (%v)", b.name, sentence, err)
	}
	address, _ := schema.ParseAddress(b.message.Subject)
	for what, pair := range map[string][2]string{
		"subject":  {letter.Subject, address.DeadLetterSubject(b.reason)},
		"reason":   {letter.Header.Get("Xushi-Reason"), string(b.reason)},
		"field":    {letter.Header.Get("Xushi-Field"), b.field},
		"original": {letter.Header.Get("Xushi-Subject"), b.message.Subject},
		"status":   {letter.Header.Get("Xushi-Original-Status"), b.message.Header.Get("Status")},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s is %q, want %q (%s)", b.name, what, pair[0], pair[1], sentence)
		}
	}
	want := b.message.Data
	if b.reason == schema.TooLarge {
		sum := sha256.Sum256(want)
		if letter.Header.Get("Xushi-Length") != strconv.Itoa(len(want)) || letter.Header.Get("Xushi-Sha256") != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: length and SHA-256 of the whole: %v", b.name, letter.Header)
		}
		want = want[:64<<10]
	}
	if !bytes.Equal(letter.Data, want) {
		t.Errorf("%s: %d bytes of the original, want %d", b.name, len(letter.Data), len(want))
	}
}

// TestBadElementOfABatch costs only itself.
func TestBadElementOfABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var elements []json.RawMessage
	for _, m := range readings(t, 5) {
		elements = append(elements, m.Data)
	}
	elements[2] = bytes.Replace(elements[2], []byte(`"value":"3"`), []byte(`"value":3`), 1)
	body, err := json.Marshal(elements)
	if err != nil {
		t.Fatal(err)
	}
	m := nats.NewMsg("progress.demo-2024.zhujianwei.batch")
	m.Header.Set(schema.ContentTypeHeader, schema.BatchContent)
	m.Data = body
	last := w.publish(m)
	w.run(ingest.Options{})
	w.settled(last)
	if sum := w.sum(); sum != "12" { // 1 + 2 + 4 + 5
		t.Errorf("sum %s, want 12", sum)
	}
	letter := w.deadLetters()[last]
	if letter == nil || letter.Header.Get("Xushi-Batch-Index") != "2" || !bytes.Equal(letter.Data, elements[2]) {
		t.Errorf("the dead letter is %+v", letter)
	}
}

// TestVerdicts: a sender who asks hears what became of each event, in order, once it is stored.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub, err := w.js.Conn().SubscribeSync(nats.NewInbox())
	if err != nil {
		t.Fatal(err)
	}
	good, bad := message(t, reading("good", "1")), message(t, reading("bad", "x"))
	both := nats.NewMsg("progress.demo-2024.zhujianwei.batch")
	both.Header.Set(schema.ContentTypeHeader, schema.BatchContent)
	both.Data = fmt.Appendf(nil, "[%s,%s]", good.Data, bad.Data)
	for _, m := range []*nats.Msg{good, bad, both} {
		m.Header.Set(schema.VerdictToHeader, sub.Subject)
		w.publish(m)
	}
	w.run(ingest.Options{})
	refusal := schema.Verdict{Reason: schema.NotDecimal, Field: "data.value", ID: "bad"}
	want := []schema.Verdict{{Sequence: 1, ID: "good", Accepted: true}, refusal, {Sequence: 3, ID: "good", Accepted: true}, refusal}
	want[1].Sequence, want[3].Sequence, want[3].Index = 2, 3, 1
	for i, want := range want {
		m, err := sub.NextMsg(patience)
		if err != nil {
			t.Fatalf("verdict %d: %v", i, err)
		}
		if i == 0 && w.count("SELECT count() FROM events WHERE id = 'good'") == 0 {
			t.Error("accepted was said before it was stored")
		}
		var got schema.Verdict
		if err := json.Unmarshal(m.Data, &got); err != nil {
			t.Fatal(err)
		}
		if !want.Accepted && !strings.HasSuffix(got.Message, "。") {
			t.Errorf("verdict %d has no sentence: %+v", i, got)
		}
		got.Message = ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("verdict %d: %s", i, diff)
		}
	}
}

// TestABatchOfNothingGood: ten thousand refusals of one small message, with large headers that must not be
// copied ten thousand times, are buried one by one and keep nothing else back.
func TestABatchOfNothingGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := nats.NewMsg("progress.demo-2024.zhujianwei.batch")
	m.Header.Set(schema.ContentTypeHeader, schema.BatchContent)
	m.Header.Set("X-Large", strings.Repeat("x", 15<<10))
	m.Data = []byte("[" + strings.Repeat("0,", schema.MaxBatchEvents-1) + "0]")
	w.publish(m)
	last := w.publish(readings(t, 1)[0])
	w.run(ingest.Options{})
	w.settled(last)
	if rows := w.count("SELECT count() FROM events"); rows != 1 {
		t.Errorf("%d good events stored, want 1", rows)
	}
	stream, err := w.js.Stream(t.Context(), schema.DeadLettersStream)
	if err != nil {
		t.Fatal(err)
	}
	state := stream.CachedInfo().State
	if state.Msgs != schema.MaxBatchEvents {
		t.Errorf("%d dead letters, want one per element: %d", state.Msgs, schema.MaxBatchEvents)
	}
	if each := state.Bytes / max(1, state.Msgs); each > 2<<10 {
		t.Errorf("a dead letter of a batch takes %d bytes: the message's large headers were copied into each", each)
	}
}
