package book

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxPiece is how many characters of a line of the source text go into one cell, which holds 32,767 UTF-16
// units.
const maxPiece = 16_000

// sourceText writes the text line by line, so that quotes can be looked up; a long line goes on in the
// next row under the same number. Joined again, it is the text byte for byte.
func (w *writer) sourceText(text string) {
	_, err := w.file.NewSheet(textSheet)
	w.do(err)
	w.title(textSheet, "台账所引原文，逐字照录，不修改")
	for i, width := range []float64{8, 12, 170} {
		w.width(textSheet, i+1, width)
		w.put(textSheet, i+1, headingRow, []string{"行号", "起始位置\n（从0起）", "原文"}[i], look{part: headingPart})
		w.put(textSheet, i+1, fieldRow, []string{lineField, "offset", textField}[i], look{part: fieldPart})
	}
	w.do(w.file.SetRowHeight(textSheet, headingRow, 2*lineHeight+6))
	row, offset := firstRow, 0
	for i, line := range strings.Split(text, "\n") {
		for _, piece := range pieces(line) {
			for col, n := range []int{i + 1, offset} {
				w.do(w.file.SetCellInt(textSheet, cellName(col+1, row), int64(n)))
				w.do(w.file.SetCellStyle(textSheet, cellName(col+1, row), cellName(col+1, row), w.style(look{part: bodyPart, kind: integer, locked: true})))
			}
			w.put(textSheet, 3, row, piece, look{part: bodyPart, locked: true})
			w.do(w.file.SetRowHeight(textSheet, row, min(float64(linesOf(piece, 170))*lineHeight+6, maxHeight)))
			offset += utf8.RuneCountInString(piece)
			row++
		}
		offset++ // the line's end
	}
	w.page(textSheet, fieldRow, 0, 1)
	w.protect(textSheet)
}

const (
	lineField = "line"
	textField = "source_text"
)

// pieces cuts a line to the size of cells; an empty line is one empty piece.
func pieces(line string) []string {
	runes := []rune(line)
	var all []string
	for len(runes) > maxPiece {
		all = append(all, string(runes[:maxPiece]))
		runes = runes[maxPiece:]
	}
	return append(all, string(runes))
}

// joinText puts the source text together again from its sheet's rows, and says in which row each line of
// it begins.
func joinText(rows [][]string) (text string, begins map[int]int, ok bool) {
	var b strings.Builder
	begins = map[int]int{}
	last := 0
	for i, row := range rows {
		line, err := strconv.Atoi(at(row, 0))
		if err != nil {
			if last == 0 {
				continue // the headings
			}
			return "", nil, false
		}
		if line != last && last != 0 {
			b.WriteByte('\n')
		}
		if line != last && line != last+1 {
			return "", nil, false
		}
		if line != last {
			begins[line] = i + 1
		}
		b.WriteString(at(row, 2))
		last = line
	}
	return b.String(), begins, last > 0
}

func at(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}
