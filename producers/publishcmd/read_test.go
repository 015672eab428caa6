package publishcmd

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/schema"
)

const (
	good = `{"specversion":"1.0","id":"a","source":"/x","type":"progress.unchanged.v1","time":"2024-06-28T17:00:00+08:00","plan":"p","department":"d","data":{"commitment":"c"}}`
	bad  = `{"specversion":"1.0","id":"b","id":"b"}`
)

func TestReadTakesOneEventAnArrayOrOnePerLine(t *testing.T) {
	t.Parallel()
	refused := schema.DuplicateKey
	for name, tt := range map[string]struct {
		in   string
		want []schema.Reason // "" for an event that could be read
	}{
		"one":                        {good, []schema.Reason{""}},
		"one, with space around":     {"\n\t" + good + "\n\n", []schema.Reason{""}},
		"an array":                   {"[\n" + good + ",\n" + good + "]", []schema.Reason{"", ""}},
		"an array with a wrong one":  {"[" + bad + "," + good + "]", []schema.Reason{refused, ""}},
		"one per line":               {good + "\n" + good + "\n", []schema.Reason{"", ""}},
		"one per line, a wrong one":  {good + "\n" + bad + "\n" + good, []schema.Reason{"", refused, ""}},
		"a number instead of events": {"12", []schema.Reason{schema.WrongType}},
		"broken UTF-8 is one's own":  {strings.Replace(good, `"/x"`, "\"/\xff\"", 1) + good, []schema.Reason{schema.InvalidUTF8, ""}},
	} {
		entries, err := read(strings.NewReader(tt.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []schema.Reason
		for _, e := range entries {
			r, _ := errors.AsType[*schema.Rejection](e.err)
			if r == nil {
				r = &schema.Rejection{}
			}
			got = append(got, r.Reason)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatIsNoJSONFailsAsAWholeAndSaysWhere(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"nothing":           {"", "no events"},
		"an empty array":    {"[]", "no events"},
		"a spreadsheet":     {"id,value\n1,2\n", "line 1, after event 0"},
		"a broken line":     {good + "\n" + good + "\n{\"id\":\n}", "line 4, after event 2"},
		"an array cut off":  {"[" + good + ",", "after event 1"},
		"an array not shut": {"[" + good, "after event 1"},
	} {
		if _, err := read(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want it to say %q", name, err, tt.want)
		}
	}
}
