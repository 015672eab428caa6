package schema

import (
	"testing"

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
		if !readPlain([]byte(text), new(envelope)) {
			t.Errorf("not plain: %s", text)
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
		var plain, decoded envelope
		if !readPlain(raw, &plain) {
			return
		}
		if err := json.Unmarshal(raw, &decoded, strict); err != nil {
			t.Fatalf("the decoder refuses it: %v", err)
		}
		if diff := cmp.Diff(decoded, plain); diff != "" {
			t.Error(diff)
		}
	})
}
