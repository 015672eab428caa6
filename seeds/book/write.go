package book

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"xushi/schema"
	"xushi/seeds"
)

// Write makes the workbook: the same ledger gives the same bytes. It reads the workbook back before it
// hands it out, so that what could not be kept in cells, such as a text of more than 32,767 characters,
// is an error here and no loss later.
func Write(l *seeds.Ledger) ([]byte, error) {
	w := &writer{file: excelize.NewFile(), styles: map[look]int{}, records: recordsOf(l), names: namesOf(l)}
	w.about(l)
	for _, t := range tables {
		w.table(t)
	}
	w.sourceText(l.Text)
	w.lists()
	w.finish(l)
	var out bytes.Buffer
	w.do(w.file.Write(&out))
	w.do(w.file.Close())
	if err := errors.Join(w.errs...); err != nil {
		return nil, fmt.Errorf("writing the workbook: %w", err)
	}
	if err := provesItself(l, out.Bytes()); err != nil {
		return nil, fmt.Errorf("the workbook does not keep the ledger: %w", err)
	}
	return out.Bytes(), nil
}

// provesItself reads a workbook and holds it against the ledger that it was written from.
func provesItself(l *seeds.Ledger, workbook []byte) error {
	d, err := read(workbook, nil)
	if err != nil {
		return err
	}
	again := &seeds.Ledger{}
	if err := json.Unmarshal(d.json, again); err != nil {
		return err
	}
	again.Index()
	if want, got := l.JSON(), again.JSON(); !bytes.Equal(want, got) {
		i := 0
		for i < min(len(want), len(got)) && want[i] == got[i] {
			i++
		}
		return fmt.Errorf("%q is read back as %q", excerpt(want, i), excerpt(got, i))
	}
	return nil
}

func excerpt(data []byte, at int) string {
	return strings.ToValidUTF8(string(data[max(at-60, 0):min(at+60, len(data))]), "")
}

// namesOf is what departments, commitments and measures are called, by sheet.
func namesOf(l *seeds.Ledger) map[string]*names {
	all := map[string]*names{departmentSheet: {}, commitmentSheet: {}, measureSheet: {}}
	for _, d := range l.Departments {
		all[departmentSheet].add(d.ID, d.Name)
	}
	for _, c := range l.Commitments {
		all[commitmentSheet].add(c.ID, c.Title)
	}
	for _, m := range l.Measures() {
		all[measureSheet].add(m.ID, m.Title)
	}
	return all
}

// writer fills a file and keeps what went wrong.
type writer struct {
	file    *excelize.File
	styles  map[look]int
	records map[string][]record
	names   map[string]*names
	errs    []error
}

func (w *writer) do(err error) {
	if err != nil {
		w.errs = append(w.errs, err)
	}
}

// Every table has its title and what it is about above the headings, and the fields' names below them:
// columns are found by those, in whatever order they stand.
const (
	titleRow   = 1
	aboutRow   = 2
	headingRow = 3
	fieldRow   = 4
	firstRow   = 5
)

func (w *writer) table(t *table) {
	_, err := w.file.NewSheet(t.name)
	w.do(err)
	if t.upright {
		w.upright(t)
		return
	}
	w.title(t.name, t.about)
	for i, c := range t.columns {
		w.width(t.name, i+1, c.width)
		w.put(t.name, i+1, headingRow, c.heading, look{part: headingPart})
		w.put(t.name, i+1, fieldRow, c.field, look{part: fieldPart})
	}
	w.do(w.file.SetRowHeight(t.name, headingRow, 2*lineHeight+6))
	w.do(w.file.SetRowHeight(t.name, fieldRow, 24))
	for i, r := range w.records[t.name] {
		w.row(t, firstRow+i, r)
	}
	next := firstRow + len(w.records[t.name])
	for i, c := range t.columns {
		w.do(w.file.SetCellStyle(t.name, cellName(i+1, next), cellName(i+1, next+t.spare-1), w.style(look{part: bodyPart, kind: c.kind, spare: true})))
		w.dropDown(t.name, c, cellName(i+1, firstRow)+":"+cellName(i+1, next+t.spare-1))
	}
	last := cellName(len(t.columns), max(next-1, firstRow))
	w.do(w.file.AutoFilter(t.name, cellName(1, fieldRow)+":"+last, nil))
	w.page(t.name, fieldRow, min(2, len(t.columns)), max(t.wide, 1))
	w.protect(t.name)
}

// row writes one record and makes its row as high as its longest cell: programs each guess differently
// for wrapped Chinese.
func (w *writer) row(t *table, at int, r record) {
	lines := 1
	for i, c := range t.columns {
		shown := w.cell(t.name, i+1, at, c, r)
		lines = max(lines, linesOf(shown, c.width))
	}
	w.do(w.file.SetRowHeight(t.name, at, min(float64(lines)*lineHeight+6, maxHeight)))
}

// upright writes the one record of a sheet downwards: heading, field, value, and how it is filled in.
func (w *writer) upright(t *table) {
	w.title(t.name, t.about)
	for i, width := range []float64{16, 18, 90, 60} {
		w.width(t.name, i+1, width)
		w.put(t.name, i+1, headingRow, []string{"项目", "字段", "内容", "填写说明"}[i], look{part: headingPart})
	}
	for i, c := range t.columns {
		at := headingRow + 1 + i
		w.put(t.name, 1, at, c.heading, look{part: headingPart})
		w.put(t.name, 2, at, c.field, look{part: fieldPart})
		c.width = 90
		shown := w.cell(t.name, 3, at, c, w.records[t.name][0])
		w.put(t.name, 4, at, c.rule, look{part: notePart})
		lines := max(linesOf(shown, 90), linesOf(c.rule, 60))
		w.do(w.file.SetRowHeight(t.name, at, float64(lines)*lineHeight+8))
	}
	w.page(t.name, headingRow, 0, 1)
	w.protect(t.name)
}

// cell writes a record's field and returns it as it is shown.
func (w *writer) cell(sheet string, col, row int, c column, r record) (shown string) {
	l := look{part: bodyPart, kind: c.kind, locked: c.locked}
	value, there := r[c.field]
	switch value := value.(type) {
	case []string:
		lines := slices.Clone(value)
		for i, v := range lines {
			if c.kind == fieldNames {
				lines[i] = fieldLabel(v, r)
			} else {
				lines[i] = w.names[c.of].label(v)
			}
		}
		shown = strings.Join(lines, "\n")
	case json.Number:
		shown = value.String()
	case bool:
		shown = strconv.FormatBool(value)
	case string:
		shown = value
	}
	if c.field == "itemised" || c.field == "items_open" || c.field == "evidence_required" {
		shown, there = strconv.FormatBool(value == true), true // an absent yes is a no
	}
	switch {
	case !there:
	case c.kind == choice:
		shown = labelOf(c.words, shown)
	case c.kind == reference:
		shown = w.names[c.of].label(shown)
	case (c.kind == number || c.kind == integer) && exactAsFloat(shown):
		f, err := strconv.ParseFloat(shown, 64)
		w.do(err)
		w.do(w.file.SetCellFloat(sheet, cellName(col, row), f, -1, 64))
		l.grouped = !strings.Contains(shown, ".")
		w.do(w.file.SetCellStyle(sheet, cellName(col, row), cellName(col, row), w.style(l)))
		return shown
	case c.kind == number || c.kind == integer:
		l.kind = text
	case c.kind == day:
		w.date(sheet, col, row, shown)
		w.do(w.file.SetCellStyle(sheet, cellName(col, row), cellName(col, row), w.style(l)))
		return shown
	}
	w.put(sheet, col, row, shown, l)
	return shown
}

// epoch is 1970-01-01 as a spreadsheet counts days.
const epoch = 25569

func (w *writer) date(sheet string, col, row int, iso string) {
	d, err := schema.ParseDate(iso)
	w.do(err)
	w.do(w.file.SetCellInt(sheet, cellName(col, row), int64(d)+epoch))
}

// exactAsFloat tells whether a cell's number can keep the decimal: programs show and keep fifteen digits.
func exactAsFloat(text string) bool {
	d, err := decimal.NewFromString(text)
	return err == nil && len(strings.Trim(d.Coefficient().String(), "-")) <= 15
}

// escapes are what a workbook's format takes for a character's number; excelize writes them as they are.
var escapes = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// put writes text, which never is a formula, whatever it begins with.
func (w *writer) put(sheet string, col, row int, value string, l look) {
	if len(utf16.Encode([]rune(value))) > excelize.TotalCellChars {
		w.do(fmt.Errorf("%s!%s: a cell holds %d characters at most", sheet, cellName(col, row), excelize.TotalCellChars))
		return
	}
	if value != "" {
		w.do(w.file.SetCellStr(sheet, cellName(col, row), escapes.ReplaceAllString(value, "_x005F$0")))
	}
	w.do(w.file.SetCellStyle(sheet, cellName(col, row), cellName(col, row), w.style(l)))
}

func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // both are small positive numbers of ours
	}
	return name
}
