package book_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// townText is a report made up so that a ledger of it uses every field, every kind of curve, and words
// that a spreadsheet would like to take for formulas.
const townText = `(一)城镇建设
完善设施。新建甲园、乙园2个公园,修路3.5公里,新增车位1200个,栽树900棵,完成123处改造,翻修东街等5条道路。
提升服务。签约率达到80%以上,每千人床位6张,投诉下降到30件,新建图书馆。

=1+1继续努力@SUM(A1)。 有一处空白，+加快_x000D_步伐！
`

func town(t testing.TB) *seeds.Ledger {
	t.Helper()
	sum := sha256.Sum256([]byte(townText))
	l := &seeds.Ledger{
		Text: townText,
		Plan: seeds.Plan{
			ID: "town-2025", Title: "某镇2025年目标任务", Jurisdiction: "某县某镇", Start: date("2025-01-01"), End: date("2025-12-31"),
			Source: seeds.Source{File: "report.txt", SHA256: hex.EncodeToString(sum[:]), Title: "某镇政府工作报告"},
			Note:   "虚构。\n第二行，有 \"引号\"。", Assigned: townAssigned(),
			Thresholds: seeds.Overrides{"lagging_gap_points": 12, "escalate_weeks": 3},
		},
		Departments: []seeds.Department{
			{ID: "jianshe", Name: "建设办", NameEN: "Construction"}, {ID: "weisheng", Name: "卫生、健康办", NameEN: "Health"},
			{ID: "wenhua", Name: "文化站", NameEN: "Culture"},
		},
		Commitments: []seeds.Commitment{parks(), roads(), parking(), trees(), repairs(), streets(), doctors(), beds(), complaints(), library()},
		Statements: []seeds.Statement{
			statement(seeds.Heading, "(一)城镇建设"), statement(seeds.Heading, "完善设施"), statement(seeds.Heading, "提升服务"),
			statement(seeds.Directional, "=1+1继续努力@SUM(A1)"), statement(seeds.Directional, "有一处空白，+加快_x000D_步伐"),
		},
		Numerals: []seeds.Numeral{
			numeral("一", "(", ")城镇"), numeral("1", "=", "+1"), numeral("1", "=1+", "继续"), numeral("1", "SUM(A", ")"),
			numeral("一", "有", "处空白"), numeral("000", "_x", "D_"),
		},
	}
	l.Index()
	proved, err := seeds.Parse("town", l.JSON())
	if err != nil {
		t.Fatal(err)
	}
	return proved
}

// longTown is the town with a paragraph behind everything that no cell can hold.
func longTown(t *testing.T) *seeds.Ledger {
	t.Helper()
	l := town(t)
	quote := strings.Repeat("很长😀", 12_000)
	l.Statements = append(l.Statements, seeds.Statement{Kind: seeds.Directional, Quote: "尾", QuoteOffset: utf8.RuneCountInString(l.Text), Reason: "短"})
	l.Text += "尾，"
	for piece := range 4 {
		l.Statements = append(l.Statements, seeds.Statement{Kind: seeds.Directional, Quote: quote[:len(quote)/4], QuoteOffset: utf8.RuneCountInString(l.Text), Reason: "长"})
		l.Text += quote[:len(quote)/4] + strings.Repeat("，", 1+piece)
	}
	sum := sha256.Sum256([]byte(l.Text))
	l.Plan.Source.SHA256 = hex.EncodeToString(sum[:])
	l, err := seeds.Parse("town", l.JSON())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func townAssigned() []seeds.Assignment {
	ours := "title title_en mode direction min_value max_value baseline_value ratio itemised definition reporting_department reporting_interval_days due_date evidence_required curve"
	fields := []string{"department.name", "department.name_en"}
	for f := range strings.FieldsSeq("title title_en done lead_department supporting_departments") {
		fields = append(fields, "commitment."+f)
	}
	for f := range strings.FieldsSeq(ours) {
		fields = append(fields, "measure."+f, "milestone."+f)
	}
	fields = append(fields, "milestone.target_value", "milestone.unit")
	return []seeds.Assignment{{Fields: fields, AssignedBy: "=某人", Confidence: seeds.Low, Basis: "虚构"}}
}

func date(s string) schema.Date {
	d, err := schema.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func dec(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

// offsetOf is where the text says words, in code points.
func offsetOf(words string) int {
	before, _, found := strings.Cut(townText, words)
	if !found {
		panic("the text does not say " + words)
	}
	return utf8.RuneCountInString(before)
}

func statement(kind seeds.StatementKind, quote string) seeds.Statement {
	return seeds.Statement{Kind: kind, Quote: quote, QuoteOffset: offsetOf(quote), Reason: "@理由"}
}

// numeral is one of several equal ones, told by what stands around it.
func numeral(words, before, after string) seeds.Numeral {
	return seeds.Numeral{NumeralText: words, NumeralOffset: offsetOf(before+words+after) + utf8.RuneCountInString(before), Reason: "-1 不是目标"}
}

func commitment(id, quote string, done seeds.Done, measures ...seeds.Measure) seeds.Commitment {
	c := seeds.Commitment{
		ID: id, Title: "=" + quote, TitleEN: "+" + id, Section: "(一)城镇建设", Paragraph: "完善设施。", Quote: quote, QuoteOffset: offsetOf(quote),
		Done: done, LeadDepartment: "jianshe", Measures: measures,
	}
	if c.QuoteOffset > offsetOf("提升服务") {
		c.Paragraph, c.LeadDepartment, c.SupportingDepartments = "提升服务。", "weisheng", []string{"jianshe", "wenhua"}
	}
	return c
}

// measure counts the numeral that stands before after.
func measure(id, numeral, after, target, unit string, mode schema.Mode, curve *seeds.Curve) seeds.Measure {
	return seeds.Measure{
		ID: id, Title: id + "的数", TitleEN: id, NumeralText: numeral, NumeralOffset: offsetOf(numeral + after), TargetValue: *dec(target), Unit: unit,
		Comparator: seeds.AsWritten, Mode: mode, Direction: seeds.Rise, Definition: "口径：\n  第二行", ReportingIntervalDays: 30,
		DueDate: date("2025-12-31"), Curve: curve,
	}
}

func parks() seeds.Commitment {
	m := measure("parks-built", "2", "个公园", "2", "个", schema.ToDate, &seeds.Curve{
		Kind: seeds.ByItem, Items: []seeds.ItemDate{{Item: "yi", By: date("2025-06-30")}, {Item: "jia", By: date("2025-05-31")}},
	})
	m.Itemised, m.Items = true, []seeds.Item{{ID: "jia", Name: "甲园"}, {ID: "yi", Name: "乙园"}}
	return commitment("parks", "新建甲园、乙园2个公园", seeds.Finished, m)
}

func roads() seeds.Commitment {
	m := measure("roads-built", "3.5", "公里", "3.5", "公里", schema.Increment, &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{
		{By: date("2025-06-30"), Share: *dec("33.333333")}, {By: date("2025-12-31"), Share: *dec("100")},
	}})
	m.EvidenceRequired = true
	m.Thresholds = seeds.Overrides{"grace_days": 14}
	m.MinValue, m.MaxValue = dec("-123456789012345678.123456"), dec("999999999999999999.999999")
	m.Assigned = []seeds.Assignment{{Fields: []string{"min_value", "max_value"}, AssignedBy: "某人", Confidence: seeds.High, Basis: "大数"}}
	return commitment("roads", "修路3.5公里", seeds.Started, m)
}

func parking() seeds.Commitment {
	m := measure("parking-added", "1200", "个", "1200", "个", schema.ToDate, &seeds.Curve{Kind: seeds.Linear, Start: date("2025-01-01"), End: date("2025-12-31")})
	m.MinValue, m.MaxValue = dec("0"), dec("123456.789")
	return commitment("parking", "新增车位1200个", seeds.InOperation, m)
}

func trees() seeds.Commitment {
	return commitment("trees", "栽树900棵", seeds.Held, measure("trees-planted", "900", "棵", "900", "棵", schema.Increment, &seeds.Curve{
		Kind: seeds.Season, Start: date("2025-03-01"), End: date("2025-05-31"), Steps: []seeds.Step{{By: date("2025-05-01"), Share: *dec("100")}},
	}))
}

// repairs have no curve.
func repairs() seeds.Commitment {
	return commitment("repairs", "完成123处改造", seeds.Advanced, measure("repairs-done", "123", "处", "123", "处", schema.ToDate, nil))
}

func streets() seeds.Commitment {
	m := measure("streets-renewed", "5", "条", "5", "条", schema.ToDate, &seeds.Curve{
		Kind: seeds.ByItem, Start: date("2025-02-01"), End: date("2025-10-31"), Items: []seeds.ItemDate{{Item: "dongjie", By: date("2025-06-30")}},
	})
	m.Itemised, m.ItemsOpen, m.Items = true, true, []seeds.Item{{ID: "dongjie", Name: "东街"}}
	c := commitment("streets", "翻修东街等5条道路", seeds.Finished, m)
	c.Assigned = []seeds.Assignment{{Fields: []string{"done"}, AssignedBy: "某人", Confidence: seeds.Medium, Basis: "原文"}}
	return c
}

func doctors() seeds.Commitment {
	m := measure("contract-rate", "80%", "以上", "80", "%", schema.Level, &seeds.Curve{Kind: seeds.ByLevel, Levels: []seeds.LevelDate{
		{By: date("2025-06-30"), Value: *dec("70.5")}, {By: date("2025-12-31"), Value: *dec("80")},
	}})
	m.Comparator, m.BaselineValue, m.ReportingDepartment = seeds.AtLeast, dec("60"), "wenhua"
	m.Ratio = &seeds.Ratio{Numerator: "签约人数", Denominator: "总人数", Per: *dec("100"), DenominatorValue: dec("12000")}
	return commitment("doctors", "签约率达到80%以上", seeds.Reached, m)
}

func beds() seeds.Commitment {
	m := measure("beds-per-thousand", "6", "张", "6", "张", schema.Level, &seeds.Curve{Kind: seeds.Linear, Start: date("2025-01-01"), End: date("2025-12-31")})
	m.Ratio = &seeds.Ratio{Numerator: "床位", Denominator: "人口", Per: *dec("1000"), PerText: "千", PerOffset: offsetOf("千人")}
	return commitment("beds", "每千人床位6张", seeds.Reached, m)
}

func complaints() seeds.Commitment {
	m := measure("complaints-open", "30", "件", "30", "件", schema.Level, &seeds.Curve{
		Kind: seeds.Season, Start: date("2025-06-01"), End: date("2025-09-30"), Levels: []seeds.LevelDate{{By: date("2025-09-30"), Value: *dec("30")}},
	})
	m.Direction, m.BaselineValue = seeds.Fall, dec("45.25")
	return commitment("complaints", "投诉下降到30件", seeds.Reached, m)
}

func library() seeds.Commitment {
	m := measure("library-built", "", "新建图书馆", "2", seeds.StageUnit, schema.ToDate, &seeds.Curve{Kind: seeds.Milestones, Stages: []seeds.Stage{
		{Stage: "start", Name: "开工", By: date("2025-03-31"), Weight: *dec("40")}, {Stage: "open", Name: "=开馆", By: date("2025-11-30"), Weight: *dec("60")},
	}})
	m.NumeralOffset = 0
	return commitment("library", "新建图书馆", seeds.Finished, m)
}
