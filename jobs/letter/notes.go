package letter

import (
	"strings"

	"xushi/seeds"
)

// notes are what the letter owes its reader: what it is not, what nobody has confirmed, how figures
// were rounded.
func notes(v *view) []string {
	var all []string
	if v.Simulated {
		all = append(all, v.t("本函含模拟数据（来源 /simulator），仅供演示，不反映任何单位的实际工作。"))
	}
	all = append(all, v.t("本函是进度提示，供掌握进展、及时协调之用，不是督查结论。"))
	if note := v.in.Ledger.Plan.Note; note != "" {
		all = append(all, clip(oneLine(note), 2*roomy.text))
	}
	if year := v.in.UnknownYear; year != 0 {
		all = append(all, v.t("%d年的法定节假日和调休尚未录入，发信日只按周末推算。", year))
	}
	return append(all, whoAssigned(v), whoPlanned(v),
		v.t("判定用未取整的精确值；显示时四舍五入：百分数和百分点取一位小数，以万计的数取两位，其他数取一位。"),
		v.t("“序时应完成”按计划曲线算到截止时刻之前的整日（北京时间）；“滞后天数”是截止时刻距计划达到当前累计完成之日的天数；件数少的任务逐件按天判定，不计百分点。"),
	)
}

// whoAssigned names who said which department leads, which the text does not, how sure of it, and who
// has confirmed it since.
func whoAssigned(v *view) string {
	var assigned, confirmed tally
	l := v.in.Ledger
	for i := range l.Commitments {
		c := &l.Commitments[i]
		if v.Department != "" && c.LeadDepartment != v.in.Department {
			continue
		}
		assigned.add(v.assigner(l.AssignedCommitment(c, "lead_department")))
		confirmed.add(l.ConfirmedBy("commitment", c.ID, "lead_department"))
	}
	return v.t("牵头单位的指定者：%s。确认者：%s。", assigned.list(v, "%s，%d项任务"), confirmed.list(v, "%s，%d项任务"))
}

// whoPlanned is the same of the curves.
func whoPlanned(v *view) string {
	var assigned, confirmed tally
	open := 0
	for i := range v.entries {
		m := v.entries[i].measure
		if m.Curve == nil {
			continue
		}
		assigned.add(v.assigner(v.in.Ledger.AssignedMeasure(m, "curve")))
		confirmed.add(m.CurveConfirmedBy)
		if m.CurveConfirmedBy == "" {
			open++
		}
	}
	s := v.t("计划曲线的拟定者：%s。确认者：%s。", assigned.list(v, "%s，%d条"), confirmed.list(v, "%s，%d条"))
	if open > 0 {
		s += v.t("未经确认的%d条以“曲线未确认”标注，照常测算。", open)
	}
	return s
}

// assigner says who set what the text does not give, and how sure of it: 序时项目组，较有把握.
func (w *wording) assigner(by seeds.Assignment, known bool) string {
	if !known {
		return w.t("未注明")
	}
	return w.t("%s，%s", by.AssignedBy, w.t(by.Confidence.Title()))
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

// list reads 序时项目组，12项任务；区住房建设委，3项任务; of many it names a few.
func (t *tally) list(v *view, format string) string {
	const few = 6
	if len(t.names) == 0 {
		return v.t("无")
	}
	parts := make([]string, 0, few+1)
	for _, name := range t.names[:min(len(t.names), few)] {
		parts = append(parts, v.t(format, clip(name, titleRunes), t.counts[name]))
	}
	if more := len(t.names) - few; more > 0 {
		parts = append(parts, v.t("另%d个单位", more))
	}
	return strings.Join(parts, v.t("；"))
}
