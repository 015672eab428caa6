// Package anomaly finds in the readings of a plan what an office would ask about: an increase that came on the
// last days of a period, a cumulative figure that fell, figures that are exactly the plan's, sources that
// disagree. It finds no fault and makes no status: each finding is a question, with the figures and events that
// it rests on, and its answer may well be a good one.
//
// It is pure. The same ledger, log, as-of and known-at give the same questions, in the same order. A question
// about one measure needs the log of that measure's commitment alone.
package anomaly

import (
	"math/big"
	"time"

	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// Kind is what a question is about.
type Kind string

// Kinds, in the order in which they are asked.
const (
	PeriodEndJump   Kind = "period_end_jump"  // 期末集中报送
	Decrease        Kind = "decrease"         // 累计数下降
	ExactOnPlan     Kind = "exact_on_plan"    // 与计划数一致
	SourcesDisagree Kind = "sources_disagree" // 数据不一致
)

// Label is the kind in Chinese, as offices read it.
func (k Kind) Label() string {
	return map[Kind]string{
		PeriodEndJump: "期末集中报送", Decrease: "累计数下降", ExactOnPlan: "与计划数一致", SourcesDisagree: "数据不一致",
	}[k]
}

// Period is what a jump is a large part of.
type Period string

// Periods.
const (
	Month     Period = "month"   // 当月
	Quarter   Period = "quarter" // 当季
	WholePlan Period = "plan"    // 全年
)

// Question is something that is asked of a department about one measure. What its three figures are depends on
// its kind.
//
//	                 Value                       Against                                      Count
//	period_end_jump  increase of the last days   of the period, from its lowest figure until  readings of the last days
//	                                             then on
//	decrease         the lower reading           the one before it                            2
//	exact_on_plan    newest reading of the run   what was planned then                        readings of the run
//	sources_disagree what Department reported    what Other reported                          2
type Question struct {
	Measure       *seeds.Measure
	AsOf, KnownAt time.Time

	Kind       Kind
	Department string // who is asked: the one whose readings make the measure's figure
	Other      string // of sources_disagree: the other department, or the other source; "" otherwise
	Piece      string // item or stage; "": the measure as a whole

	Period   Period      // of period_end_jump; "" otherwise
	From, To schema.Date // the days that it speaks of, both included
	Since    time.Time   // when all that it rests on was known: a letter asks what was not known at the one before

	Value, Against *big.Rat // in the measure's unit
	Count          int

	Events           []assessment.Event // that it rests on, as they happened
	Chinese, English string
}

// Ask is every question that the readings of a measure give rise to, as of one moment and as known at another.
// A correction takes away what it answers.
func Ask(ledger *seeds.Ledger, log *assessment.Log, m *seeds.Measure, asOf, knownAt time.Time) []Question {
	q := asker{ledger: ledger, measure: m, asOf: asOf, knownAt: knownAt}
	own := log.Reported(m.ID, m.ReportingDepartment, asOf, knownAt)
	q.jumps(own)
	q.decreases(own)
	q.exact(own)
	q.sources(own)
	for _, other := range others(m) {
		q.departments(own, other, log.Reported(m.ID, other, asOf, knownAt))
	}
	return q.asked
}

// asker collects the questions about one measure.
type asker struct {
	ledger  *seeds.Ledger
	measure *seeds.Measure
	asked   []Question

	asOf, knownAt time.Time
}

// ask adds a question about readings, in the order in which they happened.
func (q *asker) ask(question Question, readings ...*schema.Record) {
	question.Measure, question.AsOf, question.KnownAt = q.measure, q.asOf, q.knownAt
	question.Department = q.measure.ReportingDepartment
	question.Events = assessment.EventsOf(readings)
	question.Chinese, question.English = q.words(&question, readings)
	q.asked = append(q.asked, question)
}

// known is when all of the readings had been received.
func known(readings ...*schema.Record) time.Time {
	var last time.Time
	for _, r := range readings {
		if r.ReceivedAt.After(last) {
			last = r.ReceivedAt
		}
	}
	return last
}

// others are the departments of the commitment whose readings are cross-checks.
func others(m *seeds.Measure) []string {
	var all []string
	for _, d := range append([]string{m.Commitment.LeadDepartment}, m.Commitment.SupportingDepartments...) {
		if d != m.ReportingDepartment {
			all = append(all, d)
		}
	}
	return all
}
