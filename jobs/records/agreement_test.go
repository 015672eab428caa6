package records_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/seedstore"
)

// What analysts see in progress_current is what the assessment counts, of every measure and milestone of
// the built-in ledger: with corrections, cross-checks, ties, and pieces of another version of it.
func TestProgressCurrentAgreesWithTheAssessment(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	if err := seedstore.Apply(t.Context(), conn, ledger, monday); err != nil {
		t.Fatal(err)
	}
	insert(t, conn, chatter(ledger, 4000)...)
	if err := store.Refresh(t.Context(), conn); err != nil {
		t.Fatal(err)
	}

	end := ledger.Plan.End.Start()
	want := map[string]string{}
	done := 0
	for _, a := range assessment.NewLog(ledger, load(t, conn, ledger.Plan.ID, end)).Assess(end, end) {
		want[a.Measure.ID] = figure(a.Actual, len(a.Events) > 0, a.LastReported)
		if a.Measure.Milestone() {
			done += len(a.DonePieces)
		}
	}
	if done == 0 {
		t.Fatal("no stage of any milestone is done: nothing is compared")
	}
	got := map[string]string{}
	rows, err := conn.Query(t.Context(), "SELECT measure, actual, last_reported_at FROM progress_current WHERE plan = ?", ledger.Plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var measure string
		var actual *decimal.Decimal
		var last *time.Time
		if err := rows.Scan(&measure, &actual, &last); err != nil {
			t.Fatal(err)
		}
		var known decimal.NullDecimal
		if actual != nil {
			known = decimal.NewNullDecimal(*actual)
		}
		got[measure] = figure(known, actual != nil, last)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-assessment +progress_current)\n%s", diff)
	}
}

// figure is an actual and its moment in words; without a reading the store says null, where the
// assessment of a count says zero.
func figure(actual decimal.NullDecimal, reported bool, last *time.Time) string {
	words := "none"
	if reported {
		words = actual.Decimal.String()
	}
	if last != nil {
		words += " at " + last.UTC().Format(time.RFC3339)
	}
	return words
}

// chatter is so many events about the ledger's measures, at so few moments that many tie.
func chatter(ledger *seeds.Ledger, n int) []store.Row {
	rng := rand.New(rand.NewPCG(2024, 7))
	measures := ledger.Measures()
	rows := make([]store.Row, n)
	for i := range rows {
		m := measures[rng.IntN(len(measures))]
		c := m.Commitment
		departments := append([]string{m.ReportingDepartment, m.ReportingDepartment, c.LeadDepartment}, c.SupportingDepartments...)
		at := ledger.Plan.Start.Start().Add(time.Duration(rng.IntN(300)) * 24 * time.Hour)
		typ, value, voids, replaces := schema.Reported, new(decimal.NewFromInt(rng.Int64N(100))), "", ""
		item, stage := pieceOf(rng, m)
		if item+stage != "" {
			value = new(decimal.NewFromInt(rng.Int64N(2)))
		}
		switch rng.IntN(10) {
		case 0:
			typ, value, item, stage, voids = schema.Voided, nil, "", "", fmt.Sprint("e", rng.IntN(n))
		case 1:
			typ, value, item, stage = schema.Unchanged, nil, "", ""
		case 2:
			replaces = fmt.Sprint("e", rng.IntN(n))
		}
		mode := ""
		if typ == schema.Reported {
			mode = string(m.Mode)
		}
		rows[i] = store.Row{
			"plan", ledger.Plan.ID, "department", departments[rng.IntN(len(departments))], "source", "/system", "type", string(typ),
			"id", fmt.Sprint("e", i), "content_hash", "0123456789abcdef", "position", uint64(schema.At(uint64(i), 0)),
			"occurred_at", at, "received_at", at, "commitment", c.ID, "measure", m.ID, "item", item, "stage", stage, "mode", mode,
			"value", value, "voids", voids, "replaces", replaces,
		}
	}
	return rows
}

// pieceOf is now and then a piece that the measure does not have, or none where it needs one.
func pieceOf(rng *rand.Rand, m *seeds.Measure) (item, stage string) {
	switch rng.IntN(20) {
	case 0:
		return "", ""
	case 1:
		return "gone", ""
	case 2:
		return "", "gone"
	}
	pieces := m.Pieces()
	if len(pieces) == 0 {
		return "", ""
	}
	id := pieces[rng.IntN(len(pieces))].ID
	if m.Milestone() {
		return "", id
	}
	return id, ""
}
