package anomaly

import (
	"fmt"
	"math/big"

	"xushi/jobs/figures"
	"xushi/schema"
)

// words asks in both languages. They say what was reported and when, and ask; they judge nothing.
func (q *asker) words(a *Question, readings []*schema.Record) (chinese, english string) {
	switch a.Kind {
	case PeriodEndJump:
		return q.jumpWords(a, readings)
	case Decrease:
		return q.decreaseWords(a)
	case ExactOnPlan:
		return q.exactWords(a)
	}
	return q.disagreeWords(a, readings)
}

func (q *asker) jumpWords(a *Question, late []*schema.Record) (chinese, english string) {
	period := periodWords[a.Period]
	added, share := figures.Quantity(q.measure, a.Value), figures.Percent(new(big.Rat).Quo(a.Value, a.Against))
	first, last := schema.DateOf(late[0].Time), schema.DateOf(late[len(late)-1].Time)
	if a.Count == 1 {
		return fmt.Sprintf("%s一次报送增加%s，占%s增量的%s，请说明原因。", day(last), added, period, share),
			fmt.Sprintf("One report of %s added %s, which is %s of the increase of the %s. What is the reason?", last, added, share, a.Period)
	}
	return fmt.Sprintf("%s%d次报送共增加%s，占%s增量的%s，请说明原因。", days(first, last), a.Count, added, period, share),
		fmt.Sprintf("%d reports of %s added %s, which is %s of the increase of the %s. What is the reason?", a.Count, daysEN(first, last), added, share, a.Period)
}

var periodWords = map[Period]string{Month: "当月", Quarter: "当季", WholePlan: "全年"}

func (q *asker) decreaseWords(a *Question) (chinese, english string) {
	if a.Piece != "" {
		name := q.measure.PieceName(a.Piece)
		return fmt.Sprintf("“%s”%s报送已完成，%s又报送未完成，其间未见更正，请核实并说明原因。", name, day(a.From), day(a.To)),
			fmt.Sprintf("“%s” was reported as done on %s and as not done on %s, without a correction. Which is right, and why?", name, a.From, a.To)
	}
	now, before := figures.Quantity(q.measure, a.Value), figures.Quantity(q.measure, a.Against)
	return fmt.Sprintf("%s报送累计%s，低于%s报送的%s，其间未见更正，请核实并说明原因。", day(a.To), now, day(a.From), before),
		fmt.Sprintf("The total reported on %s is %s, less than the %s of %s, without a correction. Which is right, and why?", a.To, now, before, a.From)
}

func (q *asker) exactWords(a *Question) (chinese, english string) {
	last := figures.Quantity(q.measure, a.Value)
	return fmt.Sprintf("%s连续%d次报送的数值与计划应完成数一致（%s为%s），请说明数据来源和统计方法。", days(a.From, a.To), a.Count, day(a.To), last),
		fmt.Sprintf("%d reports in a row, of %s, equal the planned figure (%s on %s). Where do the figures come from, and how are they counted?",
			a.Count, daysEN(a.From, a.To), last, a.To)
}

func (q *asker) disagreeWords(a *Question, readings []*schema.Record) (chinese, english string) {
	ours, theirs := readings[0], readings[1]
	if ours.Department != a.Department || ours.Source == a.Other {
		ours, theirs = theirs, ours
	}
	oursName, oursEN, theirsName, theirsEN := ours.Source, ours.Source, theirs.Source, theirs.Source
	if theirs.Department != ours.Department {
		oursName, oursEN = q.departmentWords(ours.Department)
		theirsName, theirsEN = q.departmentWords(theirs.Department)
	}
	said := func(value *big.Rat) (chinese, english string) {
		if a.Piece != "" {
			return pieceWords(q.measure.PieceName(a.Piece), value)
		}
		amount := figures.Quantity(q.measure, value)
		if q.measure.Mode == schema.Level {
			return "报送" + amount, amount
		}
		return "累计报送" + amount, amount + " to date"
	}
	ourWords, ourEN := said(a.Value)
	theirWords, theirEN := said(a.Against)
	ourDay, theirDay := schema.DateOf(ours.Time), schema.DateOf(theirs.Time)
	return fmt.Sprintf("%s截至%s%s，%s截至%s%s，两者不一致，请核对后说明以何为准。", oursName, day(ourDay), ourWords, theirsName, day(theirDay), theirWords),
		fmt.Sprintf("%s reported %s on %s, %s reported %s on %s. Which is right?", oursEN, ourEN, ourDay, theirsEN, theirEN, theirDay)
}

// departmentWords are a department's names, its Chinese one where it has no other.
func (q *asker) departmentWords(id string) (chinese, english string) {
	chinese = q.ledger.DepartmentName(id)
	if d, ok := q.ledger.Department(id); ok && d.NameEN != "" {
		return chinese, d.NameEN
	}
	return chinese, chinese
}

func pieceWords(name string, value *big.Rat) (chinese, english string) {
	if value.Sign() > 0 {
		return "报送“" + name + "”已完成", "“" + name + "” as done"
	}
	return "报送“" + name + "”未完成", "“" + name + "” as not done"
}

// day is as people say it: 6月28日. The letter or table around it names the year.
func day(d schema.Date) string {
	t := d.Start()
	return fmt.Sprintf("%d月%d日", t.Month(), t.Day())
}

func days(first, last schema.Date) string {
	if first == last {
		return day(first)
	}
	return day(first) + "至" + day(last)
}

func daysEN(first, last schema.Date) string {
	if first == last {
		return first.String()
	}
	return first.String() + " to " + last.String()
}
