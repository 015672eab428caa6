package letter

import (
	"fmt"
	"strconv"
	"strings"

	"xushi/jobs/figures"
	"xushi/jobs/supervision"
	"xushi/schema"
)

// How much of each list a bulletin shows; the workbook holds all.
const (
	departmentsShown = 20
	measuresShown    = 12
	itemsShown       = 12
	trendBar         = 10 // characters of the greatest figure of a trend
)

// memo puts the bulletin into sections, the general before the particular.
func (b *bulletin) memo() *Memo {
	last, l := b.last(), b.in.Ledger
	m := &Memo{
		Plan: l.Plan.ID, Period: b.in.Month.String(), Kind: schema.MonthlyLetter, AsOf: last.AsOf, Language: b.in.Language,
		Title: b.t("督查月度通报 %s", b.month(b.in.Month)), About: l.Plan.Title, Simulation: b.in.Simulation,
		Facts: []string{
			b.t("依据%s至%s的%d期周报", b.week(b.in.Weeks[0].Week), b.week(last.Week), len(b.in.Weeks)),
			b.t("截止时刻 %s（北京时间）", figures.At(last.AsOf)), b.t("台账版本 %s", l.Version),
		},
		Headlines: b.headlines(),
		Notes: []string{
			b.t("本函汇总各期周报的定格数据，是进度提示，不是督查结论。较月初，指与本月第一期周报相比。"),
			b.t("单位依次按严重滞后、滞后、逾期、未报的项数排列，各项并列，不加权、不合成总分。未报按报送单位计，其余按牵头单位计。"),
			b.t("按时答复，指本月应答复或已答复的督办事项中在答复期限内答复的。"),
		},
	}
	if b.in.BoardURL != "" {
		m.Notes = append(m.Notes, b.t("看板：%s", b.in.BoardURL))
	}
	h := b.now.headlines
	m.Subject = b.t("【督查月度通报】%s:严重滞后%d 滞后%d 逾期%d 未报%d", b.month(b.in.Month), h[0], h[1], h[2], h[3])
	if m.Simulation {
		m.Subject += b.t("（模拟数据）")
	}
	for _, s := range append([]Section{b.overall(), b.trend(), b.byDepartment(), b.longest(), b.supervision(), b.caughtUp()}, b.adjustments()...) {
		if len(s.Rows)+len(s.Words) > 0 {
			m.Sections = append(m.Sections, s)
		}
	}
	return m
}

// headlines are the four figures at the last letter, against the first.
func (b *bulletin) headlines() []count {
	all := b.now.figures(b.wording)
	for i := range all {
		all[i].Before = b.first.headlines[i]
		all[i].Change = b.change(all[i].Before, all[i].Now)
	}
	return all
}

func (b *bulletin) change(before, now int) string {
	if before == now {
		return b.t("持平")
	}
	return fmt.Sprintf("%+d", now-before)
}

// overall counts by status at the first letter and at the last, measures and milestones apart.
func (b *bulletin) overall() Section {
	s := Section{Heading: b.t("总体情况"), Figures: true, Columns: []string{
		b.t("进度状态"), b.t("指标月初"), b.t("指标月末"), b.t("变化"), b.t("里程碑月初"), b.t("里程碑月末"), b.t("变化"),
	}}
	for _, status := range statusOrder {
		row, has := []string{b.t(status)}, status == total
		for _, milestone := range []bool{false, true} {
			before, now := b.first.statuses[class{status, milestone}], b.now.statuses[class{status, milestone}]
			row = append(row, strconv.Itoa(before), strconv.Itoa(now), b.change(before, now))
			has = has || before+now > 0
		}
		if has {
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}

// trend draws the four figures of every letter.
func (b *bulletin) trend() Section {
	s := Section{Heading: b.t("逐周走势"), Columns: []string{b.t("周"), b.t("截止"), b.t("严重滞后"), b.t("滞后"), b.t("逾期"), b.t("未报")}}
	most := 1
	for _, c := range b.censuses {
		for _, n := range c.headlines {
			most = max(most, n)
		}
	}
	for i, w := range b.in.Weeks {
		row := []string{b.week(w.Week), schema.DateOf(w.AsOf).String()}
		for _, n := range b.censuses[i].headlines {
			row = append(row, drawn(n, most))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// drawn is a figure with a bar: 3 ▓▓▓. All bars of a table have one scale; what is not zero has a bar.
func drawn(n, most int) string {
	length := (n*trendBar + most - 1) / most
	return strings.TrimRight(fmt.Sprintf("%d %s", n, strings.Repeat(doneMark, length)), " ")
}

// byDepartment counts side by side what each department has.
func (b *bulletin) byDepartment() Section {
	s := Section{Heading: b.t("单位情况"), Figures: true, Columns: []string{
		b.t("责任单位"), b.t("牵头"), b.t("严重滞后"), b.t("滞后"), b.t("逾期"), b.t("未报"), b.t("符合或快于"), b.t("已完成"), b.t("按时答复"),
	}}
	for i, c := range b.departments {
		if i == departmentsShown {
			s.Words = append(s.Words, b.t("列前%d个单位，其余%d个见附件“单位情况”。", i, len(b.departments)-i))
			break
		}
		h := c.census.headlines
		s.Rows = append(s.Rows, []string{
			b.department(b.in.Ledger, c.department), strconv.Itoa(c.measures()), strconv.Itoa(h[0]), strconv.Itoa(h[1]), strconv.Itoa(h[2]),
			strconv.Itoa(c.owed), strconv.Itoa(c.of("符合序时") + c.of("快于序时")), strconv.Itoa(c.of("已完成") + c.of(figures.Verified)), c.replies(),
		})
	}
	return s
}

// replies reads 2/3: of three answers that were due or given, two were in time.
func (c *card) replies() string {
	if c.asked == 0 {
		return figures.None
	}
	return fmt.Sprintf("%d/%d", c.onTime, c.asked)
}

func (b *bulletin) longest() Section {
	s := Section{Heading: b.t("滞后最久"), Columns: []string{b.t("任务"), b.t("牵头单位"), b.t("月末状态"), b.t("连续滞后"), b.t("滞后天数")}}
	for i, m := range b.lagging {
		if i == measuresShown {
			s.Words = append(s.Words, b.t("列前%d项，其余%d项见附件“滞后清单”。", i, len(b.lagging)-i))
			break
		}
		s.Rows = append(s.Rows, []string{
			clip(b.fullTitle(m.measure), 2*titleRunes), b.department(b.in.Ledger, m.lead()), m.status, b.streak(m.now.LaggingWeeks), b.t("%d天", m.now.LagDays),
		})
	}
	return s
}

func (b *bulletin) supervision() Section {
	i := b.items
	touched := i.touched(b.last().Items)
	if len(touched)+i.open == 0 {
		return Section{}
	}
	s := Section{
		Heading: b.t("督办事项"), Columns: []string{b.t("督办编号"), b.t("任务"), b.t("责任单位"), b.t("立项"), b.t("月末状态")},
		Words: []string{b.t("本月新立%d项，收到答复%d项，逾期未答复%d项，办结、销号或恢复%d项；月末在办%d项。",
			len(i.opened), len(i.answered), len(i.escalated), len(i.ended), i.open)},
	}
	for n, item := range touched {
		if n == itemsShown {
			s.Words = append(s.Words, b.t("列前%d项，其余%d项见附件“督办事项”。", n, len(touched)-n))
			break
		}
		s.Rows = append(s.Rows, []string{
			item.Number, b.taskOf(item), b.department(b.in.Ledger, item.Department), b.week(item.Opened), b.state(item),
		})
	}
	return s
}

// taskOf names an item's commitment; one that the ledger no longer has is known by its ID.
func (b *bulletin) taskOf(i *supervision.Item) string {
	if c, ok := b.in.Ledger.Commitment(i.Commitment); ok {
		return clip(b.task(c), titleRunes)
	}
	return i.Commitment
}

func (b *bulletin) caughtUp() Section {
	s := Section{Heading: b.t("本月恢复"), Columns: []string{b.t("任务"), b.t("牵头单位"), b.t("月末状态"), b.t("此前连续滞后")}}
	for i, m := range b.recovered {
		if i == measuresShown {
			s.Words = append(s.Words, b.t("另有%d项，见附件“本月恢复”。", len(b.recovered)-i))
			break
		}
		s.Rows = append(s.Rows, []string{clip(b.fullTitle(m.measure), 2*titleRunes), b.department(b.in.Ledger, m.lead()), m.status, b.streak(m.worst)})
	}
	return s
}

// adjustments are what targets, dates and curves were changed to, and by whose word: a section for each
// version of the ledger that changed any.
func (b *bulletin) adjustments() []Section {
	v := &view{wording: b.wording, in: &Input{Ledger: b.in.Ledger, Revisions: b.in.Revisions}, room: roomy}
	var all []Section
	for _, r := range v.revisions() {
		if len(r.Listed.Rows) == 0 {
			continue
		}
		s := Section{
			Heading: b.t("台账调整与延期"), Columns: []string{b.t("任务"), b.t("调整内容"), b.t("原为"), b.t("改为")},
			Words: []string{b.t("%s 经办：%s；批准：%s；理由：%s", r.When, r.By, r.Approver, r.Reason)},
		}
		for _, a := range r.Listed.Rows {
			s.Rows = append(s.Rows, []string{a.Of, a.What, a.Before, a.After})
		}
		if r.Listed.More > 0 {
			s.Words = append(s.Words, b.t("列前%d处，其余%d处见附件“台账调整”。", len(s.Rows), r.Listed.More))
		}
		if len(all) > 0 {
			s.Heading = ""
		}
		all = append(all, s)
	}
	return all
}
