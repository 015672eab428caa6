package main

import (
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
		Source: seeds.Source{File: "source.txt", Title: "为测速生成的文本", SHA256: strings.Repeat("0", 64)},
		Note:   "为测速生成，不是任何地方的计划。",
	}}
	for i := range min(departmentsOfProvince, measures) {
		l.Departments = append(l.Departments, seeds.Department{ID: fmt.Sprintf("d%03d", i), Name: fmt.Sprintf("第%d局", i+1), NameEN: fmt.Sprintf("Bureau %d", i+1)})
	}
	var text strings.Builder
	offset := 0
	for c := range measures / 2 {
		quote := fmt.Sprintf("第%d项工程新增绿化面积100000平方米、服务1500户。", c+1)
		l.Commitments = append(l.Commitments, commitmentOf(l, c, quote, offset))
		text.WriteString(quote)
		offset += utf8.RuneCountInString(quote)
	}
	l.Text = text.String()
	l.Index()
	return l
}

func commitmentOf(l *seeds.Ledger, c int, quote string, offset int) seeds.Commitment {
	n := len(l.Departments)
	return seeds.Commitment{
		ID: fmt.Sprintf("c%05d", c), Title: fmt.Sprintf("第%d项工程", c+1), TitleEN: fmt.Sprintf("Works %d", c+1),
		Section: "重点工程", Paragraph: "重点工程。", Quote: quote, QuoteOffset: offset, Done: seeds.Finished,
		LeadDepartment: l.Departments[c%n].ID, SupportingDepartments: []string{l.Departments[(c+1)%n].ID},
		Measures: []seeds.Measure{measureOf(c, 0, "绿化面积", "100000", "平方米", offset), measureOf(c, 1, "服务户数", "1500", "户", offset)},
	}
}

func measureOf(c, i int, title, target, unit string, offset int) seeds.Measure {
	id := fmt.Sprintf("c%05d-m%d", c, i)
	return seeds.Measure{
		ID: id, Title: title, TitleEN: title, NumeralText: target, NumeralOffset: offset, TargetValue: decimal.RequireFromString(target), Unit: unit,
		Comparator: seeds.AsWritten, Mode: []schema.Mode{schema.ToDate, schema.Increment}[i], Direction: seeds.Rise,
		Definition: "为测速生成：累计完成的数量。", ReportingIntervalDays: 30, DueDate: schema.Day(2024, 12, 31), Curve: curveOf(c),
	}
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
