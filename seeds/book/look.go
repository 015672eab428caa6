package book

import (
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/xuri/excelize/v2"
)

// look is what decides a cell's style.
type look struct {
	part    part
	kind    kind
	locked  bool // from the text: grey, and not for editing
	grouped bool // a whole number, shown by thousands
	spare   bool // ready to be filled in; without lines, so that it is not printed
}

type part int

const (
	titlePart part = iota
	aboutPart
	headingPart
	fieldPart
	bodyPart
	notePart // reading only
)

const (
	font       = "Microsoft YaHei"
	ink        = "1F2933"
	faint      = "52606D"
	ruled      = "CBD2D9"
	headFill   = "E4E7EB"
	lockedFill = "F1F3F5"
	lineHeight = 15.0 // points
	maxHeight  = 400.0
)

// style makes each look once.
func (w *writer) style(l look) int {
	if id, ok := w.styles[l]; ok {
		return id
	}
	s := &excelize.Style{
		Font:       &excelize.Font{Family: font, Size: 10, Color: ink},
		Alignment:  &excelize.Alignment{Vertical: "center", WrapText: true},
		Protection: &excelize.Protection{Locked: l.part != bodyPart || l.locked},
		NumFmt:     49, // text: a leading "=" stays harmless even after editing
	}
	if l.part != titlePart && l.part != aboutPart && !l.spare {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: ruled, Style: 1})
		}
	}
	switch l.part {
	case titlePart:
		s.Font.Size, s.Font.Bold, s.Alignment.WrapText = 16, true, false
	case aboutPart:
		s.Font.Color, s.Alignment.WrapText = faint, false
	case headingPart:
		s.Font.Bold, s.Alignment.Horizontal = true, "center"
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headFill}}
	case fieldPart:
		s.Font.Size, s.Font.Color = 8, faint
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headFill}}
	case notePart:
		s.Font.Color = faint
	case bodyPart:
		body(s, l)
	}
	if s.Alignment.Horizontal == "right" {
		s.Alignment.Indent = 1 // off the line to the text beside it
	}
	id, err := w.file.NewStyle(s)
	w.do(err)
	w.styles[l] = id
	return id
}

// body formats numbers and dates, and greys what is not for editing.
func body(s *excelize.Style, l look) {
	format := ""
	switch l.kind {
	case number, integer:
		if format = "General"; l.grouped && l.kind == number {
			format = "#,##0"
		}
		s.Alignment.Horizontal = "right"
	case day:
		format = "yyyy-mm-dd"
		s.Alignment.Horizontal = "center"
	case choice:
		s.Alignment.Horizontal = "center"
	}
	switch format {
	case "":
	case "General":
		s.NumFmt = 0
	default:
		s.NumFmt, s.CustomNumFmt = 0, &format
	}
	if l.locked {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{lockedFill}}
	}
}

func (w *writer) title(sheet, about string) {
	for i, line := range []struct {
		text   string
		part   part
		height float64
	}{{sheet, titlePart, 28}, {about, aboutPart, 18}} {
		row := titleRow + i
		w.put(sheet, 1, row, line.text, look{part: line.part})
		w.do(w.file.SetRowHeight(sheet, row, line.height))
	}
}

func (w *writer) width(sheet string, column int, width float64) {
	name, err := excelize.ColumnNumberToName(column)
	w.do(err)
	w.do(w.file.SetColWidth(sheet, name, name, width))
}

// page makes a sheet ready for the printer, A3 landscape, and freezes its headings and first columns,
// which stand on every printed page.
func (w *writer) page(sheet string, rows, columns, wide int) {
	a3, landscape, anyNumber, fit, margin := 8, "landscape", 0, true, 0.4
	w.do(w.file.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a3, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &anyNumber}))
	w.do(w.file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	w.do(w.file.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &margin}))
	w.do(w.file.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R第 &P 页，共 &N 页"}))
	pane := "bottomLeft"
	titles := quoted(sheet) + "!$1:$" + rowName(rows)
	if columns > 0 {
		pane = "bottomRight"
		last, err := excelize.ColumnNumberToName(columns)
		w.do(err)
		titles = quoted(sheet) + "!$A:$" + last + "," + titles
	}
	w.do(w.file.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: columns, YSplit: rows, TopLeftCell: cellName(columns+1, rows+1), ActivePane: pane}))
	w.do(w.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: sheet}))
}

// protect locks what is not for editing, without a password: it guards against slips, not against people.
func (w *writer) protect(sheet string) {
	w.do(w.file.ProtectSheet(sheet, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true,
		FormatColumns: true, FormatRows: true, AutoFilter: true, Sort: true, InsertRows: true,
	}))
}

func quoted(sheet string) string { return "'" + sheet + "'" }

func rowName(row int) string { return strings.TrimPrefix(cellName(1, row), "A") }

// cells measures text as a Chinese font draws it: “ ” and … are as wide as characters.
var cells = &runewidth.Condition{EastAsianWidth: true}

func linesOf(s string, width float64) int {
	usable := max(int(width)-1, 1) // the cell's own margins
	lines := 0
	for line := range strings.SplitSeq(s, "\n") {
		lines += max((cells.StringWidth(line)+usable-1)/usable, 1)
	}
	return lines
}
