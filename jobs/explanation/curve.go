package explanation

import (
	"fmt"
	"math/big"
	"strings"

	"xushi/schema"
	"xushi/seeds"
)

// planned derives the planned figure from the curve, in the way of its kind.
func (x *explainer) planned() {
	c := x.m.Curve
	if c == nil {
		x.line("计划曲线", "没有计划曲线，序时应完成无法得出。")
		return
	}
	confirmed := "尚无单位确认"
	if x.m.CurveConfirmedBy != "" {
		confirmed = x.m.CurveConfirmedBy + "已确认"
	}
	x.line("计划曲线", "%s，%s", c.Kind.Title(), confirmed)
	switch {
	case x.m.Milestone():
		x.stages()
	case c.Kind == seeds.ByItem:
		x.itemsPlanned()
	case len(c.Levels) > 0:
		x.levels()
	case len(c.Steps) > 0:
		x.steps()
	default:
		x.elapsed()
	}
}

// fraction is the days of a window that have passed, of how many.
func (x *explainer) fraction(c *seeds.Curve) (passed, total int) {
	total = int(c.End-c.Start) + 1
	return min(max(int(x.day-c.Start), 0), total), total
}

// window says how much of the curve's window has passed.
func (x *explainer) window(c *seeds.Curve) string {
	passed, total := x.fraction(c)
	words := fmt.Sprintf("%s 至 %s 共 %d 天；到 %s 00:00 已过 %d 天", c.Start, c.End, total, x.day, passed)
	switch passed {
	case 0:
		return words + "，尚未开始"
	case total:
		return words + "，已全部过去"
	}
	return fmt.Sprintf("%s；%d ÷ %d = %s", words, passed, total, share(big.NewRat(int64(passed), int64(total))))
}

func (x *explainer) elapsed() {
	c := x.m.Curve
	if c.Kind == seeds.Season {
		x.line("季节", "只在 %s 至 %s 内按日均匀推进，此前不作要求，此后不再变化", c.Start, c.End)
	}
	x.line("进度", "%s", x.window(c))
	passed, total := x.fraction(c)
	x.ofTarget(big.NewRat(int64(passed), int64(total)))
}

// ofTarget ends a derivation: a share of the target, or of the way from the baseline to it.
func (x *explainer) ofTarget(part *big.Rat) {
	switch {
	case x.a.Planned == nil:
		x.line("序时应完成", "缺少基期值，无法得出。")
	case x.m.Mode == schema.Level:
		base, target := x.m.BaselineValue.Rat(), x.m.TargetValue.Rat()
		x.line("序时应完成", "基期值 %s + (%s - %s) × %s = %s", x.level(base), x.level(target), x.level(base), share(part), x.spoken(x.a.Planned))
	case x.m.SmallCount():
		exact := new(big.Rat).Mul(part, x.m.TargetValue.Rat())
		x.line("序时应完成", "%s × %s = %s%s，数量少，按整%s计，不足一%s的不计 → %s", x.quantity(x.m.TargetValue.Rat()), share(part),
			number(exact, 2), x.m.Unit, x.m.Unit, x.m.Unit, x.quantity(x.a.Planned))
		x.line("序时进度", "%s ÷ %s = %s", x.quantity(x.a.Planned), x.quantity(x.m.TargetValue.Rat()), share(x.a.PlannedShare))
	default:
		x.line("序时应完成", "%s × %s = %s", x.quantity(x.m.TargetValue.Rat()), share(part), x.quantity(x.a.Planned))
	}
}

// passed tells of a date whether it binds already.
func (x *explainer) passed(by schema.Date) string {
	if by < x.day {
		return "已到期"
	}
	return "未到期"
}

func (x *explainer) inSeason() {
	if c := x.m.Curve; c.Kind == seeds.Season {
		x.line("季节", "只在 %s 至 %s 内推进，此前不作要求，此后不再变化", c.Start, c.End)
	}
}

func (x *explainer) steps() {
	x.inSeason()
	part := new(big.Rat)
	var rows [][]string
	for _, s := range x.m.Curve.Steps {
		if s.By < x.day {
			part = new(big.Rat).Quo(s.Share.Rat(), big.NewRat(100, 1))
		}
		rows = append(rows, []string{s.By.String() + " 前", x.passed(s.By), "累计应达 " + share(new(big.Rat).Quo(s.Share.Rat(), big.NewRat(100, 1)))})
	}
	x.line("分步", "以最近一个已到期的日子为准，到下一个日子之前不变")
	x.table(rows)
	x.ofTarget(part)
}

func (x *explainer) levels() {
	x.inSeason()
	value, rows := "基期值", [][]string(nil)
	reached := new(big.Rat)
	if x.m.BaselineValue != nil {
		reached = x.m.BaselineValue.Rat()
		value = x.spoken(reached)
	}
	for _, l := range x.m.Curve.Levels {
		if l.By < x.day {
			reached = l.Value.Rat()
			value = x.spoken(reached)
		}
		rows = append(rows, []string{l.By.String() + " 前", x.passed(l.By), "应达 " + x.level(l.Value.Rat())})
	}
	x.line("分期水平值", "以最近一个已到期的日子为准，到下一个日子之前不变")
	x.table(rows)
	x.line("序时应完成", "%s", value)
	if x.a.PlannedShare == nil {
		x.line("序时进度", "缺少基期值，无法得出。")
		return
	}
	x.line("序时进度", "%s = %s", x.way(reached), share(x.a.PlannedShare))
}

// way is how a level's share is reckoned: the part of the way from its baseline to its target.
func (x *explainer) way(value *big.Rat) string {
	base, target := x.level(x.m.BaselineValue.Rat()), x.level(x.m.TargetValue.Rat())
	return fmt.Sprintf("(%s - %s) ÷ (%s - %s)", x.level(value), base, target, base)
}

func (x *explainer) stages() {
	var rows [][]string
	var weights []string
	for _, s := range x.m.Curve.Stages {
		rows = append(rows, []string{"应于 " + s.By.String(), "权重 " + s.Weight.String() + "%", x.passed(s.By), x.pieceState(s.Stage, s.By), s.Name + "（" + s.Stage + "）"})
		if s.By < x.day {
			weights = append(weights, s.Weight.String()+"%")
		}
	}
	x.line("阶段", "共 %d 个，权重合计100%%", len(rows))
	x.table(rows)
	x.line("序时应完成", "已到期 %s", x.quantity(x.a.Planned))
	x.line("序时进度", "%s", sum(weights, share(x.a.PlannedShare)))
}

// sum is an addition; nothing to add gives nothing.
func sum(parts []string, total string) string {
	if len(parts) == 0 {
		return "0 = " + total
	}
	return strings.Join(parts, " + ") + " = " + total
}

func (x *explainer) itemsPlanned() {
	c := x.m.Curve
	passed := 0
	var rows [][]string
	for _, p := range x.pieces() {
		by := "未定日期"
		if p.By != 0 {
			by = "应于 " + p.By.String()
		}
		rows = append(rows, []string{by, x.pieceState(p.ID, p.By), pieceTitle(p)})
	}
	for _, i := range c.Items {
		if i.By < x.day {
			passed++
		}
	}
	x.line("项目", "台账列明的和单位登记的共 %d 项，目标 %s", len(rows), x.quantity(x.m.TargetValue.Rat()))
	x.table(rows)
	exact := big.NewRat(int64(passed), 1)
	words := fmt.Sprintf("定有日期且已到期 %d项", passed)
	if c.Start != 0 || c.End != 0 {
		undated := new(big.Rat).Sub(x.m.TargetValue.Rat(), big.NewRat(int64(len(c.Items)), 1))
		done, total := x.fraction(c)
		x.line("未定日期的", "%s项，按日均匀摊：%s", number(undated, 0), x.window(c))
		exact.Add(exact, new(big.Rat).Mul(undated, big.NewRat(int64(done), int64(total))))
		words += fmt.Sprintf(" + %s × %s = %s，不足一项的不计", number(undated, 0), share(big.NewRat(int64(done), int64(total))), number(exact, 2))
	}
	x.line("序时应完成", "%s → %s", words, x.quantity(x.a.Planned))
	x.line("序时进度", "%s ÷ %s = %s", x.quantity(x.a.Planned), x.quantity(x.m.TargetValue.Rat()), share(x.a.PlannedShare))
}
