package explanation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
)

// summary is what a letter's line says, in short.
func (x *explainer) summary() {
	simulated := ""
	if x.a.Simulated {
		simulated = " · 模拟数据"
	}
	x.line("指标", "%s（%s）%s", x.m.Title, x.m.ID, simulated)
	if task := x.m.Commitment.Title; task != x.m.Title {
		x.line("所属任务", "%s（%s）", task, x.m.Commitment.ID)
	}
	x.line("截至", "%s，已知至 %s", moment(x.AsOf), moment(x.KnownAt))
	since := ""
	if !x.InForce.IsZero() {
		since = "，自 " + moment(x.InForce) + " 起生效"
	}
	x.line("台账版本", "%s%s", x.Ledger.Version, since)
	x.line("目标值", "%s", figures.Target(x.m))
	x.line("序时应完成", "%s（%s）", x.quantity(x.a.Planned), share(x.a.PlannedShare))
	x.line("累计完成", "%s（%s）", x.quantity(figures.Rat(x.a.Actual)), share(x.a.ActualShare))
	if gap, unit := figures.Gap(x.a); unit != "" {
		x.line("进度差", "%s %s", gap, unit)
	} else if gap != figures.None {
		x.line("进度差", "%s（按项、按阶段计划的，不计百分点）", gap)
	}
	x.line("滞后天数", "%d 天", x.a.LagDays)
	x.line("进度状态", "%s", figures.Status(x.a.Standing))
	x.line("数据状态", "%s", x.a.Data.Label())
	if x.a.Reason != "" {
		x.line("原因", "%s", x.a.Reason)
	}
}

// promise quotes the text.
func (x *explainer) promise() {
	c := x.m.Commitment
	x.line("原文", "%s", x.sentence())
	where := fmt.Sprintf("%s，承诺原文自第 %d 字起", x.Ledger.Plan.Source.Title, c.QuoteOffset+1)
	if x.m.Milestone() {
		x.line("位置", "%s；没有指标数，按里程碑分阶段督查", where)
	} else {
		x.line("位置", "%s；指标数【%s】在第 %d 字", where, x.m.NumeralText, x.m.NumeralOffset+1)
	}
	if c.Section != "" {
		x.line("章节", "%s；%s", c.Section, c.Paragraph)
	}
}

// sentence is the sentence of the text that has the quote, with the quote in 「」 and the numeral in 【】.
func (x *explainer) sentence() string {
	c := x.m.Commitment
	text := []rune(x.Ledger.Text)
	quote := len([]rune(c.Quote))
	end := c.QuoteOffset + quote
	if c.QuoteOffset < 0 || end > len(text) || string(text[c.QuoteOffset:end]) != c.Quote {
		return "「" + c.Quote + "」" // the ledger has no text
	}
	from, to := c.QuoteOffset, end
	for from > 0 && !ends(text[from-1]) {
		from--
	}
	for to < len(text) && !ends(text[to]) {
		to++
	}
	if to < len(text) && text[to] == '。' {
		to++
	}
	marks := []mark{{c.QuoteOffset, "「"}, {end, "」"}}
	if n := len([]rune(x.m.NumeralText)); n > 0 && from <= x.m.NumeralOffset && x.m.NumeralOffset+n <= to {
		marks = append(marks, mark{x.m.NumeralOffset, "【"}, mark{x.m.NumeralOffset + n, "】"})
	}
	return strings.TrimSpace(marked(text, from, to, marks))
}

// ends tells whether a sentence ends with the character.
func ends(r rune) bool { return r == '。' || r == '\n' }

// mark is a sign to be put before a position.
type mark struct {
	at   int
	sign string
}

// nesting is the order of signs at one position: what is inside closes first and opens last.
const nesting = "】」「【"

func marked(text []rune, from, to int, marks []mark) string {
	slices.SortFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(strings.Index(nesting, a.sign), strings.Index(nesting, b.sign)))
	})
	var b strings.Builder
	for _, m := range marks {
		at := min(max(m.at, from), to)
		b.WriteString(string(text[from:at]) + m.sign)
		from = at
	}
	return b.String() + string(text[from:to])
}

// terms are how it is counted, and who set what the text does not give.
func (x *explainer) terms() {
	m, c := x.m, x.m.Commitment
	x.line("口径", "%s", m.Definition)
	if c.Done != "" {
		x.line("完成标志", "%s", c.Done.Title())
	}
	x.line("报送方式", "%s，每 %d 天报送一次%s", x.mode(), m.ReportingIntervalDays, map[bool]string{true: "，须附佐证材料"}[m.EvidenceRequired])
	if m.Ratio != nil {
		x.line("计算公式", "%s ÷ %s × %s", m.Ratio.Numerator, m.Ratio.Denominator, m.Ratio.Per)
	}
	if m.Mode == schema.Level {
		base := "原文未给出，待报送单位提供"
		if m.BaselineValue != nil {
			base = x.quantity(m.BaselineValue.Rat())
		}
		x.line("基期值", "%s", base)
	}
	x.line("牵头单位", "%s", x.Ledger.DepartmentName(c.LeadDepartment))
	if len(c.SupportingDepartments) > 0 {
		x.line("配合单位", "%s", x.names(c.SupportingDepartments))
	}
	if m.ReportingDepartment != c.LeadDepartment {
		x.line("报送单位", "%s（以其报送为准）", x.Ledger.DepartmentName(m.ReportingDepartment))
	}
	x.line("完成时限", "%s", m.DueDate)
	if by, adjusted := m.Adjusted(); adjusted {
		x.line("目标调整", "%s", figures.Assigned(by, true))
	}
	x.assigned()
	x.thresholds()
}

func (x *explainer) mode() string {
	switch {
	case x.m.Milestone():
		return "按阶段报送，完成为1、未完成为0"
	case x.m.Itemised:
		return "按项目逐项报送，完成为1、未完成为0"
	}
	return map[schema.Mode]string{
		schema.Increment: "报本次新增数，各次相加", schema.ToDate: "报累计数，以最新一次为准", schema.Level: "报当前水平值，以最新一次为准，不相加",
	}[x.m.Mode]
}

func (x *explainer) names(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = x.Ledger.DepartmentName(id)
	}
	return strings.Join(names, "、")
}

// assigned says who set what the text does not give, one line for what one person set on one ground, and who
// confirmed it.
func (x *explainer) assigned() {
	type ground struct{ who, confirmed string }
	fields := map[ground][]string{}
	var order []ground
	add := func(field string, by seeds.Assignment, known bool, confirmed string) {
		if !known {
			return
		}
		g := ground{figures.Assigned(by, true), confirmed}
		if fields[g] == nil {
			order = append(order, g)
		}
		fields[g] = append(fields[g], seeds.FieldTitle(field))
	}
	c := x.m.Commitment
	for _, field := range []string{"lead_department", "supporting_departments"} {
		by, known := x.Ledger.AssignedCommitment(c, field)
		add(field, by, known && (field == "lead_department" || len(c.SupportingDepartments) > 0), x.Ledger.ConfirmedBy("commitment", c.ID, field))
	}
	for _, field := range []string{"reporting_department", "definition", "reporting_interval_days", "baseline_value", "target_value", "due_date", "curve"} {
		by, known := x.Ledger.AssignedMeasure(x.m, field)
		if _, adjusted := x.m.Adjusted(); adjusted && field == "target_value" {
			continue // it has a line of its own
		}
		add(field, by, known, x.Ledger.ConfirmedBy("measure", x.m.ID, field))
	}
	label := "谁拟定"
	for _, g := range order {
		confirmed := "尚无单位确认"
		if g.confirmed != "" {
			confirmed = g.confirmed + "已确认"
		}
		x.line(label, "%s：%s；%s", strings.Join(fields[g], "、"), g.who, confirmed)
		label = ""
	}
}

// thresholds are those of the rules that can fire for this measure.
func (x *explainer) thresholds() {
	th := x.Ledger.ThresholdsOf(x.m)
	whose := "缺省"
	if len(x.Ledger.Plan.Thresholds) > 0 {
		whose = "本计划设定"
	}
	if len(x.m.Thresholds) > 0 {
		whose = "本指标设定"
	}
	if x.m.SmallCount() {
		x.line("判定标准", "最早应完未完的一项逾期1至%d天为滞后，超过%d天为严重滞后；%d天内到期为临期（%s）", th.SevereDays, th.SevereDays, th.DueSoonDays, whose)
		return
	}
	x.line("判定标准", "严重滞后：进度差低于-%d个百分点；或序时≥%d%%、时序完成率<%d%%且进度差≤-%d（%s）", th.SevereGap, th.SeverePlanned, th.SevereAttainment, th.AttainmentFloor, whose)
	x.more("滞后：进度差≤-%d个百分点；或序时≥%d%%、时序完成率<%d%%且进度差≤-%d", th.LaggingGap, th.LaggingPlanned, th.LaggingAttainment, th.AttainmentFloor)
	x.more("关注：进度差≤-%d；快于序时：进度差≥+%d；%d天内到期为临期", th.WatchGap, th.AheadGap, th.DueSoonDays)
}
