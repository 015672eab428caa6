package letter

import (
	"fmt"
	"strings"

	"xushi/jobs/figures"
	"xushi/seeds"
)

// notes are what the letter owes its reader: what it is not, what nobody has confirmed, how figures
// were rounded.
func notes(l *seeds.Ledger, simulated bool) []string {
	var all []string
	if simulated {
		all = append(all, "本函含模拟数据（来源 /simulator），仅供演示，不反映任何单位的实际工作。")
	}
	all = append(all, "本函是进度提示，供掌握进展、及时协调之用，不是督查结论。")
	if l.Plan.Note != "" {
		all = append(all, strings.TrimSpace(l.Plan.Note))
	}
	all = append(all, whoAssigned(l), whoPlanned(l),
		"判定用未取整的精确值；显示时四舍五入：百分数和百分点取一位小数，以万计的数取两位，其他数取一位。",
		"“序时应完成”按计划曲线算到截止时刻之前的整日（北京时间）；“滞后天数”是截止时刻距计划达到当前累计完成之日的天数；件数少的任务逐件按天判定，不计百分点。",
	)
	return all
}

// whoAssigned names who said which department leads, which the text does not, how sure of it, and who
// has confirmed it since.
func whoAssigned(l *seeds.Ledger) string {
	var assigned, confirmed tally
	for i := range l.Commitments {
		c := &l.Commitments[i]
		assigned.add(figures.Assigner(l.AssignedCommitment(c, "lead_department")))
		confirmed.add(l.ConfirmedBy("commitment", c.ID, "lead_department"))
	}
	return "牵头单位的指定者：" + assigned.list("项任务") + "。确认者：" + orElse(confirmed.list("项任务"), "无") + "。"
}

// whoPlanned is the same of the curves.
func whoPlanned(l *seeds.Ledger) string {
	var assigned, confirmed tally
	open := 0
	for _, m := range l.Measures() {
		if m.Curve == nil {
			continue
		}
		assigned.add(figures.Assigner(l.AssignedMeasure(m, "curve")))
		confirmed.add(m.CurveConfirmedBy)
		if m.CurveConfirmedBy == "" {
			open++
		}
	}
	s := "计划曲线的拟定者：" + assigned.list("条") + "。确认者：" + orElse(confirmed.list("条"), "无") + "。"
	if open > 0 {
		s += fmt.Sprintf("未经确认的%d条以“曲线未确认”标注，照常测算。", open)
	}
	return s
}

// tally counts by name, in order of first mention.
type tally struct {
	names  []string
	counts map[string]int
}

// add counts nobody not at all.
func (t *tally) add(name string) {
	if name == "" {
		return
	}
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	if t.counts[name] == 0 {
		t.names = append(t.names, name)
	}
	t.counts[name]++
}

// list reads 序时项目组，12项任务；区住房建设委，3项任务.
func (t *tally) list(unit string) string {
	parts := make([]string, len(t.names))
	for i, name := range t.names {
		parts[i] = fmt.Sprintf("%s，%d%s", name, t.counts[name], unit)
	}
	return strings.Join(parts, "；")
}
