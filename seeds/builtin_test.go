package seeds_test

import (
	"io/fs"
	"strings"
	"testing"

	"xushi/seeds"
)

// TestBuiltInLedgers: every ledger that comes with the program passes the check, with nothing of its text
// left out.
func TestBuiltInLedgers(t *testing.T) {
	t.Parallel()
	for _, name := range seeds.BuiltIns() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys, err := seeds.BuiltInFiles(name)
			if err != nil {
				t.Fatal(err)
			}
			l, coverage, err := seeds.Check(fsys)
			if err != nil {
				t.Fatal(err)
			}
			if l.Plan.ID != name || !coverage.Complete() {
				t.Errorf("plan %s, coverage %+v", l.Plan.ID, coverage)
			}
		})
	}
	if _, err := seeds.BuiltIn("nope"); err == nil || !strings.Contains(err.Error(), "built in: hongqiao-2024, example-2025") {
		t.Errorf("a ledger that is not there: %v", err)
	}
}

// TestTheExampleSaysThatItIsOne: nobody may take it for a place's promises.
func TestTheExampleSaysThatItIsOne(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Example)
	if err != nil {
		t.Fatal(err)
	}
	for what, words := range map[string]string{"title": l.Plan.Title, "jurisdiction": l.Plan.Jurisdiction, "source": l.Plan.Source.Title, "note": l.Plan.Note, "text": l.Text} {
		if !strings.Contains(words, "虚构") {
			t.Errorf("the %s does not say 虚构: %s", what, words)
		}
	}
	fsys, err := seeds.BuiltInFiles(seeds.Example)
	if err != nil {
		t.Fatal(err)
	}
	comments := 0
	data, err := fs.ReadFile(fsys, "commitments.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, "# ") {
			comments++
		}
	}
	if comments < len(l.Commitments) {
		t.Errorf("%d comments for %d commitments: the example is there to learn from", comments, len(l.Commitments))
	}
}
