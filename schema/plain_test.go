package schema

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

const plainest = `{"specversion":"1.0","id":"e-1","source":"/s","type":"progress.reported.v1","time":"2024-06-30T18:00:00+08:00",` +
	`"plan":"p","department":"d","data":{"commitment":"c","measure":"m","mode":"level","value":"84.7","unit":"万平方米","evidence":["a","b"]}}`

// TestPlainIsWhatIsSent: the fast way is taken for what ordinary clients send, else it would be of no use.
func TestPlainIsWhatIsSent(t *testing.T) {
	t.Parallel()
	e := Event{ID: "e", Source: "/s", Type: Explained, Plan: "p", Department: "d", Data: Data{Commitment: "c", Problem: "征拆", NextStep: "加快"}}
	raw, err := json.Marshal(&e)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{plainest, " " + plainest + "\n", string(raw)} {
		if !new(plainReader).readPlain([]byte(text), new(Event), new(written)) {
			t.Errorf("not plain: %s", text)
		}
	}
}

// TestPlainMembers: every text is read to where the decoder puts it, by a reader that expects another member
// there as by one that expects it; in the other object it is none.
func TestPlainMembers(t *testing.T) {
	t.Parallel()
	var reader plainReader
	for m := noMember + 1; m < evidenceMember; m++ {
		if m == dataMember {
			continue
		}
		alone := `{` + memberNames[m].written + `"x"}`
		raw, foreign := alone, `{"data":`+alone+`}`
		if m.inData() {
			raw, foreign = foreign, raw
		}
		var decoded envelope
		if err := json.Unmarshal([]byte(raw), &decoded, strict); err != nil {
			t.Fatal(err)
		}
		var want Event
		var wantRest written
		decoded.split(&want, &wantRest)
		for range 2 {
			var got Event
			var rest written
			if !reader.readPlain([]byte(raw), &got, &rest) || cmp.Diff(want, got) != "" || rest != wantRest {
				t.Errorf("%s is read as %+v %+v", raw, got, rest)
			}
			if reader.readPlain([]byte(foreign), new(Event), new(written)) {
				t.Errorf("plain: %s", foreign)
			}
		}
	}
}

// FuzzReadPlain: what the fast way reads, the JSON decoder reads too, and to the same effect.
func FuzzReadPlain(f *testing.F) {
	for _, s := range []string{
		plainest, plainest + "x", `{}`, `{"id":"1","id":"2"}`, `{"id":"","id":"2"}`, `{"data":{"evidence":["a"],"evidence":["b"]}}`,
		`{"data":{"value":"1"},"data":{"value":"2"}}`, `{"data":{"Value":"1"}}`, `{"id":"\u0031"}`, `{"id":"` + "\x01" + `"}`,
		`{"id":"` + "\xff" + `"}`, `{"id":1}`, `{"data":{"evidence":[]}}`, `{"id" : "a" , "plan"` + "\t\r\n" + `:"b"}`, "\xef\xbb\xbf" + `{"id":"1"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var plain, want Event
		var rest, wantRest written
		if !new(plainReader).readPlain(raw, &plain, &rest) {
			return
		}
		var decoded envelope
		if err := json.Unmarshal(raw, &decoded, strict); err != nil {
			t.Fatalf("the decoder refuses it: %v", err)
		}
		decoded.split(&want, &wantRest)
		if diff := cmp.Diff(want, plain); diff != "" {
			t.Error(diff)
		}
		if rest != wantRest {
			t.Errorf("got %+v, want %+v", rest, wantRest)
		}
	})
}

// FuzzBatch: a batch that is read in one pass is judged as it is element by element.
func FuzzBatch(f *testing.F) {
	for _, s := range []string{
		"[" + plainest + "]", " [ " + plainest + " ,\n" + plainest + "\t] ", "[" + plainest + ",]", "[]", "[" + plainest + "", "[" + plainest + "]x",
		"[" + plainest + ",{}]", "[" + plainest + `,{"id":"` + "\xff" + `"}]`, "{}", "[" + plainest + `,{"specversion":"1.0","id":"2"}]`, "[1]", `[{"id":"\u0031"}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var plain, want []Opened
		m := Message{Subject: "progress.p.d.batch", Header: map[string][]string{ContentTypeHeader: {BatchContent}}, Body: raw, Sequence: 7, Timestamp: time.Unix(1<<31, 0)}
		m.headers = readHeaders(m.Header)
		if !(Policy{}).openPlainBatch(&m, func(o *Opened) { plain = append(plain, *o) }) {
			if len(plain) > 0 {
				t.Fatal("events of a batch that is not plain")
			}
			return
		}
		other := Message{Subject: m.Subject, Header: m.Header, Body: raw, Sequence: m.Sequence, Timestamp: m.Timestamp, headers: m.headers}
		Policy{}.openAnyBatch(&other, func(o *Opened) { want = append(want, *o) })
		if diff := cmp.Diff(want, plain, cmp.AllowUnexported(Opened{}, written{})); diff != "" {
			t.Error(diff)
		}
	})
}

// TestTextsAreInOneOrder: what is checked under a path is what JSON has there.
func TestTextsAreInOneOrder(t *testing.T) {
	t.Parallel()
	for i, described := range texts {
		var d Data
		*d.texts()[i] = "x"
		raw, err := json.Marshal(&d)
		if err != nil {
			t.Fatal(err)
		}
		var named map[string]string
		if err := json.Unmarshal(raw, &named); err != nil {
			t.Fatal(err)
		}
		if name := strings.TrimPrefix(described.path, "data."); named[name] != "x" {
			t.Errorf("text %d is checked as %s, but is another of %s", i, name, raw)
		}
	}
}
