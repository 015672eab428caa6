package explanation_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"
	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/jobs/explanation"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

func day(month time.Month, d int) schema.Date { return schema.Day(2024, month, d) }

var monday = day(time.July, 1).Start().Add(8 * time.Hour)

const text = "今年的主要任务是:\n提升城区功能。启动2个、84.7万平方米项目建设,确保落地。新增绿地5万平方米,签约率达到80%。建成地铁站,新建3处公园。"

// explained is a plan with a measure of every curve, every mode and every way of being reported.
func explained() *seeds.Ledger {
	number := decimal.NewFromInt
	sixty := number(60)
	end := day(time.December, 31)
	offset := func(quote string) int {
		before, _, _ := strings.Cut(text, quote)
		return len([]rune(before))
	}
	commitment := func(id, quote string, measures ...seeds.Measure) seeds.Commitment {
		for i := range measures {
			measures[i].ReportingIntervalDays, measures[i].DueDate = 30, end
			if n := measures[i].NumeralText; n != "" {
				measures[i].NumeralOffset = offset(n)
			}
		}
		return seeds.Commitment{ID: id, Title: quote, Quote: quote, QuoteOffset: offset(quote), Section: "(一)城区", LeadDepartment: "housing",
			SupportingDepartments: []string{"planning"}, Measures: measures}
	}
	linear := &seeds.Curve{Kind: seeds.Linear, Start: day(time.January, 1), End: end}
	l := &seeds.Ledger{
		Plan: seeds.Plan{
			ID: "p", Start: day(time.January, 1), End: end, Source: seeds.Source{Title: "政府工作报告"},
			Assigned: []seeds.Assignment{
				{Fields: []string{"commitment.lead_department"}, AssignedBy: "序时项目组", Confidence: seeds.Medium, Basis: "按通常职责"},
				{Fields: []string{"measure.curve", "measure.due_date"}, AssignedBy: "序时项目组", Confidence: seeds.Low},
			},
		},
		Version: "4f1c09ab77de", Text: text,
		Departments: []seeds.Department{{ID: "housing", Name: "区住房建设委"}, {ID: "planning", Name: "区规划局"}},
		Commitments: []seeds.Commitment{
			commitment("start", "启动2个、84.7万平方米项目建设",
				seeds.Measure{ID: "projects", Title: "启动项目", NumeralText: "2", Definition: "开工为准", Unit: "个", TargetValue: number(2), Mode: schema.ToDate, Curve: linear},
				seeds.Measure{ID: "area", Title: "启动面积", NumeralText: "84.7万", Definition: "施工许可证面积", Unit: "平方米", TargetValue: number(847_000), Mode: schema.ToDate, Curve: linear}),
			commitment("green", "新增绿地5万平方米",
				seeds.Measure{ID: "green", Title: "绿地", NumeralText: "5万", Definition: "建成为准", Unit: "平方米", TargetValue: number(50_000), Mode: schema.Increment, EvidenceRequired: true,
					Thresholds: seeds.Overrides{"lagging_gap_points": 8}, Curve: &seeds.Curve{Kind: seeds.Season, Start: day(time.March, 1), End: day(time.May, 31)}},
				seeds.Measure{ID: "uncurved", Title: "绿地（无计划）", NumeralText: "5万", Definition: "建成为准", Unit: "平方米", TargetValue: number(50_000), Mode: schema.Increment}),
			commitment("rate", "签约率达到80%",
				seeds.Measure{ID: "rate", Title: "签约率", NumeralText: "80%", Definition: "签约人数÷重点人群人数", Unit: "%", TargetValue: number(80), Mode: schema.Level, BaselineValue: &sixty,
					Ratio: &seeds.Ratio{Numerator: "签约人数", Denominator: "重点人群人数", Per: number(100)},
					Curve: &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{{By: day(time.June, 30), Share: number(50)}, {By: end, Share: number(100)}}}},
				seeds.Measure{ID: "levels", Title: "签约率（分期）", NumeralText: "80%", Definition: "签约率", Unit: "%", TargetValue: number(80), Mode: schema.Level, BaselineValue: &sixty,
					Curve: &seeds.Curve{Kind: seeds.ByLevel, Levels: []seeds.LevelDate{{By: day(time.March, 31), Value: number(65)}, {By: end, Value: number(80)}}}},
				seeds.Measure{ID: "baseless", Title: "签约率（无基期）", NumeralText: "80%", Definition: "签约率", Unit: "%", TargetValue: number(80), Mode: schema.Level, Curve: linear}),
			commitment("metro", "建成地铁站",
				seeds.Measure{ID: "metro", Title: "地铁站建成", Definition: "验收为准", Unit: seeds.StageUnit, TargetValue: number(3), Mode: schema.ToDate,
					Curve: &seeds.Curve{Kind: seeds.Milestones, Stages: []seeds.Stage{
						{Stage: "design", Name: "完成设计", By: day(time.March, 31), Weight: number(20)},
						{Stage: "shell", Name: "主体封顶", By: day(time.June, 20), Weight: number(30)},
						{Stage: "opened", Name: "投入运营", By: day(time.December, 15), Weight: number(50)}}}}),
			commitment("parks", "新建3处公园",
				seeds.Measure{ID: "parks", Title: "公园", NumeralText: "3", Definition: "开放为准", Unit: "处", TargetValue: number(3), Mode: schema.ToDate,
					Itemised: true, ItemsOpen: true, Items: []seeds.Item{{ID: "north", Name: "北运河公园"}, {ID: "south", Name: "南运河公园"}}, CurveConfirmedBy: "区园林中心",
					Curve: &seeds.Curve{Kind: seeds.ByItem, Items: []seeds.ItemDate{{Item: "north", By: day(time.May, 31)}}, Start: day(time.March, 1), End: end}}),
		},
	}
	l.Index()
	return l
}

// said makes a record of 06-20 with the id of its place; change may make it another.
func said(n int, l *seeds.Ledger, measure, value string, change func(*schema.Record)) schema.Record {
	m, _ := l.Measure(measure)
	r := schema.Record{Position: schema.At(uint64(n), 0)}
	r.ID, r.Type, r.Plan, r.Department, r.Source = fmt.Sprint("e", n), schema.Reported, "p", "housing", "/projects"
	r.Time = day(time.June, 20).Start().Add(9 * time.Hour)
	r.Data.Commitment, r.Data.Measure, r.Data.Unit = m.Commitment.ID, measure, m.Unit
	if value != "" {
		r.Data.Value = value
		r.Quantity = decimal.NewNullDecimal(decimal.RequireFromString(value))
	}
	change(&r)
	if r.ReceivedAt.IsZero() {
		r.ReceivedAt = r.Time.Add(time.Hour)
	}
	return r
}

// records are what departments said, with everything that can become of it.
func records(l *seeds.Ledger) []schema.Record {
	null := func(n int64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.NewFromInt(n)) }
	on := func(month time.Month, d int) func(*schema.Record) {
		return func(r *schema.Record) { r.Time = day(month, d).Start().Add(9 * time.Hour) }
	}
	all := []schema.Record{
		said(1, l, "area", "180000", on(time.May, 6)),
		said(2, l, "area", "410000", on(time.June, 3)),
		said(3, l, "area", "235000", func(r *schema.Record) {
			on(time.June, 3)(r)
			r.Data.Replaces, r.Data.Note, r.ReceivedAt = "e2", "更正：录入有误", day(time.June, 7).Start()
		}),
		said(4, l, "area", "200000", func(r *schema.Record) { on(time.June, 4)(r); r.Department = "planning" }),
		said(5, l, "area", "23.6", func(r *schema.Record) {
			on(time.June, 28)(r)
			r.Data.Unit, r.Quantity, r.Data.Evidence = "万平方米", null(236_000), []string{"https://example.gov.cn/zheng/2024/06/0042.pdf"}
		}),
		said(6, l, "area", "250000", on(time.July, 2)),
		said(7, l, "area", "240000", func(r *schema.Record) { r.ReceivedAt = day(time.July, 3).Start() }),
		said(8, l, "area", "", func(r *schema.Record) {
			r.Type, r.Data = schema.Explained, schema.Data{Commitment: "start", Problem: "施工许可\x1b[31m证未核发\n目标值 100万", NextStep: "专班推进"}
		}),
		said(9, l, "green", "12000", on(time.March, 20)),
		said(10, l, "green", "9000", on(time.April, 20)),
		said(11, l, "green", "1.5", func(r *schema.Record) {
			on(time.May, 30)(r)
			r.Data.Unit, r.Quantity = "万平方米", null(15_000)
		}),
		said(12, l, "green", "", func(r *schema.Record) {
			on(time.June, 10)(r)
			r.Type, r.Data.Unit, r.Data.Note = schema.Unchanged, "", "本期无新增"
		}),
		said(13, l, "rate", "", func(r *schema.Record) {
			r.Numerator, r.Denominator, r.Quantity = null(650), null(1000), null(65)
		}),
		said(14, l, "levels", "64", on(time.June, 20)),
		said(15, l, "baseless", "64", on(time.June, 20)),
		said(16, l, "metro", "1", func(r *schema.Record) { r.Data.Stage, r.Source = "design", schema.SimulatorSource }),
		said(17, l, "parks", "1", func(r *schema.Record) { r.Data.Item = "luofulu" }),
		said(18, l, "parks", "0", func(r *schema.Record) { r.Data.Item = "north" }),
		said(19, l, "parks", "1", func(r *schema.Record) { r.Data.Item = "south" }),
		said(20, l, "parks", "", func(r *schema.Record) {
			r.Type, r.Data = schema.Voided, schema.Data{Commitment: "parks", Voids: "e19", Reason: "尚未开放"}
			on(time.June, 25)(r)
		}),
	}
	return all
}

func explain(t *testing.T, measure string, change func(*explanation.Input)) string {
	t.Helper()
	l := explained()
	m, ok := l.Measure(measure)
	if !ok {
		t.Fatalf("no measure %s", measure)
	}
	in := explanation.Input{Ledger: l, InForce: l.Plan.Start.Start(), Measure: m, Log: assessment.NewLog(l, records(l)), AsOf: monday, KnownAt: monday}
	change(&in)
	var out strings.Builder
	if err := explanation.Write(&out, in); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// lagged is the letter of that Monday, with a supervision item.
func lagged(in *explanation.Input) {
	week := schema.WeekOf(monday)
	in.Week = &supervision.Week{
		Plan: "p", Week: week, AsOf: monday,
		Standings: map[string]supervision.Standing{"area": {Standing: assessment.Standing{Progress: assessment.Lagging, Alert: assessment.LaggingAlert, Data: assessment.Fresh}, LaggingWeeks: 3}},
		Items: []supervision.Item{{
			Number: "2024-001", Commitment: "start", State: supervision.Answered, Opened: schema.Week{Year: 2024, Number: 25}, Due: day(time.July, 1),
			AnsweredAt: day(time.June, 20).Start(),
			Extensions: []supervision.Extension{{At: day(time.June, 21).Start(), Measure: "area", Field: "due_date", Before: "2024-11-30", After: "2024-12-31", Approver: "李副区长", Reason: "会议纪要"}},
		}},
	}
}

func TestExplanationReadsAsItDid(t *testing.T) {
	t.Parallel()
	asIs := func(*explanation.Input) {}
	for name, change := range map[string]func(*explanation.Input){
		"projects": asIs, "area": lagged, "green": asIs, "uncurved": asIs, "rate": asIs, "levels": asIs, "baseless": asIs, "metro": asIs, "parks": asIs,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name+".txt", explain(t, name, change))
		})
	}
}

// golden compares with testdata/name; on a mismatch, what we got is written beside it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		if err := os.WriteFile(path+".got", []byte(got), 0o644); err != nil {
			t.Error(err)
		}
		t.Errorf("%s differs (-want +got), see %s.got; go test -update accepts it:\n%s", path, path, diff)
	}
}

// A terminal of 100 columns shows it as it is meant, whatever departments write.
func TestLinesFitAndObeyNobody(t *testing.T) {
	t.Parallel()
	cells := &runewidth.Condition{StrictEmojiNeutral: true}
	long := strings.Repeat("很长的说明", 60) + strings.Repeat("x", 300)
	hostile := func(in *explanation.Input) {
		in.EveryEvent = true
		all := records(in.Ledger)
		for i := range all {
			all[i].Source = "/" + strings.Repeat("s", 200)
			all[i].Data.Note, all[i].Data.Problem, all[i].Data.Evidence = "\x1b[2J"+long, long+"\u202e", []string{long, long}
		}
		in.Log = assessment.NewLog(in.Ledger, all)
	}
	for _, measure := range []string{"area", "green", "metro", "parks", "rate"} {
		for i, line := range strings.Split(explain(t, measure, hostile), "\n") {
			if w := cells.StringWidth(line); w > 100 {
				t.Errorf("%s: line %d is %d columns wide: %s", measure, i+1, w, line)
			}
			if strings.ContainsFunc(line, schema.Unseen) {
				t.Errorf("%s: line %d has what a terminal obeys: %q", measure, i+1, line)
			}
		}
	}
}

func TestEveryReportIsListedWhenAskedFor(t *testing.T) {
	t.Parallel()
	l := explained()
	var many []schema.Record
	for n := 1; n <= 20; n++ {
		many = append(many, said(n, l, "area", fmt.Sprint(1000*n), func(r *schema.Record) { r.Time = day(time.March, n).Start() }))
	}
	count := func(all bool) int {
		return strings.Count(explain(t, "area", func(in *explanation.Input) {
			in.Ledger, in.EveryEvent, in.Log = l, all, assessment.NewLog(l, many)
			in.Measure, _ = l.Measure("area")
		}), "/projects#e")
	}
	if got := count(false); got != 4 {
		t.Errorf("%d reports are listed, want the one that counts and the three before it", got)
	}
	if got := count(true); got != 20 {
		t.Errorf("%d reports are listed with EveryEvent, want all 20", got)
	}
}
