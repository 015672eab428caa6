package seeds_test

import (
	"strings"
	"testing"

	"xushi/seeds"
)

// A mistake of form hides no mistake of sense anywhere else, and what only follows from it is not said.
func TestFormAndSenseAreReportedTogether(t *testing.T) {
	t.Parallel()
	fsys := files(t)
	for _, d := range []damage{
		{commitments, "waterlogging", "itemised: true", "itemised: yes"},           // of form: its items make no sense without it
		{commitments, "new-construction-floor-area", "847000", "84700"},            // of sense
		{departments, "jiaoyuju", "name_en:", "name_english:"},                     // of form: a key nobody knows, and one that is missing
		{numerals, "", "reason:", "reasons:"},                                      // the same
		{commitments, "fitness-sites-renewed", "due_date: 2024", "due_date: 2025"}, // of sense, at the other end
	} {
		d.apply(t, fsys)
	}
	_, err := seeds.Load(fsys)
	if err == nil {
		t.Fatal("a damaged ledger loads")
	}
	said := strings.Split(strings.TrimSpace(err.Error()), "\n")[1:]
	want := []string{`unknown field "name_english"`, `"yes" is not true or false`, `unknown field "reasons"`, "84700 is not 84.7万", "2025-"}
	if len(said) != len(want) {
		t.Errorf("%d complaints, want %d:\n%s", len(said), len(want), strings.Join(said, "\n"))
	}
	for _, words := range want {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("it does not say %s:\n%v", words, err)
		}
	}
}
