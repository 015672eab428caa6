package seeds_test

import (
	"maps"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/seeds"
)

// The defaults are thresholds that a ledger could set itself, each under its own name.
func TestTheDefaultThresholdsCouldBeSet(t *testing.T) {
	t.Parallel()
	all := seeds.Overrides{}
	defaults := reflect.ValueOf(seeds.DefaultThresholds())
	for i, name := range seeds.AllThresholds() {
		all[name] = int(defaults.Field(i).Int())
	}
	if len(all) != defaults.NumField() {
		t.Fatalf("%d thresholds have a name, of %d", len(all), defaults.NumField())
	}
	l := full()
	l.Plan.Thresholds = all
	if got := l.Thresholds(); got != seeds.DefaultThresholds() {
		t.Errorf("(-default +set)\n%s", cmp.Diff(seeds.DefaultThresholds(), got))
	}
	fsys := files(t)
	damage{plan, "", "assigned:\n", thresholdsYAML("", all) + "assigned:\n"}.apply(t, fsys)
	if _, err := seeds.Load(fsys); err != nil {
		t.Error(err)
	}
}

// thresholdsYAML is a mapping of thresholds, indented.
func thresholdsYAML(indent string, set seeds.Overrides) string {
	var b strings.Builder
	b.WriteString("thresholds:\n")
	for _, name := range seeds.AllThresholds() {
		if value, ok := set[name]; ok {
			b.WriteString(indent + "  " + string(name) + ": " + strconv.Itoa(value) + "\n")
		}
	}
	return b.String()
}

// A measure's own thresholds come before the plan's, and the plan's before the defaults.
func TestThresholdsOfAMeasure(t *testing.T) {
	t.Parallel()
	l := town()
	l.Plan.Thresholds = seeds.Overrides{"lagging_gap_points": 8, "grace_days": 3}
	floor(l).Thresholds = seeds.Overrides{"lagging_gap_points": 15}
	l.Index()
	want := seeds.DefaultThresholds()
	want.LaggingGap, want.GraceDays = 8, 3
	if got := l.ThresholdsOf(signed(l)); got != want {
		t.Errorf("a measure that sets none (-want +got)\n%s", cmp.Diff(want, got))
	}
	want.LaggingGap = 15
	if got := l.ThresholdsOf(floor(l)); got != want {
		t.Errorf("a measure that sets one (-want +got)\n%s", cmp.Diff(want, got))
	}
}

// A ledger that sets no threshold is, to the byte, what it was before there were any.
func TestALedgerWithoutThresholdsSaysNothingOfThem(t *testing.T) {
	t.Parallel()
	l, empty := town(), town()
	empty.Plan.Thresholds, floor(empty).Thresholds = seeds.Overrides{}, seeds.Overrides{}
	if strings.Contains(string(l.JSON()), "thresholds") || string(l.JSON()) != string(empty.JSON()) {
		t.Errorf("%s", l.JSON())
	}
	for name, data := range empty.Files() {
		if strings.Contains(string(data), "thresholds") {
			t.Errorf("%s:\n%s", name, data)
		}
	}
}

// What is wrong with thresholds is said where it stands, in English and in Chinese.
func TestThresholdsAreChecked(t *testing.T) {
	t.Parallel()
	const (
		ofPlan    = "thresholds."
		ofMeasure = "new-construction.measures[new-construction-floor-area].thresholds."
	)
	for _, c := range []struct {
		name          string
		plan, measure string // what they set, a line each
		path, says    string
		chinese       string
	}{
		{"none of the names", "lagging_points: 8", "", ofPlan + "lagging_points", `unknown threshold "lagging_points"`, `没有 "lagging_points" 这种门槛`},
		{"over the limit", "forecast_planned_percent: 101", "", ofPlan + "forecast_planned_percent", "must be between 1 and 100, not 101", "须在 1 与 100 之间，现在是 101"},
		{"under the limit", "", "grace_days: -1", ofMeasure + "grace_days", "must be between 0 and 366, not -1", "须在 0 与 366 之间，现在是 -1"},
		{"not whole", "grace_days: 7.5", "", ofPlan + "grace_days", `"7.5" is not a whole number of at most 18 digits`, ""},
		{"nothing", "grace_days:", "", ofPlan + "grace_days", "an entry that says nothing", "空条目"},
		{"over its bound by default", "lagging_gap_points: 31", "", ofPlan + "lagging_gap_points",
			"31 is over 30, which is severe_gap_points", "31 大于“严重滞后起点（百分点）”的 30，互相矛盾"},
		{"a bound under what it bounds", "severe_gap_points: 9", "", ofPlan + "severe_gap_points",
			"9 is under 10, which is lagging_gap_points", "9 小于“滞后起点（百分点）”的 10，互相矛盾"},
		{"over the plan's bound", "severe_gap_points: 12", "lagging_gap_points: 13", ofMeasure + "lagging_gap_points",
			"13 is over 12, which is severe_gap_points", "13 大于“严重滞后起点（百分点）”的 12，互相矛盾"},
		{"of the whole plan alone", "", "escalate_weeks: 3", ofMeasure + "escalate_weeks",
			"escalate_weeks is set for the whole plan, not for one measure", "“督办升级（周）”对整个计划设定，不能只对一个指标设定"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			file, line := plan, 0
			if c.plan != "" {
				line = damage{plan, "", "assigned:\n", "thresholds:\n  " + c.plan + "\nassigned:\n"}.apply(t, fsys) + 1
			}
			if c.measure != "" {
				file = commitments
				line = damage{commitments, "new-construction-floor-area", "      due_date:", "      thresholds:\n        " + c.measure + "\n      due_date:"}.apply(t, fsys) + 1
			}
			_, err := seeds.Load(fsys)
			all := seeds.Complaints(err)
			if len(all) != 1 {
				t.Fatalf("want one complaint, got: %v", err)
			}
			got := all[0]
			if got.File != file || got.Line != line || got.Path != c.path || !strings.HasSuffix(got.Error(), ": "+c.says) {
				t.Errorf("got %v\nwant %s:%d: %s: %s", got, file, line, c.path, c.says)
			}
			if c.chinese != "" && got.Chinese() != c.chinese {
				t.Errorf("got %s\nwant %s", got.Chinese(), c.chinese)
			}
		})
	}
}

// A version that was ever in force can be judged by: what contradicts itself is not restored either.
func TestContradictingThresholdsAreNotRestored(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	l.Plan.Thresholds = seeds.Overrides{"lagging_gap_points": 31}
	if _, err := seeds.Restore("ledger.json", l.JSON()); err == nil || !strings.Contains(err.Error(), "31 is over 30") {
		t.Errorf("restored, or refused otherwise: %v", err)
	}
}

// Thresholds survive the files and the canonical form.
func TestThresholdsAreKept(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	m, _ := l.Measure("new-construction-floor-area")
	l.Plan.Thresholds = seeds.Overrides{"lagging_gap_points": 12, "escalate_weeks": 3}
	m.Thresholds = seeds.Overrides{"grace_days": 0}
	for from, load := range map[string]func() (*seeds.Ledger, error){
		"files": func() (*seeds.Ledger, error) { return seeds.Load(ledgerFiles(l)) },
		"JSON":  func() (*seeds.Ledger, error) { return seeds.Parse("ledger.json", l.JSON()) },
	} {
		again, err := load()
		if err != nil {
			t.Fatalf("%s: %v", from, err)
		}
		n, _ := again.Measure(m.ID)
		if !maps.Equal(again.Plan.Thresholds, l.Plan.Thresholds) || !maps.Equal(n.Thresholds, m.Thresholds) {
			t.Errorf("%s: %v and %v", from, again.Plan.Thresholds, n.Thresholds)
		}
	}
}
