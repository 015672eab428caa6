package seeds_test

import (
	"math/big"
	"strings"
	"testing"

	"xushi/seeds"
)

// What was in force stays readable when a check of the text becomes stricter; what nothing could compute
// with does not.
func TestRestore(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		damage
		want string // part of the complaint; "": it is restored
	}{
		{"another value than the text's", damage{commitments, "new-construction-floor-area", "847000", "84700"}, ""},
		{"a quote that the text does not have", damage{commitments, "new-construction", "quote: 新启动11个", "quote: 新开动11个"}, ""},
		{"a numeral that nothing owns", damage{numerals, "", "numeral_text: \"15\"", "numeral_text: \"16\""}, ""},
		{"a clause cut in two", damage{statements, "", "quote: 严格生态环境监督执法", "quote: 严格生态环境监督"}, ""},
		{"a field that nobody is named for", damage{plan, "", "[measure.due_date, measure.curve]", "[measure.due_date]"}, ""},
		{"no English title", damage{commitments, "new-construction", "title_en: ", "title_en: '' #"}, ""},
		{"a unit that came to be no base unit", damage{commitments, "new-construction-floor-area", "unit: 平方米", "unit: 万平方米"}, ""},

		{"weights that are not 100", damage{commitments, "xiyuzhuang-design-approved", "weight: 30", "weight: 31"}, "must sum to 100"},
		{"a lead that is not there", damage{commitments, "new-construction", "lead_department: zhujianwei", "lead_department: nobody"}, `no department "nobody"`},
		{"an id twice", damage{commitments, "", "id: zero-waste-cells", "id: new-construction-projects"}, "used twice"},
		{"nothing promised", damage{commitments, "new-construction-floor-area", "target_value: 847000", "target_value: 0"}, "must be positive"},
		{"an unknown curve", damage{commitments, "new-construction-floor-area", "kind: linear", "kind: sigmoid"}, "unknown kind"},
		{"a thousand years", damage{plan, "", "end: 2024-12-31", "end: 3024-12-31"}, "at most 3653 days"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			test.apply(t, fsys)
			damaged, _, err := seeds.Check(fsys)
			if err == nil || damaged == nil {
				t.Fatalf("the damage is none, or cannot be read: %v", err)
			}
			restored, err := seeds.Restore("ledger.json", damaged.JSON())
			switch {
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("err = %v, want %q", err, test.want)
			case test.want == "" && err != nil:
				t.Errorf("not restored: %v", err)
			case test.want == "" && restored.Version != damaged.Version:
				t.Errorf("version %s, was %s", restored.Version, damaged.Version)
			}
		})
	}
}

// FuzzRestore holds what every reader of the office's log relies on: whatever the log holds is refused, or
// can be computed with, and is the same when it is read from its own form.
func FuzzRestore(f *testing.F) {
	l, err := seeds.BuiltIn("example-2025")
	if err != nil {
		f.Fatal(err)
	}
	whole := string(l.JSON())
	f.Add(whole)
	for _, damage := range []struct{ old, new string }{
		{`"commitments":[`, `"commitments":[null,`},
		{`"departments":[`, `"departments":[null,`},
		{`"items":[`, `"items":[null,`},
		{`"due_date":"2025-12-31"`, `"due_date":"9999-12-31"`},
		{`"end":"2025-12-31"`, `"end":"9999-12-31"`},
		{`"weight":"`, `"weight":"-`},
		{`"target_value":"`, `"target_value":"999999999`},
		{`"kind":"linear"`, `"kind":"milestones"`},
		{`"measures":[`, `"measures":null,"measures":[`},
	} {
		damaged := strings.Replace(whole, damage.old, damage.new, 1)
		if damaged == whole {
			f.Fatalf("the example has no %s to damage", damage.old)
		}
		f.Add(damaged)
	}
	f.Fuzz(func(t *testing.T, ledger string) {
		restored, err := seeds.Restore("ledger.json", []byte(ledger))
		if err != nil {
			return
		}
		if again, err := seeds.Restore("ledger.json", restored.JSON()); err != nil || again.Version != restored.Version {
			t.Errorf("read from its own form: %v", err)
		}
		seeds.Diff(restored, l)
		seeds.Diff(l, restored)
		one := big.NewRat(1, 1)
		for _, m := range restored.Measures() {
			m.DueFrom()
			for day := restored.Plan.Start; day <= restored.Plan.End+1; day += 30 {
				if share := m.PlannedShare(day); share != nil && (share.Sign() < 0 || share.Cmp(one) > 0) {
					t.Errorf("%s of %s are planned by %s", share, m.ID, day)
				}
				m.Planned(day)
			}
		}
	})
}
