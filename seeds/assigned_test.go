package seeds_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// assignable are the fields that no text gives.
var assignable = []string{
	"department.name", "department.name_en",
	"commitment.title", "commitment.title_en", "commitment.done", "commitment.lead_department", "commitment.supporting_departments",
	"measure.title", "measure.title_en", "measure.mode", "measure.direction", "measure.min_value", "measure.max_value", "measure.baseline_value",
	"measure.ratio", "measure.itemised", "measure.definition", "measure.reporting_department", "measure.reporting_interval_days",
	"measure.due_date", "measure.evidence_required", "measure.curve",
}

// TestNobodyNamedForAField: each field that no text gives needs somebody who is named for it. Without the
// plan's own assignment of a field one complaint says so, however many entries have the field.
func TestNobodyNamedForAField(t *testing.T) {
	t.Parallel()
	for _, field := range assignable {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			l := ours(t)
			if _, err := seeds.Load(ledgerFiles(l)); err != nil {
				t.Fatalf("with everybody named: %v", err)
			}
			fields := &l.Plan.Assigned[0].Fields
			*fields = slices.DeleteFunc(*fields, func(f string) bool { return f == field })
			_, err := seeds.Load(ledgerFiles(l))
			if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), "nobody is named who set this") || !strings.Contains(err.Error(), "assign "+field+" in plan.yaml") {
				t.Errorf("want one complaint that names it: %v", err)
			}
		})
	}
}

// ours is a ledger in which every field that no text gives is set, and assigned at one place.
func ours(t *testing.T) *seeds.Ledger {
	t.Helper()
	l := elsewhere(t)
	c := &l.Commitments[0]
	c.SupportingDepartments = []string{"guiziju"}
	for i := range c.Measures {
		m := &c.Measures[i]
		m.ReportingDepartment, m.EvidenceRequired = "guiziju", true
		least, most, from := decimal.Zero, decimal.New(1, 6), decimal.New(1, 0)
		m.MinValue, m.MaxValue = &least, &most
		if m.Mode == schema.Level {
			m.BaselineValue = &from
		}
	}
	l.Plan.Assigned = []seeds.Assignment{{Fields: slices.Clone(assignable), AssignedBy: "某人", Confidence: seeds.Low, Basis: "示例"}}
	return l
}

// TestTargetsOfOurs: where the text has no number, the target and its unit are ours; where it has one,
// nobody may be named for them.
func TestTargetsOfOurs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		damage damage
		want   string
	}{
		"of a milestone, by nobody": {damage{plan, "", "milestone.target_value, milestone.unit", "milestone.unit"}, "assign milestone.target_value in plan.yaml, or target_value here"},
		"of 全覆盖, by nobody":         {damage{commitments, "pain-clinic-coverage", "[target_value, unit]", "[target_value]"}, "assign unit here"},
		"of every measure":          {damage{plan, "", "measure.items", "measure.target_value"}, `"measure.target_value" is given by the text`},
		"of one with a numeral":     {damage{commitments, "project-completion-projects", "[curve]", "[curve, unit]"}, `"unit" is given by the text`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			test.damage.apply(t, fsys)
			_, err := seeds.Load(fsys)
			if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want one complaint that says %q: %v", test.want, err)
			}
		})
	}
}
