package seeds_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"xushi/schema"
	"xushi/seeds"
)

func mapFS(files map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

// What is written loads as the same version, and written again is the same bytes.
func TestFilesLoadAsTheSameLedger(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	written := l.Files()
	again, err := seeds.Load(mapFS(written))
	if err != nil {
		t.Fatal(err)
	}
	if again.Version != l.Version {
		t.Errorf("version %s, want %s", again.Version, l.Version)
	}
	if diff := cmp.Diff(written, again.Files()); diff != "" {
		t.Errorf("written twice (-first +second):\n%s", diff)
	}
}

func TestWriteDirMakesAFolderThatLoads(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() + "/districts/hongqiao"
	if err := seeds.WriteDir(dir, l); err != nil {
		t.Fatal(err)
	}
	again, err := seeds.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if again.Version != l.Version {
		t.Errorf("version %s, want %s", again.Version, l.Version)
	}
}

func TestWriteDirStaysInItsFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", ".", "../escaped.txt", "/escaped.txt", "below/source.txt", "plan.yaml"} {
		l := &seeds.Ledger{Plan: seeds.Plan{ID: "p", Source: seeds.Source{File: name}}}
		if err := seeds.WriteDir(t.TempDir(), l); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%q: wrote outside of its folder, or over the ledger: %v", name, err)
		}
	}
}

// The form is one that people read and diff: plain numbers and dates, points in one line each, and null
// where the text does not give what a level needs.
func TestFilesAreMadeToBeRead(t *testing.T) {
	t.Parallel()
	l := &seeds.Ledger{Commitments: []seeds.Commitment{{
		ID: "care", Title: "签约率: 80%", LeadDepartment: "weijianwei", SupportingDepartments: []string{"a", "b"},
		Measures: []seeds.Measure{{
			ID: "rate", NumeralText: "80", TargetValue: dec("80.5"), Unit: "%", Mode: schema.Level, DueDate: date("2024-12-31"),
			Ratio: &seeds.Ratio{Numerator: "null", Per: dec("100")},
			Curve: &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{{By: date("2024-06-30"), Share: dec("50")}}},
		}},
	}, {ID: "next"}}}
	l.Index()
	_, body, _ := strings.Cut(string(l.Files()["commitments.yaml"]), "\n\n")
	want := `- id: care
  title: "签约率: 80%"
  quote_offset: 0
  lead_department: weijianwei
  supporting_departments: [a, b]
  measures:
    - id: rate
      title: ""
      numeral_text: "80"
      target_value: 80.5
      unit: "%"
      mode: level
      baseline_value: null
      ratio:
        numerator: "null"
        per: 100
        denominator_value: null
      due_date: 2024-12-31
      curve:
        kind: steps
        steps:
          - {by: 2024-06-30, share: 50}

- id: next
  title: ""
  quote_offset: 0
  measures: []
`
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("commitments.yaml (-want +got):\n%s", diff)
	}
}

// Whatever a text says, it is read back letter by letter: blanks, quotes, line ends, what looks like a
// number, a date, a comment or a list.
func TestFilesKeepEveryText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringOf(rapid.RuneFrom([]rune(" \t\n\r'\"#:,-?[]{}&*!|>%@`\\0aé，。“”\u00a0\u0085\u2028\ufeff😀"))),
			rapid.SampledFrom([]string{"yes", "null", "~", "1e3", "0x1F", "2024-06-30", "1:30", "<<", "---", ".5", "=", "- a", "# b"}),
			rapid.String(),
		)
		want := []seeds.Statement{{Quote: text.Draw(t, "quote"), Reason: text.Draw(t, "reason")}}
		plan := seeds.Plan{ID: "p", Note: text.Draw(t, "note"), Assigned: []seeds.Assignment{{Fields: []string{text.Draw(t, "field")}}}}
		written := (&seeds.Ledger{Plan: plan, Statements: want}).Files()
		var statements []seeds.Statement
		decodeStrictly(t, written["statements.yaml"], &statements)
		var readPlan seeds.Plan
		decodeStrictly(t, written["plan.yaml"], &readPlan)
		if diff := cmp.Diff(want, statements) + cmp.Diff(plan, readPlan); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
	})
}

func decodeStrictly(t *rapid.T, data []byte, into any) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
}

// The ledger's own files are in the one form that the writer gives them.
func TestCommittedFilesAreCanonical(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range l.Files() {
		got, err := os.ReadFile(filepath.Join("hongqiao-2024", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("hongqiao-2024/%s: xushi seeds export seeds/hongqiao-2024 --format yaml --out seeds/hongqiao-2024 --force writes it (-want +got):\n%s", name, diff)
		}
	}
}
