package seeds_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

func TestDiffOfALedgerWithItselfIsEmpty(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	if changes := seeds.Diff(l, l); len(changes) > 0 {
		t.Errorf("%v", changes)
	}
}

// What Diff says of a change, in words, and whether it needs an approver.
func TestDiff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*seeds.Ledger)
		want   seeds.Change
	}{
		{"a target", func(l *seeds.Ledger) { floor(l).TargetValue = decimal.NewFromInt(900000) },
			seeds.Change{Object: "measure", ID: "area", Field: "target_value", Before: "847000平方米", After: "900000平方米", Controlled: true}},
		{"a comparator", func(l *seeds.Ledger) { floor(l).Comparator = seeds.AtLeast },
			seeds.Change{Object: "measure", ID: "area", Field: "comparator", Before: "照原文", After: "以上", Controlled: true}},
		{"a direction", func(l *seeds.Ledger) { floor(l).Direction = seeds.Fall },
			seeds.Change{Object: "measure", ID: "area", Field: "direction", Before: "上升", After: "下降", Controlled: true}},
		{"a due date", func(l *seeds.Ledger) { floor(l).DueDate = schema.Day(2024, 11, 30) },
			seeds.Change{Object: "measure", ID: "area", Field: "due_date", Before: "2024-12-31", After: "2024-11-30", Controlled: true}},
		{"a curve", func(l *seeds.Ledger) {
			floor(l).Curve = &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{
				{By: schema.Day(2024, 6, 30), Share: decimal.NewFromInt(25)}, {By: schema.Day(2024, 12, 31), Share: decimal.NewFromInt(100)}}}
		}, seeds.Change{Object: "measure", ID: "area", Field: "curve",
			Before: "按日均匀 2024-01-01—2024-12-31", After: "分步 2024-06-30前25%、2024-12-31前100%", Controlled: true}},
		{"no curve any more", func(l *seeds.Ledger) { floor(l).Curve = nil },
			seeds.Change{Object: "measure", ID: "area", Field: "curve", Before: "按日均匀 2024-01-01—2024-12-31", Controlled: true}},
		{"a baseline, given for the first time", func(l *seeds.Ledger) { floor(l).BaselineValue = number("5") },
			seeds.Change{Object: "measure", ID: "area", Field: "baseline_value", After: "5平方米"}},
		{"a baseline that was given", func(l *seeds.Ledger) { signed(l).BaselineValue = nil },
			seeds.Change{Object: "measure", ID: "rate", Field: "baseline_value", Before: "60%", Controlled: true}},
		{"who leads", func(l *seeds.Ledger) { l.Commitments[0].LeadDepartment = "water" },
			seeds.Change{Object: "commitment", ID: "construction", Field: "lead_department", Before: "住建委", After: "水务局"}},
		{"who supports", func(l *seeds.Ledger) { l.Commitments[0].SupportingDepartments = nil },
			seeds.Change{Object: "commitment", ID: "construction", Field: "supporting_departments", Before: "水务局"}},
		{"a department's name", func(l *seeds.Ledger) { l.Departments[1].Name = "区水务局" },
			seeds.Change{Object: "department", ID: "water", Field: "name", Before: "水务局", After: "区水务局"}},
		{"a yes or no", func(l *seeds.Ledger) { floor(l).EvidenceRequired = true },
			seeds.Change{Object: "measure", ID: "area", Field: "evidence_required", Before: "否", After: "是"}},
		{"the text", func(l *seeds.Ledger) { l.Text = strings.Replace(l.Text, "84.7", "90", 1) },
			seeds.Change{Object: "plan", ID: "p", Field: "source_text", Before: "…新启动84.7万平方米。…", After: "…新启动90万平方米。…"}},
		{"the title of the text", func(l *seeds.Ledger) { l.Plan.Source.Title = "报告" },
			seeds.Change{Object: "plan", ID: "p", Field: "source.title", After: "报告"}},
		{"a threshold of the plan", func(l *seeds.Ledger) { l.Plan.Thresholds = seeds.Overrides{"lagging_gap_points": 15} },
			seeds.Change{Object: "plan", ID: "p", Field: "thresholds.lagging_gap_points", Before: "10（默认）", After: "15", Controlled: true}},
		{"a threshold of a measure", func(l *seeds.Ledger) { floor(l).Thresholds = seeds.Overrides{"grace_days": 7} },
			seeds.Change{Object: "measure", ID: "area", Field: "thresholds.grace_days", Before: "7（随计划）", After: "7", Controlled: true}},
		{"a measure more", func(l *seeds.Ledger) {
			l.Commitments[0].Measures = append(l.Commitments[0].Measures, seeds.Measure{ID: "sites", Title: "项目"})
		}, seeds.Change{Object: "measure", ID: "sites", After: "项目"}},
		{"a measure less", func(l *seeds.Ledger) { l.Commitments[0].Measures = l.Commitments[0].Measures[1:] },
			seeds.Change{Object: "measure", ID: "area", Before: "新启动面积", Controlled: true}},
		{"the order of departments", func(l *seeds.Ledger) { l.Departments[0], l.Departments[1] = l.Departments[1], l.Departments[0] },
			seeds.Change{Object: "plan", ID: "p", Field: "departments", Before: "housing、water", After: "water、housing"}},
		{"a statement's reason", func(l *seeds.Ledger) { l.Statements[0].Reason = "别的" },
			seeds.Change{Object: "statement", ID: "奋力前行", Field: "reason", Before: "方向", After: "别的"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			after := town()
			tt.change(after)
			after.Index()
			if diff := cmp.Diff([]seeds.Change{tt.want}, seeds.Diff(town(), after)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A commitment that is gone takes its measures with it, and stands where it stood.
func TestDiffIsInTheOrderOfTheLedger(t *testing.T) {
	t.Parallel()
	after := town()
	after.Plan.Title = "新的"
	after.Commitments = after.Commitments[1:]
	after.Statements[0].Reason = "别的"
	after.Index()
	var got []string
	for _, c := range seeds.Diff(town(), after) {
		got = append(got, c.String())
	}
	want := []string{
		"plan p 名称：试点 → 新的",
		"commitment construction 删除：建设", "measure area 删除：新启动面积", "measure rate 删除：签约率",
		"statement 奋力前行 理由：方向 → 别的",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Whatever is a field of a ledger's files is a change when it changes, and a change of the canonical form:
// none can be forgotten.
func TestDiffKnowsEveryField(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for i := range leaves(reflect.ValueOf(full()).Elem(), "") {
		after := full()
		all := leaves(reflect.ValueOf(after).Elem(), "")
		all[i].change()
		tried[all[i].path] = true
		if len(seeds.Diff(full(), after)) == 0 {
			t.Errorf("%s changed, and Diff says nothing", all[i].path)
		}
		if string(after.JSON()) == string(full().JSON()) {
			t.Errorf("%s changed, and the canonical form did not", all[i].path)
		}
	}
	if len(tried) < 90 {
		t.Errorf("only %d fields were tried", len(tried))
	}
}

// leaf is a value of a ledger that can be made another.
type leaf struct {
	path  string
	value reflect.Value
}

// leaves finds every value that the ledger's files give, pointers and lists as such too.
func leaves(v reflect.Value, path string) (all []leaf) {
	if k := v.Kind(); (k == reflect.Pointer || k == reflect.Slice || k == reflect.Map) && v.IsNil() {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		return append(leaves(v.Elem(), path), leaf{path, v})
	}
	if _, ok := reflect.TypeAssert[fmt.Stringer](v); ok {
		return []leaf{{path, v}}
	}
	switch v.Kind() {
	case reflect.Struct:
		for f, field := range v.Fields() {
			if name := f.Tag.Get("yaml"); name != "" && name != "-" {
				all = append(all, leaves(field, path+"."+name)...)
			}
		}
		return all
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, leaves(v.Index(i), path+"[]")...)
		}
		return append(all, leaf{path, v})
	}
	return []leaf{{path, v}}
}

func (l leaf) change() {
	switch v := l.value.Interface().(type) {
	case decimal.Decimal:
		l.value.Set(reflect.ValueOf(v.Add(decimal.NewFromInt(7))))
		return
	case schema.Date:
		l.value.Set(reflect.ValueOf(v + 7))
		return
	}
	switch l.value.Kind() {
	case reflect.String:
		l.value.SetString(l.value.String() + "x")
	case reflect.Bool:
		l.value.SetBool(!l.value.Bool())
	case reflect.Int:
		l.value.SetInt(l.value.Int() + 7)
	default: // a list without entries, or nothing pointed at
		l.value.SetZero()
	}
}

// full is a ledger in which every field says something.
func full() *seeds.Ledger {
	l := town()
	date, ten := schema.Day(2024, 6, 30), decimal.NewFromInt(10)
	by := []seeds.Assignment{{Fields: []string{"title"}, AssignedBy: "a", Confidence: seeds.High, Basis: "b"}}
	l.Plan.Source, l.Plan.Jurisdiction, l.Plan.Note, l.Plan.Assigned = seeds.Source{File: "f", SHA256: "s", Title: "t"}, "j", "n", by
	l.Numerals = []seeds.Numeral{{NumeralText: "三", NumeralOffset: 3, Reason: "r"}}
	l.Plan.Thresholds = seeds.Overrides{"grace_days": 3}
	c := &l.Commitments[0]
	c.Assigned = by
	m := &c.Measures[0]
	m.Thresholds = seeds.Overrides{"lagging_gap_points": 15}
	m.MinValue, m.MaxValue, m.BaselineValue = &ten, &ten, &ten
	m.Items, m.Assigned = []seeds.Item{{ID: "i", Name: "n"}}, by
	m.Ratio = &seeds.Ratio{Numerator: "n", Denominator: "d", Per: ten, PerText: "千", PerOffset: 1, DenominatorValue: &ten}
	m.Curve = &seeds.Curve{
		Kind: seeds.Linear, Start: date, End: date, Steps: []seeds.Step{{By: date, Share: ten}},
		Items: []seeds.ItemDate{{Item: "i", By: date}}, Levels: []seeds.LevelDate{{By: date, Value: ten}},
		Stages: []seeds.Stage{{Stage: "s", Name: "n", By: date, Weight: ten}},
	}
	return l
}

// town is a small plan; every call makes it anew.
func town() *seeds.Ledger {
	first, last := schema.Day(2024, 1, 1), schema.Day(2024, 12, 31)
	l := &seeds.Ledger{
		Plan:        seeds.Plan{ID: "p", Title: "试点", Start: first, End: last},
		Departments: []seeds.Department{{ID: "housing", Name: "住建委"}, {ID: "water", Name: "水务局"}},
		Commitments: []seeds.Commitment{
			{ID: "construction", Title: "建设", LeadDepartment: "housing", SupportingDepartments: []string{"water"}, Measures: []seeds.Measure{
				{ID: "area", Title: "新启动面积", TargetValue: decimal.NewFromInt(847000), Unit: "平方米", Mode: schema.Increment, Comparator: seeds.AsWritten,
					Direction: seeds.Rise, DueDate: last, Curve: &seeds.Curve{Kind: seeds.Linear, Start: first, End: last}, ReportingDepartment: "housing"},
				{ID: "rate", Title: "签约率", TargetValue: decimal.NewFromInt(80), Unit: "%", Mode: schema.Level, BaselineValue: number("60"), ReportingDepartment: "housing"},
			}},
			{ID: "parks", Title: "公园", LeadDepartment: "housing", Measures: []seeds.Measure{{ID: "park", Title: "公园", Unit: "个"}}},
		},
		Statements: []seeds.Statement{{Kind: seeds.Directional, Quote: "奋力前行", QuoteOffset: 3, Reason: "方向"}},
		Text:       "新启动84.7万平方米。",
	}
	l.Index()
	return l
}

func floor(l *seeds.Ledger) *seeds.Measure  { return &l.Commitments[0].Measures[0] }
func signed(l *seeds.Ledger) *seeds.Measure { return &l.Commitments[0].Measures[1] }

func number(text string) *decimal.Decimal {
	d := decimal.RequireFromString(text)
	return &d
}
