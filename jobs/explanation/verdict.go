package explanation

import (
	"fmt"
	"math/big"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
)

// verdict holds the actual against the planned figure, and names the rule that fired.
func (x *explainer) verdict() {
	x.compared()
	x.rules()
	x.lag()
	x.data()
	x.outlook()
}

func (x *explainer) compared() {
	a := x.a
	if a.Gap != nil {
		x.line("进度差", "%s - %s = %s 个百分点（占全年目标）", share(a.ActualShare), share(a.PlannedShare), points(a.Gap))
	}
	if a.Attainment != nil {
		x.line("时序完成率", "%s ÷ %s = %s", share(a.ActualShare), share(a.PlannedShare), share(a.Attainment))
	}
}

// rules says which rule gave the status, with the numbers put in.
func (x *explainer) rules() {
	x.line("进度状态", "%s：%s", x.a.Progress.Label(), x.rule(x.a.Fired.Progress))
	if x.a.Fired.Alert != x.a.Fired.Progress {
		x.line("预警级别", "%s：%s", x.a.Alert.Label(), x.rule(x.a.Fired.Alert))
	}
	if shown := x.a.Shown(); shown != x.a.Progress {
		x.line("显示为", "%s：数据超期未报的，不显示为%s", shown.Label(), x.a.Progress.Label())
	}
	if x.a.DueSoon {
		what := "下一项"
		switch {
		case x.a.NextPiece != "":
			what = "“" + x.m.PieceName(x.a.NextPiece) + "”"
		case x.a.NextDue == x.m.DueDate:
			what = "全部"
		}
		x.line("临期", "%s应于 %s 完成，不超过 %d 天", what, x.a.NextDue, x.Ledger.ThresholdsOf(x.m).DueSoonDays)
	}
}

func (x *explainer) rule(rule assessment.Rule) string {
	a, th := x.a, x.Ledger.ThresholdsOf(x.m)
	gap := func(sign string, limit int) string {
		return fmt.Sprintf("进度差 %s 个百分点 %s %+d", points(a.Gap), sign, limit)
	}
	weak := func(planned, attained int) string {
		return fmt.Sprintf("序时 %s ≥ %d%%，时序完成率 %s < %d%%，进度差 %s ≤ -%d", share(a.PlannedShare), planned, share(a.Attainment), attained, points(a.Gap), th.AttainmentFloor)
	}
	actual, target := x.quantity(figures.Rat(a.Actual)), x.quantity(a.Target.Rat())
	switch rule {
	case assessment.LacksInput, assessment.LacksReading:
		return a.Reason
	case assessment.TargetReached, assessment.ReachedEarly:
		return fmt.Sprintf("累计完成 %s 已达目标 %s", actual, target) + map[bool]string{true: "；水平值以末期读数为准，此前不算完成"}[rule == assessment.ReachedEarly]
	case assessment.PastDue:
		return fmt.Sprintf("完成时限 %s 已过，累计完成 %s 未达目标 %s", x.m.DueDate, actual, target)
	case assessment.NothingPlanned:
		return "到此时计划尚未要求完成，不论已完成多少"
	case assessment.NothingDone:
		return fmt.Sprintf("序时应完成 %s，累计完成为零", x.quantity(a.Planned))
	case assessment.SevereGap:
		return gap("<", -th.SevereGap)
	case assessment.LaggingGap:
		return gap("≤", -th.LaggingGap)
	case assessment.WatchGap:
		return gap("≤", -th.WatchGap)
	case assessment.AheadGap:
		return gap("≥", th.AheadGap)
	case assessment.SevereAttainment:
		return weak(th.SeverePlanned, th.SevereAttainment)
	case assessment.LaggingAttainment:
		return weak(th.LaggingPlanned, th.LaggingAttainment)
	case assessment.SevereDays:
		return fmt.Sprintf("最早应完未完的已晚 %d 天 > %d 天", a.LagDays, th.SevereDays)
	case assessment.LaggingDays:
		return fmt.Sprintf("最早应完未完的已晚 %d 天，在 1 至 %d 天之间", a.LagDays, th.SevereDays)
	case assessment.NotGraded:
		return "已完成、未到期和未知的不预警"
	case assessment.NoneBehind:
		return "未达到关注、滞后的任何一条标准"
	}
	return "判定标准各条均不符合"
}

// lag finds the day on which the plan stood where the actual figure is today, or the oldest missing piece.
func (x *explainer) lag() {
	a := x.a
	if a.LagDays == 0 {
		x.line("滞后天数", "0 天：不落后于计划，或未到期、已完成、未知")
		return
	}
	since := x.day - schema.Date(a.LagDays)
	if x.m.SmallCount() {
		x.line("滞后天数", "%s应于 %s 完成，到 %s 晚 %d 天", x.oldestMissing(since), since, x.day, a.LagDays)
		return
	}
	before, after := x.m.PlannedShare(since), x.m.PlannedShare(since+1)
	x.line("滞后天数", "按计划，%s 00:00 应达 %s，今天的实际 %s 已够；次日应达 %s，不够", since, share(before), share(a.ActualShare), share(after))
	x.more("%s 至 %s 共 %d 天", since, x.day, a.LagDays)
}

// oldestMissing names the piece that is late longest: by its name, or by its number where it has none.
func (x *explainer) oldestMissing(by schema.Date) string {
	for _, id := range x.a.MissingPieces {
		if date, ok := x.m.PieceDue(id); ok && date == by {
			return "“" + x.m.PieceName(id) + "”"
		}
	}
	return fmt.Sprintf("第%d%s", x.a.Actual.Decimal.IntPart()+1, x.m.Unit)
}

// data says how the data status came about.
func (x *explainer) data() {
	a, clock := x.a, x.Log.Clock(x.a)
	status := a.Data.Label()
	last := "从未报送"
	if a.LastReported != nil {
		last = "最近一次报送（含“无变化”）发生于 " + moment(*a.LastReported)
	}
	th := x.Ledger.ThresholdsOf(x.m)
	switch {
	case !clock.Running && a.Progress == assessment.Completed:
		x.line("数据状态", "%s：%s；已完成的不再要求报送", status, last)
	case !clock.Running:
		x.line("数据状态", "%s：%s；自 %s 起才要求报送", status, last, clock.From)
	case a.LastReported == nil:
		x.line("数据状态", "%s：自 %s 起要求报送，至今没有", status, clock.From)
	default:
		x.line("数据状态", "%s：%s；自 %s 起要求报送", status, last, clock.From)
		x.more("报送周期 %d 天 + 宽限 %d 天 = %d 天，有效至 %s", x.m.ReportingIntervalDays, th.GraceDays, clock.Days, moment(clock.Deadline))
	}
	switch a.Data {
	case assessment.Disputed:
		x.more("配合单位报送的数值与之不同，见“未计入的报送”")
	case assessment.Unverified:
		x.more("要求附佐证材料，最近一次报送没有附")
	}
}

// outlook is the forecast, or why there is none.
func (x *explainer) outlook() {
	a, c := x.a, x.m.Curve
	if a.Forecast == nil {
		x.line("展望", "不作展望：%s", x.noOutlook())
		return
	}
	passed := int64(x.day - c.Start)
	days := new(big.Rat).Quo(big.NewRat(passed, 1), a.ActualShare)
	words := fmt.Sprintf("自 %s 起 %d 天完成 %s，照此速度全部完成需 %d ÷ %s = %s 天，进整为 %d 天，即 %s", c.Start, passed, share(a.ActualShare), passed,
		share(a.ActualShare), days.FloatString(1), a.Forecast.Finish-c.Start+1, a.Forecast.Finish)
	switch late := a.Forecast.DaysLate; {
	case late > 0:
		words += fmt.Sprintf("，晚于完成时限 %d 天", late)
	case late < 0:
		words += fmt.Sprintf("，早于完成时限 %d 天", -late)
	default:
		words += "，正是完成时限"
	}
	x.line("展望", "%s（只是推算，不影响状态）", words)
}

func (x *explainer) noOutlook() string {
	a, c, least := x.a, x.m.Curve, x.Ledger.ThresholdsOf(x.m).ForecastPlanned
	switch {
	case a.Progress == assessment.Unknown:
		return "进度未知"
	case c.Kind != seeds.Linear:
		return "只对按日均匀的计划推算，本计划是“" + c.Kind.Title() + "”的"
	case a.PlannedShare.Cmp(big.NewRat(int64(least), 100)) < 0:
		return fmt.Sprintf("序时 %s 未达 %d%%，为时过早", share(a.PlannedShare), least)
	case a.ActualShare.Sign() <= 0:
		return "尚无进展，无从推算"
	case a.Actual.Decimal.Cmp(a.Target) >= 0:
		return "已达目标"
	}
	return "照此速度多年不能完成，推算没有意义"
}
