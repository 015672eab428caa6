package book

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"xushi/seeds"
)

// Markdown is the ledger as a document for reading: for each section of the text a table of its
// commitments, each measure with its quote, target, lead, plan and due date; then what is no commitment.
// Columns are aligned, so that it reads as plain text too.
func Markdown(l *seeds.Ledger) []byte {
	var b strings.Builder
	p := l.Plan
	fmt.Fprintf(&b, "# %s\n\n", p.Title)
	fmt.Fprintf(&b, "- 辖区：%s\n- 计划期：%s 至 %s\n- 原文：%s（%s，SHA-256 %s）\n- 台账版本：%s\n- 备注：%s\n", p.Jurisdiction, p.Start, p.End, p.Source.Title, p.Source.File, p.Source.SHA256, l.Version, p.Note)
	writeCoverage(&b, l.Coverage())
	for _, section := range sections(l) {
		fmt.Fprintf(&b, "\n## %s\n\n", section)
		markdownTable(&b, []string{"任务", "原文", "指标", "目标", "牵头单位", "配合单位", "计划", "完成时限"}, commitmentRows(l, section))
	}
	b.WriteString("\n## 不作为任务的文字\n\n")
	var rows [][]string
	for _, s := range l.Statements {
		rows = append(rows, []string{s.Kind.Title(), fmt.Sprint(s.QuoteOffset), s.Quote, s.Reason})
	}
	markdownTable(&b, []string{"类型", "位置", "原文", "理由"}, rows)
	b.WriteString("\n## 不是目标值的数字\n\n")
	rows = nil
	for _, n := range l.Numerals {
		rows = append(rows, []string{n.NumeralText, fmt.Sprint(n.NumeralOffset), n.Reason})
	}
	markdownTable(&b, []string{"数字", "位置", "理由"}, rows)
	return []byte(b.String())
}

// writeCoverage says how much of the text has an owner.
func writeCoverage(b *strings.Builder, c seeds.Coverage) {
	b.WriteString("\n## 原文覆盖\n\n")
	var rows [][]string
	for _, t := range []struct {
		what string
		seeds.Tally
	}{{"分句", c.Clauses}, {"阿拉伯数字", c.Arabic}, {"中文数字", c.Chinese}, {"全覆盖", c.Worded}} {
		rows = append(rows, []string{t.what, fmt.Sprint(t.Total), fmt.Sprint(t.Owned())})
	}
	markdownTable(b, []string{"原文", "共", "有归属"}, rows)
	fmt.Fprintf(b, "\n目标任务 %d 项，量化指标 %d 个，里程碑 %d 个（阶段 %d 个），单位 %d 个。\n", c.Commitments, c.Measures, c.Milestones, c.Stages, c.Departments)
}

// sections are the text's, in its order.
func sections(l *seeds.Ledger) []string {
	var all []string
	for _, c := range l.Commitments {
		if !slices.Contains(all, c.Section) {
			all = append(all, c.Section)
		}
	}
	return all
}

func commitmentRows(l *seeds.Ledger, section string) (rows [][]string) {
	for _, c := range l.Commitments {
		if c.Section != section {
			continue
		}
		var supporting []string
		for _, d := range c.SupportingDepartments {
			supporting = append(supporting, l.DepartmentName(d))
		}
		for i := range c.Measures {
			m := &c.Measures[i]
			row := []string{c.Title, c.Quote, m.Title, targetOf(m), l.DepartmentName(c.LeadDepartment), strings.Join(supporting, "、"), planOf(m), m.DueDate.String()}
			if i > 0 {
				row[0], row[1], row[4], row[5] = "", "", "", "" // as above
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func targetOf(m *seeds.Measure) string {
	switch {
	case m.Milestone():
		return "里程碑"
	case m.Comparator == seeds.AtLeast:
		return "≥" + m.TargetValue.String() + m.Unit
	}
	return m.TargetValue.String() + m.Unit
}

func planOf(m *seeds.Measure) string {
	if m.Curve == nil {
		return "未定"
	}
	return m.Curve.Words(m)
}

// terminal measures text as terminals and editors draw it: “ ” and ≥ are narrow.
var terminal = &runewidth.Condition{}

// markdownTable writes rows so that | means nothing in a cell, and pads columns to one width.
func markdownTable(b *strings.Builder, header []string, rows [][]string) {
	all := append([][]string{header}, rows...)
	widths := make([]int, len(header))
	for _, row := range all {
		for i, cell := range row {
			row[i] = strings.NewReplacer(`\`, `\\`, "|", `\|`, "\n", "<br>", "<", "&lt;", "&", "&amp;").Replace(cell)
			widths[i] = max(widths[i], terminal.StringWidth(row[i]), 3)
		}
	}
	for i, row := range all {
		for j, cell := range row {
			b.WriteString("| " + terminal.FillRight(cell, widths[j]) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			for _, width := range widths {
				b.WriteString("|" + strings.Repeat("-", width+2))
			}
			b.WriteString("|\n")
		}
	}
}
