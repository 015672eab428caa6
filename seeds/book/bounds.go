package book

import (
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// What a workbook may hold: the largest ledgers are a few MB and some 200,000 cells. A small file can
// claim far more, since it is compressed, and since a cell far out stands for all the empty ones before it.
const (
	maxUnzipped = 64 << 20
	maxCells    = 2_000_000 // of a sheet, empty ones before the last of each row included
)

// bounded goes through the sheets cell by cell, before anything reads one of them whole.
func bounded(f *excelize.File) error {
	for _, sheet := range f.GetSheetList() {
		rows, err := f.Rows(sheet)
		if err != nil {
			return err
		}
		cells := 0
		for rows.Next() && cells <= maxCells {
			row, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			cells += 1 + len(row)
		}
		if err := errors.Join(rows.Error(), rows.Close()); err != nil {
			return err
		}
		if cells > maxCells {
			return fmt.Errorf("工作表“%s”超过 %d 个单元格，不是台账：请删除表格范围以外的行和列", sheet, maxCells)
		}
	}
	return nil
}
