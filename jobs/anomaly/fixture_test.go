package anomaly_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

func day(month time.Month, d int) schema.Date { return schema.Day(2024, month, d) }

// plan is the leap year 2024 with one commitment; of its measures a test changes what it needs.
//
//	area   366 000 平方米 to date, linear: 1000 a day
//	parks  3 items
//	metro  3 stages
//	rate   a level from 60 to 80 percent
func plan(change func(area *seeds.Measure)) *seeds.Ledger {
	number, baseline := decimal.NewFromInt, decimal.NewFromInt(60)
	end := day(time.December, 31)
	area := seeds.Measure{
		ID: "area", Title: "面积", NumeralText: "36.6万", Unit: "平方米", TargetValue: number(366_000), Mode: schema.ToDate, ReportingIntervalDays: 7,
		DueDate: end, Curve: &seeds.Curve{Kind: seeds.Linear, Start: day(time.January, 1), End: end},
	}
	change(&area)
	l := &seeds.Ledger{
		Plan:        seeds.Plan{ID: "p", Start: day(time.January, 1), End: end},
		Departments: []seeds.Department{{ID: "housing", Name: "区住房建设委", NameEN: "Housing"}, {ID: "planning", Name: "区规划局"}},
		Commitments: []seeds.Commitment{{ID: "c", LeadDepartment: "housing", SupportingDepartments: []string{"planning"}, Measures: []seeds.Measure{
			area,
			{ID: "parks", Unit: "个", TargetValue: number(3), Mode: schema.ToDate, Itemised: true, ItemsOpen: true, ReportingIntervalDays: 7,
				Items: []seeds.Item{{ID: "north", Name: "北运河公园"}}, DueDate: end, Curve: &seeds.Curve{Kind: seeds.Linear, Start: day(time.January, 1), End: end}},
			{ID: "metro", Unit: seeds.StageUnit, TargetValue: number(2), Mode: schema.ToDate, ReportingIntervalDays: 7, DueDate: end,
				Curve: &seeds.Curve{Kind: seeds.Milestones, Stages: []seeds.Stage{
					{Stage: "shell", Name: "主体封顶", By: day(time.June, 30), Weight: number(50)}, {Stage: "opened", Name: "投入运营", By: end, Weight: number(50)}}}},
			{ID: "rate", Unit: "%", TargetValue: number(80), Mode: schema.Level, BaselineValue: &baseline, ReportingIntervalDays: 7, DueDate: end,
				Curve: &seeds.Curve{Kind: seeds.Linear, Start: day(time.January, 1), End: end}},
		}}},
	}
	l.Index()
	return l
}

func ofHundred(n int64) decimal.Decimal { return decimal.NewFromInt(n) }

func asIs(*seeds.Measure) {}

// reading is one reading as tests write it; left out, a field is that of the housing department's system.
type reading struct {
	on                 string // "06-28": at 09:00 in Shanghai, received an hour later
	measure, piece     string
	value              string // in the unit; with 万 behind it in ten thousands
	department, source string
	replaces, voids    string
	received           string // day of it, at 10:00; by default on
}

// log makes records of readings, whose ids are e1, e2, … in their order.
func log(t *testing.T, l *seeds.Ledger, readings ...reading) *assessment.Log {
	t.Helper()
	moment := func(on string, hour int) time.Time {
		d, err := schema.ParseDate("2024-" + on)
		if err != nil {
			t.Fatal(err)
		}
		return d.Start().Add(time.Duration(hour) * time.Hour)
	}
	or := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	var records []schema.Record
	for i, in := range readings {
		m, _ := l.Measure(or(in.measure, "area"))
		r := schema.Record{Position: schema.At(uint64(i+1), 0), ReceivedAt: moment(or(in.received, in.on), 10)}
		r.ID, r.Type, r.Plan, r.Time = fmt.Sprint("e", i+1), schema.Reported, "p", moment(in.on, 9)
		r.Department, r.Source = or(in.department, "housing"), or(in.source, "/projects")
		r.Data.Commitment, r.Data.Measure, r.Data.Unit, r.Data.Replaces = "c", m.ID, m.Unit, in.replaces
		if in.voids != "" {
			r.Type, r.Data = schema.Voided, schema.Data{Commitment: "c", Voids: in.voids}
		} else {
			number, inTenThousands := strings.CutSuffix(in.value, "万")
			r.Data.Value = number
			q := decimal.RequireFromString(number)
			if inTenThousands {
				r.Data.Unit, q = "万"+m.Unit, q.Shift(4)
			}
			r.Quantity = decimal.NewNullDecimal(q)
		}
		if m.Milestone() {
			r.Data.Stage = in.piece
		} else {
			r.Data.Item = in.piece
		}
		records = append(records, r)
	}
	return assessment.NewLog(l, records)
}

// asked is every question of the plan on the morning of a day, in words.
func asked(t *testing.T, l *seeds.Ledger, on string, readings ...reading) []string {
	t.Helper()
	var words []string
	for _, q := range questions(t, l, on, readings...) {
		words = append(words, q.Chinese)
	}
	return words
}

func questions(t *testing.T, l *seeds.Ledger, on string, readings ...reading) []anomaly.Question {
	t.Helper()
	d, err := schema.ParseDate(on)
	if err != nil {
		t.Fatal(err)
	}
	asOf := d.Start().Add(8 * time.Hour)
	return askAll(l, log(t, l, readings...), asOf, asOf)
}

// askAll asks about every measure of the ledger, in the order of the text.
func askAll(l *seeds.Ledger, log *assessment.Log, asOf, knownAt time.Time) (all []anomaly.Question) {
	for _, m := range l.Measures() {
		all = append(all, anomaly.Ask(l, log, m, asOf, knownAt)...)
	}
	return all
}
