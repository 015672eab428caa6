package letter

import (
	"fmt"
	"math"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
)

// Names of the sheets, which an English letter refers to as well.
const (
	ledgerName     = "总台账"
	laggingName    = "滞后清单"
	unreportedName = "未报清单"
	definitionName = "口径说明"
)

// sheets are the workbook's: every measure, those of two of the letter's lists in full, and what the words mean.
func (v *view) sheets() []sheet {
	all := make([]row, len(v.entries))
	for i := range v.entries {
		all[i] = v.row(&v.entries[i])
	}
	return []sheet{
		table(ledgerName, v.about(), v.ledgerColumns(), all),
		table(laggingName, v.about(), v.laggingColumns(), v.rows(v.lagging)),
		table(unreportedName, v.about(), v.unreportedColumns(), v.rows(v.unreported)),
		table(definitionName, v.about(), v.definitionColumns(), v.definitions()),
	}
}

// about heads every sheet, because sheets are printed and passed on alone.
func (v *view) about() string {
	s := v.t("%s  %s  截止 %s（北京时间）  数据截至 %s  台账版本 %s", v.Title, v.Week, v.AsOf, v.CutOff, v.LedgerVersion)
	if v.Department != "" {
		s += "  " + v.Department
	}
	if v.Simulated {
		s += v.t("（模拟数据）")
	}
	return s
}

// ledgerColumns are those of 总台账: every measure with the words it comes from.
func (v *view) ledgerColumns() []column[row] {
	t := v.t
	return v.widened([]column[row]{
		{t("序号"), 4.5, nil},
		{t("类别"), 5.5, row.kind},
		{t("任务"), 16, row.task},
		{t("指标或里程碑"), 14, func(r row) any { return v.title(r.measure) }},
		{t("原文"), 23, row.quote},
		{t("原文位置（从0起）"), 8.5, func(r row) any { return integer(r.measure.Commitment.QuoteOffset) }},
		{t("牵头单位"), 10, row.lead},
		{t("配合单位"), 10, func(r row) any { return v.departments(v.in.Ledger, r.measure.Commitment.SupportingDepartments...) }},
		{t("单位"), 7.5, row.unit},
		{t("目标值"), 9, row.target},
		{t("序时应完成"), 9, row.planned},
		{t("累计完成"), 9, row.actual},
		{t("应完成率"), 7.5, func(r row) any { return exact(r.now.PlannedShare, rate) }},
		{t("完成率"), 7.5, row.actualShare},
		{t("进度差") + "\n" + t("（百分点）"), 9, row.gap},
		{t("滞后天数"), 6, row.lagDays},
		{t("连续滞后周数"), 7, row.weeks},
		{t("进度状态"), 11, row.status},
		{t("预警等级"), 7, func(r row) any { return t(r.now.Alert.Label()) }},
		{t("上周状态"), 11, row.statusBefore},
		{t("数据时间"), 11.5, row.dataTime},
		{t("应完未完"), 15, row.missing},
		{t("下一节点"), 10, func(r row) any { next, _ := r.nextStage(); return next.Name }},
		{t("节点日期"), 11.5, row.nextStageBy},
		{t("完成时限"), 11.5, row.dueDate},
		{t("预计完成（参考）"), 11.5, row.outlook},
		{t("督办"), 10, row.itemNumber},
		{t("存在问题"), 18, func(r row) any { return r.now.Problem }},
		{t("下一步措施"), 18, func(r row) any { return r.now.NextStep }},
		{t("标注"), 11, func(r row) any { return r.Badges() }},
		{t("曲线确认者"), 9, func(r row) any { return r.measure.CurveConfirmedBy }},
		{t("指标编号"), 13, func(r row) any { return r.measure.ID }},
	})
}

// widened gives narrow columns room for words of an alphabet, which are not broken as Chinese is.
func (v *view) widened(columns []column[row]) []column[row] {
	const narrow, more = 12, 3
	for i := range columns {
		if !v.chinese() && columns[i].width < narrow {
			columns[i].width += more
		}
	}
	return columns
}

// laggingColumns are those of 滞后清单: the letter's table in full.
func (v *view) laggingColumns() []column[row] {
	t := v.t
	return []column[row]{
		{t("序号"), 5, nil},
		{t("类别"), 9, row.kind},
		{t("任务"), 30, row.fullTitle},
		{t("牵头单位"), 14, row.lead},
		{t("进度状态"), 14, row.status},
		{t("单位"), 7.5, row.unit},
		{t("目标值"), 10, row.target},
		{t("序时应完成"), 11, row.planned},
		{t("累计完成"), 10, row.actual},
		{t("完成率"), 9, row.actualShare},
		{t("进度差") + "\n" + t("（百分点）"), 10, row.gap},
		{t("滞后天数"), 7, row.lagDays},
		{t("连续滞后周数"), 8, row.weeks},
		{t("上周状态"), 14, row.statusBefore},
		{t("督办"), 16, func(r row) any { return r.Item() }},
		{t("应完未完"), 20, row.missing},
		{t("存在问题"), 30, func(r row) any { return orElse(r.now.Problem, t("未说明")) }},
		{t("下一步措施"), 30, func(r row) any { return orElse(r.now.NextStep, t("未说明")) }},
		{t("数据时间"), 12, row.dataTime},
		{t("原文"), 32, row.quote},
	}
}

// unreportedColumns are those of 未报清单, department by department.
func (v *view) unreportedColumns() []column[row] {
	t := v.t
	return []column[row]{
		{t("序号"), 5, nil},
		{t("报送单位"), 20, func(r row) any { return v.department(v.in.Ledger, r.measure.ReportingDepartment) }},
		{t("类别"), 10, row.kind},
		{t("任务"), 44, row.fullTitle},
		{t("数据状态"), 16, func(r row) any { return r.Data() }},
		{t("最近数据"), 12, row.dataTime},
		{t("报送周期（天）"), 10, func(r row) any { return integer(r.measure.ReportingIntervalDays) }},
		{t("进度状态"), 14, row.status},
		{t("完成时限"), 12, row.dueDate},
		{t("原文"), 50, row.quote},
	}
}

func (v *view) definitionColumns() []column[term] {
	return []column[term]{
		{v.t("项目"), 50, func(t term) any { return t.word }},
		{v.t("口径"), 130, func(t term) any { return t.meaning }},
	}
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
	all = append(all, term{v.t("查证"), v.t("每个数字都可追溯到报送记录：%s", v.Explain)})
	for i, n := range v.Notes {
		all = append(all, term{fmt.Sprintf("%s %d", v.t("说明"), i+1), n})
	}
	return all
}

// termsOf tell who changed the ledger and why, and then every change.
func (v *view) termsOf(r revision) []term {
	all := []term{{
		v.t("台账调整 %s", r.When), v.t("台账版本 %s；经办：%s；批准：%s；理由：%s", r.Version, r.By, r.Approver, r.Reason),
	}}
	for _, c := range r.changes {
		a := v.adjustment(r.ledger, c)
		words := a.String()
		if c.Controlled {
			words += v.t("（经批准）")
		}
		all = append(all, term{v.t("台账调整：%s", a.Of), words})
	}
	return all
}

// The cells of a row that stand in more than one sheet. Words are whole here; a page clips them.

func (r row) kind() any        { return r.Kind() }
func (r row) task() any        { return r.v.task(r.measure.Commitment) }
func (r row) fullTitle() any   { return r.v.fullTitle(r.measure) }
func (r row) quote() any       { return r.measure.Commitment.Quote }
func (r row) lead() any        { return r.v.department(r.v.in.Ledger, r.measure.Commitment.LeadDepartment) }
func (r row) unit() any        { return r.v.unit(r.measure) }
func (r row) target() any      { return amount(r.measure.TargetValue.Rat()) }
func (r row) planned() any     { return amount(r.now.Planned) }
func (r row) actual() any      { return amount(figures.Rat(r.now.Actual)) }
func (r row) actualShare() any { return exact(r.now.ActualShare, rate) }
func (r row) lagDays() any     { return integer(r.now.LagDays) }
func (r row) weeks() any       { return integer(r.streak) }
func (r row) dataTime() any    { return r.DataTime() }
func (r row) dueDate() any     { return r.measure.DueDate.String() }

func (r row) missing() any {
	names := make([]string, len(r.now.MissingPieces))
	for i, id := range r.now.MissingPieces {
		names[i] = r.v.piece(r.measure, id, math.MaxInt)
	}
	return r.v.list(names)
}

// gap leaves small counts empty: their days of delay stand in the next column.
func (r row) gap() any {
	if r.measure.SmallCount() {
		return nil
	}
	return exact(r.now.Gap, signed)
}

func (r row) status() any {
	if r.now.Alert == assessment.SevereAlert || r.now.Overdue() {
		return strong(r.Status())
	}
	return r.Status()
}

func (r row) statusBefore() any { return r.StatusBefore() }

func (r row) nextStageBy() any {
	if next, ok := r.nextStage(); ok {
		return next.By.String()
	}
	return nil
}

// outlook is an empty cell where no forecast is allowed.
func (r row) outlook() any {
	if r.now.Forecast == nil {
		return nil
	}
	return r.now.Forecast.Finish.String()
}

func (r row) itemNumber() any {
	if r.item == nil {
		return nil
	}
	return r.item.Number
}
