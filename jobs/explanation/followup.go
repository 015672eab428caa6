package explanation

import (
	"fmt"
	"strings"

	"xushi/jobs/figures"
	"xushi/seeds"
)

// followUp is what was said and done about it, and what is asked.
func (x *explainer) followUp() {
	if e := x.a.Explained; e != nil {
		x.line("存在问题", "%s", e.Problem)
		x.line("下一步措施", "%s", e.NextStep)
		x.more("%s，%s 提出，%s 收到，%s#%s", x.Ledger.DepartmentName(e.Department), moment(e.Time), moment(e.ReceivedAt), e.Source, e.ID)
	} else {
		x.line("存在问题", "未说明")
	}
	x.supervised()
	if len(x.questions) == 0 {
		x.line("数据提问", "没有")
	}
	for i, q := range x.questions {
		x.line(map[bool]string{true: "数据提问"}[i == 0], "%s：%s", q.Kind.Label(), q.Chinese)
	}
}

// supervised is how the last letter counted the measure, and its commitment's supervision item.
func (x *explainer) supervised() {
	if x.Week == nil {
		x.line("督办事项", "此前没有发出过提示")
		return
	}
	week := fmt.Sprintf("%d年第%d周", x.Week.Week.Year, x.Week.Week.Number)
	if s, ok := x.Week.Standings[x.m.ID]; ok {
		x.line("最近一期", "%s（截至 %s）：%s，连续滞后 %d 周", week, moment(x.Week.AsOf), figures.Status(s.Standing), s.LaggingWeeks)
	}
	item := x.Week.ItemOf(x.m.Commitment.ID)
	if item == nil {
		x.line("督办事项", "没有")
		return
	}
	x.line("督办事项", "%s，%s；%d年第%d周列入，应于 %s 前答复", item.Number, item.State.Label(), item.Opened.Year, item.Opened.Number, item.Due)
	if !item.AnsweredAt.IsZero() {
		x.more("首次答复于 %s 收到", moment(item.AnsweredAt))
	}
	for _, e := range item.Extensions {
		x.more("%s 延期：%s %s → %s，%s批准，%s", moment(e.At), seeds.FieldTitle(e.Field), e.Before, e.After, e.Approver, e.Reason)
	}
	if !item.ClosedAt.IsZero() {
		by := item.ClosedBy
		if by == "" {
			by = "按规则"
		}
		x.more("%s 由%s结束：%s %s", moment(item.ClosedAt), by, item.Reason, strings.Join(item.Evidence, "、"))
	}
}
