package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"xushi/schema"
)

// processes are how many ingests share a divided log, in turn.
var processes = []int{1, 2, 4}

// scale measures what several ingests drain together. Where NATS, ClickHouse and one ingest keep every
// processor of the machine busy, more of them share what there is: the figures then say what sharing costs.
func (b *bench) scale(ctx context.Context) (err error) {
	dir := filepath.Join(b.dir, "scale")
	l, err := startJournal(ctx, dir, b.Events, schema.Partitions)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.stop(), os.RemoveAll(dir)) }()
	say("publishing %d events into %d partitions", b.Events, schema.Partitions)
	if err := l.fill(ctx, b.Events, 1); err != nil {
		return err
	}
	for _, n := range processes {
		rate, cpu, err := b.scaleOnce(ctx, l, n)
		if err != nil {
			return err
		}
		say("%d processes sharing %d partitions: %.0f events a second; CPU an event of them, NATS and ClickHouse: %.2f µs", n, schema.Partitions, rate, cpu)
		b.figures.add(fmt.Sprintf("scale_%d_per_second", n), rate, fmt.Sprintf("events a second, 8 partitions shared by processes: %d", n), "")
		b.figures.add(fmt.Sprintf("scale_%d_cpu_us", n), cpu, "CPU an event of all processes, NATS and ClickHouse included, µs", "")
	}
	return nil
}

// scaleOnce is the rate of so many processes once they are at work (the first tenth, in which they start and
// come to share, is not counted), and the CPU that everybody together spent on an event, in µs.
func (b *bench) scaleOnce(ctx context.Context, l *journal, n int) (rate, cpu float64, err error) {
	if err := emptied(ctx, b.store, l); err != nil {
		return 0, 0, err
	}
	working := []int{l.pid(), b.store.engine.PID()}
	for range n {
		c, err := start(ctx, job{Kind: ingesting, NATS: l.url(), Store: b.store.dsn, Partitions: schema.Partitions})
		if err != nil {
			return 0, 0, err
		}
		defer func() { err = errors.Join(err, c.end()) }()
		working = append(working, c.pid())
	}
	before, err := cpuOfAll(working)
	if err != nil {
		return 0, 0, err
	}
	if rate, err = b.drained(ctx); err != nil {
		return 0, 0, err
	}
	after, err := cpuOfAll(working)
	if err != nil {
		return 0, 0, err
	}
	for i := range working {
		cpu += (after[i] - before[i]) * 1e6 / float64(b.Events)
	}
	return rate, cpu, b.store.holds(ctx, b.Events)
}

// scaleLook is how often the store is asked what it holds.
const scaleLook = 100 * time.Millisecond

// drained waits until everything is stored, and returns at what rate all but the first tenth was. It goes by the
// store and not by acknowledgements: those for a partition that changes hands in the middle wait for AckWait.
func (b *bench) drained(ctx context.Context) (rate float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all := uint64(b.Events)
	tenth := all / 10
	passing := &passing{marks: []uint64{tenth, all}}
	told, started := newMeter("stored", b.Events), time.Now()
	for len(passing.seconds) < len(passing.marks) {
		var stored uint64
		if err := b.store.conn.QueryRow(ctx, "SELECT uniqExact(position) FROM events").Scan(&stored); err != nil {
			return 0, err
		}
		passing.see(stored, time.Since(started).Seconds())
		told.at(int(stored))
		if err := pause(ctx, scaleLook); err != nil {
			return 0, err
		}
	}
	return float64(all-tenth) / (passing.seconds[1] - passing.seconds[0]), nil
}
