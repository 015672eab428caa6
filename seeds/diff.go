package seeds

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Change is one difference between two versions of a ledger.
type Change struct {
	Object        string // "plan", "department", "commitment", "measure", "statement", "numeral"
	ID            string // of that object; a statement's is its quote, a numeral's its text and offset
	Field         string // by its name in the ledger's files; "" where the whole object was added or removed
	Before, After string // in words for a reader; "" where there was, or is, nothing
	Controlled    bool   // changes what a department is held to: a target, a curve, a due date. It needs an approver
}

// controlled are the fields of a measure that say what a department is held to. (A baseline that is given
// for the first time only makes a level known.)
var controlled = []string{"target_value", "comparator", "direction", "curve", "due_date", "baseline_value", "commitment"}

// Diff says what changed between two versions of a ledger, in the order of the ledger; what was removed
// stands behind what it stood behind. Whatever differs in the canonical form differs here: fields are not
// listed, they are found.
func Diff(before, after *Ledger) []Change {
	was, is := before.objects(), after.objects()
	old := make(map[string]object, len(was))
	for _, o := range was {
		old[o.key] = o
	}
	var changes []Change
	for _, o := range merged(was, is) {
		earlier, had := old[o.key]
		switch {
		case o.removed:
			changes = append(changes, Change{Object: o.kind, ID: o.id, Before: o.title, Controlled: o.kind == "measure" || o.kind == "commitment"})
		case !had:
			changes = append(changes, Change{Object: o.kind, ID: o.id, After: o.title})
		default:
			changes = append(changes, earlier.changes(&o)...)
		}
	}
	return append(changes, reordered(was, is)...)
}

// object is one entry of a ledger, with the fields that it is compared by.
type object struct {
	kind, id, title string
	key             string // tells it from every other entry of its ledger
	ledger          *Ledger
	measure         *Measure // whose quantities they are; nil of other entries
	names           []string // of the fields, as in the ledger's files
	fields          map[string]reflect.Value
	removed         bool // it is among the later ones no more
}

// objects are a ledger's entries in its order: each commitment is followed by its measures.
func (l *Ledger) objects() []object {
	seen := map[string]int{}
	var all []object
	add := func(kind, id, title string, m *Measure, entry any) {
		o := object{kind: kind, id: id, title: title, key: kind + " " + id, ledger: l, measure: m, fields: map[string]reflect.Value{}}
		if seen[o.key]++; seen[o.key] > 1 { // the text may say the same twice
			o.key += fmt.Sprintf("#%d", seen[o.key])
		}
		o.read("", reflect.ValueOf(entry))
		if m != nil && m.Commitment != nil {
			o.field("commitment", reflect.ValueOf(m.Commitment.ID))
		}
		all = append(all, o)
	}
	add("plan", l.Plan.ID, l.Plan.Title, nil, l.Plan)
	all[0].field("source_text", reflect.ValueOf(l.Text))
	for _, d := range l.Departments {
		add("department", d.ID, d.Name, nil, d)
	}
	for _, c := range l.Commitments {
		add("commitment", c.ID, c.Title, nil, c)
		for i := range c.Measures {
			add("measure", c.Measures[i].ID, c.Measures[i].Title, &c.Measures[i], c.Measures[i])
		}
	}
	for _, s := range l.Statements {
		add("statement", s.Quote, s.Quote, nil, s)
	}
	for _, n := range l.Numerals {
		add("numeral", fmt.Sprintf("%s@%d", n.NumeralText, n.NumeralOffset), n.NumeralText, nil, n)
	}
	return all
}

func (o *object) field(name string, v reflect.Value) {
	o.names = append(o.names, name)
	o.fields[name] = v
}

// read takes every field that the ledger's files have, but for the id, which is the object's own, and
// measures, which are objects.
func (o *object) read(prefix string, entry reflect.Value) {
	for f, v := range entry.Fields() {
		name := f.Tag.Get("yaml")
		switch {
		case name == "-" || prefix == "" && (name == "measures" || name == "id" && o.kind != "plan"):
		case f.Type == reflect.TypeFor[Source]():
			o.read(name+".", v)
		case f.Type == reflect.TypeFor[Overrides]():
			o.thresholds(v.Interface().(Overrides))
		default:
			o.field(prefix+name, v)
		}
	}
}

// thresholdField begins the names of the fields that thresholds are compared by.
const thresholdField = "thresholds."

// thresholds takes each as a field of its own, nil where the entry does not set it.
func (o *object) thresholds(set Overrides) {
	for _, name := range AllThresholds() {
		var own *int
		if value, ok := set[name]; ok {
			own = &value
		}
		o.field(thresholdField+string(name), reflect.ValueOf(own))
	}
}

// changes compares an entry with what became of it.
func (o *object) changes(after *object) (changes []Change) {
	for _, name := range after.names {
		was, is := canonicalField(o.fields[name]), canonicalField(after.fields[name])
		if was == is {
			continue
		}
		c := Change{Object: o.kind, ID: after.id, Field: name, Before: o.words(name), After: after.words(name)}
		switch {
		case name == "source_text":
			c.Before, c.After = excerpts(c.Before, c.After)
		case c.Before == c.After: // the difference is none of words
			c.Before, c.After = was, is
		}
		given := name != "baseline_value" || !o.fields[name].IsNil()
		c.Controlled = o.kind == "measure" && slices.Contains(controlled, name) && given || strings.HasPrefix(name, thresholdField)
		changes = append(changes, c)
	}
	return changes
}

// canonicalField is a field's value as the canonical form has it: what is the same there is the same.
func canonicalField(v reflect.Value) string {
	text, err := json.Marshal(v.Interface())
	if err != nil {
		panic(fmt.Sprintf("seeds: a ledger is plain data: %v", err))
	}
	return string(text)
}

// merged is the later entries, with those that were removed behind what they stood behind.
func merged(was, is []object) []object {
	all, kept := slices.Clone(is), map[string]bool{}
	for _, o := range is {
		kept[o.key] = true
	}
	for i, o := range was {
		if kept[o.key] {
			continue
		}
		at := 0
		if i > 0 {
			at = 1 + slices.IndexFunc(all, func(x object) bool { return x.key == was[i-1].key })
		}
		o.removed = true
		all = slices.Insert(all, at, o)
	}
	return all
}

// reordered tells, by kind, that the entries of both versions stand in another order.
func reordered(was, is []object) (changes []Change) {
	for _, kind := range []string{"department", "commitment", "measure", "statement", "numeral"} {
		before, after := common(kind, was, is), common(kind, is, was)
		if !slices.Equal(before, after) {
			changes = append(changes, Change{
				Object: "plan", ID: is[0].id, Field: kind + "s",
				Before: strings.Join(before, "、"), After: strings.Join(after, "、"),
			})
		}
	}
	return changes
}

// common are the keys of a kind's entries that the other version has too.
func common(kind string, of, other []object) (keys []string) {
	there := map[string]bool{}
	for _, o := range other {
		there[o.key] = true
	}
	for _, o := range of {
		if o.kind == kind && there[o.key] {
			keys = append(keys, strings.TrimPrefix(o.key, kind+" "))
		}
	}
	return keys
}

// String is the change as one line for a reader: measure new-area 目标值：84.7万平方米 → 90万平方米.
func (c Change) String() string {
	said := func(words string) string {
		if words == "" {
			return "（无）"
		}
		return words
	}
	switch {
	case c.Field != "":
		return c.Object + " " + c.ID + " " + FieldTitle(c.Field) + "：" + said(c.Before) + " → " + said(c.After)
	case c.Before == "":
		return c.Object + " " + c.ID + " 新增：" + c.After
	}
	return c.Object + " " + c.ID + " 删除：" + c.Before
}
