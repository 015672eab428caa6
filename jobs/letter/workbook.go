package letter

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/xuri/excelize/v2"
)

// renderWorkbook writes the attachment: A3 landscape, one page wide, the header frozen and repeated on
// every printed page. A number is a number cell with its full value, of which the format shows a
// rounding; everything else is a text cell, so that what a department wrote is never a formula.
func renderWorkbook(v *view, asOf time.Time) ([]byte, error) {
	f := excelize.NewFile()
	b := &book{file: f, formats: map[string]int{}}
	for _, s := range []sheet{ledgerSheet(v), laggingSheet(v), unreportedSheet(v), definitionSheet(v)} {
		b.add(s)
	}
	b.do(f.DeleteSheet("Sheet1"))
	f.SetActiveSheet(0)
	stamp := asOf.UTC().Format(time.RFC3339)
	b.do(f.SetDocProps(&excelize.DocProperties{
		Title: v.Subject, Creator: "序时 Xushi", LastModifiedBy: "序时 Xushi", Language: "zh-CN", Created: stamp, Modified: stamp,
	}))
	var out bytes.Buffer
	b.do(f.Write(&out))
	b.do(f.Close())
	return out.Bytes(), errors.Join(b.errs...)
}

// sheet is a table: a title, a line that says what it is, a header and rows.
type sheet struct {
	name, about string
	columns     []column
	rows        [][]any // string, number or nil (an empty cell)
}

// column is a heading with its width in half-width characters.
type column struct {
	heading string
	width   float64
}

// number is a figure with the format that shows it.
type number struct {
	value  float64
	format string
}

// Number formats; "_ " keeps a figure off the line of its cell.
const (
	whole      = "#,##0_ "
	hundredths = "#,##0.00_ "
	rate       = "0.0%_ "
	signed     = "+0.0_ ;-0.0_ ;0.0_ "
)

// exact makes a number cell of a rational; nil, an unknown, stays an empty cell and never becomes zero.
func exact(r *big.Rat, format string) any {
	if r == nil {
		return nil
	}
	f, _ := r.Float64()
	return number{f, format}
}

// amount shows decimals only where there are some.
func amount(r *big.Rat) any {
	if r != nil && r.IsInt() {
		return exact(r, whole)
	}
	return exact(r, hundredths)
}

func days(n int) any { return number{float64(n), whole} }

const (
	headerRow  = 3
	lineHeight = 15.0 // points
	maxHeight  = 400.0
)

// book adds sheets to a file and keeps what went wrong.
type book struct {
	file    *excelize.File
	formats map[string]int // style by number format; "" is text
	errs    []error
}

func (b *book) do(err error) {
	if err != nil {
		b.errs = append(b.errs, err)
	}
}

func (b *book) add(s sheet) {
	_, err := b.file.NewSheet(s.name)
	b.do(err)
	last, err := excelize.ColumnNumberToName(len(s.columns))
	b.do(err)
	b.title(s, last)
	for i, c := range s.columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.file.SetColWidth(s.name, name, name, c.width))
		b.text(s.name, cell(i+1, headerRow), c.heading)
	}
	b.do(b.file.SetCellStyle(s.name, cell(1, headerRow), cell(len(s.columns), headerRow), b.style(headerStyle)))
	b.do(b.file.SetRowHeight(s.name, headerRow, 2*lineHeight+6))
	for i, row := range s.rows {
		b.row(s, headerRow+1+i, row)
	}
	b.print(s, last)
}

func (b *book) title(s sheet, last string) {
	for i, line := range []struct {
		text   string
		style  *excelize.Style
		height float64
	}{{s.name, titleStyle, 28}, {s.about, aboutStyle, 18}} {
		b.text(s.name, cell(1, i+1), line.text)
		b.do(b.file.MergeCell(s.name, cell(1, i+1), fmt.Sprintf("%s%d", last, i+1)))
		b.do(b.file.SetCellStyle(s.name, cell(1, i+1), cell(1, i+1), b.style(line.style)))
		b.do(b.file.SetRowHeight(s.name, i+1, line.height))
	}
}

// row writes one row and makes it as high as its longest cell: Excel, WPS and LibreOffice each guess
// differently for wrapped Chinese.
func (b *book) row(s sheet, at int, values []any) {
	lines := 1
	for i, value := range values {
		c := cell(i+1, at)
		format := ""
		switch value := value.(type) {
		case number:
			format = value.format
			b.do(b.file.SetCellFloat(s.name, c, value.value, -1, 64))
		case string:
			b.text(s.name, c, value)
			lines = max(lines, linesOf(value, s.columns[i].width))
		}
		b.do(b.file.SetCellStyle(s.name, c, c, b.cellStyle(format)))
	}
	b.do(b.file.SetRowHeight(s.name, at, min(float64(lines)*lineHeight+6, maxHeight)))
}

func (b *book) text(sheet, cell, value string) { b.do(b.file.SetCellStr(sheet, cell, value)) }

func linesOf(s string, width float64) int {
	usable := int(width) - 1 // the cell's own margins
	return (cells.StringWidth(s) + usable - 1) / usable
}

func (b *book) print(s sheet, last string) {
	a3, landscape, onePage, anyNumber, fit := 8, "landscape", 1, 0, true
	margin := 0.4
	if len(s.rows) > 0 { // before the sheet's properties, which AutoFilter would overwrite
		b.do(b.file.AutoFilter(s.name, fmt.Sprintf("A%d:%s%d", headerRow, last, headerRow+len(s.rows)), nil))
	}
	b.do(b.file.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &a3, Orientation: &landscape, FitToWidth: &onePage, FitToHeight: &anyNumber}))
	b.do(b.file.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.do(b.file.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &margin}))
	b.do(b.file.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R第 &P 页，共 &N 页"}))
	b.do(b.file.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: headerRow, TopLeftCell: cell(1, headerRow+1), ActivePane: "bottomLeft"}))
	b.do(b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$%d", s.name, headerRow), Scope: s.name,
	}))
}

var (
	font        = "Microsoft YaHei"
	line        = []excelize.Border{{Type: "left", Color: "CBD2D9", Style: 1}, {Type: "right", Color: "CBD2D9", Style: 1}, {Type: "top", Color: "CBD2D9", Style: 1}, {Type: "bottom", Color: "CBD2D9", Style: 1}}
	titleStyle  = &excelize.Style{Font: &excelize.Font{Family: font, Size: 16, Bold: true, Color: "1F2933"}, Alignment: &excelize.Alignment{Vertical: "center"}}
	aboutStyle  = &excelize.Style{Font: &excelize.Font{Family: font, Size: 10, Color: "52606D"}, Alignment: &excelize.Alignment{Vertical: "center"}}
	headerStyle = &excelize.Style{
		Font: &excelize.Font{Family: font, Size: 10, Bold: true, Color: "1F2933"}, Border: line,
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E4E7EB"}},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
	}
)

func (b *book) style(s *excelize.Style) int {
	id, err := b.file.NewStyle(s)
	b.do(err)
	return id
}

// cellStyle formats a body cell; text cells carry Excel's own format for text ("@"), which keeps a
// leading "=" harmless even after somebody has edited the cell.
func (b *book) cellStyle(format string) int {
	if id, ok := b.formats[format]; ok {
		return id
	}
	s := &excelize.Style{
		Font: &excelize.Font{Family: font, Size: 10, Color: "1F2933"}, Border: line,
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	}
	if format == "" {
		s.NumFmt = 49
	} else {
		s.CustomNumFmt = &format
		s.Alignment = &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	}
	b.formats[format] = b.style(s)
	return b.formats[format]
}

func cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // both are small positive numbers of ours
	}
	return name
}
