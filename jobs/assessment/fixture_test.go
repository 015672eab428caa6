package assessment_test

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// monday is the moment of the worked examples: 182 of 366 days have passed.
var monday = at("2024-07-01 08:00")

// at reads a Shanghai time, to the minute or to the second.
func at(s string) time.Time {
	layout := "2006-01-02 15:04"
	if strings.Count(s, ":") == 2 {
		layout = time.DateTime
	}
	t, err := time.ParseInLocation(layout, s, schema.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func date(s string) schema.Date {
	d, err := schema.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func ptr(s string) *decimal.Decimal { d := dec(s); return &d }

// plan is one commitment, led by lead and supported by helper, with these measures.
func plan(measures ...seeds.Measure) *seeds.Ledger {
	l := &seeds.Ledger{
		Plan:        seeds.Plan{ID: "p-2024", Start: date("2024-01-01"), End: date("2024-12-31")},
		Departments: []seeds.Department{{ID: "lead", Name: "区牵头局"}, {ID: "helper", Name: "区配合局"}},
		Commitments: []seeds.Commitment{{ID: "c", LeadDepartment: "lead", SupportingDepartments: []string{"helper"}, Measures: measures}},
	}
	l.Index()
	return l
}

// measure is called m, reports monthly and is due by the end of 2024.
func measure(mode schema.Mode, target string, curve *seeds.Curve, change ...func(*seeds.Measure)) seeds.Measure {
	m := seeds.Measure{
		ID: "m", TargetValue: dec(target), Mode: mode, Direction: seeds.Rise,
		ReportingIntervalDays: 30, DueDate: date("2024-12-31"), Curve: curve, CurveConfirmedBy: "区牵头局",
	}
	for _, c := range change {
		c(&m)
	}
	return m
}

func baseline(s string) func(*seeds.Measure) {
	return func(m *seeds.Measure) { m.BaselineValue = ptr(s) }
}
func due(s string) func(*seeds.Measure) { return func(m *seeds.Measure) { m.DueDate = date(s) } }
func falling(m *seeds.Measure)          { m.Direction = seeds.Fall }
func evidenced(m *seeds.Measure)        { m.EvidenceRequired = true }

func linear(from, to string) *seeds.Curve {
	return &seeds.Curve{Kind: seeds.Linear, Start: date(from), End: date(to)}
}

func year() *seeds.Curve { return linear("2024-01-01", "2024-12-31") }

func season(from, to string) *seeds.Curve {
	return &seeds.Curve{Kind: seeds.Season, Start: date(from), End: date(to)}
}

// steps reads "2024-06-30 50" and so on: a date and the percentage planned by it.
func steps(all ...string) *seeds.Curve {
	c := &seeds.Curve{Kind: seeds.Steps}
	for _, s := range all {
		by, share, _ := strings.Cut(s, " ")
		c.Steps = append(c.Steps, seeds.Step{By: date(by), Share: dec(share)})
	}
	return c
}

// half plans one half by the eve of monday and the other by the end of the year.
func half() *seeds.Curve { return steps("2024-06-30 50", "2024-12-31 100") }

// items makes an itemised measure of "a 2024-06-15" and so on: an item and the date it is planned by.
func items(all ...string) seeds.Measure {
	m := measure(schema.ToDate, fmt.Sprint(len(all)), &seeds.Curve{Kind: seeds.ByItem})
	m.Itemised = true
	for _, s := range all {
		id, by, _ := strings.Cut(s, " ")
		m.Items = append(m.Items, seeds.Item{ID: id})
		m.Curve.Items = append(m.Curve.Items, seeds.ItemDate{Item: id, By: date(by)})
	}
	return m
}

// milestone has the stages "design 2024-03-31 20" and so on: a stage, the date it is planned by, its weight.
func milestone(all ...string) seeds.Measure {
	m := measure(schema.ToDate, fmt.Sprint(len(all)), &seeds.Curve{Kind: seeds.Milestones})
	for _, s := range all {
		f := strings.Fields(s)
		m.Curve.Stages = append(m.Curve.Stages, seeds.Stage{Stage: f[0], By: date(f[1]), Weight: dec(f[2])})
	}
	return m
}

// journal is a log in the making: every entry gets the next position and the ids e1, e2, …
type journal []schema.Record

// entry adds an event of department lead that arrives when it happens.
func (j *journal) entry(typ schema.Type, when string, change ...func(*schema.Record)) {
	n := len(*j) + 1
	r := schema.Record{Position: schema.At(uint64(n), 0)}
	r.ID, r.Type, r.Plan, r.Department, r.Source = fmt.Sprintf("e%d", n), typ, "p-2024", "lead", "/system"
	r.Time = at(when)
	r.ReceivedAt = r.Time
	r.Data.Commitment = "c"
	if typ == schema.Reported || typ == schema.Unchanged {
		r.Data.Measure = "m"
	}
	for _, c := range change {
		c(&r)
	}
	*j = append(*j, r)
}

func (j *journal) reads(when, value string, change ...func(*schema.Record)) {
	j.entry(schema.Reported, when, append([]func(*schema.Record){
		func(r *schema.Record) { r.Quantity = decimal.NewNullDecimal(dec(value)) },
	}, change...)...)
}

func (j *journal) voids(when, target string, change ...func(*schema.Record)) {
	j.entry(schema.Voided, when, append([]func(*schema.Record){
		func(r *schema.Record) { r.Data.Voids, r.Data.Reason = target, "重复计入" },
	}, change...)...)
}

func (j *journal) unchanged(when string, change ...func(*schema.Record)) {
	j.entry(schema.Unchanged, when, change...)
}

func received(s string) func(*schema.Record) { return func(r *schema.Record) { r.ReceivedAt = at(s) } }
func id(s string) func(*schema.Record)       { return func(r *schema.Record) { r.ID = s } }
func item(s string) func(*schema.Record)     { return func(r *schema.Record) { r.Data.Item = s } }
func stage(s string) func(*schema.Record)    { return func(r *schema.Record) { r.Data.Stage = s } }
func replaces(s string) func(*schema.Record) { return func(r *schema.Record) { r.Data.Replaces = s } }
func source(s string) func(*schema.Record)   { return func(r *schema.Record) { r.Source = s } }
func of(m string) func(*schema.Record)       { return func(r *schema.Record) { r.Data.Measure = m } }
func by(department string) func(*schema.Record) {
	return func(r *schema.Record) { r.Department = department }
}

// log is a journal of "date value" readings.
func log(readings ...string) journal {
	var j journal
	for _, s := range readings {
		when, value, _ := strings.Cut(s, " ")
		j.reads(when+" 09:00", value)
	}
	return j
}

// assess assesses the plan's measure m as of a moment at which everything was known.
func assess(m seeds.Measure, j journal, asOf time.Time) assessment.Assessment {
	return assessKnown(m, j, asOf, asOf)
}

func assessKnown(m seeds.Measure, j journal, asOf, knownAt time.Time) assessment.Assessment {
	l := plan(m)
	one, _ := l.Measure(m.ID)
	return assessment.NewLog(l, j).AssessMeasure(one, asOf, knownAt)
}

// round is a share in percent, or a gap in points, to two decimals, as worked out in the comments.
func round(r *big.Rat, factor int64) string {
	if r == nil {
		return ""
	}
	return new(big.Rat).Mul(r, big.NewRat(factor, 1)).FloatString(2)
}

func actual(a assessment.Assessment) string {
	if !a.Actual.Valid {
		return ""
	}
	return a.Actual.Decimal.String()
}

func null(s string) decimal.NullDecimal { return decimal.NewNullDecimal(dec(s)) }

func ids(events []assessment.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, e.ID)
	}
	return all
}
