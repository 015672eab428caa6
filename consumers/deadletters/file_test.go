package deadletters_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xushi/consumers/deadletters"
	"xushi/schema"
)

// formats are those that a file can have.
var formats = map[string]func(*bytes.Buffer) (deadletters.Writer, error){
	"jsonl": func(b *bytes.Buffer) (deadletters.Writer, error) { return deadletters.NewJSONL(b), nil },
	"csv":   func(b *bytes.Buffer) (deadletters.Writer, error) { return deadletters.NewCSV(b) },
}

func file(t rapid.TB, format string, letters ...*deadletters.Letter) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := formats[format](&b)
	for _, l := range letters {
		if err == nil {
			err = w.Write(l)
		}
	}
	if err == nil {
		err = w.End()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever the bytes of a body are, a file gives the same back, and holds nothing that a terminal or a
// spreadsheet would obey.
func TestFilesGiveBackWhatTheyWereGiven(t *testing.T) {
	t.Parallel()
	hostile := rapid.SampledFrom([]string{"", "=1+1", "'=1", "''", "@x", "-1", "\t=", "\r\n", "\n", "a\r\nb", "\x1b[2J", "\x9b31m", "\u202e", "\x00", "\xff\xfe", `{"a":"1"}`, "\"", ",", "序时", "\ufeff", "\ufffd"})
	body := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(hostile, rapid.String()), 0, 4).Draw(t, "parts"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		var letters []*deadletters.Letter
		var want []deadletters.Edit
		for i := range rapid.IntRange(1, 3).Draw(t, "letters") {
			text := []byte(body.Draw(t, "body"))
			l := &deadletters.Letter{Position: schema.At(uint64(i+1), i), Subject: "progress." + body.Draw(t, "subject"), Body: text, Length: uint64(len(text))}
			l.Refusal = schema.Rejection{Field: body.Draw(t, "field"), Message: body.Draw(t, "message")}
			letters, want = append(letters, l), append(want, deadletters.Edit{Letter: l.Position, Body: text})
		}
		for format := range formats {
			written := file(t, format, letters...)
			got, err := deadletters.Load(bytes.NewReader(written))
			if err != nil {
				t.Fatalf("%s: %v\n%q", format, err, written)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (-want +got)\n%s\n%q", format, diff, written)
			}
			obeyed := func(r rune) bool { return r != '\n' && r != '\t' && schema.Unseen(r) }
			if text := strings.TrimPrefix(string(written), "\ufeff"); !utf8.ValidString(text) || strings.ContainsFunc(text, obeyed) {
				t.Fatalf("%s has what is not seen: %q", format, text)
			}
		}
		cells, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file(t, "csv", letters...), []byte("\ufeff")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range cells {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\n", rune(cell[0])) {
					t.Fatalf("a spreadsheet takes the cell %q for a formula", cell)
				}
			}
		}
	})
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, want string }{
		"nothing":            {"", "neither JSON lines nor a table"},
		"no letters":         {"letter,body,body_base64\n", "no refused events"},
		"no body":            {"letter,state\n1,open\n", `no column "body"`},
		"no such letter":     {"{\"letter\":\"eight\"}\n", `line 1: "eight" is no refused event`},
		"sequence zero":      {"letter,body,body_base64\n0,x,\n", `line 2: "0" is no refused event`},
		"an index too large": {"{\"letter\":\"1#65536\"}\n", `"1#65536" is no refused event`},
		"twice":              {"letter,body,body_base64\n1,x,\n1,y,\n", "letter 1 is in the file twice"},
		"two bodies":         {"{\"letter\":\"1\",\"body\":\"x\",\"body_base64\":\"eA==\"}", "both a body and a body_base64"},
		"broken base64":      {"letter,body,body_base64\n1,,!\n", "line 2"},
		"broken JSON":        {"{\"letter\":\"1\"}\n{\n", "line 2"},
	} {
		if _, err := deadletters.Load(strings.NewReader(test.file)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// An exported file in which one body was mended: that one is sent as it is there, the others as they were.
func TestReplayFromAFile(t *testing.T) {
	t.Parallel()
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			wrong := w.publish(subject, bodyOf(t, reading("a", "30.5", "亩")))
			bytesOnly := w.publish(subject, []byte("\x1b[2J=1+1\r\n\xff"))
			same := w.publish(subject, bodyOf(t, reading("b", "x", "平方米")))
			text := file(t, format, w.letters(deadletters.Filter{State: deadletters.Open})...)
			edits, err := deadletters.Load(bytes.NewReader(bytes.ReplaceAll(text, []byte("亩"), []byte("万平方米"))))
			if err != nil {
				t.Fatal(err)
			}
			var requests []deadletters.Request
			for _, e := range edits {
				requests = append(requests, e.Of(w.letter(e.Letter)))
			}
			var got []string
			for _, o := range w.replayAll(deadletters.Options{}, patience, requests...) {
				got = append(got, outcome(o))
			}
			if diff := cmp.Diff([]string{"accepted", "refused malformed_json", "refused not_decimal"}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for p, edited := range map[schema.Position]bool{wrong: true, bytesOnly: false, same: false} {
				if got := strings.HasSuffix(w.becomes(p), " edited"); got != edited {
					t.Errorf("%s: edited %v, want %v", deadletters.Name(p), got, edited)
				}
			}
		})
	}
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"序时 ok": "序时 ok", "\x1b[2J": `\x1b[2J`, "a\nb": `a\nb`, "\xff": `\xff`, "\u202e": `\u202e`, "\u009b": `\u009b`, "\x00": `\x00`, "'": "'",
	} {
		if got := deadletters.Visible(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.publish(subject, bodyOf(t, reading("a", "x", "平方米")))
	b := w.publish(subject, bodyOf(t, reading("b", "1", "亩")))
	c := w.publish("progress.hongqiao-2024.minzheng.new-construction", []byte(`{`))
	w.replay(deadletters.Options{}, b, bodyOf(t, reading("b", "1", "平方米")))
	received := w.letter(b).ReceivedAt
	for name, test := range map[string]struct {
		filter deadletters.Filter
		want   []schema.Position
	}{
		"all":        {deadletters.Filter{}, []schema.Position{a, b, c}},
		"open":       {deadletters.Filter{State: deadletters.Open}, []schema.Position{a, c}},
		"replayed":   {deadletters.Filter{State: deadletters.Replayed}, []schema.Position{b}},
		"department": {deadletters.Filter{Department: "minzheng"}, []schema.Position{c}},
		"plan":       {deadletters.Filter{Plan: "elsewhere"}, nil},
		"reason":     {deadletters.Filter{Reason: "not_decimal"}, []schema.Position{a}},
		"since":      {deadletters.Filter{Since: received}, []schema.Position{b, c}},
		"until":      {deadletters.Filter{Until: received}, []schema.Position{a}},
		"named":      {deadletters.Filter{Letters: []schema.Position{c, a}}, []schema.Position{a, c}},
		"hostile":    {deadletters.Filter{Department: "' OR 1 --"}, nil},
	} {
		var got []schema.Position
		for _, l := range w.letters(test.filter) {
			got = append(got, l.Position)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if _, total, err := deadletters.Count(t.Context(), w.conn, test.filter); err != nil || total != len(test.want) {
			t.Errorf("%s: %d counted, want %d (%v)", name, total, len(test.want), err)
		}
	}
}
