package schema

import (
	"bytes"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// byTag is what the library makes of an event by the tags of its types: what the hand must write.
func byTag(e *Event) ([]byte, error) {
	return json.Marshal(&envelope{
		SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type,
		Time: e.Time.Format(time.RFC3339Nano), DataContentType: JSONContent,
		Plan: e.Plan, Department: e.Department, Data: e.Data,
	})
}

// FuzzMarshal: whatever an event says, it is written as the library writes it, or both refuse.
func FuzzMarshal(f *testing.F) {
	for _, s := range []string{"", "e-1", "万平方米", `quote " and \`, "tab\tline\nend\x00\x1f\x7f", "</script>&", "\u2028", "😀", "\xff", "a\xc3"} {
		f.Add(s, s, int64(1719741600_000000001), uint8(3))
	}
	f.Fuzz(func(t *testing.T, one, other string, nanos int64, evidence uint8) {
		e := Event{ID: one, Source: other, Type: Type(one), Plan: other, Department: one, Time: time.Unix(0, nanos).In(Shanghai)}
		fill(&e.Data, one, other)
		e.Data.Evidence = nil
		for range evidence % 4 {
			e.Data.Evidence = append(e.Data.Evidence, one)
		}
		got, err := e.MarshalJSON()
		want, wantErr := byTag(&e)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, the library's %v", err, wantErr)
		}
		if err == nil && !bytes.Equal(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if err == nil && !utf8.Valid(got) {
			t.Errorf("%q is not UTF-8", got)
		}
	})
}

// TestMarshalWritesEveryMember: a member added to Data cannot be forgotten in encode.go.
func TestMarshalWritesEveryMember(t *testing.T) {
	t.Parallel()
	e := Event{ID: "e", Source: "/s", Type: Reported, Plan: "p", Department: "d", Time: time.Unix(1719741600, 0).UTC()}
	fill(&e.Data, "x", "y")
	got, err := e.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want, err := byTag(&e)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// fill writes into every member of d, alternately.
func fill(d *Data, one, other string) {
	for _, field := range reflect.ValueOf(d).Elem().Fields() {
		switch field.Kind() {
		case reflect.String:
			field.SetString(one)
		case reflect.Slice:
			field.Set(reflect.ValueOf([]string{one, other}))
		}
		one, other = other, one
	}
}

func BenchmarkMarshal(b *testing.B) {
	e := Event{
		ID: "h-000000001", Source: "/zhujianwei/housing", Type: Reported, Plan: "hongqiao-2024", Department: "zhujianwei",
		Time: time.Date(2024, 6, 28, 17, 30, 0, 0, Shanghai),
		Data: Data{
			Commitment: "housing-support", Measure: "housing-support-households", Mode: Increment, Value: "12", Unit: "户",
			Note: "现场核实", Evidence: []string{"https://oa.example.gov.cn/doc/2024-0001"},
		},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.MarshalJSON(); err != nil {
			b.Fatal(err)
		}
	}
}
