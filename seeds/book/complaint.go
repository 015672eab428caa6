package book

import (
	"cmp"
	"slices"
	"strings"
)

// Complaint is one thing that is wrong with a workbook, in words for whoever filled it in.
type Complaint struct {
	Sheet   string // "" where it is about the workbook
	Cell    string // "H12"; "" where it is about the sheet
	Heading string // of the cell's column: 目标值
	Field   string // and its name in the ledger: target_value
	Problem string // what is wrong, and what to do
}

// String is 指标!H12（目标值 target_value）：….
func (c Complaint) String() string {
	place := c.Sheet
	if c.Cell != "" {
		place += "!" + c.Cell
	}
	if c.Field != "" {
		place += "（" + strings.TrimSpace(strings.ReplaceAll(c.Heading, "\n", "")+" "+c.Field) + "）"
	}
	if place == "" {
		return c.Problem
	}
	return place + "：" + c.Problem
}

// Complaints are all that is wrong, in the order of the sheets and their rows.
type Complaints []Complaint

func (all Complaints) Error() string {
	lines := make([]string, len(all))
	for i, c := range all {
		lines[i] = c.String()
	}
	return strings.Join(lines, "\n")
}

// spot is a cell of a table; column 0 is its row as a whole, row 0 the sheet.
type spot struct {
	table       *table
	row, column int    // as the sheet has them, from 1
	field       string // of the column
}

func (s spot) complain(problem string) placed {
	c := Complaint{Problem: problem, Field: s.field}
	if s.table == nil {
		return placed{s, c}
	}
	c.Sheet = s.table.name
	if i, ok := s.table.column(s.field); ok {
		c.Heading = s.table.columns[i].heading
	}
	if s.row > 0 {
		c.Cell = cellName(max(s.column, 1), s.row)
	}
	return placed{s, c}
}

// placed is a complaint that is still to be put in order.
type placed struct {
	spot
	Complaint
}

func inOrder(all []placed) Complaints {
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(
			cmp.Compare(slices.Index(tables, a.table), slices.Index(tables, b.table)),
			cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	var complaints Complaints
	for _, p := range all {
		if !slices.Contains(complaints, p.Complaint) {
			complaints = append(complaints, p.Complaint)
		}
	}
	return complaints
}
