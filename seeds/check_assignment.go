package seeds

import (
	"reflect"
	"strings"
)

// owners are the objects whose fields a plan's assignments name, as in measure.curve.
var owners = map[string]reflect.Type{
	"plan":       reflect.TypeFor[Plan](),
	"department": reflect.TypeFor[Department](),
	"commitment": reflect.TypeFor[Commitment](),
	"measure":    reflect.TypeFor[Measure](),
	"milestone":  reflect.TypeFor[Measure](),
	"statement":  reflect.TypeFor[Statement](),
	"numeral":    reflect.TypeFor[Numeral](),
}

// assignments checks who is said to have set what the text does not give: somebody, with a ground, and
// each field once. The fields are those of the owner, or, where there is none, named with theirs.
func (c *checker) assignments(all []Assignment, at place, owner string) {
	seen := map[string]bool{}
	for i, a := range all {
		here := at.entry(i, "")
		c.filled(here, map[string]string{"assigned_by": a.AssignedBy, "basis": a.Basis})
		c.require(oneOf(a.Confidence, High, Medium, Low), here.field("confidence"), "must be %s, %s or %s, not %q", High, Medium, Low, a.Confidence)
		c.require(len(a.Fields) > 0, here.field("fields"), "names no field that was assigned")
		for j, field := range a.Fields {
			there := here.field("fields").entry(j, "")
			c.require(assignable(owner, field), there, "%q is no field that could be assigned here", field)
			c.require(!seen[field], there, "%q is assigned twice", field)
			seen[field] = true
		}
	}
}

func assignable(owner, field string) bool {
	if owner == "" {
		owner, field, _ = strings.Cut(field, ".")
	}
	t, known := owners[owner]
	if !known {
		return false
	}
	_, known = fieldTypes(t)[field]
	return known
}
