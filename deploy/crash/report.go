package main

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// report is what was done in all runs and what came of it.
type report struct {
	runs     int
	starts   int // of processes
	pairs    int // weeks in which two of them were at it
	kills    map[point]int
	stalls   int
	failures map[failure]int
	sum      judgement
	broken   int // conversations after which nobody can know
	seconds  float64
}

func newReport() *report {
	return &report{kills: map[point]int{}, failures: map[failure]int{}}
}

// add takes in what came of one run.
func (r *report) add(p *play, j *judgement) {
	r.runs++
	r.starts += p.starts
	r.pairs += p.pairs
	r.stalls += p.stalls
	for at, n := range p.kills {
		r.kills[at] += n
	}
	for f, n := range p.failures {
		r.failures[f] += n
	}
	r.sum.letters += j.letters
	r.sum.sent += j.sent
	r.sum.uncertain += j.uncertain
	r.sum.failed += j.failed
	r.sum.missing += j.missing
	r.sum.doubled += j.doubled
	r.broken += len(j.broken)
	for _, b := range j.breaches {
		r.sum.breach("seed %d: %s", p.seed, b)
	}
}

func (r *report) killed() (all int) {
	for _, n := range r.kills {
		all += n
	}
	return all
}

// good tells whether all was as it must be.
func (r *report) good() bool { return len(r.sum.breaches) == 0 }

func (r *report) print(w io.Writer) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 2, Align: text.AlignRight}})
	add := func(what string, n any) { t.AppendRow(table.Row{what, n}) }
	add("runs", r.runs)
	add("processes started", r.starts)
	add("weeks with two processes", r.pairs)
	add("kills -9", r.killed())
	for _, at := range points {
		add("  at "+string(at), r.kills[at])
	}
	add("stalls", r.stalls)
	t.AppendSeparator()
	add("SMTP conversations that went wrong: the server", "")
	for _, f := range failures {
		add("  "+string(f), r.failures[f])
	}
	t.AppendSeparator()
	add("letters", r.sum.letters)
	add("sent", r.sum.sent)
	add("failed", r.sum.failed)
	add("uncertain", r.sum.uncertain)
	add("kills and drops that allow for that", r.broken)
	add("missing", r.sum.missing)
	add("doubled", r.sum.doubled)
	add("seconds", int(r.seconds+0.5))
	t.Render()
	for _, b := range r.sum.breaches {
		fmt.Fprintln(w, b)
	}
}
