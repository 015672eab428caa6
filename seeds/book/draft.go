package book

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"xushi/seeds"
)

// node is a part of a ledger that is being put together, and the cell that it was read from.
type node struct {
	spot
	scalar  string // in JSON; "" where it is an object or a list
	isList  bool
	members []member // of an object
	entries []*node  // of a list
}

type member struct {
	name string
	*node
}

// member is an object's member, nil where there is none.
func (n *node) member(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.node
		}
	}
	return nil
}

// get is an object's member, made by the given kind where there is none.
func (n *node) get(name string, isList bool, at spot) *node {
	if there := n.member(name); there != nil {
		return there
	}
	made := &node{spot: at, isList: isList}
	n.members = append(n.members, member{name, made})
	return made
}

// put sets a field, "ratio.per" inside an object of its own.
func (n *node) put(field string, value *node) {
	object, rest, nested := strings.Cut(field, ".")
	if nested {
		n.get(object, false, spot{table: n.table, row: n.row}).put(rest, value)
		return
	}
	n.members = append(n.members, member{field, value})
}

// draft is a ledger in JSON, not proved yet, that knows of each of its lines from which cell it is.
type draft struct {
	json         []byte
	spots        []spot // by line
	columns      map[*table]map[string]int
	lines        map[int]int // in which row of its sheet a line of the source text begins
	exportedFrom string
}

// write puts every value on a line of its own.
func (d *draft) write(root *node) {
	var b bytes.Buffer
	line := func(text string, at spot) {
		b.WriteString(text + "\n")
		d.spots = append(d.spots, at)
	}
	var write func(before string, n *node, after string)
	write = func(before string, n *node, after string) {
		brackets := "{}"
		var names []string
		parts := n.entries
		switch {
		case n.scalar != "":
			line(before+n.scalar+after, n.spot)
			return
		case n.isList:
			brackets = "[]"
		}
		for _, m := range n.members {
			names, parts = append(names, quote(m.name)+": "), append(parts, m.node)
		}
		line(before+brackets[:1], n.spot)
		for i, part := range parts {
			comma := ","
			if i == len(parts)-1 {
				comma = ""
			}
			write(at(names, i), part, comma)
		}
		line(brackets[1:]+after, n.spot)
	}
	write("", root, "")
	d.json = b.Bytes()
}

const draftName = "workbook"

// prove has package seeds check the ledger, and takes its complaints back to the cells.
func (d *draft) prove() (*seeds.Ledger, error) {
	l, err := seeds.Parse(draftName, d.json)
	if err == nil {
		return l, nil
	}
	var all []placed
	var rest Complaints
	complaints := seeds.Complaints(err)
	for _, c := range complaints {
		if c.File == draftName {
			all = append(all, d.place(c))
		} else {
			rest = append(rest, d.inText(c))
		}
	}
	if len(complaints) == 0 {
		rest = append(rest, Complaint{Problem: err.Error()})
	}
	return nil, append(inOrder(all), rest...)
}

// unproved begins what the ledger's check says, as against what a cell cannot hold.
const unproved = "核对未通过："

// inText is a complaint about a passage of the source text that nothing owns.
func (d *draft) inText(c *seeds.Complaint) Complaint {
	shown := Complaint{Sheet: textSheet, Problem: unproved + c.Chinese()}
	if row := d.lines[c.Line]; row > 0 {
		shown.Cell = cellName(3, row)
	}
	return shown
}

// place finds the cell of a complaint: by its line; and where only the row is known, since the field is
// empty or the complaint is about several, by the field in its path.
func (d *draft) place(c *seeds.Complaint) placed {
	if c.Line < 1 || c.Line > len(d.spots) {
		return spot{}.complain(c.Chinese())
	}
	at := d.spots[c.Line-1]
	if at.table != nil && at.field == "" {
		field := c.Path[strings.LastIndex(c.Path, "]")+1:]
		field = strings.TrimPrefix(strings.TrimPrefix(field, "."), "plan.")
		last := field[strings.LastIndex(field, ".")+1:]
		for _, name := range []string{field, last, field + ".kind", summed[last]} {
			if column := d.columns[at.table][name]; column > 0 {
				at.column, at.field = column, name
				break
			}
		}
	}
	problem := unproved + c.Chinese()
	if at.table != nil {
		if i, ok := at.table.column(at.field); ok {
			problem += "。填写要求：" + at.table.columns[i].rule
		}
	}
	return at.complain(problem)
}

// summed is what a complaint about all points of a curve is mostly about.
var summed = map[string]string{"steps": "share", "items": "item", "levels": "value", "stages": "weight"}

// byOffset puts commitments in the order of the text, from which a sorted sheet may have taken them.
func byOffset(commitments []*node) {
	offset := func(n *node) int {
		i, err := strconv.Atoi(n.get("quote_offset", false, spot{}).scalar)
		if err != nil {
			return 0
		}
		return i
	}
	slices.SortStableFunc(commitments, func(a, b *node) int { return cmp.Compare(offset(a), offset(b)) })
}
