package letter

import (
	"xushi/jobs/figures"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// sheets hold in full what the bulletin shows the head of. Their names are Chinese in an English one too, which
// refers to them.
func (b *bulletin) sheets() []sheet {
	about := b.t("%s  %s  截止 %s（北京时间）  台账版本 %s", b.in.Ledger.Plan.Title, b.month(b.in.Month), figures.At(b.last().AsOf), b.in.Ledger.Version)
	if b.in.Simulation {
		about += b.t("（模拟数据）")
	}
	return []sheet{
		table("单位情况", about, b.cardColumns(), b.departments),
		table("滞后清单", about, b.standingColumns(), b.lagging),
		table("督办事项", about, b.itemColumns(), b.items.touched(b.last().Items)),
		table("本月恢复", about, b.standingColumns(), b.recovered),
		table("逐周走势", about, b.weekColumns(), b.weeks()),
		table("台账调整", about, b.changeColumns(), b.changes()),
	}
}

// cardColumns count every status.
func (b *bulletin) cardColumns() []column[*card] {
	all := []column[*card]{
		{b.t("序号"), 6, nil},
		{b.t("责任单位"), 26, func(c *card) any { return b.department(b.in.Ledger, c.department) }},
		{b.t("牵头指标和里程碑"), 11, func(c *card) any { return integer(c.measures()) }},
		{b.t("预警：严重滞后"), 11, func(c *card) any { return integer(c.census.headlines[0]) }},
		{b.t("预警：滞后"), 11, func(c *card) any { return integer(c.census.headlines[1]) }},
		{b.t("逾期"), 9, func(c *card) any { return integer(c.census.headlines[2]) }},
		{b.t("未报"), 9, func(c *card) any { return integer(c.owed) }},
	}
	for _, status := range statusOrder[:len(statusOrder)-1] { // but the total
		all = append(all, column[*card]{b.t("状态：%s", b.t(status)), 11, func(c *card) any { return integer(c.of(status)) }})
	}
	return append(all,
		column[*card]{b.t("应答复"), 9, func(c *card) any { return integer(c.asked) }},
		column[*card]{b.t("已答复"), 9, func(c *card) any { return integer(c.answered) }},
		column[*card]{b.t("按时答复"), 9, func(c *card) any { return integer(c.onTime) }},
	)
}

func (b *bulletin) standingColumns() []column[*standing] {
	return []column[*standing]{
		{b.t("序号"), 6, nil},
		{b.t("任务"), 40, func(s *standing) any { return b.task(s.measure.Commitment) }},
		{b.t("指标或里程碑"), 34, func(s *standing) any { return b.title(s.measure) }},
		{b.t("牵头单位"), 22, func(s *standing) any { return b.department(b.in.Ledger, s.lead()) }},
		{b.t("月末状态"), 20, func(s *standing) any { return s.status }},
		{b.t("连续滞后周数"), 12, func(s *standing) any { return integer(s.now.LaggingWeeks) }},
		{b.t("本月最长连续滞后周数"), 14, func(s *standing) any { return integer(s.worst) }},
		{b.t("滞后天数"), 10, func(s *standing) any { return integer(s.now.LagDays) }},
		{b.t("完成时限"), 12, func(s *standing) any { return s.measure.DueDate.String() }},
		{b.t("指标编号"), 30, func(s *standing) any { return s.measure.ID }},
	}
}

func (b *bulletin) itemColumns() []column[*supervision.Item] {
	return []column[*supervision.Item]{
		{b.t("督办编号"), 11, func(i *supervision.Item) any { return i.Number }},
		{b.t("任务"), 36, func(i *supervision.Item) any { return b.taskOf(i) }},
		{b.t("责任单位"), 20, func(i *supervision.Item) any { return b.department(b.in.Ledger, i.Department) }},
		{b.t("立项"), 14, func(i *supervision.Item) any { return b.week(i.Opened) }},
		{b.t("月末状态"), 18, func(i *supervision.Item) any { return b.state(i) }},
		{b.t("答复期限"), 12, func(i *supervision.Item) any { return i.Due.String() }},
		{b.t("首次答复"), 12, func(i *supervision.Item) any {
			if i.AnsweredAt.IsZero() {
				return nil
			}
			return schema.DateOf(i.AnsweredAt).String()
		}},
		{b.t("存在问题"), 40, func(i *supervision.Item) any {
			if i.Answer == nil {
				return nil
			}
			return i.Answer.Problem
		}},
		{b.t("下一步措施"), 40, func(i *supervision.Item) any {
			if i.Answer == nil {
				return nil
			}
			return i.Answer.NextStep
		}},
		{b.t("结束"), 12, func(i *supervision.Item) any {
			if i.ClosedAt.IsZero() {
				return nil
			}
			return schema.DateOf(i.ClosedAt).String()
		}},
		{b.t("理由"), 30, func(i *supervision.Item) any { return i.Reason }},
	}
}

// letterOf is one letter of the month with its figures.
type letterOf struct {
	week   *supervision.Week
	census census
}

func (b *bulletin) weeks() []letterOf {
	all := make([]letterOf, len(b.in.Weeks))
	for i, w := range b.in.Weeks {
		all[i] = letterOf{w, b.censuses[i]}
	}
	return all
}

func (b *bulletin) weekColumns() []column[letterOf] {
	all := []column[letterOf]{
		{b.t("周"), 18, func(l letterOf) any { return b.week(l.week.Week) }},
		{b.t("截止时刻"), 20, func(l letterOf) any { return figures.At(l.week.AsOf) }},
	}
	for i, name := range []string{"预警：严重滞后", "预警：滞后", "逾期", "未报"} {
		all = append(all, column[letterOf]{b.t(name), 11, func(l letterOf) any { return integer(l.census.headlines[i]) }})
	}
	for _, status := range statusOrder {
		all = append(all, column[letterOf]{b.t("状态：%s", b.t(status)), 11, func(l letterOf) any {
			return integer(l.census.statuses[class{status, false}] + l.census.statuses[class{status, true}])
		}})
	}
	return all
}

// ledgerChange is one change of the ledger with the version that made it.
type ledgerChange struct {
	revision *seeds.Revision
	adjustment
}

func (b *bulletin) changes() []ledgerChange {
	v := &view{wording: b.wording, in: &Input{Ledger: b.in.Ledger}, room: roomy}
	var all []ledgerChange
	for i := range b.in.Revisions {
		r := &b.in.Revisions[i]
		for _, c := range r.Changes {
			all = append(all, ledgerChange{r, v.adjustment(r.Ledger, c)})
		}
	}
	return all
}

func (b *bulletin) changeColumns() []column[ledgerChange] {
	return []column[ledgerChange]{
		{b.t("时间"), 18, func(c ledgerChange) any { return figures.At(c.revision.At) }},
		{b.t("台账版本"), 15, func(c ledgerChange) any { return c.revision.Ledger.Version }},
		{b.t("任务"), 40, func(c ledgerChange) any { return c.Of }},
		{b.t("调整内容"), 16, func(c ledgerChange) any { return c.What }},
		{b.t("原为"), 36, func(c ledgerChange) any { return c.Before }},
		{b.t("改为"), 36, func(c ledgerChange) any { return c.After }},
		{b.t("经办"), 20, func(c ledgerChange) any { return c.revision.By }},
		{b.t("批准"), 26, func(c ledgerChange) any { return c.revision.Approver }},
		{b.t("理由"), 30, func(c ledgerChange) any { return c.revision.Reason }},
	}
}
