package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/schema"
)

var received = time.Date(2024, 6, 30, 10, 0, 0, 0, time.UTC)

// reading is an ordinary event.
func reading(id string) schema.Event {
	return schema.Event{
		ID: id, Source: "/zhujianwei/projects", Type: schema.Reported, Time: received.Add(-time.Hour),
		Plan: "hongqiao-2024", Department: "zhujianwei",
		Data: schema.Data{
			Commitment: "new-construction", Measure: "area", Mode: schema.Increment, Value: "84.7", Unit: "万平方米",
			Evidence: []string{"https://oa.example.gov.cn/1", "津红建〔2024〕8号"}, Note: "含“地下”部分",
		},
	}
}

func body(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func open(m schema.Message) (all []schema.Opened) {
	schema.Policy{}.Open(&m, func(o *schema.Opened) { all = append(all, *o) })
	return all
}

func message(contentType string, raw []byte) schema.Message {
	return schema.Message{
		Subject: "progress.hongqiao-2024.zhujianwei.new-construction", Body: raw, Sequence: 9, Timestamp: received,
		Header: map[string][]string{schema.ContentTypeHeader: {contentType}},
	}
}

func batch(events ...[]byte) schema.Message {
	m := message(schema.BatchContent, fmt.Appendf(nil, "[%s]", bytes.Join(events, []byte(","))))
	m.Subject = "progress.hongqiao-2024.zhujianwei.batch"
	return m
}

// binary is the event in CloudEvents' binary mode, its attributes in headers spelled by spell.
func binary(t testing.TB, e schema.Event, spell func(string) string) schema.Message {
	t.Helper()
	m := message(schema.JSONContent, body(t, e.Data))
	for name, value := range map[string]string{
		"ce-specversion": "1.0", "ce-id": e.ID, "ce-source": e.Source, "ce-type": string(e.Type),
		"ce-time": e.Time.Format(time.RFC3339Nano), "ce-plan": e.Plan, "ce-department": e.Department,
	} {
		m.Header[spell(name)] = []string{value}
	}
	return m
}

// TestModesSayTheSame: an event is the same event, of the same hash, in each of CloudEvents' modes and
// under each way of naming them.
func TestModesSayTheSame(t *testing.T) {
	t.Parallel()
	e := reading("e-1")
	raw := body(t, &e)
	asIs := func(s string) string { return s }
	first := open(message(schema.StructuredContent, raw))[0]
	if first.Rejection != nil {
		t.Fatal(first.Rejection)
	}
	if diff := cmp.Diff(e, first.Record.Event); diff != "" {
		t.Errorf("the event was changed on its way: %s", diff)
	}
	for name, m := range map[string]schema.Message{
		"structured, no content type":   {Subject: e.Address().Subject(), Body: raw, Sequence: 9, Timestamp: received},
		"structured, application/json":  message(schema.JSONContent, raw),
		"structured, with a parameter":  message(schema.StructuredContent+"; charset=utf-8", raw),
		"structured, content-type":      {Subject: e.Address().Subject(), Body: raw, Header: map[string][]string{"content-type": {schema.StructuredContent}}, Sequence: 9, Timestamp: received},
		"structured, written otherwise": message(schema.StructuredContent, []byte(strings.ReplaceAll(string(raw), "平", `\u5e73`))),
		"structured, time in Shanghai":  message(schema.StructuredContent, bytes.Replace(raw, []byte("2024-06-30T09:00:00Z"), []byte("2024-06-30T17:00:00.000+08:00"), 1)),
		"binary":                        binary(t, e, asIs),
		"binary, Ce-Id":                 binary(t, e, strings.ToTitle),
		"a batch of one":                batch(raw),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := open(m)
			if len(all) != 1 {
				t.Fatalf("%d events", len(all))
			}
			if all[0].Rejection != nil {
				t.Fatal(all[0].Rejection)
			}
			if diff := cmp.Diff(first.Record, all[0].Record); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestHashTellsContentsApart: whatever an event says is in its hash; who says it under which id is not,
// because that is the identity under which contents are compared.
func TestHashTellsContentsApart(t *testing.T) {
	t.Parallel()
	hash := func(e schema.Event) schema.ContentHash {
		o := open(message(schema.StructuredContent, body(t, &e)))[0]
		if o.Rejection != nil {
			t.Fatal(o.Rejection)
		}
		return o.Record.ContentHash
	}
	base := hash(reading("e-1"))
	for name, change := range map[string]func(*schema.Event){
		"time":           func(e *schema.Event) { e.Time = e.Time.Add(time.Nanosecond) },
		"measure":        func(e *schema.Event) { e.Data.Measure = "sites" },
		"item":           func(e *schema.Event) { e.Data.Item = "a" },
		"mode":           func(e *schema.Event) { e.Data.Mode = schema.ToDate },
		"value":          func(e *schema.Event) { e.Data.Value = "84.70" },
		"unit":           func(e *schema.Event) { e.Data.Unit = "平方米" },
		"replaces":       func(e *schema.Event) { e.Data.Replaces = "e-0" },
		"note":           func(e *schema.Event) { e.Data.Note = "" },
		"less evidence":  func(e *schema.Event) { e.Data.Evidence = e.Data.Evidence[:1] },
		"other evidence": func(e *schema.Event) { e.Data.Evidence = []string{e.Data.Evidence[1], e.Data.Evidence[0]} },
		"value as ratio": func(e *schema.Event) { e.Data.Value, e.Data.Numerator, e.Data.Denominator = "", "84", "7" },
	} {
		e := reading("e-1")
		change(&e)
		if hash(e) == base {
			t.Errorf("another %s, and the same hash", name)
		}
	}
	e := reading("e-2")
	e.Source = "/zhujianwei/other"
	if hash(e) != base {
		t.Error("the same content under another identity has another hash")
	}
}

// TestBatchElementsAreJudgedAlone: a bad element costs only itself, whatever is wrong with it.
func TestBatchElementsAreJudgedAlone(t *testing.T) {
	t.Parallel()
	e := func(id string) []byte { e := reading(id); return body(t, &e) }
	with := func(id, good, bad string) []byte { return bytes.Replace(e(id), []byte(good), []byte(bad), 1) }
	m := batch(
		e("good-0"),
		with("bad-1", `"id":"bad-1"`, `"id":"bad-1","id":"x"`),
		with("bad-2", "含", "\xff"),
		with("bad-3", `"84.7"`, `84.7`),
		[]byte(`null`),
		[]byte(`"an event"`),
		with("bad-6", "含", strings.Repeat("x", schema.MaxEventBytes)),
		with("bad-7", `"department":"zhujianwei"`, `"department":"minzheng"`),
		e("good-8"),
	)
	type verdict struct {
		Index  int
		Reason schema.Reason
		Field  string
	}
	var got []verdict
	for _, o := range open(m) {
		v := verdict{Index: o.Record.Position.Index()}
		if o.Record.Position.Sequence() != 9 {
			t.Errorf("sequence %d", o.Record.Position.Sequence())
		}
		if o.Rejection != nil {
			v.Reason, v.Field = o.Rejection.Reason, o.Rejection.Field
		}
		got = append(got, v)
	}
	want := []verdict{
		{0, "", ""}, {1, schema.DuplicateKey, "id"}, {2, schema.InvalidUTF8, "data.note"}, {3, schema.WrongType, "data.value"},
		{4, schema.UnsupportedVersion, "specversion"}, {5, schema.WrongType, ""}, {6, schema.TooLarge, ""},
		{7, schema.SubjectMismatch, "department"}, {8, "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWholeBatchRefused: what is no list of events is refused once.
func TestWholeBatchRefused(t *testing.T) {
	t.Parallel()
	e := reading("e")
	one := string(body(t, &e))
	for name, c := range map[string]struct {
		body   string
		reason schema.Reason
	}{
		"one event":       {one, schema.MalformedJSON},
		"cut off":         {"[" + one + ",", schema.MalformedJSON},
		"two lists":       {"[" + one + "][]", schema.MalformedJSON},
		"empty list":      {"[]", schema.MissingField},
		"nothing":         {"", schema.MalformedJSON},
		"10,001 events":   {"[" + strings.Repeat("1,", 10_000) + "1]", schema.TooManyEvents},
		"over 1 MiB":      {"[" + one + strings.Repeat(" ", schema.MaxBatchBytes-len(one)-1) + "]", schema.TooLarge},
		"no comma":        {"[" + one + one + "]", schema.MalformedJSON},
		"too deep a list": {strings.Repeat("[", 20_000), schema.MalformedJSON},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := batch()
			m.Body = []byte(c.body)
			all := open(m)
			if len(all) != 1 || all[0].Rejection == nil || all[0].Rejection.Reason != c.reason {
				t.Fatalf("%d verdicts, the first %v; want one of %s", len(all), all[0].Rejection, c.reason)
			}
			if got := all[0].Record.Position; got != schema.At(9, 0) {
				t.Errorf("position %d", got)
			}
			if !bytes.Equal(all[0].Raw, m.Body) {
				t.Error("the dead letter would not carry the original bytes")
			}
		})
	}
}

// TestSizes: each limit holds to the byte.
func TestSizes(t *testing.T) {
	t.Parallel()
	e := reading("e")
	one := body(t, &e)
	padded := func(size int) []byte { return append(bytes.Clone(one), bytes.Repeat([]byte(" "), size-len(one))...) }
	whole := func(size int) schema.Message {
		m := batch(one)
		m.Body = append(m.Body[:len(m.Body)-1:len(m.Body)-1], bytes.Repeat([]byte(" "), size-len(m.Body))...)
		m.Body = append(m.Body, ']')
		return m
	}
	limit := func(id int, edit func(*schema.Event, string)) schema.Message {
		e := reading("e")
		edit(&e, strings.Repeat("x", id))
		return message(schema.StructuredContent, body(t, &e))
	}
	id := func(e *schema.Event, s string) { e.ID = s }
	source := func(e *schema.Event, s string) { e.Source = s }
	note := func(e *schema.Event, s string) { e.Data.Note = s }
	for name, c := range map[string]struct {
		m      schema.Message
		reason schema.Reason
	}{
		"event of 256 KiB":        {message(schema.StructuredContent, padded(schema.MaxEventBytes)), ""},
		"event one byte larger":   {message(schema.StructuredContent, padded(schema.MaxEventBytes+1)), schema.TooLarge},
		"batch of 1 MiB":          {whole(schema.MaxBatchBytes), ""},
		"batch one byte larger":   {whole(schema.MaxBatchBytes + 1), schema.TooLarge},
		"id of 128 bytes":         {limit(128, id), ""},
		"id one byte longer":      {limit(129, id), schema.InvalidID},
		"source of 256 bytes":     {limit(256, source), ""},
		"source one byte longer":  {limit(257, source), schema.InvalidID},
		"note of 8 KiB":           {limit(8192, note), ""},
		"note one byte longer":    {limit(8193, note), schema.TextTooLong},
		"number of 64 bytes":      {limit(64, func(e *schema.Event, s string) { e.Data.Value = strings.ReplaceAll(s, "x", "0") }), ""},
		"number one byte longer":  {limit(65, func(e *schema.Event, s string) { e.Data.Value = strings.ReplaceAll(s, "x", "0") }), schema.NotDecimal},
		"measure of 64 bytes":     {limit(64, func(e *schema.Event, s string) { e.Data.Measure = s }), ""},
		"measure one byte longer": {limit(65, func(e *schema.Event, s string) { e.Data.Measure = s }), schema.InvalidID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := open(c.m)
			if len(all) != 1 {
				t.Fatalf("%d verdicts", len(all))
			}
			var got schema.Reason
			if r := all[0].Rejection; r != nil {
				got = r.Reason
			}
			if got != c.reason {
				t.Errorf("%q, want %q", got, c.reason)
			}
		})
	}
	if all := open(batch(bytes.Split(bytes.Repeat([]byte("1"), 10_000), nil)...)); len(all) != 10_000 {
		t.Errorf("of a batch of 10,000 events %d were judged", len(all))
	}
}

func TestEventReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	e := reading("e-1")
	var back schema.Event
	if err := json.Unmarshal(body(t, &e), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, back); diff != "" {
		t.Error(diff)
	}
	err := json.Unmarshal([]byte(`{"specversion":"1.0","id":1}`), &back)
	if r, ok := errors.AsType[*schema.Rejection](err); !ok || r.Reason != schema.WrongType || r.Field != "id" {
		t.Errorf("%v, want a *Rejection of the id's type", err)
	}
}

func TestVerdictGoesToInboxesOnly(t *testing.T) {
	t.Parallel()
	for to, ok := range map[string]bool{
		"_INBOX.abc":                         true,
		"_INBOX_zhujianwei.abc.1":            true,
		"":                                   false,
		"_INBOX":                             false,
		"_INBOX.":                            false,
		"_INBOX..a":                          false,
		"_INBOX.*":                           false,
		"_INBOX.>":                           false,
		"_INBOX.a b":                         false,
		"_INBOX.a\r\nPUB x":                  false,
		"_INBOX.é":                           false,
		"progress.p.d.c":                     false,
		"$JS.API.STREAM.DELETE.X":            false,
		"_INBOX." + strings.Repeat("x", 300): false,
	} {
		m := schema.Message{Header: map[string][]string{"xushi-verdict-to": {to}}}
		want := ""
		if ok {
			want = to
		}
		if got := m.VerdictTo(); got != want {
			t.Errorf("verdict to %q goes to %q", to, got)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]struct {
		ok     bool
		letter string
	}{
		"progress.p-2024.d.c":     {true, "deadletters.p-2024.d.not_decimal"},
		"progress.p-2024.d.batch": {true, "deadletters.p-2024.d.not_decimal"},
		"progress.p-2024.d.c.x":   {false, "deadletters.p-2024.d.not_decimal"},
		"progress.p-2024.d":       {false, "deadletters.p-2024.d.not_decimal"},
		"progress.P.d.c":          {false, "deadletters.unknown.d.not_decimal"},
		"progress.p.红.c":          {false, "deadletters.p.unknown.not_decimal"},
		"progress.p.-d.c":         {false, "deadletters.p.unknown.not_decimal"},
	} {
		a, ok := schema.ParseAddress(subject)
		if ok != want.ok {
			t.Errorf("%s: ok is %t", subject, ok)
		}
		if ok && a.Subject() != subject {
			t.Errorf("%s comes back as %s", subject, a.Subject())
		}
		if got := a.DeadLetterSubject(schema.NotDecimal); got != want.letter {
			t.Errorf("%s: dead letters go to %s, want %s", subject, got, want.letter)
		}
	}
}

// TestSpellingsOfOneHeader: NATS keeps a header's case, and a sender may repeat one under several
// spellings; every delivery must read the same one, or an event would count twice.
func TestSpellingsOfOneHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		spellings []string // with the id that each of them gives
		want      string
	}{
		{"the exact one counts", []string{"CE-ID", "ce-id", "Ce-Id"}, "id-of-ce-id"},
		{"else the first in the order of bytes", []string{"Ce-Id", "cE-iD", "CE-ID"}, "id-of-CE-ID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := binary(t, reading("e-1"), func(name string) string { return name })
			delete(m.Header, "ce-id")
			for _, s := range c.spellings {
				m.Header[s] = []string{"id-of-" + s}
			}
			for range 50 { // Go walks a map in another order each time
				all := open(m)
				if len(all) != 1 || all[0].Rejection != nil || all[0].Record.ID != c.want {
					t.Fatalf("opened %+v, want the event %s", all, c.want)
				}
			}
		})
	}
}

// TestReceptionOutOfRange: what the store cannot keep as a moment is refused, not kept as another one.
func TestReceptionOutOfRange(t *testing.T) {
	t.Parallel()
	e := reading("e-1")
	e.Source = schema.SimulatorSource
	for _, at := range []string{"9999-12-31T00:00:00Z", "1816-03-29T00:00:00Z"} {
		m := message(schema.StructuredContent, body(t, &e))
		m.Header[schema.ReceivedAtHeader] = []string{at}
		schema.Policy{AllowSimulation: true}.Open(&m, func(o *schema.Opened) {
			if o.Rejection == nil || o.Rejection.Reason != schema.InvalidTime || o.Rejection.Field != schema.ReceivedAtHeader {
				t.Errorf("reception at %s: %v, want it refused as %s", at, o.Rejection, schema.InvalidTime)
			}
		})
	}
}

// TestSimulatedEventsAreRefusedWhereFiguresAreToBeBelieved: with or without a reception time of their own.
func TestSimulatedEventsAreRefusedWhereFiguresAreToBeBelieved(t *testing.T) {
	t.Parallel()
	e := reading("e-1")
	e.Source = schema.SimulatorSource
	m := message(schema.StructuredContent, body(t, &e))
	for _, withTime := range []bool{false, true} {
		if withTime {
			m.Header[schema.ReceivedAtHeader] = []string{"2024-06-30T10:00:00Z"}
		}
		for _, allow := range []bool{false, true} {
			schema.Policy{AllowSimulation: allow}.Open(&m, func(o *schema.Opened) {
				refused := o.Rejection != nil && o.Rejection.Reason == schema.SimulationForbidden && o.Rejection.Field == "source"
				if refused == allow || allow && o.Rejection != nil {
					t.Errorf("allowed %v, with a time %v: %v", allow, withTime, o.Rejection)
				}
			})
		}
	}
}
