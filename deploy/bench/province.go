package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// departmentsOfProvince share its measures evenly.
const departmentsOfProvince = 200

// province is a plan of so many measures, in commitments of two, as a whole province might promise: every
// curve and mode in turn, over one year.
func province(measures int) *seeds.Ledger {
	l := &seeds.Ledger{Plan: seeds.Plan{
		ID: "province-2024", Title: "全省2024年政府工作报告目标任务", Jurisdiction: "某省",
		Start: schema.Day(2024, 1, 1), End: schema.Day(2024, 12, 31),
		Source:   seeds.Source{File: "source.txt", Title: "为测速生成的文本"},
		Note:     "为测速生成，不是任何地方的计划。",
		Assigned: assigned(),
	}}
	for i := range min(departmentsOfProvince, measures) {
		l.Departments = append(l.Departments, seeds.Department{ID: fmt.Sprintf("d%03d", i), Name: name(i) + "局", NameEN: fmt.Sprintf("Bureau %d", i+1)})
	}
	const heading = "重点工程\n重点工程。"
	text := strings.Builder{}
	text.WriteString(heading)
	offset := utf8.RuneCountInString(heading)
	l.Statements = []seeds.Statement{{Kind: seeds.Heading, Quote: "重点工程", Reason: "标题"}, {Kind: seeds.Heading, Quote: "重点工程", QuoteOffset: 5, Reason: "标题"}}
	for c := range measures / 2 {
		quote := "建设" + name(c) + "片区，新增绿化面积100000平方米、服务1500户。"
		l.Commitments = append(l.Commitments, commitmentOf(l, c, quote, offset))
		text.WriteString(quote)
		offset += utf8.RuneCountInString(quote)
	}
	l.Text = text.String()
	sum := sha256.Sum256([]byte(l.Text))
	l.Plan.Source.SHA256 = hex.EncodeToString(sum[:])
	l.Index()
	return l
}

func commitmentOf(l *seeds.Ledger, c int, quote string, offset int) seeds.Commitment {
	n := len(l.Departments)
	return seeds.Commitment{
		ID: fmt.Sprintf("c%05d", c), Title: "建设" + name(c) + "片区", TitleEN: fmt.Sprintf("Area %d", c+1),
		Section: "重点工程", Paragraph: "重点工程。", Quote: quote, QuoteOffset: offset, Done: seeds.Finished,
		LeadDepartment: l.Departments[c%n].ID, SupportingDepartments: []string{l.Departments[(c+1)%n].ID},
		Measures: []seeds.Measure{measureOf(c, 0, "绿化面积", "100000", "平方米", quote, offset), measureOf(c, 1, "服务户数", "1500", "户", quote, offset)},
	}
}

func measureOf(c, i int, title, target, unit, quote string, offset int) seeds.Measure {
	id := fmt.Sprintf("c%05d-m%d", c, i)
	before, _, _ := strings.Cut(quote, target)
	return seeds.Measure{
		ID: id, Title: title, TitleEN: title, NumeralText: target, NumeralOffset: offset + utf8.RuneCountInString(before),
		TargetValue: decimal.RequireFromString(target), Unit: unit,
		Comparator: seeds.AsWritten, Mode: []schema.Mode{schema.ToDate, schema.Increment}[i], Direction: seeds.Rise,
		Definition: "为测速生成：累计完成的数量。", ReportingIntervalDays: 30, DueDate: schema.Day(2024, 12, 31), Curve: curveOf(c),
	}
}

// assigned names somebody for everything that no text gives.
func assigned() []seeds.Assignment {
	fields := []string{
		"plan.id", "plan.title", "plan.start", "plan.end", "plan.jurisdiction", "plan.source",
		"department.id", "department.name", "department.name_en",
		"commitment.id", "commitment.title", "commitment.title_en", "commitment.done", "commitment.lead_department", "commitment.supporting_departments",
		"measure.id", "measure.title", "measure.title_en", "measure.mode", "measure.direction", "measure.definition",
		"measure.reporting_interval_days", "measure.due_date", "measure.curve", "statement.kind", "statement.reason",
	}
	return []seeds.Assignment{{Fields: fields, AssignedBy: "bench", Confidence: seeds.High, Basis: "为测速生成"}}
}

// name is that of the i-th of at most ten thousand: four characters, none of which is a numeral.
func name(i int) string {
	stems := []rune("甲乙丙丁戊己庚辛壬癸")
	return string([]rune{stems[i/1000%10], stems[i/100%10], stems[i/10%10], stems[i%10]})
}

func curveOf(c int) *seeds.Curve {
	switch c % 3 {
	case 0:
		return &seeds.Curve{Kind: seeds.Linear, Start: schema.Day(2024, 1, 1), End: schema.Day(2024, 12, 31)}
	case 1:
		return &seeds.Curve{Kind: seeds.Season, Start: schema.Day(2024, 3, 1), End: schema.Day(2024, 10, 31)}
	}
	share := decimal.NewFromInt
	return &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{
		{By: schema.Day(2024, 3, 31), Share: share(20)}, {By: schema.Day(2024, 6, 30), Share: share(45)},
		{By: schema.Day(2024, 9, 30), Share: share(75)}, {By: schema.Day(2024, 12, 31), Share: share(100)},
	}}
}
