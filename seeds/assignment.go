package seeds

import "slices"

// Assignment says who set fields that the text does not give, how sure of them, and on what ground.
type Assignment struct {
	Fields     []string   `yaml:"fields" json:"fields"` // by their names in the ledger's files
	AssignedBy string     `yaml:"assigned_by" json:"assigned_by,omitzero"`
	Confidence Confidence `yaml:"confidence" json:"confidence,omitzero"` // how sure
	Basis      string     `yaml:"basis" json:"basis,omitzero"`           // 依据
}

// Confidence is how sure whoever assigned a field was.
type Confidence string

// Degrees of confidence.
const (
	High   Confidence = "high"   // 有依据: follows from the text or a public rule
	Medium Confidence = "medium" // 较有把握: usual practice
	Low    Confidence = "low"    // 推测: a guess that somebody must confirm
)

// Undecided stands in a draft where a person must still decide; no ledger that holds it passes the check.
const Undecided = "请填写"

// Title is the degree in Chinese, as offices read it.
func (c Confidence) Title() string {
	return map[Confidence]string{High: "有依据", Medium: "较有把握", Low: "推测"}[c]
}

// AssignedDepartment is who set a field of departments, such as name.
func (l *Ledger) AssignedDepartment(field string) (Assignment, bool) {
	return assigned(l.Plan.Assigned, "department."+field)
}

// AssignedCommitment is who set a field of the commitment, such as lead_department.
func (l *Ledger) AssignedCommitment(c *Commitment, field string) (Assignment, bool) {
	if a, ok := assigned(c.Assigned, field); ok {
		return a, true
	}
	return assigned(l.Plan.Assigned, "commitment."+field)
}

// AssignedMeasure is who set a field of the measure, such as curve. What the plan says of milestone.curve
// is of milestones alone and goes before measure.curve: their targets and units are ours, while the text
// gives those of the rest.
func (l *Ledger) AssignedMeasure(m *Measure, field string) (Assignment, bool) {
	if a, ok := assigned(m.Assigned, field); ok {
		return a, true
	}
	if a, ok := assigned(l.Plan.Assigned, "milestone."+field); ok && m.Milestone() {
		return a, true
	}
	return assigned(l.Plan.Assigned, "measure."+field)
}

// adjustable is the one field that the text gives and a decision can change: the target.
const adjustable = "target_value"

// Adjusted is who changed the target of the text to another (目标调整), and on what ground; false if the
// target is the text's own. It is what the measure's own assignments say: that of a whole plan changes none.
func (m *Measure) Adjusted() (Assignment, bool) {
	if m.Milestone() || m.NumeralText == Everywhere {
		return Assignment{}, false // no text gave it
	}
	return assigned(m.Assigned, adjustable)
}

func assigned(all []Assignment, field string) (Assignment, bool) {
	for _, a := range all {
		if slices.Contains(a.Fields, field) {
			return a, true
		}
	}
	return Assignment{}, false
}
