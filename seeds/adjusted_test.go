package seeds_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"xushi/seeds"
)

// A decision changes a target; the text, and what it said, stay. Whoever decided it is named on the
// measure, and nothing else loosens the proof.
func TestTargetAdjustedByDecision(t *testing.T) {
	t.Parallel()
	const decided = "\n      assigned:\n        - fields: [target_value]\n          assigned_by: 区人民政府\n          confidence: high\n          basis: 区政府常务会议纪要"
	adjust := func(target, assigned string) (*seeds.Ledger, error) {
		fsys := files(t)
		damage{commitments, "new-construction-floor-area", "target_value: 847000", "target_value: " + target + assigned}.apply(t, fsys)
		return seeds.Load(fsys)
	}
	l, err := adjust("800000", decided)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := l.Measure("new-construction-floor-area")
	by, adjusted := m.Adjusted()
	if !adjusted || by.AssignedBy != "区人民政府" || !m.TargetValue.Equal(decimal.NewFromInt(800000)) || m.NumeralText != "84.7万" {
		t.Errorf("the adjusted measure is %+v, by %+v", m, by)
	}
	for _, other := range l.Measures() {
		if _, adjusted := other.Adjusted(); adjusted && other != m {
			t.Errorf("%s passes for adjusted", other.ID)
		}
	}
	controlled := false
	for _, c := range seeds.Diff(hongqiao(t), l) {
		controlled = controlled || c.Field == "target_value" && c.Controlled
	}
	if !controlled {
		t.Error("an adjusted target needs no approver")
	}

	for _, test := range []struct{ name, target, assigned, want string }{
		{"nobody decided it", "800000", "", "if a decision changed the target, name it here"},
		{"nothing was adjusted", "847000", decided, "nothing was adjusted"},
		{"on no ground", "800000", strings.Replace(decided, "区政府常务会议纪要", "''", 1), "basis"},
	} {
		if _, err := adjust(test.target, test.assigned); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}

	// The whole plan's assignments cannot loosen every target at once.
	fsys := files(t)
	damage{plan, "", "fields: [measure.due_date", "fields: [measure.target_value, measure.due_date"}.apply(t, fsys)
	if _, err := seeds.Load(fsys); err == nil || !strings.Contains(err.Error(), "given by the text") {
		t.Errorf("a plan that assigns every target: %v", err)
	}
}
