package letter

import (
	"fmt"
	"strings"

	"xushi/jobs/figures"
)

// about heads every sheet, because sheets are printed and passed on alone.
func (v *view) about() string {
	s := fmt.Sprintf("%s  %s  截止 %s（北京时间）  数据截至 %s  台账版本 %s", v.Title, v.Week, v.AsOf, v.CutOff, v.LedgerVersion)
	if v.Simulated {
		s += "  【模拟数据】"
	}
	return s
}

// ledgerSheet is 总台账: every measure with the words it comes from.
func ledgerSheet(v *view) sheet {
	s := sheet{name: "总台账", about: v.about(), columns: []column{
		{"序号", 5}, {"类别", 10}, {"任务", 27}, {"指标或里程碑", 20}, {"原文", 34}, {"原文位置\n（从0起）", 11}, {"牵头单位", 14}, {"配合单位", 14}, {"单位", 8},
		{"目标值", 10}, {"序时应完成", 12}, {"累计完成", 10}, {"应完成率", 9}, {"完成率", 9}, {"进度差\n（百分点）", 11}, {"滞后天数", 7},
		{"进度状态", 15}, {"预警等级", 9}, {"连续滞\n后周数", 8}, {"应完未完", 20}, {"下一节点", 16}, {"节点日期", 12}, {"完成时限", 12}, {"数据时间", 12}, {"标注", 16}, {"指标编号", 24},
	}}
	for _, r := range v.rows {
		m, a := r.measure, r.now
		s.rows = append(s.rows, []any{
			days(r.Number), r.Kind, m.Commitment.Title, r.Title, r.Quote, days(m.Commitment.QuoteOffset), r.Lead, r.Supporting, m.Unit,
			amount(m.TargetValue.Rat()), amount(a.Planned), amount(figures.Rat(a.Actual)), exact(a.PlannedShare, rate), exact(a.ActualShare, rate), r.gapCell(), days(a.LagDays),
			r.Status, a.Alert.Label(), days(r.streak), r.Missing, r.NextStage, r.NextStageBy, r.Due, r.DataTime, strings.Join(r.Badges, "、"), r.ID,
		})
	}
	return s
}

// laggingSheet is 滞后清单: the letter's table in full.
func laggingSheet(v *view) sheet {
	s := sheet{name: "滞后清单", about: v.about(), columns: []column{
		{"序号", 5}, {"类别", 10}, {"任务", 34}, {"牵头单位", 14}, {"进度状态", 15}, {"单位", 8}, {"目标值", 10}, {"序时应完成", 12}, {"累计完成", 10},
		{"完成率", 9}, {"进度差\n（百分点）", 11}, {"滞后天数", 7}, {"连续滞\n后周数", 8}, {"上周状态", 15}, {"应完未完", 20},
		{"存在问题", 34}, {"下一步措施", 34}, {"数据时间", 12}, {"原文", 32},
	}}
	for i, r := range v.lagging {
		m, a := r.measure, r.now
		s.rows = append(s.rows, []any{
			days(i + 1), r.Kind, r.FullTitle(), r.Lead, r.Status, m.Unit, amount(m.TargetValue.Rat()), amount(a.Planned), amount(figures.Rat(a.Actual)),
			exact(a.ActualShare, rate), r.gapCell(), days(a.LagDays), days(r.streak), r.StatusBefore, r.Missing,
			r.Problem, r.Next, r.DataTime, r.Quote,
		})
	}
	return s
}

// unreportedSheet is 未报清单, department by department.
func unreportedSheet(v *view) sheet {
	s := sheet{name: "未报清单", about: v.about(), columns: []column{
		{"序号", 5}, {"报送单位", 20}, {"类别", 10}, {"任务", 44}, {"数据状态", 16}, {"最近数据", 12}, {"报送周期\n（天）", 10}, {"进度状态", 14}, {"完成时限", 12}, {"原文", 50},
	}}
	for i, r := range v.unreported {
		s.rows = append(s.rows, []any{
			days(i + 1), r.Reporting, r.Kind, r.FullTitle(), r.Data, r.DataTime, days(r.IntervalDays), r.Status, r.Due, r.Quote,
		})
	}
	return s
}

// definitionSheet is 口径说明: how the ledger has changed since the previous letter, what each measure
// counts, then what the letter's words mean.
func definitionSheet(v *view) sheet {
	s := sheet{name: "口径说明", about: v.about(), columns: []column{{"项目", 50}, {"口径", 130}}}
	for _, r := range v.Revisions {
		s.rows = append(s.rows, r.cells()...)
	}
	for _, r := range v.rows {
		s.rows = append(s.rows, []any{r.FullTitle(), r.measure.Definition})
	}
	for _, t := range v.terms {
		s.rows = append(s.rows, []any{t.word, t.meaning})
	}
	s.rows = append(s.rows, []any{"查证", "每个数字都可追溯到报送记录：xushi explain 指标编号 --as-of " + v.traceAsOf})
	for i, n := range v.Notes {
		s.rows = append(s.rows, []any{fmt.Sprintf("说明%d", i+1), n})
	}
	return s
}

// cells tell who changed the ledger and why, and then every change.
func (r *revision) cells() [][]any {
	rows := [][]any{{"台账调整 " + r.When, fmt.Sprintf("台账版本 %s；经办：%s；批准：%s；理由：%s", r.Version, r.By, r.Approver, r.Reason)}}
	for _, a := range r.changes {
		words := a.String()
		if a.controlled {
			words += "（经批准）"
		}
		rows = append(rows, []any{"台账调整：" + a.Of, words})
	}
	return rows
}

// gapCell leaves small counts empty: their days of delay stand in the next column.
func (r *row) gapCell() any {
	if r.GapUnit == "" {
		return nil
	}
	return exact(r.now.Gap, signed)
}
