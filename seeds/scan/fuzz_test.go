package scan_test

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"xushi/seeds"
	"xushi/seeds/scan"
)

// part is where something that the scan found stands.
type part struct {
	text   string
	offset int
}

func (p part) end() int { return p.offset + utf8.RuneCountInString(p.text) }

// inOrder requires that the parts are verbatim, in the order of the text, and do not overlap.
func inOrder(t *testing.T, what string, text []rune, parts []part) {
	t.Helper()
	last := 0
	for _, p := range parts {
		if p.text == "" || p.offset < last || p.end() > len(text) || string(text[p.offset:p.end()]) != p.text {
			t.Fatalf("%s %q at %d: empty, out of order or not verbatim", what, p.text, p.offset)
		}
		last = p.end()
	}
}

// FuzzScan: of any text, every finding is verbatim at its offset, in order and apart from the others; every
// numeral and every clause has one place; and the draft is a ledger in form, whose values the check accepts.
func FuzzScan(f *testing.F) {
	for _, name := range []string{"testdata/economy.txt", "testdata/livelihood.txt", "testdata/governance.txt", "testdata/list.txt", "../hongqiao-2024/source.txt"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{"", "。", "万", "1,500", "百分之", "百分之百分之八十", "三点", "第", "每千", "每千人3—", "“3", "等3个", "八成", "1亿5000万", "全覆盖全覆盖", "(三)", "　　三、", "9999999999999999999个", "\u2028#: - x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, '\r') {
			return // there is nothing to scan
		}
		r := scan.Scan(text)
		runes := []rune(text)
		var quantities, numerals, clauses []part
		for i, q := range r.Quantities {
			quantities = append(quantities, part{q.NumeralText, q.Offset})
			inOrder(t, "clause and its numeral", runes, []part{{q.Clause.Text, q.Clause.Offset}})
			if !strings.Contains(q.Clause.Text, q.NumeralText) || !strings.Contains(q.Sentence.Text, q.Clause.Text) {
				t.Fatalf("%q is not in its clause %q of %q", q.NumeralText, q.Clause.Text, q.Sentence.Text)
			}
			if i == 0 || r.Quantities[i-1].Clause != q.Clause {
				clauses = append(clauses, part{q.Clause.Text, q.Clause.Offset})
			}
			if q.Per.Text != "" {
				numerals = append(numerals, part{q.Per.Text, q.Per.Offset})
			}
		}
		var names []part
		for _, n := range r.Names {
			names = append(names, part{n.Text, n.Offset})
		}
		inOrder(t, "quantity", runes, quantities)
		inOrder(t, "name", runes, names)
		everyNumeralHasOnePlace(t, runes, append(append(numerals, quantities...), names...))
		for _, m := range r.Milestones {
			clauses = append(clauses, part{m.Text, m.Offset})
		}
		for _, p := range append(append([]scan.Passage{}, r.Headings...), r.Statements...) {
			clauses = append(clauses, part{p.Text, p.Offset})
		}
		once(t, "clause", runes, clauses, func(c rune) bool { return strings.ContainsRune(",，。；;！!？?\n", c) || isBlank(c) })
		draftsInForm(t, r, text)
	})
}

func everyNumeralHasOnePlace(t *testing.T, text []rune, parts []part) {
	t.Helper()
	once(t, "numeral", text, parts, func(c rune) bool {
		return !strings.ContainsRune("0123456789０１２３４５６７８９"+seeds.ChineseDigits, c)
	})
}

func isBlank(c rune) bool { return strings.TrimSpace(string(c)) == "" }

// once requires that every character is in one part exactly, but for those that need not be in any.
func once(t *testing.T, what string, text []rune, parts []part, free func(rune) bool) {
	t.Helper()
	owners := make([]int, len(text))
	for _, p := range parts {
		for i := p.offset; i < p.end(); i++ {
			owners[i]++
		}
	}
	for i, n := range owners {
		if n > 1 || n == 0 && !free(text[i]) {
			t.Fatalf("%s at %d (%q): in %d findings", what, i, text[i], n)
		}
	}
}

func draftsInForm(t *testing.T, r *scan.Report, text string) {
	t.Helper()
	d := r.Draft("fuzz-2025")
	for _, q := range r.Quantities {
		if value, percent, err := seeds.ReadNumeral(q.NumeralText); err != nil || !value.Equal(q.Value) || percent != (q.Unit == "%") {
			t.Fatalf("%q is %s %s for the scan, %s for the ledger (%v)", q.NumeralText, q.Value, q.Unit, value, err)
		}
	}
	files, err := d.Files()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, string(files["source.txt"])); diff != "" {
		t.Fatalf("the text is not kept byte for byte: %s", diff)
	}
	_, err = seeds.Load(mapFS(files))
	if err == nil || !strings.HasPrefix(err.Error(), "checking ledger") {
		t.Fatalf("a draft must be a ledger in form, and not pass: %v", err)
	}
	for _, wrong := range []string{"nothing owns", "is owned twice", "in two", "does not say", "only a part", "not together", "as the text says", "comparator:", "numeral that can be read", "does not begin with", "is not a line", "nobody is named"} {
		if strings.Contains(err.Error(), wrong) {
			t.Fatalf("the draft misreads the text (%s):\n%v", wrong, err)
		}
	}
}

// BenchmarkScan: the work grows with the text alone, whether it is in paragraphs or one endless clause.
func BenchmarkScan(b *testing.B) {
	report := hongqiao(b).Text
	for name, text := range map[string]string{
		"1MB of report":     strings.Repeat(report+"\n", 1<<20/len(report)+1),
		"4MB of report":     strings.Repeat(report+"\n", 4<<20/len(report)+1),
		"1MB of one clause": strings.Repeat("新建第3千人等12个、5万平方米“", 1<<20/45),
		"4MB of one clause": strings.Repeat("新建第3千人等12个、5万平方米“", 4<<20/45),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				scan.Scan(text)
			}
		})
	}
}
