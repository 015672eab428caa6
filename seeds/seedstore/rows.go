package seedstore

import (
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
)

var hundred = big.NewRat(100, 1)

// application is a ledger that is put in force at a moment.
type application struct {
	ledger *seeds.Ledger
	at     time.Time
}

// row begins with what every row of a ledger has.
func (a application) row(rest ...any) store.Row {
	return append(store.Row{"plan", a.ledger.Plan.ID, "ledger_version", a.ledger.Version, "applied_at", a.at}, rest...)
}

func (a application) plan() []store.Row {
	p := &a.ledger.Plan
	return []store.Row{a.row(
		"title", p.Title,
		"jurisdiction", p.Jurisdiction,
		"start", p.Start.String(),
		"end", p.End.String(),
		"source_title", p.Source.Title,
		"source_sha256", p.Source.SHA256,
		"source_text", a.ledger.Text,
		"note", p.Note,
	)}
}

func (a application) departments() (rows []store.Row) {
	by, _ := a.ledger.AssignedDepartment("name")
	for _, d := range a.ledger.Departments {
		rows = append(rows, a.row(
			"department", d.ID,
			"name", d.Name,
			"name_en", d.NameEN,
			"assigned_by", by.AssignedBy,
		))
	}
	return rows
}

func (a application) commitments() (rows []store.Row) {
	for i, c := range a.ledger.Commitments {
		by, _ := a.ledger.AssignedCommitment(&c, "lead_department")
		rows = append(rows, a.row(
			"commitment", c.ID,
			"ordinal", uint32(i+1),
			"title", c.Title,
			"title_en", c.TitleEN,
			"section", c.Section,
			"paragraph", c.Paragraph,
			"quote", c.Quote,
			"quote_offset", uint32(c.QuoteOffset),
			"done", string(c.Done),
			"lead_department", c.LeadDepartment,
			"lead_assigned_by", by.AssignedBy,
			"supporting_departments", c.SupportingDepartments,
		))
	}
	return rows
}

func (a application) measures() (rows []store.Row) {
	for i, m := range a.ledger.Measures() {
		by, _ := a.ledger.AssignedMeasure(m, "curve")
		rows = append(rows, append(a.row(
			"commitment", m.Commitment.ID,
			"measure", m.ID,
			"ordinal", uint32(i+1),
			"title", m.Title,
			"title_en", m.TitleEN,
			"numeral_text", m.NumeralText,
			"numeral_offset", uint32(m.NumeralOffset),
			"target_value", m.TargetValue,
			"unit", m.Unit,
			"comparator", string(m.Comparator),
			"mode", string(m.Mode),
			"direction", string(m.Direction),
			"min_value", m.MinValue,
			"max_value", m.MaxValue,
			"baseline_value", m.BaselineValue,
			"itemised", m.Itemised,
			"items_open", m.ItemsOpen,
			"definition", m.Definition,
			"reporting_department", m.ReportingDepartment,
			"reporting_interval_days", uint16(m.ReportingIntervalDays),
			"due_date", m.DueDate.String(),
			"evidence_required", m.EvidenceRequired,
			"curve_kind", curveKind(m.Curve),
			"curve_assigned_by", by.AssignedBy,
			"curve_confirmed_by", m.CurveConfirmedBy,
		), ratio(m.Ratio)...))
	}
	return rows
}

func ratio(r *seeds.Ratio) []any {
	var per *decimal.Decimal
	if r == nil {
		r = &seeds.Ratio{}
	} else {
		per = &r.Per
	}
	return []any{
		"ratio_numerator", r.Numerator,
		"ratio_denominator", r.Denominator,
		"ratio_per", per,
		"ratio_denominator_value", r.DenominatorValue,
	}
}

func curveKind(c *seeds.Curve) string {
	if c == nil {
		return ""
	}
	return string(c.Kind)
}

func (a application) items() (rows []store.Row) {
	for _, m := range a.ledger.Measures() {
		for i, item := range m.Items {
			var planned *string
			if day, ok := m.PieceDue(item.ID); ok {
				text := day.String()
				planned = &text
			}
			rows = append(rows, a.row(
				"measure", m.ID,
				"item", item.ID,
				"ordinal", uint32(i+1),
				"name", item.Name,
				"planned_date", planned,
			))
		}
	}
	return rows
}

func (a application) stages() (rows []store.Row) {
	for _, m := range a.ledger.Measures() {
		if !m.Milestone() {
			continue
		}
		for i, s := range m.Curve.Stages {
			rows = append(rows, a.row(
				"measure", m.ID,
				"stage", s.Stage,
				"ordinal", uint32(i+1),
				"name", s.Name,
				"planned_date", s.By.String(),
				"weight", s.Weight,
			))
		}
	}
	return rows
}

func (a application) statements() (rows []store.Row) {
	for i, s := range a.ledger.Statements {
		rows = append(rows, a.row(
			"ordinal", uint32(i+1),
			"kind", string(s.Kind),
			"quote", s.Quote,
			"quote_offset", uint32(s.QuoteOffset),
			"reason", s.Reason,
		))
	}
	return rows
}

func (a application) numerals() (rows []store.Row) {
	for _, n := range a.ledger.Numerals {
		rows = append(rows, a.row(
			"numeral_text", n.NumeralText,
			"numeral_offset", uint32(n.NumeralOffset),
			"reason", n.Reason,
		))
	}
	return rows
}

func (a application) assignments() (rows []store.Row) {
	for _, by := range a.ledger.Assignments() {
		rows = append(rows, a.row(
			"object", by.Object,
			"id", by.ID,
			"field", by.Field,
			"assigned_by", by.AssignedBy,
			"confidence", string(by.Confidence),
			"basis", by.Basis,
			"confirmed_by", by.ConfirmedBy,
		))
	}
	return rows
}

// plannedDaily has a row for every day on whose morning progress can be assessed within the plan, and
// for the morning after its last day, when all of it is due.
func (a application) plannedDaily() (rows []store.Row) {
	for _, m := range a.ledger.Measures() {
		for day := a.ledger.Plan.Start; day <= a.ledger.Plan.End+1; day++ {
			rows = append(rows, a.row(
				"measure", m.ID,
				"date", day.String(),
				"planned_pct", percent(m, day),
				"planned_to_date", store.Decimal(m.Planned(day)),
			))
		}
	}
	return rows
}

func percent(m *seeds.Measure, day schema.Date) *decimal.Decimal {
	share := m.PlannedShare(day)
	if share == nil {
		return nil
	}
	return store.Decimal(share.Mul(share, hundred))
}
