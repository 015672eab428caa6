package records_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/assessment"
	"xushi/jobs/records"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
)

// A measure's life is what each letter said of it, in the order of the letters.
func TestTheLifeOfMeasures(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	projects := lagging()
	projects.Measure = &seeds.Measure{ID: "projects", Commitment: area.Commitment}
	projects.PlannedShare, projects.ActualShare = nil, nil
	for week := range 3 {
		moment := monday.AddDate(0, 0, 7*week)
		all := []assessment.Assessment{lagging(), projects}
		for i := range all {
			all[i].AsOf, all[i].LagDays = moment, 60+week
		}
		w := &supervision.Week{Plan: "p", Week: schema.WeekOf(moment), AsOf: moment, KnownAt: moment}
		if err := records.SaveWeek(t.Context(), conn, ledger, w, all, moment); err != nil {
			t.Fatal(err)
		}
	}
	life, err := records.MeasureLife(t.Context(), conn, "p", []string{"projects", "area", "gone"}, monday.AddDate(0, 0, 7))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range life {
		line := m.Week.String() + " " + m.Measure + " " + string(m.Progress) + " " + string(m.Alert) + " " + string(m.Data) + " " + decimal.NewFromInt(int64(m.LagDays)).String()
		if m.PlannedShare != nil && m.ActualShare != nil {
			line += " " + m.PlannedShare.FloatString(3) + " " + m.ActualShare.FloatString(3)
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{
		"2024-W28 projects on_track watch stale 61", "2024-W28 area on_track watch stale 61 0.500 0.333",
		"2024-W29 projects on_track watch stale 62", "2024-W29 area on_track watch stale 62 0.500 0.333",
	}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What a department said since it was asked is listed, also what it has taken back.
func TestExplanationsSinceTheDepartmentWasAsked(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	row := func(position uint64, id string, kind schema.Type, days int, commitment, voids string) store.Row {
		at := monday.AddDate(0, 0, days)
		return store.Row{
			"plan", "p", "department", "housing", "source", "/housing", "type", string(kind), "id", id, "content_hash", (id + "················")[:16],
			"position", position, "occurred_at", at, "received_at", at, "commitment", commitment, "voids", voids, "problem", "问题" + id, "next_step", "措施" + id,
		}
	}
	insert(t, conn,
		row(1, "e1", schema.Explained, 0, "construction", ""), // known when it was asked
		row(2, "e2", schema.Explained, 1, "construction", ""),
		row(3, "e3", schema.Explained, 2, "construction", ""),
		row(4, "e4", schema.Explained, 2, "parks", ""),
		row(5, "e5", schema.Voided, 3, "construction", "e2"),
	)
	given, err := records.Explanations(t.Context(), conn, "p", "construction", monday)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range given {
		line := e.Department + " " + e.ID + " " + e.Problem + " " + e.NextStep + " " + e.ReceivedAt.Format("01-02")
		if e.Withdrawn {
			line += " withdrawn"
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{"housing e2 问题e2 措施e2 07-02 withdrawn", "housing e3 问题e3 措施e3 07-03"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
