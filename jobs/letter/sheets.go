package letter

import (
	"fmt"
	"strings"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/seeds"
)

// sheets are the workbook's: every measure, those of two of the letter's lists in full, and what the words mean.
func (v *view) sheets(l *seeds.Ledger) []sheet {
	return []sheet{
		table("总台账", v.about(), ledgerColumns(l), pointers(v.entries)),
		table("滞后清单", v.about(), laggingColumns(l), v.lagging),
		table("未报清单", v.about(), unreportedColumns(l), v.unreported),
		table("口径说明", v.about(), definitionColumns, v.definitions()),
	}
}

func pointers(entries []entry) []*entry {
	all := make([]*entry, len(entries))
	for i := range entries {
		all[i] = &entries[i]
	}
	return all
}

// about heads every sheet, because sheets are printed and passed on alone.
func (v *view) about() string {
	s := fmt.Sprintf("%s  %s  截止 %s（北京时间）  数据截至 %s  台账版本 %s", v.Title, v.Week, v.AsOf, v.CutOff, v.LedgerVersion)
	if v.Simulated {
		s += "  【模拟数据】"
	}
	return s
}

// ledgerColumns are those of 总台账: every measure with the words it comes from.
func ledgerColumns(l *seeds.Ledger) []column[*entry] {
	return []column[*entry]{
		{"序号", 4.5, nil},
		{"类别", 5.5, (*entry).kind},
		{"任务", 16, func(e *entry) any { return e.measure.Commitment.Title }},
		{"指标或\n里程碑", 14, func(e *entry) any { return e.measure.Title }},
		{"原文", 23, (*entry).quote},
		{"原文位置\n（从0起）", 8.5, func(e *entry) any { return integer(e.measure.Commitment.QuoteOffset) }},
		{"牵头单位", 10, func(e *entry) any { return l.DepartmentName(e.measure.Commitment.LeadDepartment) }},
		{"配合单位", 10, func(e *entry) any {
			return speaking(Chinese).departments(l, e.measure.Commitment.SupportingDepartments...)
		}},
		{"单位", 7.5, (*entry).unit},
		{"目标值", 9, (*entry).target},
		{"序时应\n完成", 9, (*entry).planned},
		{"累计完成", 9, (*entry).actual},
		{"应完\n成率", 7.5, func(e *entry) any { return exact(e.now.PlannedShare, rate) }},
		{"完成率", 7.5, (*entry).actualShare},
		{"进度差\n（百分点）", 9, (*entry).gap},
		{"滞后\n天数", 6, (*entry).lagDays},
		{"连续滞\n后周数", 7, (*entry).weeks},
		{"进度状态", 11, (*entry).status},
		{"预警\n等级", 7, func(e *entry) any { return e.now.Alert.Label() }},
		{"上周状态", 11, (*entry).statusBefore},
		{"数据时间", 11.5, (*entry).dataTime},
		{"应完未完", 15, (*entry).missing},
		{"下一节点", 10, func(e *entry) any { next, _ := e.nextStage(); return next.Name }},
		{"节点日期", 11.5, (*entry).nextStageBy},
		{"完成时限", 11.5, (*entry).dueDate},
		{"督办编号", 9.5, (*entry).itemNumber},
		{"存在问题", 18, func(e *entry) any { return e.now.Problem }},
		{"下一步措施", 18, func(e *entry) any { return e.now.NextStep }},
		{"标注", 11, func(e *entry) any { return strings.Join(badges(e.now), "、") }},
		{"曲线\n确认者", 9, func(e *entry) any { return e.measure.CurveConfirmedBy }},
		{"指标编号", 13, func(e *entry) any { return e.measure.ID }},
	}
}

// laggingColumns are those of 滞后清单: the letter's table in full.
func laggingColumns(l *seeds.Ledger) []column[*entry] {
	return []column[*entry]{
		{"序号", 5, nil},
		{"类别", 9, (*entry).kind},
		{"任务", 30, func(e *entry) any { return speaking(Chinese).fullTitle(e.measure) }},
		{"牵头单位", 14, func(e *entry) any { return l.DepartmentName(e.measure.Commitment.LeadDepartment) }},
		{"进度状态", 14, (*entry).status},
		{"单位", 7, (*entry).unit},
		{"目标值", 10, (*entry).target},
		{"序时应完成", 11, (*entry).planned},
		{"累计完成", 10, (*entry).actual},
		{"完成率", 9, (*entry).actualShare},
		{"进度差\n（百分点）", 10, (*entry).gap},
		{"滞后\n天数", 7, (*entry).lagDays},
		{"连续滞\n后周数", 8, (*entry).weeks},
		{"上周状态", 14, (*entry).statusBefore},
		{"督办编号", 10, (*entry).itemNumber},
		{"应完未完", 20, (*entry).missing},
		{"存在问题", 32, func(e *entry) any { return orElse(e.now.Problem, "未说明") }},
		{"下一步措施", 32, func(e *entry) any { return orElse(e.now.NextStep, "未说明") }},
		{"数据时间", 12, (*entry).dataTime},
		{"原文", 32, (*entry).quote},
	}
}

// unreportedColumns are those of 未报清单, department by department.
func unreportedColumns(l *seeds.Ledger) []column[*entry] {
	return []column[*entry]{
		{"序号", 5, nil},
		{"报送单位", 20, func(e *entry) any { return l.DepartmentName(e.measure.ReportingDepartment) }},
		{"类别", 10, (*entry).kind},
		{"任务", 44, func(e *entry) any { return speaking(Chinese).fullTitle(e.measure) }},
		{"数据状态", 16, func(e *entry) any { return e.now.Data.Label() }},
		{"最近数据", 12, (*entry).dataTime},
		{"报送周期\n（天）", 10, func(e *entry) any { return integer(e.measure.ReportingIntervalDays) }},
		{"进度状态", 14, (*entry).status},
		{"完成时限", 12, (*entry).dueDate},
		{"原文", 50, (*entry).quote},
	}
}

var definitionColumns = []column[term]{
	{"项目", 50, func(t term) any { return t.word }},
	{"口径", 130, func(t term) any { return t.meaning }},
}

// definitions are 口径说明: how the ledger has changed since the previous letter, what each measure counts,
// then what the letter's words mean.
func (v *view) definitions() []term {
	var all []term
	for _, r := range v.Revisions {
		all = append(all, v.termsOf(r)...)
	}
	for i := range v.entries {
		m := v.entries[i].measure
		all = append(all, term{v.fullTitle(m), m.Definition})
	}
	all = append(all, v.terms...)
	all = append(all, term{"查证", "每个数字都可追溯到报送记录：" + v.Explain})
	for i, n := range v.Notes {
		all = append(all, term{fmt.Sprintf("说明%d", i+1), n})
	}
	return all
}

// termsOf tell who changed the ledger and why, and then every change.
func (v *view) termsOf(r revision) []term {
	all := []term{{"台账调整 " + r.When, fmt.Sprintf("台账版本 %s；经办：%s；批准：%s；理由：%s", r.Version, r.By, r.Approver, r.Reason)}}
	for _, c := range r.changes {
		a := v.adjustment(r.ledger, c)
		words := a.String()
		if c.Controlled {
			words += "（经批准）"
		}
		all = append(all, term{"台账调整：" + a.Of, words})
	}
	return all
}

// The cells of an entry that stand in more than one sheet.

func (e *entry) kind() any        { return figures.Kind(e.measure) }
func (e *entry) quote() any       { return e.measure.Commitment.Quote }
func (e *entry) unit() any        { return e.measure.Unit }
func (e *entry) target() any      { return amount(e.measure.TargetValue.Rat()) }
func (e *entry) planned() any     { return amount(e.now.Planned) }
func (e *entry) actual() any      { return amount(figures.Rat(e.now.Actual)) }
func (e *entry) actualShare() any { return exact(e.now.ActualShare, rate) }
func (e *entry) lagDays() any     { return integer(e.now.LagDays) }
func (e *entry) weeks() any       { return integer(e.streak) }
func (e *entry) dataTime() any    { return onDay(e.now.LastReported) }
func (e *entry) missing() any     { return speaking(Chinese).pieces(e.measure, e.now.MissingPieces) }
func (e *entry) dueDate() any     { return e.measure.DueDate.String() }

// gap leaves small counts empty: their days of delay stand in the next column.
func (e *entry) gap() any {
	if e.measure.SmallCount() {
		return nil
	}
	return exact(e.now.Gap, signed)
}

func (e *entry) status() any {
	words := figures.StatusOf(e.now.Standing, e.verified)
	if e.now.Alert == assessment.SevereAlert || e.now.Overdue() {
		return strong(words)
	}
	return words
}

func (e *entry) statusBefore() any {
	if e.before == nil {
		return figures.None
	}
	return figures.StatusOf(e.before.Standing, e.wasVerified)
}

func (e *entry) nextStageBy() any {
	if next, ok := e.nextStage(); ok {
		return next.By.String()
	}
	return nil
}

func (e *entry) itemNumber() any {
	if e.item == nil {
		return nil
	}
	return e.item.Number
}
