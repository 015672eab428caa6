package book

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"xushi/seeds"
)

// record is one row of a sheet: texts, json.Numbers, bools and lists of texts by field. A field that is
// not there is an empty cell.
type record map[string]any

// recordsOf takes a ledger apart into the records of every sheet, by way of its canonical form, so that
// fields have their names from there.
func recordsOf(l *seeds.Ledger) map[string][]record {
	var tree struct {
		Plan        map[string]any
		Departments []map[string]any
		Commitments []map[string]any
		Statements  []map[string]any
		Numerals    []map[string]any
	}
	dec := json.NewDecoder(bytes.NewReader(l.JSON()))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil {
		panic(fmt.Sprintf("book: a ledger's own JSON: %v", err))
	}
	s := sheets{}
	s.add(planSheet, tree.Plan, nil)
	s.assigned(tree.Plan, nil)
	s.thresholds(tree.Plan, nil)
	for _, d := range tree.Departments {
		s.add(departmentSheet, d, nil)
	}
	for _, c := range tree.Commitments {
		s.commitment(c)
	}
	for _, p := range tree.Statements {
		s.add(statementSheet, p, nil)
	}
	for _, n := range tree.Numerals {
		s.add(numeralSheet, n, nil)
	}
	return s
}

// sheets collects records by sheet.
type sheets map[string][]record

func (s sheets) commitment(c map[string]any) {
	s.add(commitmentSheet, c, nil)
	s.assigned(c, record{"commitment": c["id"]})
	for _, m := range objects(c["measures"]) {
		if m["reporting_department"] == c["lead_department"] {
			delete(m, "reporting_department") // empty follows the lead, when that is changed
		}
		s.add(measureSheet, m, record{"commitment": c["id"]})
		owner := record{"measure": m["id"]}
		s.assigned(m, owner)
		s.thresholds(m, owner)
		for _, item := range objects(m["items"]) {
			s.add(itemSheet, item, owner)
		}
		curve, _ := m["curve"].(map[string]any)
		for _, p := range pointWords {
			for _, point := range objects(curve[p.code]) {
				s.add(pointSheet, point, record{"measure": m["id"], "point": p.code})
			}
		}
	}
}

func (s sheets) assigned(owner map[string]any, of record) {
	for _, a := range objects(owner["assigned"]) {
		s.add(assignedSheet, a, of)
	}
}

// thresholds takes those that a plan or a measure sets, in the order of the drop-down.
func (s sheets) thresholds(owner map[string]any, of record) {
	set, _ := owner["thresholds"].(map[string]any)
	for _, t := range thresholdWords {
		if value, ok := set[t.code]; ok {
			s.add(thresholdSheet, map[string]any{"threshold": t.code, "value": value}, of)
		}
	}
}

// add puts an object's own fields on a sheet, together with what names its owner.
func (s sheets) add(sheet string, object map[string]any, owner record) {
	r := record{}
	r.flatten("", object)
	maps.Copy(r, owner)
	s[sheet] = append(s[sheet], r)
}

// flatten takes over texts, numbers, lists of texts and what single objects hold; lists of objects have
// sheets of their own.
func (r record) flatten(prefix string, object map[string]any) {
	for field, value := range object {
		switch value := value.(type) {
		case map[string]any:
			r.flatten(prefix+field+".", value)
		case []any:
			var texts []string
			for _, entry := range value {
				if s, ok := entry.(string); ok {
					texts = append(texts, s)
				}
			}
			if texts != nil {
				r[prefix+field] = texts
			}
		default:
			r[prefix+field] = value
		}
	}
}

func objects(list any) []map[string]any {
	var all []map[string]any
	entries, _ := list.([]any)
	for _, entry := range entries {
		if object, ok := entry.(map[string]any); ok {
			all = append(all, object)
		}
	}
	return all
}
