package assessment_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// TestPartsAreTheWhole: commitment by commitment, a log says what it says as a whole, though withdrawals,
// replacements and readings of a measure that has moved stand under other commitments than what they are
// about.
func TestPartsAreTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawPlan(t)
		l.Commitments = append(l.Commitments, seeds.Commitment{
			ID: "d", LeadDepartment: "helper", SupportingDepartments: []string{"lead"}, Measures: l.Commitments[0].Measures[1:],
		})
		l.Commitments[0].Measures = l.Commitments[0].Measures[:1]
		for i := range l.Commitments[1].Measures {
			l.Commitments[1].Measures[i].ReportingDepartment = ""
		}
		l.Index()
		settled := winners(scattered(t, drawJournal(t)))
		asOf, knownAt := drawTime(t, "as of"), drawTime(t, "known at")

		withdrawals := NewWithdrawals(slices.Clone(settled))
		whole := NewLog(l, settled)
		for i := range l.Commitments {
			c := &l.Commitments[i]
			part := withdrawals.Log(l, about(l, c, settled))
			for j := range c.Measures {
				m := &c.Measures[j]
				want, got := whole.AssessMeasure(m, asOf, knownAt), part.AssessMeasure(m, asOf, knownAt)
				if diff := gocmp.Diff(want, got, exact); diff != "" {
					t.Fatalf("%s of %s (-whole +part)\n%s", m.ID, c.ID, diff)
				}
				if diff := gocmp.Diff(whole.Evidence(m, asOf, knownAt), part.Evidence(m, asOf, knownAt), exact); diff != "" {
					t.Fatalf("evidence of %s (-whole +part)\n%s", m.ID, diff)
				}
			}
		}
	})
}

// scattered puts records under one of two commitments or under one that the ledger does not know; some "no
// change" then name no measure.
func scattered(t *rapid.T, j journal) journal {
	for i := range j {
		j[i].Data.Commitment = rapid.SampledFrom([]string{"c", "d", "gone"}).Draw(t, "commitment")
		if j[i].Type == schema.Unchanged && rapid.Bool().Draw(t, "of all measures") {
			j[i].Data.Measure = ""
		}
	}
	return j
}

// about is the records that speak of a commitment or of one of its measures.
func about(l *seeds.Ledger, c *seeds.Commitment, records []schema.Record) []schema.Record {
	var part []schema.Record
	for _, r := range records {
		m, known := l.Measure(r.Data.Measure)
		if r.Data.Commitment == c.ID || known && m.Commitment == c {
			part = append(part, r)
		}
	}
	return part
}
