package letter

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

const (
	headerRow  = 3
	fontSize   = 11.0 // points, as are the next two
	lineHeight = 16.5
	maxHeight  = 400.0
)

// book adds sheets to a file and keeps what went wrong.
type book struct {
	file   *excelize.File
	styles map[look]int
	errs   []error
}

func (b *book) do(err error) {
	if err != nil {
		b.errs = append(b.errs, err)
	}
}

// add writes the i-th sheet. Whatever frames the rows is set before the first of them, as a stream demands.
func (b *book) add(i int, s sheet) {
	if i == 0 {
		b.do(b.file.SetSheetName("Sheet1", s.name))
	} else {
		_, err := b.file.NewSheet(s.name)
		b.do(err)
	}
	b.frame(s)
	w, err := b.file.NewStreamWriter(s.name)
	if err != nil {
		b.do(err)
		return
	}
	b.do(w.SetPanes(&excelize.Panes{Freeze: true, YSplit: headerRow, TopLeftCell: cell(1, headerRow+1), ActivePane: "bottomLeft"}))
	for i, width := range s.widths {
		b.do(w.SetColWidth(i+1, i+1, width))
	}
	b.head(w, s)
	b.body(w, s)
	b.do(w.Flush())
}

// frame says how the sheet is filtered and printed.
func (b *book) frame(s sheet) {
	a3, landscape, onePage, anyNumber, fit := 8, "landscape", 1, 0, true
	margin := 0.4    // inches
	if s.count > 0 { // before the sheet's properties, which AutoFilter would overwrite
		b.do(b.file.AutoFilter(s.name, cell(1, headerRow)+":"+cell(len(s.headings), headerRow+s.count), nil))
	}
	b.do(b.file.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &a3, Orientation: &landscape, FitToWidth: &onePage, FitToHeight: &anyNumber}))
	b.do(b.file.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.do(b.file.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &margin}))
	b.do(b.file.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R&P / &N"}))
	b.do(b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$%d", s.name, headerRow), Scope: s.name,
	}))
}

func (b *book) head(w *excelize.StreamWriter, s sheet) {
	for i, line := range []struct {
		text   string
		look   look
		height float64
	}{{s.name, look{part: "title"}, 28}, {s.about, look{part: "about"}, 18}} {
		b.do(w.SetRow(cell(1, i+1), []any{excelize.Cell{StyleID: b.style(line.look), Value: line.text}}, excelize.RowOpts{Height: line.height}))
		b.do(w.MergeCell(cell(1, i+1), cell(len(s.headings), i+1)))
	}
	header, lines := make([]any, len(s.headings)), 2
	for i, heading := range s.headings {
		header[i] = excelize.Cell{StyleID: b.style(look{part: "header"}), Value: heading}
		lines = max(lines, linesOf(heading, s.widths[i]))
	}
	b.do(w.SetRow(cell(1, headerRow), header, excelize.RowOpts{Height: rowHeight(lines)}))
}

// body writes the rows, each as high as its longest cell: Excel, WPS and LibreOffice all guess differently
// for wrapped Chinese.
func (b *book) body(w *excelize.StreamWriter, s sheet) {
	buffer := make([]excelize.Cell, len(s.headings))
	row := make([]any, len(buffer))
	for i := range buffer {
		row[i] = &buffer[i]
	}
	at := headerRow
	for values := range s.rows {
		lines := 1
		for i, value := range values {
			c := &buffer[i]
			switch value := value.(type) {
			case number:
				c.Value, c.StyleID = value.value, b.style(look{part: "number", format: value.format})
			case strong:
				c.Value, c.StyleID = string(value), b.style(look{part: "strong"})
				lines = max(lines, linesOf(string(value), s.widths[i]))
			case string:
				c.Value, c.StyleID = value, b.style(look{part: "text"})
				lines = max(lines, linesOf(value, s.widths[i]))
			default:
				c.Value, c.StyleID = nil, b.style(look{part: "text"})
			}
		}
		at++
		b.do(w.SetRow(cell(1, at), row, excelize.RowOpts{Height: rowHeight(lines)}))
	}
}

func rowHeight(lines int) float64 { return min(float64(lines)*lineHeight+6, maxHeight) }

// linesOf is how many lines a text takes in a column, by the widths of our font: a Chinese character (and
// whatever else is not ASCII) is a little wider than two of the characters that columns are measured in.
func linesOf(s string, width float64) int {
	const margins, chinese, latin = 0.7, 2.1, 1.15
	usable, lines, used := width-margins, 1, 0.0
	for _, r := range s {
		w := latin
		if r >= 0x80 {
			w = chinese
		}
		if r == '\n' || used+w > usable {
			lines, used = lines+1, 0
		}
		if r != '\n' {
			used += w
		}
	}
	return lines
}

// look is what a cell looks like: a part of the sheet, and the format of a number.
type look struct{ part, format string }

func (b *book) style(l look) int {
	if id, ok := b.styles[l]; ok {
		return id
	}
	id, err := b.file.NewStyle(l.style())
	b.do(err)
	b.styles[l] = id
	return id
}

// style of a text cell carries Excel's own format for text ("@"), which keeps a leading "=" harmless even
// after somebody has edited the cell.
func (l look) style() *excelize.Style {
	const text = 49
	s := &excelize.Style{
		Font:      &excelize.Font{Family: "Microsoft YaHei", Size: fontSize, Color: "1F2933"},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
		NumFmt:    text,
	}
	if l.part != "title" && l.part != "about" {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: "CBD2D9", Style: 1})
		}
	}
	switch l.part {
	case "title":
		s.Font.Size, s.Font.Bold, s.Alignment.WrapText = 16, true, false
	case "about":
		s.Font.Color, s.Alignment.WrapText = "52606D", false
	case "header":
		s.Font.Bold, s.Alignment.Horizontal = true, "center"
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E4E7EB"}}
	case "strong":
		s.Font.Bold = true
	case "number":
		s.NumFmt, s.CustomNumFmt = 0, &l.format
		s.Alignment = &excelize.Alignment{Horizontal: "right", Vertical: "center", ShrinkToFit: true} // or Excel shows ####
	}
	return s
}

func cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // both are small positive numbers of ours
	}
	return name
}
