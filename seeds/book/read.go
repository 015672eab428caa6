package book

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/xuri/excelize/v2"

	"xushi/seeds"
)

// Reading is what a workbook says.
type Reading struct {
	Ledger       *seeds.Ledger
	ExportedFrom string // the version that the workbook was exported from; "" where it does not say
}

// Read makes a ledger of a workbook and proves it as seeds.Parse does. The source text is the base's, or
// the workbook's own where base is nil. The error is Complaints: every cell that cannot be read; or,
// where all can be, everything in which the ledger does not hold.
func Read(workbook []byte, base *seeds.Ledger) (*Reading, error) {
	d, err := read(workbook, base)
	if err != nil {
		return nil, err
	}
	l, err := d.prove()
	if err != nil {
		return nil, err
	}
	return &Reading{Ledger: l, ExportedFrom: d.exportedFrom}, nil
}

// read makes a draft of a workbook.
func read(workbook []byte, base *seeds.Ledger) (*draft, error) {
	f, err := excelize.OpenReader(bytes.NewReader(workbook), excelize.Options{UnzipSizeLimit: maxUnzipped})
	if err != nil {
		return nil, Complaints{{Problem: "打不开这个文件：不是未加密的 .xlsx 工作簿（" + err.Error() + "）；请在 WPS 或 Excel 中另存为 .xlsx"}}
	}
	defer func() { _ = f.Close() }() // it was read from memory
	if err := bounded(f); err != nil {
		return nil, Complaints{{Problem: "这个工作簿无法读取：" + err.Error()}}
	}
	r := &reader{file: f, columns: map[*table]map[string]int{}, names: map[string]*names{}}
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		r.since1904 = *props.Date1904
	}
	if plan := r.fact(planField); base != nil && plan != "" && plan != base.Plan.ID {
		return nil, Complaints{{Problem: "这是计划 " + plan + " 的工作簿，不是计划 " + base.Plan.ID + " 的：请核对文件和 --base"}}
	}
	r.unknownSheets()
	raw := map[*table][]rawRow{}
	for _, t := range tables {
		raw[t] = r.rows(t)
	}
	for _, sheet := range referredTo {
		r.index(tableOf(sheet), raw[tableOf(sheet)])
	}
	parts := map[string][]*entry{}
	for _, t := range tables {
		for _, row := range raw[t] {
			parts[t.name] = append(parts[t.name], r.entry(t, row))
		}
	}
	text, begins := r.text(base)
	root := r.assemble(parts)
	if len(r.complaints) > 0 {
		return nil, inOrder(r.complaints)
	}
	root.put("source_text", &node{scalar: quote(text)})
	d := &draft{columns: r.columns, lines: begins, exportedFrom: r.fact(versionField)}
	d.write(root)
	return d, nil
}

// reader reads one workbook and keeps what is wrong with it.
type reader struct {
	file       *excelize.File
	since1904  bool                      // dates are counted from 1904, as old Macs did
	columns    map[*table]map[string]int // where fields stand, from 1
	names      map[string]*names         // of the rows that others refer to
	complaints []placed
}

func (r *reader) complain(at spot, problem string) {
	r.complaints = append(r.complaints, at.complain(problem))
}

func (r *reader) unknownSheets() {
	for _, sheet := range r.file.GetSheetList() {
		if tableOf(sheet) == nil && sheet != aboutSheet && sheet != textSheet && sheet != listSheet {
			at := spot{}.complain("不认识这张工作表：台账没有这部分；请把内容移到对应的表，删除此表后再导入")
			at.Sheet = sheet
			r.complaints = append(r.complaints, at)
		}
	}
}

// grid is a sheet's cells as they are stored: numbers and dates unformatted.
func (r *reader) grid(sheet string) ([][]string, bool) {
	if i, err := r.file.GetSheetIndex(sheet); err != nil || i < 0 {
		return nil, false
	}
	rows, err := r.file.GetRows(sheet, excelize.Options{RawCellValue: true})
	return rows, err == nil
}

// text is the source text, byte for byte, and in which row each line of it begins.
func (r *reader) text(base *seeds.Ledger) (text string, begins map[int]int) {
	rows, _ := r.grid(textSheet)
	text, begins, ok := joinText(rows)
	switch {
	case base != nil:
		return base.Text, begins
	case !ok:
		at := spot{}.complain("原文不全：请恢复“原文”表（或用 --base 指明以哪个台账的原文为准）")
		at.Sheet = textSheet
		r.complaints = append(r.complaints, at)
	}
	return text, begins
}

// fact is what the first sheet says of where the workbook comes from; "" if nothing.
func (r *reader) fact(field string) string {
	rows, _ := r.grid(aboutSheet)
	for _, row := range rows {
		if at(row, 1) == field {
			return strings.TrimSpace(at(row, 2))
		}
	}
	return ""
}

// quote writes a text in JSON, on one line.
func quote(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a text can always be written
	return strings.TrimSuffix(b.String(), "\n")
}
