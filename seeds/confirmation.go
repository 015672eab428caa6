package seeds

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// Confirmation is somebody's word that a field which the text does not give is right: a department that
// leads, a curve, a department's name. It is an act of the office, never a line of the ledger's files.
type Confirmation struct {
	Object        string // "commitment", "measure" or "department"
	ID            string // of that object
	Field         string // by its name in the ledger's files
	LedgerVersion string // that it was confirmed in
	By, Reason    string
	At            time.Time
}

// assignedField is a field that somebody assigned.
type assignedField struct{ object, id, field string }

// ConfirmedBy is who confirmed a field of a commitment, measure or department; "" if nobody has.
func (l *Ledger) ConfirmedBy(object, id, field string) string {
	return l.confirmed[assignedField{object, id, field}]
}

// Confirm is the history with one more confirmation, from c.At on. It holds in later versions for as long as
// what was confirmed stays the same, and lapses for good when it changes. It refuses what is not there to be
// confirmed: an unknown object or field, a field that the text gives, and another value than the one in
// force; changed is false if it had been confirmed already, by whomever.
func (h *History) Confirm(c Confirmation) (next *History, changed bool, err error) {
	key := assignedField{c.Object, c.ID, c.Field}
	l := h.InForce()
	if l == nil {
		return nil, false, fmt.Errorf("the plan has no version in force")
	}
	value, err := l.assignedValue(key)
	if err != nil {
		return nil, false, err
	}
	seen, ok := h.Version(c.LedgerVersion)
	if !ok {
		return nil, false, fmt.Errorf("the plan never had version %q", c.LedgerVersion)
	}
	if was, err := seen.assignedValue(key); err != nil || was != value {
		return nil, false, fmt.Errorf("%s of %s %s has changed since version %s: look at the one in force, %s", c.Field, c.Object, c.ID, c.LedgerVersion, l.Version)
	}
	if l.confirmed[key] != "" {
		return h, false, nil
	}
	confirmed := map[assignedField]string{key: c.By}
	maps.Copy(confirmed, l.confirmed)
	return h.then(c.At, l.with(confirmed)), true, nil
}

// assignedValue is the value of a field that somebody assigned, in canonical form.
func (l *Ledger) assignedValue(f assignedField) (string, error) {
	var entry any
	var known, assigned bool
	switch f.object {
	case "department":
		d, ok := l.Department(f.id)
		if known = ok; ok {
			entry = *d
			_, assigned = l.AssignedDepartment(f.field)
		}
	case "commitment":
		c, ok := l.Commitment(f.id)
		if known = ok; ok {
			entry = *c
			_, assigned = l.AssignedCommitment(c, f.field)
		}
	case "measure":
		m, ok := l.Measure(f.id)
		if known = ok; ok {
			entry = *m
			_, assigned = l.AssignedMeasure(m, f.field)
		}
	default:
		return "", fmt.Errorf("%q is none of commitment, measure, department", f.object)
	}
	if !known {
		return "", fmt.Errorf("version %s of plan %s has no %s %q", l.Version, l.Plan.ID, f.object, f.id)
	}
	for field, value := range reflect.ValueOf(entry).Fields() {
		if field.Tag.Get("yaml") == f.field && assigned {
			return canonicalField(value), nil
		}
	}
	return "", fmt.Errorf("%s %s has no field %q that somebody assigned: there is nothing to confirm", f.object, f.id, f.field)
}

// Assigned is one field that somebody assigned, with whoever confirmed it.
type Assigned struct {
	Object, ID, Field string
	Assignment               // Fields is how the ledger's files have it
	ConfirmedBy       string // "": nobody has
}

// Assignments lists every field of departments, commitments and measures that somebody assigned, in the
// order of the ledger.
func (l *Ledger) Assignments() (all []Assigned) {
	add := func(object, id string, entry any, by func(field string) (Assignment, bool)) {
		for f := range reflect.TypeOf(entry).Fields() {
			field := f.Tag.Get("yaml")
			if a, ok := by(field); ok {
				all = append(all, Assigned{object, id, field, a, l.ConfirmedBy(object, id, field)})
			}
		}
	}
	for _, d := range l.Departments {
		add("department", d.ID, d, l.AssignedDepartment)
	}
	for i := range l.Commitments {
		c := &l.Commitments[i]
		add("commitment", c.ID, *c, func(field string) (Assignment, bool) { return l.AssignedCommitment(c, field) })
		for j := range c.Measures {
			m := &c.Measures[j]
			add("measure", m.ID, *m, func(field string) (Assignment, bool) { return l.AssignedMeasure(m, field) })
		}
	}
	return all
}

// confirmedAs is the ledger with what was confirmed of the version before and stays the same.
func (l *Ledger) confirmedAs(before *Ledger) *Ledger {
	if before == nil || len(before.confirmed) == 0 {
		return l
	}
	kept := map[assignedField]string{}
	for key, by := range before.confirmed {
		was, err := before.assignedValue(key)
		if is, gone := l.assignedValue(key); err == nil && gone == nil && is == was {
			kept[key] = by
		}
	}
	return l.with(kept)
}

// with is a copy of the ledger that has these confirmations and no others.
func (l *Ledger) with(confirmed map[assignedField]string) *Ledger {
	c := *l
	c.confirmed = confirmed
	c.Commitments = slices.Clone(l.Commitments)
	for i := range c.Commitments {
		measures := slices.Clone(c.Commitments[i].Measures)
		for j := range measures {
			measures[j].CurveConfirmedBy = c.ConfirmedBy("measure", measures[j].ID, "curve")
		}
		c.Commitments[i].Measures = measures
	}
	c.Index()
	return &c
}
