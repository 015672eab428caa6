package records_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/jobs/records"
	"xushi/schema"
)

// The view questions finds a question beside its assessment, and asked again it is there once.
func TestSaveQuestions(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	q := anomaly.Question{
		Measure: area, AsOf: monday, KnownAt: monday.Add(time.Hour), Kind: anomaly.PeriodEndJump, Department: "housing", Period: anomaly.Month,
		From: schema.Day(2024, time.June, 1), To: schema.Day(2024, time.June, 30), Since: monday.Add(-time.Hour),
		Value: big.NewRat(200_000, 3), Against: big.NewRat(80_000, 1), Count: 2,
		Events:  []assessment.Event{{ID: "e-1", Position: 65536}, {ID: "e-2", Position: 131072}},
		Chinese: "6月28日至6月30日2次报送……", English: "2 reports …",
	}
	for i, questions := range [][]anomaly.Question{{q}, nil, {q}} {
		at := monday.Add(time.Duration(i) * time.Minute)
		if err := records.SaveQuestions(t.Context(), conn, ledger, questions, at); err != nil {
			t.Fatal(err)
		}
		if err := records.SaveAssessments(t.Context(), conn, ledger, []assessment.Assessment{lagging()}, at); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.Query(t.Context(), `
		SELECT measure || ' ' || kind || ' ' || department || ' ' || period || ' ' || toString(from_date) || ' ' || toString(to_date) || ' ' || toString(value) || ' of '
		       || toString(against) || ', ' || toString(readings) || ' ' || arrayStringConcat(event_ids, '+') || ' ' || toString(arraySum(event_positions))
		       || ' ' || toString(since) || ' ' || question || question_en
		FROM questions WHERE plan = 'p'`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		got = append(got, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	want := []string{"area period_end_jump housing month 2024-06-01 2024-06-30 66666.666667 of 80000, 2 e-1+e-2 196608 2024-06-30 23:00:00.000000 6月28日至6月30日2次报送……2 reports …"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
