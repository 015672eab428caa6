package letter

import "xushi/jobs/supervision"

// todo is something that a department's letter asks it to do, and how it is done: on the board or by a command.
type todo struct{ What, Link, Command string }

// todo lists the answers that are awaited, the most urgent first, and then how what is not reported is reported.
func (v *view) todo() []todo {
	if v.Department == "" {
		return nil
	}
	var all []todo
	for _, item := range v.awaited() {
		if len(all) == v.room.list {
			break
		}
		how, isLink := AnswerTo(v.Board, v.in.Ledger.Plan.ID, item.Item)
		do := todo{What: v.t("请于%s前答复督办事项%s（%s）：说明存在问题和下一步措施。", item.Due, item.Number, item.Task())}
		if item.State == supervision.Escalated {
			do.What = v.t("请尽快答复督办事项%s（%s），答复期限%s已过：说明存在问题和下一步措施。", item.Number, item.Task(), item.Due)
		}
		if isLink {
			do.Link = how
		} else {
			do.What += v.t("在下列命令的引号内填写后执行：")
			do.Command = how
		}
		all = append(all, do)
	}
	for _, e := range v.unreported {
		if m := e.measure; m.ReportingDepartment == v.in.Department {
			return append(all, todo{
				What:    v.t("请报送下列数据超期未报的指标：业务系统照常发布，或以命令报送，例如“%s”（引号内填入数值）：", v.title(m)),
				Command: ReportCommand(v.in.Ledger.Plan.ID, m),
			})
		}
	}
	return all
}

// awaited are the items that the department has not answered: the escalated ones first.
func (v *view) awaited() []item {
	var escalated, open []item
	for i := range v.in.This.Items {
		switch it := (item{&v.in.This.Items[i], v, nil}); {
		case !v.concerns(it.Item):
		case it.State == supervision.Escalated:
			escalated = append(escalated, it)
		case it.State == supervision.Open:
			open = append(open, it)
		}
	}
	return append(escalated, open...)
}
