// Package explanation writes where one measure's figures come from, so that anybody can reckon them again: the
// text that promises it, who set what the text does not give, the planned figure step by step, the events that
// make up the actual one and those that do not, the rule that fired, and what was said and done since.
//
// It is the text that a letter points to. It reckons nothing that package jobs/assessment has not decided: where
// a figure has steps, they are shown with the assessment's own result behind them. All of it is in Chinese, in
// lines of at most 100 columns.
package explanation

import (
	"io"
	"time"

	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// Input is what an explanation is made of.
type Input struct {
	Ledger        *seeds.Ledger // that was in force at KnownAt
	InForce       time.Time     // since when it was; zero: not known
	Measure       *seeds.Measure
	Log           *assessment.Log // with what was received after KnownAt too: it is named as not yet known
	AsOf, KnownAt time.Time
	Week          *supervision.Week // the letter of AsOf, or the last one before it; nil: none was written
	EveryEvent    bool              // list also all that do not count, and not only the newest of each kind
}

// Write writes the explanation.
func Write(out io.Writer, in Input) error {
	a := in.Log.AssessMeasure(in.Measure, in.AsOf, in.KnownAt)
	x := explainer{
		Input: in, m: in.Measure, a: &a, day: schema.DateOf(in.AsOf),
		entries:   in.Log.Account(in.Measure, in.AsOf, in.KnownAt),
		questions: anomaly.Ask(in.Ledger, in.Log, in.Measure, in.AsOf, in.KnownAt),
	}
	x.summary()
	for i, section := range []struct {
		title string
		write func()
	}{
		{"原文与出处", x.promise},
		{"口径与责任", x.terms},
		{"序时应完成：计划怎样得出", x.planned},
		{"累计完成：由哪些事件得出", x.actual},
		{"比较与结论", x.verdict},
		{"未计入的报送", x.notCounted},
		{"更正与撤销", x.corrections},
		{"说明、督办与提问", x.followUp},
	} {
		x.heading(i, section.title)
		section.write()
	}
	x.blank()
	x.text("注：以上各步显示时四舍五入，状态按未四舍五入的精确值判定。序时按整日计算，截止日当日24时到期。")
	_, err := io.WriteString(out, x.String())
	return err
}

// explainer writes one explanation.
type explainer struct {
	Input
	page
	m         *seeds.Measure
	a         *assessment.Assessment
	day       schema.Date
	entries   []assessment.Entry
	questions []anomaly.Question
}

// counted are the records that the actual figure is made of.
func (x *explainer) counted() []*schema.Record {
	var all []*schema.Record
	for _, e := range x.entries {
		if e.Fate == assessment.Counts {
			all = append(all, e.Record)
		}
	}
	return all
}
