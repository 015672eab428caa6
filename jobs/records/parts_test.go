package records_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/jobs/records"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
)

// exact compares numbers by value, and measures by being the same.
var exact = cmp.Options{
	cmp.Comparer(func(a, b *big.Rat) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 }),
	cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) }),
	cmp.Comparer(func(a, b *seeds.Measure) bool { return a == b }),
}

// Read commitment by commitment, a plan is assessed as it is when all of it stands in memory: with voids and
// replacements sent under other commitments, measures that have moved, "no change" of a whole commitment, and
// explanations.
func TestAPlanReadInPartsIsAssessedAsAWhole(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	insert(t, conn, scattered(ledger, chatter(ledger, 3000))...)
	asOf := ledger.Plan.End.Start()
	for _, knownAt := range []schema.Date{ledger.Plan.Start + 150, ledger.Plan.End} {
		known := knownAt.Start()
		whole := assessment.NewLog(ledger, load(t, conn, ledger.Plan.ID, known))
		want := whole.Assess(asOf, known)
		got, asked, err := records.Assess(t.Context(), conn, ledger, asOf, known)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, exact); diff != "" {
			t.Fatalf("known at %s (-whole +parts)\n%s", knownAt, diff)
		}
		var questions []anomaly.Question
		for _, m := range ledger.Measures() {
			questions = append(questions, anomaly.Ask(ledger, whole, m, asOf, known)...)
		}
		if diff := cmp.Diff(words(questions), words(asked)); diff != "" || len(asked) == 0 {
			t.Fatalf("%d questions, known at %s (-whole +parts)\n%s", len(asked), knownAt, diff)
		}
		c := &ledger.Commitments[len(ledger.Commitments)/2]
		log, err := records.LogOf(t.Context(), conn, ledger, c, known)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Measures {
			m := &c.Measures[i]
			if diff := cmp.Diff(whole.AssessMeasure(m, asOf, known), log.AssessMeasure(m, asOf, known), exact); diff != "" {
				t.Errorf("%s alone, known at %s (-whole +alone)\n%s", m.ID, knownAt, diff)
			}
		}
	}
}

func words(questions []anomaly.Question) (all []string) {
	for _, q := range questions {
		all = append(all, q.Measure.ID+" "+q.Chinese)
	}
	return all
}

// What goes wrong with one commitment ends the reading, and is said.
func TestEachCommitmentStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	insert(t, conn, chatter(ledger, 500)...)
	seen := 0
	wrong := errors.New("enough")
	err = records.EachCommitment(t.Context(), conn, ledger, ledger.Plan.End.Start(), func(*seeds.Commitment, *assessment.Log) error {
		seen++
		return wrong
	})
	if !errors.Is(err, wrong) || seen != 1 {
		t.Errorf("err = %v after %d commitments, want %v after 1", err, seen, wrong)
	}
}

// scattered sends some rows under another commitment, or of none of its measures, or as explanations.
func scattered(ledger *seeds.Ledger, rows []store.Row) []store.Row {
	rng := rand.New(rand.NewPCG(7, 2024))
	for _, row := range rows {
		set := func(column string, value any) {
			for i := 0; i < len(row); i += 2 {
				if row[i] == column {
					row[i+1] = value
				}
			}
		}
		switch rng.IntN(12) {
		case 0:
			set("commitment", ledger.Commitments[rng.IntN(len(ledger.Commitments))].ID)
		case 1:
			set("type", string(schema.Unchanged))
			set("measure", "")
			set("value", nil)
		case 2:
			set("type", string(schema.Explained))
			set("measure", "")
			set("value", nil)
		}
	}
	return rows
}
