package seeds

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// Ledger is one plan with everything it promises. It is immutable once loaded.
type Ledger struct {
	Plan        Plan         `yaml:"plan" json:"plan"`
	Departments []Department `yaml:"departments" json:"departments"`
	Commitments []Commitment `yaml:"commitments" json:"commitments"`
	Statements  []Statement  `yaml:"statements" json:"statements,omitempty"`
	Numerals    []Numeral    `yaml:"numerals" json:"numerals,omitempty"`
	Text        string       `yaml:"source_text" json:"source_text"` // the source text, byte for byte
	Version     string       `yaml:"-" json:"-"`                     // first 12 hex digits of the SHA-256 of JSON

	departments map[string]*Department
	measures    map[string]*Measure
	commitments map[string]*Commitment
	admissions  map[string]*admission    // by measure
	confirmed   map[assignedField]string // who confirmed what, by acts of the office
	thresholds  Thresholds               // of the plan
}

// Plan is one jurisdiction's promises for one period; its ID is the tenant key.
type Plan struct {
	ID           string      `yaml:"id" json:"id"`
	Title        string      `yaml:"title" json:"title"`                        // 红桥区2024年政府工作报告目标任务
	Jurisdiction string      `yaml:"jurisdiction" json:"jurisdiction,omitzero"` // 天津市红桥区
	Start        schema.Date `yaml:"start" json:"start,omitzero"`               //
	End          schema.Date `yaml:"end" json:"end,omitzero"`                   //
	Source       Source      `yaml:"source" json:"source,omitzero"`             //
	Note         string      `yaml:"note" json:"note,omitzero"`                 // what is inferred, and what is assigned by us

	Thresholds Overrides `yaml:"thresholds" json:"thresholds,omitempty"` // of the status rules; absent: the defaults

	// Assigned says who set what the text does not give, for the whole plan; a commitment or a measure
	// may say otherwise of its own fields. Fields are named with their object here: measure.curve, or
	// milestone.curve for milestones alone.
	Assigned []Assignment `yaml:"assigned" json:"assigned,omitempty"`
}

// Source names the text that the promises are quoted from.
type Source struct {
	File   string `yaml:"file" json:"file,omitzero"`
	SHA256 string `yaml:"sha256" json:"sha256,omitzero"`
	Title  string `yaml:"title" json:"title"`
}

// Department is a unit that leads or supports commitments; its ID is a subject token.
type Department struct {
	ID     string `yaml:"id" json:"id"`
	Name   string `yaml:"name" json:"name,omitzero"`
	NameEN string `yaml:"name_en" json:"name_en,omitzero"`
}

// Commitment (目标任务) is one promise with its verbatim quote.
type Commitment struct {
	ID                    string       `yaml:"id" json:"id"`
	Title                 string       `yaml:"title" json:"title"`
	TitleEN               string       `yaml:"title_en" json:"title_en,omitzero"`
	Section               string       `yaml:"section" json:"section,omitzero"`     // heading of the report's section
	Paragraph             string       `yaml:"paragraph" json:"paragraph,omitzero"` // first sentence of its paragraph, the text's own sub-heading
	Quote                 string       `yaml:"quote" json:"quote,omitzero"`         // verbatim
	QuoteOffset           int          `yaml:"quote_offset" json:"quote_offset"`    // of the quote in the source text, in code points
	Done                  Done         `yaml:"done" json:"done,omitzero"`
	LeadDepartment        string       `yaml:"lead_department" json:"lead_department,omitzero"`
	SupportingDepartments []string     `yaml:"supporting_departments" json:"supporting_departments,omitempty"`
	Assigned              []Assignment `yaml:"assigned" json:"assigned,omitempty"`
	Measures              []Measure    `yaml:"measures" json:"measures"`
}

// Done is what the commitment's verb counts as done.
type Done string

// What "done" means.
const (
	Started     Done = "started"      // 启动
	Finished    Done = "finished"     // 完工、完成、建成、新建
	InOperation Done = "in_operation" // 开诊、投用
	Held        Done = "held"         // 组织开展
	Reached     Done = "reached"      // 达到、确保、新增: a level or a number that is reached
	Advanced    Done = "advanced"     // 建设、推动、筹建、服务保障: no finish is promised this year
)

// Title is what counts as done in Chinese, as offices read it.
func (d Done) Title() string {
	return map[Done]string{
		Started: "启动", Finished: "完成", InOperation: "投用", Held: "举办", Reached: "达到", Advanced: "推进（不承诺完成）",
	}[d]
}

// Comparator is how the text words the target. Satisfaction is actual >= target either way.
type Comparator string

// Comparators.
const (
	AtLeast   Comparator = ">="         // the text says 以上
	AsWritten Comparator = "as_written" // a bare number
)

// Title is the comparator in Chinese, as offices read it.
func (c Comparator) Title() string {
	return map[Comparator]string{AtLeast: "以上", AsWritten: "照原文"}[c]
}

// Direction tells which way a level is to move.
type Direction string

// Directions.
const (
	Rise Direction = "rise"
	Fall Direction = "fall"
)

// Title is the direction in Chinese, as offices read it.
func (d Direction) Title() string { return map[Direction]string{Rise: "上升", Fall: "下降"}[d] }

// Measure (量化指标) is one thing of a commitment that is counted. IDs are unique within the plan.
type Measure struct {
	ID                    string           `yaml:"id" json:"id"`
	Title                 string           `yaml:"title" json:"title"`
	TitleEN               string           `yaml:"title_en" json:"title_en,omitzero"`
	NumeralText           string           `yaml:"numeral_text" json:"numeral_text,omitzero"`     // "84.7万", or "全覆盖" where the text has no numeral; absent: a milestone
	NumeralOffset         int              `yaml:"numeral_offset" json:"numeral_offset,omitzero"` // in the source text, in code points
	TargetValue           decimal.Decimal  `yaml:"target_value" json:"target_value,omitzero"`     // in Unit
	Unit                  string           `yaml:"unit" json:"unit,omitzero"`                     // base unit: 平方米, 个, %
	Comparator            Comparator       `yaml:"comparator" json:"comparator,omitzero"`
	Mode                  schema.Mode      `yaml:"mode" json:"mode,omitzero"`
	Direction             Direction        `yaml:"direction" json:"direction,omitzero"`
	MinValue              *decimal.Decimal `yaml:"min_value" json:"min_value,omitempty"`           // least admissible reading; absent: 0
	MaxValue              *decimal.Decimal `yaml:"max_value" json:"max_value,omitempty"`           // greatest admissible reading; absent: none
	BaselineValue         *decimal.Decimal `yaml:"baseline_value" json:"baseline_value,omitempty"` // 基期值 of a level; null: the text gives none
	Ratio                 *Ratio           `yaml:"ratio" json:"ratio,omitempty"`                   // of a rate
	Itemised              bool             `yaml:"itemised" json:"itemised,omitzero"`              // every reading names an item and is 0 or 1
	Items                 []Item           `yaml:"items" json:"items,omitempty"`                   // those the text names
	ItemsOpen             bool             `yaml:"items_open" json:"items_open,omitzero"`
	Definition            string           `yaml:"definition" json:"definition,omitzero"`                     // 口径
	ReportingDepartment   string           `yaml:"reporting_department" json:"reporting_department,omitzero"` // whose readings count, others are cross-checks; absent: the lead
	ReportingIntervalDays int              `yaml:"reporting_interval_days" json:"reporting_interval_days,omitzero"`
	DueDate               schema.Date      `yaml:"due_date" json:"due_date,omitzero"`
	EvidenceRequired      bool             `yaml:"evidence_required" json:"evidence_required,omitzero"`
	Curve                 *Curve           `yaml:"curve" json:"curve,omitempty"`
	Thresholds            Overrides        `yaml:"thresholds" json:"thresholds,omitempty"` // of the status rules; absent: the plan's
	Assigned              []Assignment     `yaml:"assigned" json:"assigned,omitempty"`

	CurveConfirmedBy string      `yaml:"-" json:"-"` // by an act of the office; "": nobody has, and the curve bears a badge
	Commitment       *Commitment `yaml:"-" json:"-"` // the promise this is a part of
}

// Ratio describes a rate that is computed here from what the department counts:
// value = numerator ÷ denominator × Per.
type Ratio struct {
	Numerator        string           `yaml:"numerator" json:"numerator,omitzero"`                  // what is counted above the line: 签约人数
	Denominator      string           `yaml:"denominator" json:"denominator,omitzero"`              // and below it: 重点人群人数
	Per              decimal.Decimal  `yaml:"per" json:"per,omitzero"`                              // 100 for a percentage, 1000 for 千人
	PerText          string           `yaml:"per_text" json:"per_text,omitzero"`                    // the text's own word for it, 千; absent: it has none
	PerOffset        int              `yaml:"per_offset" json:"per_offset,omitzero"`                // of that word in the source text, in code points
	DenominatorValue *decimal.Decimal `yaml:"denominator_value" json:"denominator_value,omitempty"` // null: the text gives none
}

// Item is one named piece of an itemised measure.
type Item struct {
	ID   string `yaml:"id" json:"id"`
	Name string `yaml:"name" json:"name,omitzero"`
}

// Milestone tells whether the measure is a deliverable without a number (里程碑), followed by dated
// stages: TargetValue is how many there are, a reading names a stage and is 0 or 1, and the shares of
// plan and progress are the stages' weights.
func (m *Measure) Milestone() bool { return m.Curve != nil && m.Curve.Kind == Milestones }

// StageUnit is the unit of every milestone.
const StageUnit = "个阶段"

// SmallCount tells whether the measure is planned piece by piece (domain rule: itemised, or a milestone,
// or a whole number of at most twelve), so that its alert comes from days of delay and not from
// percentage points.
func (m *Measure) SmallCount() bool {
	few := m.TargetValue.IsInteger() && m.TargetValue.LessThanOrEqual(smallCount)
	return m.Mode != schema.Level && (m.Itemised || m.Milestone() || few)
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
	l.admissions = map[string]*admission{}
	l.thresholds = l.Thresholds()
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
			l.admissions[m.ID] = l.admission(m)
		}
	}
}
