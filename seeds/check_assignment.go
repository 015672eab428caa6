package seeds

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// objects are those whose fields a plan's assignments name, as in measure.curve.
var objects = map[string]reflect.Type{
	"plan":       reflect.TypeFor[Plan](),
	"department": reflect.TypeFor[Department](),
	"commitment": reflect.TypeFor[Commitment](),
	"measure":    reflect.TypeFor[Measure](),
	"milestone":  reflect.TypeFor[Measure](),
	"statement":  reflect.TypeFor[Statement](),
	"numeral":    reflect.TypeFor[Numeral](),
}

// given are the fields that the text gives, and those that hold other objects: nobody assigns them.
var given = map[string][]string{
	"plan":       {"assigned"},
	"commitment": {"section", "paragraph", "quote", "quote_offset", "assigned", "measures"},
	"measure":    {"numeral_text", "numeral_offset", "target_value", "unit", "comparator", "items_open", "assigned"},
	"milestone":  {"numeral_text", "numeral_offset", "assigned"},
	"statement":  {"quote", "quote_offset"},
	"numeral":    {"numeral_text", "numeral_offset"},
}

// ours are the fields that no text gives: where one is set, somebody must be named for it.
var ours = map[string][]string{
	"department": {"name", "name_en"},
	"commitment": {"title", "title_en", "done", "lead_department", "supporting_departments"},
	"measure":    measureOurs,
	"milestone":  append([]string{"target_value", "unit"}, measureOurs...),
}

var measureOurs = []string{
	"title", "title_en", "mode", "direction", "min_value", "max_value", "baseline_value", "ratio", "itemised", "definition",
	"reporting_department", "reporting_interval_days", "due_date", "evidence_required", "curve",
}

// object is whose fields the measure's are. Where the text has no number, of 全覆盖 too, the target and
// its unit are ours as a milestone's.
func (m *Measure) object() string {
	if m.Milestone() || m.NumeralText == Everywhere {
		return "milestone"
	}
	return "measure"
}

// assignments checks who is said to have set what the text does not give: somebody, with a ground, and
// each field once. The fields are those of the object, or, where there is none, named with theirs.
func (c *checker) assignments(all []Assignment, at place, object string) {
	if c.restored {
		return
	}
	seen := map[string]bool{}
	for i, a := range all {
		here := at.entry(i, "")
		c.filled(here, map[string]string{"assigned_by": a.AssignedBy, "basis": a.Basis})
		c.require(oneOf(a.Confidence, High, Medium, Low), here.field("confidence"), "must be %s, %s or %s, not %q", High, Medium, Low, a.Confidence)
		c.require(len(a.Fields) > 0, here.field("fields"), "names no field that was assigned")
		for j, field := range a.Fields {
			there := here.field("fields").entry(j, "")
			c.assignable(there, object, field)
			c.require(!seen[field], there, "%q is assigned twice", field)
			seen[field] = true
		}
	}
}

func (c *checker) assignable(at place, object, field string) {
	name := field
	if object == "" {
		object, name, _ = strings.Cut(field, ".")
	} else if object == "measure" && (name == adjustable || name == "unit") {
		return // on this one measure, by a decision (see Adjusted) or where the text leaves it out: held against the text there
	}
	t, known := objects[object]
	if known {
		_, known = fieldTypes(t)[name]
	}
	c.require(known, at, "%q is no field that could be assigned here", field)
	c.require(!slices.Contains(given[object], name), at, "%q is given by the text, or by the entries themselves: nobody assigns it", field)
}

// everyAssigned requires that somebody is named for every field that is set and that no text gives.
func (c *checker) everyAssigned(at places) {
	missing := map[string][]place{}
	note := func(at place, object string, fields []string, entry any, assigned func(field string) bool) {
		set := setFields(entry)
		for _, field := range fields {
			if set[field] && !assigned(field) {
				missing[object+"."+field] = append(missing[object+"."+field], at.field(field))
			}
		}
	}
	for i, d := range c.Departments {
		note(at.departments.entry(i, d.ID), "department", ours["department"], d, func(field string) bool { _, ok := c.AssignedDepartment(field); return ok })
	}
	for i := range c.Commitments {
		t := &c.Commitments[i]
		here := at.commitments.entry(i, t.ID)
		note(here, "commitment", ours["commitment"], *t, func(field string) bool { _, ok := c.AssignedCommitment(t, field); return ok })
		for j := range t.Measures {
			m := &t.Measures[j]
			object := "measure"
			if m.Milestone() {
				object = "milestone"
			}
			note(here.field("measures").entry(j, m.ID), object, ours[m.object()], *m, func(field string) bool {
				_, ok := c.AssignedMeasure(m, field)
				return ok || field == "reporting_department" && m.ReportingDepartment == t.LeadDepartment // which was assigned
			})
		}
	}
	for _, field := range slices.Sorted(maps.Keys(missing)) {
		c.unassigned(field, missing[field])
	}
}

// unassigned complains once about a field, however many entries have it: mostly the plan's own assignment
// is what is missing.
func (c *checker) unassigned(field string, at []place) {
	others := ""
	if n := len(at) - 1; n > 0 {
		others = fmt.Sprintf(", nor that of %d more", n)
	}
	object, name, _ := strings.Cut(field, ".")
	remedy := fmt.Sprintf("assign %s in plan.yaml, or %s here", field, name)
	if slices.Contains(given[object], name) {
		remedy = fmt.Sprintf("assign %s here", name) // for others of its kind the text gives it
	}
	c.require(false, at[0], "nobody is named who set this%s: %s", others, remedy)
}

// setFields are the names of an object's fields that say anything.
func setFields(object any) map[string]bool {
	set := map[string]bool{}
	for f, v := range reflect.ValueOf(object).Fields() {
		set[f.Tag.Get("yaml")] = !v.IsZero() && (v.Kind() != reflect.Slice || v.Len() > 0)
	}
	return set
}
