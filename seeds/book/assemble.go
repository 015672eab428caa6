package book

import "strings"

// entry is one row as read: the object's own fields, and what it belongs to.
type entry struct {
	*node
	commitment, measure, point string
}

// entry reads a row's cells.
func (r *reader) entry(t *table, row rawRow) *entry {
	e := &entry{node: &node{spot: spot{table: t, row: row.number}}}
	for _, c := range t.columns {
		cell, there := row.cells[c.field]
		if !there || strings.TrimSpace(cell.text) == "" {
			if column := r.columns[t][c.field]; c.required && column > 0 {
				if cell.row == 0 {
					cell.spot = spot{t, row.number, column, c.field}
				}
				r.complain(cell.spot, "不能为空："+c.rule)
			}
			continue
		}
		json, problem := r.value(c, cell)
		if problem != "" {
			r.complain(cell.spot, problem)
			continue
		}
		switch {
		case c.kind == reference && c.field == "commitment":
			e.commitment = strings.Trim(json, `"`)
		case c.kind == reference && c.field == "measure":
			e.measure = strings.Trim(json, `"`)
		case c.field == "point":
			e.point = strings.Trim(json, `"`)
		default:
			e.put(c.field, &node{spot: cell.spot, scalar: json})
		}
	}
	if t.name == pointSheet {
		r.pointFields(t, row, e.point)
	}
	return e
}

// pointFields are what each type of a curve's points has beside its date.
var pointFields = map[string][]string{
	"steps": {"share"}, "items": {"item"}, "levels": {"value"}, "stages": {"stage", "name", "weight"},
}

func (r *reader) pointFields(t *table, row rawRow, point string) {
	for of, fields := range pointFields {
		for _, field := range fields {
			cell, there := row.cells[field]
			switch {
			case point == "":
			case of == point && !there:
				r.complain(spot{t, row.number, r.columns[t][field], field}, "不能为空：类型为“"+labelOf(pointWords, point)+"”的节点须填这一栏")
			case of != point && there:
				r.complain(cell.spot, "类型为“"+labelOf(pointWords, point)+"”的节点不填这一栏：请清空，或改正节点类型")
			}
		}
	}
}

// assemble puts the sheets' rows together as one ledger.
func (r *reader) assemble(parts map[string][]*entry) *node {
	root := &node{}
	plan := root.get("plan", false, spot{})
	for _, e := range parts[planSheet] {
		*plan = *e.node
	}
	commitments, measures := map[string]*node{}, map[string]*node{}
	list := func(name, sheet string) *node {
		all := root.get(name, true, spot{table: tableOf(sheet)})
		for _, e := range parts[sheet] {
			all.entries = append(all.entries, e.node)
		}
		return all
	}
	list("departments", departmentSheet)
	byOffset(list("commitments", commitmentSheet).entries)
	list("statements", statementSheet)
	list("numerals", numeralSheet)
	for _, e := range parts[commitmentSheet] {
		commitments[e.id()] = e.node
		e.get("measures", true, spot{table: e.table, row: e.row})
	}
	for _, e := range parts[measureSheet] {
		measures[e.id()] = e.node
		add(commitments[e.commitment], "measures", e.node)
	}
	for _, e := range parts[itemSheet] {
		add(measures[e.measure], "items", e.node)
	}
	for _, e := range parts[pointSheet] {
		if m := measures[e.measure]; m != nil {
			add(m.get("curve", false, m.spot), e.point, e.node)
		}
	}
	for _, e := range parts[thresholdSheet] {
		r.threshold(e, plan, measures[e.measure])
	}
	for _, e := range parts[assignedSheet] {
		r.assign(e, plan, commitments[e.commitment], measures[e.measure])
	}
	return root
}

func (r *reader) assign(e *entry, plan, commitment, measure *node) {
	switch {
	case e.commitment != "" && e.measure != "":
		r.complain(spot{e.table, e.row, r.columns[e.table]["measure"], "measure"}, "任务和指标只能填一栏：请清空其中一栏")
	case e.commitment != "":
		add(commitment, "assigned", e.node)
	case e.measure != "":
		add(measure, "assigned", e.node)
	default:
		add(plan, "assigned", e.node)
	}
}

// threshold sets one for the plan, or for the measure that the row names.
func (r *reader) threshold(e *entry, plan, measure *node) {
	owner := measure
	if e.measure == "" {
		owner = plan
	}
	name, value := e.member("threshold"), e.member("value")
	if owner == nil || name == nil || value == nil {
		return // complained of already
	}
	set := owner.get("thresholds", false, e.spot)
	key := strings.Trim(name.scalar, `"`)
	if set.member(key) != nil {
		r.complain(name.spot, "这个门槛写了两次：请只留一行")
		return
	}
	set.put(key, value)
}

// add puts a row into its owner's list; where the owner's own row could not be read, that was complained
// of already.
func add(owner *node, list string, n *node) {
	if owner == nil {
		return
	}
	all := owner.get(list, true, n.spot)
	all.entries = append(all.entries, n)
}

func (n *node) id() string {
	if id := n.member("id"); id != nil {
		return strings.Trim(id.scalar, `"`)
	}
	return ""
}
