package book

import (
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// rawRow is one record's cells as they are stored, by field.
type rawRow struct {
	number int
	cells  map[string]rawCell
}

type rawCell struct {
	spot
	text string
}

// rows finds a table's columns by their fields' names, and its rows that say anything.
func (r *reader) rows(t *table) []rawRow {
	grid, ok := r.grid(t.name)
	if !ok {
		r.complain(spot{table: t}, "缺少这张工作表：请在新导出的工作簿中填写，不要删除或改名")
		return nil
	}
	if t.upright {
		return r.uprightRow(t, grid)
	}
	header := headerOf(t, grid)
	if header < 0 {
		r.complain(spot{table: t}, "找不到字段名一行（第 4 行的 "+t.columns[0].field+"、"+t.columns[1].field+" 等）：请恢复")
		return nil
	}
	fields := r.header(t, header+1, grid[header])
	r.merged(t, header+1)
	var all []rawRow
	stray := map[int]bool{}
	for i := header + 1; i < len(grid); i++ {
		row := rawRow{i + 1, map[string]rawCell{}}
		for col, text := range grid[i] {
			switch field := at(fields, col); {
			case strings.TrimSpace(text) == "":
			case field != "":
				row.cells[field] = rawCell{spot{t, i + 1, col + 1, field}, text}
			case at(grid[header], col) == "" && !stray[col]:
				stray[col] = true
				r.complain(spot{table: t, row: i + 1, column: col + 1}, "这一列没有字段名，不知道是什么：请移到对应的列，或删除")
			}
		}
		if len(row.cells) > 0 {
			all = append(all, row)
		}
	}
	return all
}

// headerOf is the row among the first that has the most of the table's field names, -1 if none has half.
func headerOf(t *table, grid [][]string) int {
	best, most := -1, (len(t.columns)-1)/2
	for i, row := range grid[:min(len(grid), 20)] {
		known := 0
		for _, text := range row {
			if _, ok := t.column(strings.TrimSpace(text)); ok {
				known++
			}
		}
		if known > most {
			best, most = i, known
		}
	}
	return best
}

// header notes where fields stand, and complains of columns that are unknown, doubled or missing.
func (r *reader) header(t *table, row int, texts []string) (fields []string) {
	r.columns[t] = map[string]int{}
	for i, text := range texts {
		field := strings.TrimSpace(text)
		_, known := t.column(field)
		switch {
		case field == "":
		case !known:
			r.complain(spot{table: t, row: row, column: i + 1}, "不认识的列“"+field+"”：台账没有这个字段；请删除这一列，或恢复字段名")
			field = ""
		case r.columns[t][field] > 0:
			r.complain(spot{t, row, i + 1, field}, "这一列出现了两次：请只留一列")
			field = ""
		default:
			r.columns[t][field] = i + 1
		}
		fields = append(fields, field)
	}
	for _, c := range t.columns {
		if r.columns[t][c.field] == 0 {
			r.complain(spot{table: t, field: c.field}, "缺少这一列：请从新导出的工作簿恢复，不填的留空")
		}
	}
	return fields
}

// merged refuses merged cells among the rows: a merged value belongs to the first of them only.
func (r *reader) merged(t *table, header int) {
	merged, err := r.file.GetMergeCells(t.name)
	if err != nil {
		r.complain(spot{table: t}, "读不出合并单元格："+err.Error())
	}
	for _, m := range merged {
		column, row, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil || row <= header {
			continue
		}
		first, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err == nil {
			column, row = first, top
		}
		r.complain(spot{table: t, row: row, column: column}, "合并单元格 "+m.GetStartAxis()+":"+m.GetEndAxis()+"：请取消合并，并逐格填写")
	}
}

// uprightRow reads the one record of a sheet that runs downwards.
func (r *reader) uprightRow(t *table, grid [][]string) []rawRow {
	const fieldColumn, valueColumn = 2, 3
	r.columns[t] = map[string]int{}
	row := rawRow{headingRow, map[string]rawCell{}}
	var seen []string
	for i, texts := range grid {
		field := strings.TrimSpace(at(texts, fieldColumn-1))
		if _, known := t.column(field); !known {
			continue
		}
		if slices.Contains(seen, field) {
			r.complain(spot{t, i + 1, fieldColumn, field}, "这一行出现了两次：请只留一行")
		}
		seen = append(seen, field)
		r.columns[t][field] = valueColumn
		row.cells[field] = rawCell{spot{t, i + 1, valueColumn, field}, at(texts, valueColumn-1)}
	}
	for _, c := range t.columns {
		if !slices.Contains(seen, c.field) {
			r.complain(spot{table: t, field: c.field}, "缺少这一行：请从新导出的工作簿恢复")
		}
	}
	return []rawRow{row}
}

// index notes what a table's rows are called, for those that refer to them, and which id is used twice.
func (r *reader) index(t *table, rows []rawRow) {
	all := &names{}
	r.names[t.name] = all
	nameField := t.columns[1].field
	for _, row := range rows {
		cell, there := row.cells["id"]
		if !there {
			continue // complained of as an empty cell
		}
		id := strings.TrimSpace(narrow(cell.text))
		if _, twice := all.byID[id]; twice {
			r.complain(cell.spot, "编号“"+id+"”与前面的行重复：每行用不同的编号")
			continue
		}
		all.add(id, strings.TrimSpace(row.cells[nameField].text))
	}
}
