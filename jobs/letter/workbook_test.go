package letter_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func open(t *testing.T, workbook []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// dump shows a workbook as text: one line per row, cells as their format shows them.
func dump(t *testing.T, workbook []byte) string {
	t.Helper()
	f := open(t, workbook)
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s\n", sheet)
		for _, row := range rows {
			b.WriteString(strings.TrimRight(strings.ReplaceAll(strings.Join(row, " | "), "\n", ""), " |") + "\n")
		}
	}
	return b.String()
}

func TestWorkbookIsMadeToBePrinted(t *testing.T) {
	t.Parallel()
	f := open(t, compose(t, input()).Workbook)
	if diff := cmp.Diff([]string{"总台账", "滞后清单", "未报清单", "口径说明"}, f.GetSheetList()); diff != "" {
		t.Fatalf("sheets (-want +got):\n%s", diff)
	}
	titles := map[string]string{}
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" {
			titles[n.Scope] = n.RefersTo
		}
	}
	for _, sheet := range f.GetSheetList() {
		layout, err := f.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if *layout.Size != 8 || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
			t.Errorf("%s: not A3 landscape, one page wide", sheet)
		}
		if !panes.Freeze || panes.YSplit != 3 {
			t.Errorf("%s: header not frozen: %+v", sheet, panes)
		}
		if want := "'" + sheet + "'!$1:$3"; titles[sheet] != want {
			t.Errorf("%s: print titles %q, want %q", sheet, titles[sheet], want)
		}
	}
}

func TestNumbersAreNumbersAndUnknownsAreEmpty(t *testing.T) {
	t.Parallel()
	f := open(t, compose(t, input()).Workbook)
	rows, err := f.GetRows("总台账", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, heading := range rows[2] {
		column[heading] = i
	}
	for _, tc := range []struct{ title, heading, want string }{
		{"新启动项目建筑面积", "目标值", "847000"},
		{"新启动项目建筑面积", "累计完成", "252406"},
		{"新启动项目建筑面积", "完成率", "0.298"},
		{"新启动项目建筑面积", "原文位置\n（从0起）", "307"},
		{"新启动项目个数", "进度差\n（百分点）", ""},
		{"三中东校区", "目标值", "3"},
		{"三中东校区", "序时应\n完成", "1"},
		{"三中东校区", "应完\n成率", "0.4"},
		{"三中东校区", "滞后\n天数", "62"},
		{"重点人群签约率", "序时应\n完成", ""},
		{"汛期污染强度降幅", "累计完成", ""},
	} {
		for i, row := range rows {
			if i < 3 || row[column["指标或\n里程碑"]] != tc.title {
				continue
			}
			name, err := excelize.CoordinatesToCellName(column[tc.heading]+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			kind, err := f.GetCellType("总台账", name)
			if err != nil {
				t.Fatal(err)
			}
			got := row[column[tc.heading]]
			if got != tc.want || kind == excelize.CellTypeInlineString {
				t.Errorf("%s of %s is %q of type %d, want the number %q", tc.heading, tc.title, got, kind, tc.want)
			}
		}
	}
}

func TestSpreadsheetFormulasStayText(t *testing.T) {
	t.Parallel()
	attacks := []string{`=HYPERLINK("http://x","点我")`, "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0"}
	for _, attack := range attacks {
		in := input()
		in.Now[0].Problem = attack
		f := open(t, compose(t, in).Workbook)
		rows, err := f.GetRows("滞后清单")
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for i, row := range rows {
			for j, value := range row {
				if value != attack {
					continue
				}
				found = true
				name, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := f.GetCellFormula("滞后清单", name)
				if err != nil {
					t.Fatal(err)
				}
				kind, err := f.GetCellType("滞后清单", name)
				if err != nil {
					t.Fatal(err)
				}
				id, err := f.GetCellStyle("滞后清单", name)
				if err != nil {
					t.Fatal(err)
				}
				style, err := f.GetStyle(id)
				if err != nil {
					t.Fatal(err)
				}
				if formula != "" || kind != excelize.CellTypeInlineString || style.NumFmt != 49 {
					t.Errorf("%q: formula %q, type %d, format %d; want text", attack, formula, kind, style.NumFmt)
				}
			}
		}
		if !found {
			t.Errorf("%q is not in the sheet as it was written", attack)
		}
	}
}
