package schema

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/bytedance/sonic"
	"github.com/go-json-experiment/json"
	goccy "github.com/goccy/go-json"
)

// BenchmarkDecoders is how the choice in the package's comment was made: events as departments send them
// into one struct, by every decoder that could be it. The libraries are asked for no more strictness than
// they can be had with, which for all but one is less than the contract's (see TestDecodersAreLax).
func BenchmarkDecoders(b *testing.B) {
	plain := benchBody(b)
	escaped := bytes.ReplaceAll(plain, []byte("现场核实"), []byte(`\u73b0\u573a\u6838\u5b9e`))
	for _, body := range []struct {
		name string
		raw  []byte
	}{{"plain", plain}, {"escaped", escaped}} {
		for name, decode := range decoders {
			b.Run(body.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(body.raw)))
				b.ReportAllocs()
				for b.Loop() {
					var w envelope
					if err := decode(body.raw, &w); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	b.Run("plain/ours", func(b *testing.B) {
		b.SetBytes(int64(len(plain)))
		b.ReportAllocs()
		var reader plainReader
		var e Event
		var w written
		for b.Loop() {
			e, w = Event{}, written{}
			reader.forget()
			if !reader.readPlain(plain, &e, &w) {
				b.Fatal("not plain")
			}
		}
	})
}

var decoders = map[string]func([]byte, any) error{
	"encoding_json":    stdjson.Unmarshal,
	"encoding_json_v2": func(raw []byte, to any) error { return json.Unmarshal(raw, to, strict) },
	"goccy":            goccy.Unmarshal,
	"sonic":            sonic.ConfigStd.Unmarshal, // checks UTF-8 and copies strings, as a safe use must
	"sonic_fastest":    sonic.ConfigFastest.Unmarshal,
}

// TestDecodersAreLax: the other decoders take what the contract refuses, so that none of them could judge
// alone: a name twice, and broken UTF-8.
func TestDecodersAreLax(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`{"id":"1","id":"2"}`, `{"id":"` + "\xff" + `"}`} {
		for name, decode := range decoders {
			var w envelope
			if taken := decode([]byte(raw), &w) == nil; taken != (name != "encoding_json_v2") {
				t.Errorf("%s takes %q: %t", name, raw, taken)
			}
		}
	}
}

func benchBody(b *testing.B) []byte {
	b.Helper()
	e := Event{
		ID: "b1-000000001", Source: "/zhujianwei/projects", Type: Reported, Plan: "hongqiao-2024", Department: "zhujianwei",
		Time: time.Date(2024, 6, 28, 17, 30, 0, 0, Shanghai),
		Data: Data{
			Commitment: "new-construction", Measure: "new-construction-floor-area", Mode: Increment, Value: "84.7", Unit: "平方米",
			Note: "现场核实", Evidence: []string{fmt.Sprintf("模拟佐证-%d", 123456)},
		},
	}
	raw, err := e.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	return raw
}
