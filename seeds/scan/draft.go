package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// Draft is a ledger that a person has still to edit. Everything in it that the text does not say is
// assigned with low confidence, and what nobody can guess is seeds.Undecided, which the check refuses.
type Draft struct {
	Ledger *seeds.Ledger

	doubts      map[string][]Doubt // about measures, by ID
	unsureNames map[int]bool       // by their index in the ledger's numerals
}

// drafter says who set the fields of a draft.
const drafter = "xushi seeds scan（自动起草，未经核对）"

// Draft puts the report together as a ledger for the plan: a commitment for every clause with quantities
// and for every milestone, a statement for every other clause, and every other numeral with its reason.
// The plan's year is what its ID ends with, such as -2025.
func (r *Report) Draft(plan string) *Draft {
	d := &Draft{Ledger: &seeds.Ledger{Plan: draftPlan(plan, r.text), Text: r.text}, doubts: map[string][]Doubt{}, unsureNames: map[int]bool{}}
	quantities, milestones := r.Quantities, r.Milestones
	for len(quantities) > 0 || len(milestones) > 0 {
		if len(quantities) == 0 || len(milestones) > 0 && milestones[0].Offset < quantities[0].Clause.Offset {
			d.milestone(r, milestones[0])
			milestones = milestones[1:]
			continue
		}
		n := 1
		for n < len(quantities) && quantities[n].Clause == quantities[0].Clause {
			n++
		}
		d.commitment(r, quantities[:n])
		quantities = quantities[n:]
	}
	d.statements(r)
	for i, n := range r.Names {
		d.unsureNames[i] = n.Unsure
		d.Ledger.Numerals = append(d.Ledger.Numerals, seeds.Numeral{NumeralText: n.Text, NumeralOffset: n.Offset, Reason: n.Reason})
	}
	return d
}

func draftPlan(id, text string) seeds.Plan {
	sum := sha256.Sum256([]byte(text))
	p := seeds.Plan{
		ID: id, Title: seeds.Undecided, Jurisdiction: seeds.Undecided,
		Source: seeds.Source{File: "source.txt", SHA256: hex.EncodeToString(sum[:]), Title: seeds.Undecided},
		Note:   "由 xushi seeds scan 从原文起草，尚未核对：分工、口径、报送周期、时限和计划曲线原文均未给出。",
		Assigned: []seeds.Assignment{{
			Fields: []string{
				"department.name", "department.name_en",
				"commitment.title", "commitment.title_en", "commitment.done", "commitment.lead_department", "commitment.supporting_departments",
				"measure.title", "measure.title_en", "measure.mode", "measure.direction", "measure.min_value", "measure.max_value", "measure.baseline_value", "measure.ratio",
				"measure.itemised", "measure.definition", "measure.evidence_required", "measure.reporting_department",
				"measure.reporting_interval_days", "measure.due_date", "measure.curve",
				"milestone.target_value", "milestone.unit",
			},
			AssignedBy: drafter, Confidence: seeds.Low, Basis: "自动起草；核对后请改写拟定单位、把握程度和依据",
		}},
	}
	if i := strings.LastIndex(id, "-"); i >= 0 && len(id)-i == len("-2025") {
		if year, err := strconv.Atoi(id[i+1:]); err == nil {
			p.Start, p.End = schema.Day(year, 1, 1), schema.Day(year, 12, 31)
		}
	}
	return p
}

// task begins a commitment with the clause as its quote.
func (d *Draft) task(r *Report, clause Passage) seeds.Commitment {
	i, found := slices.BinarySearchFunc(r.lines, clause.Offset, func(p place, offset int) int { return p.start - offset })
	if !found {
		i-- // the line that the clause is in begins before it
	}
	return seeds.Commitment{
		ID: fmt.Sprintf("task-%d", len(d.Ledger.Commitments)+1), Title: clause.Text, TitleEN: seeds.Undecided,
		Section: r.lines[i].section, Paragraph: r.lines[i].paragraph, Quote: clause.Text, QuoteOffset: clause.Offset,
		LeadDepartment: seeds.Undecided,
	}
}

// part begins a measure with what no text says.
func (d *Draft) part(t *seeds.Commitment, title string) seeds.Measure {
	return seeds.Measure{
		ID: fmt.Sprintf("%s-%d", t.ID, len(t.Measures)+1), Title: title, TitleEN: seeds.Undecided, Definition: seeds.Undecided,
		Comparator: seeds.AsWritten, Direction: seeds.Rise, ReportingIntervalDays: 30, DueDate: d.Ledger.Plan.End,
	}
}

// commitment holds the quantities of one clause.
func (d *Draft) commitment(r *Report, quantities []Quantity) {
	clause := quantities[0].Clause
	t := d.task(r, clause)
	t.Done = doneBy(clause.Text)
	for _, q := range quantities {
		m := d.part(&t, clause.Text)
		if len(quantities) > 1 {
			m.Title += "（" + q.NumeralText + q.Unit + "）"
		}
		m.NumeralText, m.NumeralOffset, m.TargetValue = q.NumeralText, q.Offset, q.Value
		m.Unit, m.Comparator, m.Mode, m.Direction = q.Unit, q.Comparator, q.Mode, q.Direction
		if q.Kind == Unknown {
			m.Unit = seeds.Undecided
		}
		if q.NumeralText == seeds.Everywhere {
			m.Assigned = []seeds.Assignment{{Fields: []string{"target_value", "unit"}, AssignedBy: drafter, Confidence: seeds.Low, Basis: "“全覆盖”按100%计"}}
		}
		if q.Per.Text != "" {
			m.Ratio = &seeds.Ratio{Numerator: seeds.Undecided, Denominator: seeds.Undecided, Per: perOf(q.Per.Text), PerText: q.Per.Text, PerOffset: q.Per.Offset}
		}
		m.Itemised, m.ItemsOpen = q.ItemsOpen || len(q.Items) > 0, q.ItemsOpen
		for i, name := range q.Items {
			m.Items = append(m.Items, seeds.Item{ID: fmt.Sprintf("item-%d", i+1), Name: name})
		}
		d.doubts[m.ID] = append(q.Unsure, Doubt{"due_date", "原文没有时限，暂按计划期末；计划曲线（curve）还没有"})
		t.Measures = append(t.Measures, m)
	}
	d.Ledger.Commitments = append(d.Ledger.Commitments, t)
}

// perOf is the number that a bare scale word stands for.
func perOf(word string) decimal.Decimal {
	if v, _, err := seeds.ReadNumeral("1" + word); err == nil {
		return v
	}
	return decimal.NewFromInt(10) // 每十人
}

func (d *Draft) milestone(r *Report, promised Milestone) {
	t := d.task(r, promised.Passage)
	t.Done = promised.Done
	m := d.part(&t, promised.Text)
	m.TargetValue, m.Unit, m.Mode = decimal.NewFromInt(1), seeds.StageUnit, schema.ToDate
	m.Curve = &seeds.Curve{Kind: seeds.Milestones, Stages: []seeds.Stage{
		{Stage: strings.ReplaceAll(string(t.Done), "_", "-"), Name: promised.Verb, Weight: decimal.NewFromInt(100)},
	}}
	d.doubts[m.ID] = promised.Unsure
	t.Measures = append(t.Measures, m)
	d.Ledger.Commitments = append(d.Ledger.Commitments, t)
}

func (d *Draft) statements(r *Report) {
	all := &d.Ledger.Statements
	for _, h := range r.Headings {
		*all = append(*all, seeds.Statement{Kind: seeds.Heading, Quote: h.Text, QuoteOffset: h.Offset, Reason: "标题（自动判断）"})
	}
	for _, s := range r.Statements {
		*all = append(*all, seeds.Statement{Kind: seeds.Directional, Quote: s.Text, QuoteOffset: s.Offset, Reason: "没有数字和完成状态（自动判断）"})
	}
	slices.SortFunc(*all, func(a, b seeds.Statement) int { return a.QuoteOffset - b.QuoteOffset })
}
