package weekly_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/weekly"
)

// frozenRows is what the store says of every frozen week, but for when that was computed.
func frozenRows(t *testing.T, o *weekly.Office) (rows []string) {
	t.Helper()
	for table, when := range map[string]string{"weekly_assessments FINAL": "assessed_at", "weekly_items FINAL": "frozen_at", "weekly_verifications FINAL": "frozen_at", "status": "assessed_at"} {
		result, err := o.Store.Query(t.Context(), "SELECT toString(tuple(* EXCEPT "+when+")) FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		for result.Next() {
			var row string
			if err := result.Scan(&row); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, table+" "+row)
		}
		if err := result.Err(); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(rows)
	return rows
}

// A store that was lost knows its frozen weeks again from the letters that went out, so that the next letter
// tells what changed since the last one and not since the beginning.
func TestRestoreFreezesTheWeeksOfTheLetters(t *testing.T) {
	t.Parallel()
	o := raised(t)
	write(t, o, monday)
	raise(t, o)
	write(t, o, next)
	before, third := frozenRows(t, o), next.AddDate(0, 0, 7)

	lost := *o
	lost.Store = enginetest.Store(t)
	insertReading(t, lost.Store, o.Plan)
	if frozen, err := lost.Restore(t.Context()); err != nil || frozen != 2 {
		t.Fatalf("%d weeks, %v; want 2", frozen, err)
	}
	if diff := cmp.Diff(before, frozenRows(t, &lost)); diff != "" || len(before) == 0 {
		t.Errorf("%d rows before (-before +restored)\n%s", len(before), diff)
	}
	if frozen, err := lost.Restore(t.Context()); err != nil || frozen != 0 {
		t.Errorf("once more: %d weeks, %v; want none", frozen, err)
	}
	if o, lost := write(t, o, third).Letter, write(t, &lost, third).Letter; o.Text != lost.Text || o.HTML != lost.HTML {
		t.Error("the letter after a restore is another one")
	}
}
