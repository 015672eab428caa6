package assessment_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	. "xushi/jobs/assessment"
	"xushi/schema"
)

// TestEvidence: everything that the reporting department has said stands there in the order of the log, with
// what counts and what took the rest back.
func TestEvidence(t *testing.T) {
	t.Parallel()
	var j journal
	j.reads("2024-03-01 09:00", "100") // e1: voided by e5
	j.reads("2024-04-01 09:00", "200") // e2: replaced by e4
	j.unchanged("2024-05-01 09:00")    // e3
	j.reads("2024-04-02 09:00", "250", replaces("e2"), received("2024-05-10 09:00"))
	j.voids("2024-06-10 09:00", "e1")                               // e5
	j.reads("2024-07-02 09:00", "50", received("2024-06-20 09:00")) // e6: not yet happened
	j.reads("2024-06-20 09:00", "70", by("helper"))                 // e7: a cross-check
	j.reads("2024-06-21 09:00", "80", of("n"))                      // e8: of another measure

	said := func(asOf, knownAt string, mode schema.Mode) []string {
		l := plan(measure(mode, "1000", year()))
		one, _ := l.Measure("m")
		var all []string
		for _, e := range NewLog(l, j).Evidence(one, at(asOf), at(knownAt)) {
			word := e.Record.ID
			if e.Counts {
				word += " counts"
			}
			if e.WithdrawnBy != nil {
				word += " withdrawn by " + e.WithdrawnBy.ID
			}
			all = append(all, word)
		}
		return all
	}
	for _, c := range []struct {
		name, asOf, knownAt string
		mode                schema.Mode
		want                []string
	}{
		{"all of it", "2024-07-01 08:00", "2024-07-01 08:00", schema.Increment,
			[]string{"e1 withdrawn by e5", "e2 withdrawn by e4", "e3", "e4 counts"}},
		{"before the void was known", "2024-07-01 08:00", "2024-06-01 08:00", schema.Increment,
			[]string{"e1 counts", "e2 withdrawn by e4", "e3", "e4 counts"}},
		{"before the replacement was known", "2024-07-01 08:00", "2024-05-05 08:00", schema.Increment,
			[]string{"e1 counts", "e2 counts", "e3"}},
		{"of what had happened by then", "2024-03-15 08:00", "2024-07-01 08:00", schema.Increment, []string{"e1 withdrawn by e5"}},
		{"the latest alone makes a cumulative", "2024-07-01 08:00", "2024-05-05 08:00", schema.ToDate,
			[]string{"e1", "e2 counts", "e3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, said(c.asOf, c.knownAt, c.mode)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
