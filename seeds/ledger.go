package seeds

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// Ledger is one plan with everything it promises. It is immutable once loaded.
type Ledger struct {
	Plan        Plan
	Departments []Department
	Commitments []Commitment
	Text        string // the source text, byte for byte
	Version     string // first 12 hex digits of the SHA-256 of the ledger's files

	departments map[string]*Department
	measures    map[string]*Measure
	commitments map[string]*Commitment
}

// Plan is one jurisdiction's promises for one period; its ID is the tenant key.
type Plan struct {
	ID           string      `yaml:"id"`
	Title        string      `yaml:"title"`        // 红桥区2024年政府工作报告目标任务
	Jurisdiction string      `yaml:"jurisdiction"` // 天津市红桥区
	Start        schema.Date `yaml:"start"`        //
	End          schema.Date `yaml:"end"`          //
	Source       Source      `yaml:"source"`       //
	Note         string      `yaml:"note"`         // what is inferred, and what is assigned by us
}

// Source names the text that the promises are quoted from.
type Source struct {
	File   string `yaml:"file"`
	SHA256 string `yaml:"sha256"`
	Title  string `yaml:"title"`
}

// Department is a unit that leads or supports commitments; its ID is a subject token.
type Department struct {
	ID         string `yaml:"id"`
	Name       string `yaml:"name"`
	NameEN     string `yaml:"name_en"`
	AssignedBy string `yaml:"assigned_by"`
}

// Commitment (目标任务) is one promise with its verbatim quote.
type Commitment struct {
	ID                    string    `yaml:"id"`
	Title                 string    `yaml:"title"`
	TitleEN               string    `yaml:"title_en"`
	Section               string    `yaml:"section"`      // heading of the report's section
	Paragraph             string    `yaml:"paragraph"`    // first sentence of its paragraph, the text's own sub-heading
	Quote                 string    `yaml:"quote"`        // verbatim
	QuoteOffset           int       `yaml:"quote_offset"` // of the quote in the source text, in code points
	Done                  Done      `yaml:"done"`
	LeadDepartment        string    `yaml:"lead_department"`
	SupportingDepartments []string  `yaml:"supporting_departments"`
	LeadAssignedBy        string    `yaml:"lead_assigned_by"`
	Measures              []Measure `yaml:"measures"`
}

// Done is what the commitment's verb counts as done.
type Done string

// What "done" means.
const (
	Started     Done = "started"      // 启动
	Finished    Done = "finished"     // 完工、完成、建成、新建
	InOperation Done = "in_operation" // 开诊、投用
	Held        Done = "held"         // 组织开展
	Reached     Done = "reached"      // a level that is reached
)

// Comparator is how the text words the target. Satisfaction is actual >= target either way.
type Comparator string

// Comparators.
const (
	AtLeast   Comparator = ">="         // the text says 以上
	AsWritten Comparator = "as_written" // a bare number
)

// Direction tells which way a level is to move.
type Direction string

// Directions.
const (
	Rise Direction = "rise"
	Fall Direction = "fall"
)

// Measure (量化指标) is one thing of a commitment that is counted. IDs are unique within the plan.
type Measure struct {
	ID                    string           `yaml:"id"`
	Title                 string           `yaml:"title"`
	TitleEN               string           `yaml:"title_en"`
	NumeralText           string           `yaml:"numeral_text"`   // "84.7万", or "全覆盖" where the text has no numeral
	NumeralOffset         int              `yaml:"numeral_offset"` // in the source text, in code points
	TargetValue           decimal.Decimal  `yaml:"target_value"`   // in Unit
	Unit                  string           `yaml:"unit"`           // base unit: 平方米, 个, %
	Comparator            Comparator       `yaml:"comparator"`
	Mode                  schema.Mode      `yaml:"mode"`
	Direction             Direction        `yaml:"direction"`
	MinValue              *decimal.Decimal `yaml:"min_value"`      // least admissible reading; absent: 0
	MaxValue              *decimal.Decimal `yaml:"max_value"`      // greatest admissible reading; absent: none
	BaselineValue         *decimal.Decimal `yaml:"baseline_value"` // 基期值 of a level; null: the text gives none
	Ratio                 *Ratio           `yaml:"ratio"`          // of a rate
	Itemised              bool             `yaml:"itemised"`       // every reading names an item and is 0 or 1
	Items                 []Item           `yaml:"items"`          // those the text names
	ItemsOpen             bool             `yaml:"items_open"`
	Definition            string           `yaml:"definition"`           // 口径
	ReportingDepartment   string           `yaml:"reporting_department"` // whose readings count, others are cross-checks; absent: the lead
	ReportingIntervalDays int              `yaml:"reporting_interval_days"`
	DueDate               schema.Date      `yaml:"due_date"`
	EvidenceRequired      bool             `yaml:"evidence_required"`
	Curve                 *Curve           `yaml:"curve"`
	CurveAssignedBy       string           `yaml:"curve_assigned_by"`
	CurveConfirmedBy      string           `yaml:"curve_confirmed_by"` // absent: nobody has confirmed it, and it bears a badge

	Commitment *Commitment `yaml:"-"` // the promise this is a part of
}

// Ratio describes a rate that is computed here from what the department counts:
// value = numerator ÷ denominator × Per.
type Ratio struct {
	Numerator        string           `yaml:"numerator"`         // what is counted above the line: 签约人数
	Denominator      string           `yaml:"denominator"`       // and below it: 重点人群人数
	Per              decimal.Decimal  `yaml:"per"`               // 100 for a percentage, 1000 for 千人
	DenominatorValue *decimal.Decimal `yaml:"denominator_value"` // null: the text gives none
}

// Item is one named piece of an itemised measure.
type Item struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
}

// SmallCount tells whether the measure is planned piece by piece (domain rule: itemised, or a whole
// number of at most twelve), so that its alert comes from days of delay and not from percentage points.
func (m *Measure) SmallCount() bool {
	return m.Mode != schema.Level && (m.Itemised || m.TargetValue.IsInteger() && m.TargetValue.LessThanOrEqual(smallCount))
}

var smallCount = decimal.NewFromInt(12)

// Involves tells whether the department leads or supports the commitment.
func (c *Commitment) Involves(department string) bool {
	return c.LeadDepartment == department || slices.Contains(c.SupportingDepartments, department)
}

// Measure finds a measure by its ID.
func (l *Ledger) Measure(id string) (*Measure, bool) { m, ok := l.measures[id]; return m, ok }

// Commitment finds a commitment by its ID.
func (l *Ledger) Commitment(id string) (*Commitment, bool) { c, ok := l.commitments[id]; return c, ok }

// Department finds a department by its ID.
func (l *Ledger) Department(id string) (*Department, bool) { d, ok := l.departments[id]; return d, ok }

// DepartmentName is a department's name, or its ID where the ledger does not know it.
func (l *Ledger) DepartmentName(id string) string {
	if d, ok := l.Department(id); ok {
		return d.Name
	}
	return id
}

// Measures lists every measure in the order of the text.
func (l *Ledger) Measures() []*Measure {
	var all []*Measure
	for i := range l.Commitments {
		c := &l.Commitments[i]
		for j := range c.Measures {
			all = append(all, &c.Measures[j])
		}
	}
	return all
}

// Index must be called once after a Ledger was put together; Load does so. It lets the lead department
// report where no other was named.
func (l *Ledger) Index() {
	l.departments = map[string]*Department{}
	l.commitments = map[string]*Commitment{}
	l.measures = map[string]*Measure{}
	for i := range l.Departments {
		l.departments[l.Departments[i].ID] = &l.Departments[i]
	}
	for i := range l.Commitments {
		c := &l.Commitments[i]
		l.commitments[c.ID] = c
		for j := range c.Measures {
			m := &c.Measures[j]
			m.Commitment = c
			m.ReportingDepartment = cmp.Or(m.ReportingDepartment, c.LeadDepartment)
			l.measures[m.ID] = m
		}
	}
}
