package main

import (
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// report is what was measured, in order.
type report []figure

type figure struct {
	key   string
	value float64
	what  string // what it is, with its unit
	want  string // the target; "" for information only
}

func (r *report) add(key string, value float64, what, want string) {
	*r = append(*r, figure{key, round(value), what, want})
}

func (r *report) print(w io.Writer) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"figure", "value", "target", "what it is"})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 2, Align: text.AlignRight}})
	for _, f := range *r {
		t.AppendRow(table.Row{f.key, f.value, f.want, f.what})
	}
	t.Render()
}

// write leaves the figures in a file as one flat JSON object.
func (r *report) write(file string) error {
	figures := map[string]float64{}
	for _, f := range *r {
		figures[f.key] = f.value
	}
	text, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// percentile is the least of the values, which are in ascending order, that so many of a hundred do not exceed.
func percentile(sorted []float64, percent int) float64 {
	return sorted[(len(sorted)*percent+99)/100-1]
}

// round keeps three significant digits.
func round(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}
