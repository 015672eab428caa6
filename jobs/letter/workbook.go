package letter

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"iter"
	"math/big"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"
)

// binding is what stands on the cover of a workbook, and makes its bytes the same whenever it is written.
type binding struct {
	title, language string
	at              time.Time
}

// renderWorkbook writes an attachment: A3 landscape, one page wide, the header frozen and repeated on every
// printed page. A number is a number cell with its full value, of which the format shows a rounding;
// everything else is a text cell, so that what a department wrote is never a formula. Rows are written as
// they come, and held nowhere.
func renderWorkbook(cover binding, sheets []sheet) ([]byte, error) {
	f := excelize.NewFile()
	b := &book{file: f, styles: map[look]int{}}
	for i, s := range sheets {
		b.add(i, s)
	}
	stamp := cover.at.UTC().Format(time.RFC3339)
	b.do(f.SetDocProps(&excelize.DocProperties{
		Title: cover.title, Creator: "序时 Xushi", LastModifiedBy: "序时 Xushi", Language: cover.language, Created: stamp, Modified: stamp,
	}))
	var out bytes.Buffer
	b.do(f.Write(&out))
	b.do(f.Close())
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	return inOrder(out.Bytes())
}

// inOrder sorts the parts of an archive by name: excelize writes those it has streamed in the order of a map.
func inOrder(archive []byte) ([]byte, error) {
	from, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(from.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	out := bytes.NewBuffer(make([]byte, 0, len(archive)))
	to := zip.NewWriter(out)
	for _, part := range from.File {
		if err := to.Copy(part); err != nil {
			return nil, err
		}
	}
	if err := to.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// sheet is a table: a title, a line that says what it is, a header and so many rows.
type sheet struct {
	name, about string
	headings    []string
	widths      []float64 // in half-width characters
	rows        iter.Seq[[]any]
	count       int
}

// column is a heading, its width in half-width characters, and what stands under it: a string, a number or
// nil (an empty cell). A column without a value numbers the rows.
type column[T any] struct {
	heading string
	width   float64
	value   func(T) any
}

// table makes a sheet of rows; each row is made when it is written.
func table[T any](name, about string, columns []column[T], rows []T) sheet {
	s := sheet{name: name, about: about, count: len(rows)}
	for _, c := range columns {
		s.headings, s.widths = append(s.headings, c.heading), append(s.widths, c.width)
	}
	s.rows = func(yield func([]any) bool) {
		values := make([]any, len(columns))
		for i, r := range rows {
			for j, c := range columns {
				if c.value == nil {
					values[j] = integer(i + 1)
				} else {
					values[j] = c.value(r)
				}
			}
			if !yield(values) {
				return
			}
		}
	}
	return s
}

// number is a figure with the format that shows it.
type number struct {
	value  float64
	format string
}

// strong is text that is to catch the eye, in black and white too.
type strong string

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

// amount shows decimals only where there are some, and where they say something.
func amount(r *big.Rat) any {
	if r != nil && (r.IsInt() || r.Cmp(thousand) >= 0) {
		return exact(r, whole)
	}
	return exact(r, hundredths)
}

var thousand = big.NewRat(1000, 1)

func integer(n int) any { return number{float64(n), whole} }
