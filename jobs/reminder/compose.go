package reminder

import (
	"fmt"
	"time"

	"xushi/jobs/letter"
	"xushi/schema"
	"xushi/seeds"
)

// Input is what a reminder's letter depends on, beside the reminder.
type Input struct {
	Ledger     *seeds.Ledger
	AsOf       time.Time // the moment of which it speaks; its day is the letter's
	Ahead      int       // days before something is due from which it is near
	BoardURL   string    // http(s) address of the board; "" gives commands instead
	Simulation bool      // simulated events are admitted, and the letter says so
}

// listed is how many lines a letter has of a kind; what is left out is counted.
const listed = 30

// Compose writes the letter to the department. Its kind and its day make it one a day.
func (r *Reminder) Compose(in Input) (*letter.Letter, error) {
	day := schema.DateOf(in.AsOf)
	name := in.Ledger.DepartmentName(r.Department)
	near, late := r.split(day)
	m := letter.Memo{
		Plan: in.Ledger.Plan.ID, Period: day.String(), Kind: schema.ReminderLetter + r.Department, AsOf: in.AsOf,
		Subject:    fmt.Sprintf("【督查报送提醒】%s:将到期%d 已过期%d 待答复%d", name, len(near), len(late), len(r.Answers)),
		Title:      "督查报送提醒",
		About:      in.Ledger.Plan.Title,
		Facts:      []string{"致：" + name, "日期：" + day.String(), "台账版本：" + in.Ledger.Version},
		Simulation: in.Simulation,
		Notes: []string{
			"本函是报送提醒，不是督查结论。已由本单位业务系统报送的，无须重复填报；到期后仍未报送的，列入每周督查进度提示。",
			"进展没有变化也须报送“无变化”。",
		},
	}
	if in.Simulation {
		m.Subject += "（模拟数据）"
	}
	if len(late) > 0 {
		m.Sections = append(m.Sections, reports("已过报送期限", late, day))
	}
	if len(near) > 0 {
		m.Sections = append(m.Sections, reports(fmt.Sprintf("%d天内到期的报送", in.Ahead), near, day))
	}
	if len(r.Reports) > 0 {
		m.Sections = append(m.Sections, howToReport(in, r.Reports[0].Measure))
	}
	if len(r.Answers) > 0 {
		m.Sections = append(m.Sections, r.answers(in, day))
	}
	return m.Letter()
}

// split tells what is owed soon from what is late.
func (r *Reminder) split(day schema.Date) (near, late []Report) {
	for _, owed := range r.Reports {
		if owed.Due < day {
			late = append(late, owed)
		} else {
			near = append(near, owed)
		}
	}
	return near, late
}

func reports(heading string, owed []Report, day schema.Date) letter.Section {
	s := letter.Section{Heading: heading, Columns: []string{"指标", "任务", "报送期限", "时间", "最近数据", "指标编号"}}
	for i, r := range owed {
		if i == listed {
			s.Words = append(s.Words, fmt.Sprintf("下列%d项；另有%d项，期限在后。", listed, len(owed)-listed))
			break
		}
		last := "从未报送"
		if r.Last != nil {
			last = schema.DateOf(*r.Last).String()
		}
		s.Rows = append(s.Rows, []string{r.Measure.Title, r.Measure.Commitment.Title, r.Due.String(), distance(r.Due, day), last, r.Measure.ID})
	}
	return s
}

// distance reads 还有3天, 今日到期, 已过1天.
func distance(due, day schema.Date) string {
	switch days := int(due - day); {
	case days > 0:
		return fmt.Sprintf("还有%d天", days)
	case days == 0:
		return "今日到期"
	default:
		return fmt.Sprintf("已过%d天", -days)
	}
}

// howToReport shows by one measure how any is reported by hand.
func howToReport(in Input, m *seeds.Measure) letter.Section {
	return letter.Section{
		Heading: "如何报送",
		Words: []string{
			"业务系统照常发布即可。没有业务系统的，可用下列命令报送；以“" + m.Title + "”为例，在引号内填入数值后执行。第二条用于没有变化的指标。",
		},
		Commands: []string{letter.ReportCommand(in.Ledger.Plan.ID, m), letter.UnchangedCommand(in.Ledger.Plan.ID, m)},
	}
}

func ask(boardURL string) string {
	if boardURL == "" {
		return "请说明存在问题和下一步措施：在命令的引号内依次填写后执行。"
	}
	return "请在看板上说明存在问题和下一步措施。"
}

func (r *Reminder) answers(in Input, day schema.Date) letter.Section {
	s := letter.Section{
		Heading: "待答复的督办事项",
		Words:   []string{ask(in.BoardURL)},
		Columns: []string{"督办编号", "任务", "答复期限", "时间", "状态"},
	}
	for i, a := range r.Answers {
		if i == listed {
			s.Words = append(s.Words, fmt.Sprintf("下列%d项；另有%d项，期限在后。", listed, len(r.Answers)-listed))
			break
		}
		title := a.Item.Commitment
		if c, ok := in.Ledger.Commitment(a.Item.Commitment); ok {
			title = c.Title
		}
		s.Rows = append(s.Rows, []string{a.Item.Number, title, a.Due.String(), distance(a.Due, day), a.Item.State.Label()})
		if how, isLink := letter.AnswerTo(in.BoardURL, in.Ledger.Plan.ID, a.Item); isLink {
			s.Links = append(s.Links, how)
		} else {
			s.Commands = append(s.Commands, how)
		}
	}
	return s
}
