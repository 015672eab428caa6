package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"xushi/consumers/ingest/model"
)

// report is what was done and what came of it.
type report struct {
	seed       uint64
	published  int // events
	wanted     int // kills
	kills      map[string]int
	vain       int
	unanswered int64
	counts     model.Counts
	findings   *model.Findings
	seconds    float64
}

func (r *report) killed() (all int) {
	for _, n := range r.kills {
		all += n
	}
	return all
}

// good tells whether all was as it must be.
func (r *report) good() bool { return r.findings.None() && r.killed() >= r.wanted }

func (r *report) print(w io.Writer) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 2, Align: text.AlignRight}})
	add := func(what string, n any) { t.AppendRow(table.Row{what, n}) }
	add("seed", r.seed)
	add("kills -9 that hit unacknowledged work", r.killed())
	for _, kind := range slices.Sorted(maps.Keys(r.kills)) {
		add("  of "+kind, r.kills[kind])
	}
	add("kills -9 that hit nothing", r.vain)
	t.AppendSeparator()
	add("events published", r.published)
	add("messages sent again for want of an acknowledgement", r.unanswered)
	add("messages in the log", r.counts.Messages)
	add("events in the log", r.counts.Events)
	add("accepted (identities)", r.counts.Accepted)
	add("re-sent copies of them", r.counts.Duplicates)
	add("conflicts (identities)", r.counts.Conflicts)
	add("withdrawn (identities)", r.counts.Withdrawn)
	refused := 0
	for _, n := range r.counts.Refused {
		refused += n
	}
	add("refused", refused)
	for _, reason := range slices.Sorted(maps.Keys(r.counts.Refused)) {
		add("  "+string(reason), r.counts.Refused[reason])
	}
	t.AppendSeparator()
	add("lost", r.findings.Lost)
	add("doubled", r.findings.Doubled)
	add("misjudged", r.findings.Misjudged)
	add("seconds", int(r.seconds+0.5))
	t.Render()
	for _, example := range r.findings.Examples {
		fmt.Fprintln(w, example)
	}
}
