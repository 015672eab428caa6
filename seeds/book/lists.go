package book

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// referredTo are the sheets whose rows others refer to, each a column of the hidden sheet of lists.
var referredTo = []string{departmentSheet, commitmentSheet, measureSheet}

// listName is the defined name of a sheet's list, in the drop-downs' formula.
func listName(sheet string) string { return sheet + "选项" }

// lists writes the hidden sheet that drop-downs take departments, commitments and measures from: by
// formula, so that a row that was just added can be chosen at once.
func (w *writer) lists() {
	_, err := w.file.NewSheet(listSheet)
	w.do(err)
	for i, sheet := range referredTo {
		t := tableOf(sheet)
		rows := len(w.records[sheet]) + t.spare
		letter, err := excelize.ColumnNumberToName(i + 1)
		w.do(err)
		entry := fmt.Sprintf(`INDEX(%[1]s!$A:$A,ROW()+%[2]d)`, quoted(sheet), firstRow-1)
		name := fmt.Sprintf(`INDEX(%[1]s!$B:$B,ROW()+%[2]d)`, quoted(sheet), firstRow-1)
		for row := 1; row <= rows; row++ {
			w.do(w.file.SetCellFormula(listSheet, cellName(i+1, row), fmt.Sprintf(`IF(%[1]s="","",%[2]s&"（"&%[1]s&"）")`, entry, name)))
		}
		all := fmt.Sprintf("%s!$%s$1:$%s$%d", quoted(listSheet), letter, letter, rows)
		w.do(w.file.SetDefinedName(&excelize.DefinedName{
			Name:     listName(sheet),
			RefersTo: fmt.Sprintf(`OFFSET(%s!$%s$1,0,0,MAX(1,COUNTIF(%s,"?*")),1)`, quoted(listSheet), letter, all),
		}))
	}
	w.do(w.file.SetSheetVisible(listSheet, false))
	w.protect(listSheet)
}

// dropDown offers a column's choices, and says under the pointer how the column is filled in.
func (w *writer) dropDown(sheet string, c column, cells string) {
	v := excelize.NewDataValidation(true)
	v.Sqref = cells
	switch c.kind {
	case choice:
		w.do(v.SetDropList(labels(c.words)))
	case reference:
		v.SetSqrefDropList(listName(c.of))
	case day:
		w.do(v.SetRange("DATE(2000,1,1)", "DATE(2100,12,31)", excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween))
	default:
		return
	}
	heading := strings.ReplaceAll(c.heading, "\n", "")
	v.SetError(excelize.DataValidationErrorStyleStop, heading, map[kind]string{
		choice: "请从下拉列表中选择。", reference: "请从下拉列表中选择；新的先在“" + c.of + "”表登记。", day: "请填写日期，如 2024-06-30。",
	}[c.kind])
	w.do(w.file.AddDataValidation(sheet, v))
}
