package book_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"xushi/seeds"
	"xushi/seeds/book"
)

func hongqiao(t *testing.T) *seeds.Ledger {
	t.Helper()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func write(t testing.TB, l *seeds.Ledger) []byte {
	t.Helper()
	workbook, err := book.Write(l)
	if err != nil {
		t.Fatal(err)
	}
	return workbook
}

// Importing what was exported changes nothing, and exporting it again gives the same bytes.
func TestExportImportExport(t *testing.T) {
	t.Parallel()
	ledgers := map[string]*seeds.Ledger{"every field and curve": town(t)}
	for _, name := range seeds.BuiltIns() {
		l, err := seeds.BuiltIn(name)
		if err != nil {
			t.Fatal(err)
		}
		ledgers[name] = l
	}
	for name, l := range ledgers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			workbook := write(t, l)
			r, err := book.Read(workbook, nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.Ledger.Version != l.Version || r.ExportedFrom != l.Version {
				t.Errorf("read back as version %s, exported from %s; want %s", r.Ledger.Version, r.ExportedFrom, l.Version)
			}
			if diff := cmp.Diff(l.Files(), r.Ledger.Files()); diff != "" {
				t.Errorf("the files differ (-exported +imported):\n%s", diff)
			}
			if !bytes.Equal(workbook, write(t, r.Ledger)) {
				t.Error("exported again, the bytes differ")
			}
		})
	}
}

// testdata/libreoffice.xlsx is the town's workbook as LibreOffice saved it: every cell written anew, styles
// and strings in its own way. Made by
//
//	XUSHI_WRITE_TOWN=town.xlsx go test ./seeds/book -run LibreOffice
//	soffice --headless --convert-to xlsx --outdir saved town.xlsx
func TestAWorkbookSavedByLibreOffice(t *testing.T) {
	t.Parallel()
	l := town(t)
	if name := os.Getenv("XUSHI_WRITE_TOWN"); name != "" {
		if err := os.WriteFile(name, write(t, l), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	saved, err := os.ReadFile("testdata/libreoffice.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	r, err := book.Read(saved, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Ledger.Version != l.Version {
		t.Errorf("version %s, want %s: %v", r.Ledger.Version, l.Version, seeds.Diff(l, r.Ledger))
	}
}

// Whatever people write, and whatever the numbers, the workbook gives it back.
func TestEveryTextAndNumberComesBack(t *testing.T) {
	t.Parallel()
	base := town(t)
	signs := []rune("=+-@'\"<>&_x0A9%，。“”（）()、\u3000é😀 ")
	word := rapid.Custom(func(t *rapid.T) string {
		return "文" + rapid.StringOf(rapid.RuneFrom(signs)).Draw(t, "text") + rapid.SampledFrom([]string{"字", "_x000D_", "（编号）", "#REF!", "1e5"}).Draw(t, "end")
	})
	prose := rapid.Map(rapid.SliceOfN(word, 1, 3), func(lines []string) string { return strings.Join(lines, "\n") })
	value := rapid.Custom(func(t *rapid.T) *decimal.Decimal {
		d := decimal.New(rapid.Int64Range(0, 999_999_999_999_999_999).Draw(t, "coefficient"), -rapid.Int32Range(0, 6).Draw(t, "decimals"))
		return &d
	})
	rapid.Check(t, func(rt *rapid.T) {
		l, err := seeds.Parse("town", base.JSON())
		if err != nil {
			rt.Fatal(err)
		}
		l.Plan.Note, l.Departments[1].Name = prose.Draw(rt, "note"), word.Draw(rt, "name")
		m := l.Commitments[1].Measures
		l.Commitments[1].Title, m[0].Title, m[0].Definition = word.Draw(rt, "title"), word.Draw(rt, "measure"), prose.Draw(rt, "definition")
		least := value.Draw(rt, "min").Neg()
		m[0].MinValue, m[0].MaxValue = &least, value.Draw(rt, "max")
		if m[0].MaxValue.LessThan(m[0].TargetValue) {
			m[0].MaxValue = nil
		}
		if l, err = seeds.Parse("town", l.JSON()); err != nil {
			rt.Fatal(err)
		}
		workbook, err := book.Write(l)
		if err != nil {
			rt.Fatal(err)
		}
		if r, err := book.Read(workbook, l); err != nil || r.Ledger.Version != l.Version {
			rt.Fatalf("not as it was: %v", err)
		}
	})
}

// A program's number keeps fifteen digits; what has more is a text cell, and comes back digit by digit.
func TestDecimalsBeyondFloatsAreText(t *testing.T) {
	t.Parallel()
	f := open(t, write(t, town(t)))
	for _, tc := range []struct {
		field, value string
		kind         excelize.CellType
	}{
		{"min_value", "-123456789012345678.123456", excelize.CellTypeSharedString},
		{"max_value", "999999999999999999.999999", excelize.CellTypeSharedString},
		{"target_value", "3.5", excelize.CellTypeUnset},
	} {
		name := cell(t, f, "指标", "id", "roads-built", tc.field)
		kind, err := f.GetCellType("指标", name)
		if err != nil {
			t.Fatal(err)
		}
		value, err := f.GetCellValue("指标", name, excelize.Options{RawCellValue: true})
		if err != nil || value != tc.value || kind != tc.kind {
			t.Errorf("%s is %q of type %d (%v), want %q of type %d", tc.field, value, kind, err, tc.value, tc.kind)
		}
	}
}

// Nothing that a report, or a person, wrote is a formula; those that there are fill the drop-downs.
func TestOnlyTheListsHaveFormulas(t *testing.T) {
	t.Parallel()
	f := open(t, write(t, town(t)))
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				name, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				if formula, err := f.GetCellFormula(sheet, name); err != nil || formula != "" && sheet != "选项" {
					t.Errorf("%s!%s is a formula: %s (%v)", sheet, name, formula, err)
				}
			}
		}
	}
}

// What the text says is locked, what the office decides is not, and nothing needs a password.
func TestSourceColumnsAreProtected(t *testing.T) {
	t.Parallel()
	f := open(t, write(t, hongqiao(t)))
	for _, tc := range []struct {
		sheet, id, field string
		locked           bool
	}{
		{"任务", "new-construction", "quote", true},
		{"任务", "new-construction", "quote_offset", true},
		{"任务", "new-construction", "section", true},
		{"任务", "new-construction", "paragraph", true},
		{"任务", "new-construction", "id", true},
		{"任务", "new-construction", "lead_department", false},
		{"指标", "new-construction-floor-area", "numeral_text", true},
		{"指标", "new-construction-floor-area", "numeral_offset", true},
		{"指标", "new-construction-floor-area", "target_value", false},
		{"指标", "new-construction-floor-area", "due_date", false},
		{"指标", "new-construction-floor-area", "curve.start", false},
	} {
		id, err := f.GetCellStyle(tc.sheet, cell(t, f, tc.sheet, "id", tc.id, tc.field))
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if locked := style.Protection == nil || style.Protection.Locked; locked != tc.locked {
			t.Errorf("%s %s: locked is %t, want %t", tc.sheet, tc.field, locked, tc.locked)
		}
	}
	for _, sheet := range f.GetSheetList() {
		protection, err := f.GetSheetProtection(sheet)
		if err != nil || protection.Password != "" || !protection.SelectLockedCells {
			t.Errorf("%s: protection is %+v (%v)", sheet, protection, err)
		}
	}
}

func TestSheetsArePrintedAndKeepTheirHeadings(t *testing.T) {
	t.Parallel()
	f := open(t, write(t, town(t)))
	sheets := []string{"说明", "计划", "单位", "任务", "指标", "项目", "节点", "门槛", "方向性表述", "数字", "拟定", "原文", "选项"}
	if diff := cmp.Diff(sheets, f.GetSheetList()); diff != "" {
		t.Fatalf("sheets (-want +got):\n%s", diff)
	}
	for _, sheet := range sheets[:len(sheets)-1] {
		layout, err := f.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if *layout.Size != 8 || *layout.Orientation != "landscape" || *layout.FitToHeight != 0 || !panes.Freeze {
			t.Errorf("%s: no A3 landscape page with frozen headings: %+v", sheet, panes)
		}
	}
	if visible, err := f.GetSheetVisible("选项"); err != nil || visible {
		t.Errorf("the drop-downs' lists are shown (%v)", err)
	}
}

// Every field of a ledger has its column: a field that is added to the types must get one.
func TestEveryFieldHasAColumn(t *testing.T) {
	t.Parallel()
	var check func(object string, v reflect.Type, prefix string)
	check = func(object string, v reflect.Type, prefix string) {
		for f := range v.Fields() {
			name, ft := f.Tag.Get("yaml"), f.Type
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			parts := ft.Kind() == reflect.Slice && ft.Elem().Kind() == reflect.Struct
			switch {
			case name == "-" || name == "" || parts:
			case ft.Kind() == reflect.Struct && ft != reflect.TypeFor[decimal.Decimal]():
				check(object, ft, name+".")
			case book.Heading(object, prefix+name) == "":
				t.Errorf("%s has no column for %s%s", object, prefix, name)
			}
		}
	}
	for object, part := range map[string]any{
		"plan": seeds.Plan{}, "department": seeds.Department{}, "commitment": seeds.Commitment{}, "measure": seeds.Measure{},
		"item": seeds.Item{}, "statement": seeds.Statement{}, "numeral": seeds.Numeral{}, "assigned": seeds.Assignment{},
	} {
		check(object, reflect.TypeOf(part), "")
	}
	for _, point := range []any{seeds.Step{}, seeds.ItemDate{}, seeds.LevelDate{}, seeds.Stage{}} {
		check("point", reflect.TypeOf(point), "")
	}
}

// One thing has one name: where package seeds has a word for a field, the workbook's heading is that word.
func TestHeadingsAreTheLedgersWords(t *testing.T) {
	t.Parallel()
	own := []string{"title", "name", "items", "assigned", "measures"} // named after their object here
	for _, field := range []string{"target_value", "due_date", "curve", "comparator", "done", "min_value", "quote", "unit", "mode", "definition", "section", "paragraph", "reason", "start", "note"} {
		for _, object := range []string{"plan", "commitment", "measure", "statement", "numeral"} {
			heading := strings.TrimSuffix(book.Heading(object, field), "（从0起）")
			if heading != "" && heading != seeds.FieldTitle(field) && !slices.Contains(own, field) {
				t.Errorf("%s.%s is %s here and %s there", object, field, heading, seeds.FieldTitle(field))
			}
		}
	}
}

// A text that no cell can hold is refused when it is written, not lost.
func TestATextLongerThanACellIsRefused(t *testing.T) {
	t.Parallel()
	l := town(t)
	clause := strings.Repeat("长", excelize.TotalCellChars+1)
	l.Statements = append(l.Statements, seeds.Statement{Kind: seeds.Directional, Quote: clause, QuoteOffset: utf8.RuneCountInString(l.Text), Reason: "长"})
	l.Text += clause
	l.Plan.Source.SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(l.Text)))
	l, err := seeds.Parse("town", l.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Write(l); err == nil || !strings.Contains(err.Error(), "方向性表述!B") {
		t.Errorf("written all the same: %v", err)
	}
}

// A paragraph longer than a cell goes on in the next.
func TestALongSourceTextComesBack(t *testing.T) {
	t.Parallel()
	l := longTown(t)
	r, err := book.Read(write(t, l), nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Ledger.Text != l.Text {
		t.Error("the text is not the same")
	}
}

// The document names every promise and every measure, in tables whose columns are as wide in every row.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	l := town(t)
	doc := string(book.Markdown(l))
	for _, want := range []string{"# 某镇2025年目标任务", "## (一)城镇建设", "| 分句       | 16  | 16     |", "≥80%", "里程碑", "2025-05-31前甲园", "分阶段 2025-03-31前开工（40%）", "未定", "| 方向性表述 |"} {
		if !strings.Contains(doc, want) {
			t.Errorf("nothing says %q in\n%s", want, doc)
		}
	}
	for _, c := range l.Commitments {
		for _, m := range c.Measures {
			if !strings.Contains(doc, c.Quote) || !strings.Contains(doc, m.Title) {
				t.Errorf("%s is not there", m.ID)
			}
		}
	}
	width := 0
	for line := range strings.Lines(doc) {
		if !strings.HasPrefix(line, "|") {
			width = 0
		} else if w := (&runewidth.Condition{}).StringWidth(line); width == 0 {
			width = w
		} else if w != width {
			t.Errorf("%d wide, not %d: %s", w, width, line)
		}
	}
}

func open(t *testing.T, workbook []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// cell is where a sheet has a field of the first row that has the key in the named field; "" is the first
// empty row.
func cell(t *testing.T, f *excelize.File, sheet, keyField, key, field string) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	if sheet == "计划" {
		at := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 1 && row[1] == field })
		name, err := excelize.CoordinatesToCellName(3, at+1)
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	keyColumn, column := slices.Index(rows[3], keyField), slices.Index(rows[3], field)
	row := len(rows)
	for i := len(rows) - 1; i > 3 && key != ""; i-- {
		if keyColumn < len(rows[i]) && (rows[i][keyColumn] == key || strings.HasSuffix(rows[i][keyColumn], "（"+key+"）")) {
			row = i
		}
	}
	if key != "" && row == len(rows) {
		t.Fatalf("%s has no row of %s", sheet, key)
	}
	name, err := excelize.CoordinatesToCellName(column+1, row+1)
	if err != nil {
		t.Fatal(err)
	}
	return name
}
