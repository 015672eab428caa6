package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/ingest"
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
	if rate, err = b.drained(ctx, l); err != nil {
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

// drained waits until everything is acknowledged, and returns at what rate all but the first tenth was.
func (b *bench) drained(ctx context.Context, l *journal) (rate float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all := uint64(b.Events)
	tenth := all / 10
	passing := &passing{marks: []uint64{tenth, all}}
	told, started := newMeter("acknowledged", b.Events), time.Now()
	for len(passing.seconds) < len(passing.marks) {
		left, err := l.left(ctx, all)
		if err != nil {
			return 0, err
		}
		passing.see(all-left, time.Since(started).Seconds())
		told.at(b.Events - int(left))
		if err := pause(ctx, look); err != nil {
			return 0, err
		}
	}
	return float64(all-tenth) / (passing.seconds[1] - passing.seconds[0]), nil
}

// left is how many messages no ingest has acknowledged yet; all, as long as not every consumer is there.
func (l *journal) left(ctx context.Context, all uint64) (sum uint64, err error) {
	for _, reader := range ingest.Readers(schema.Partitions) {
		consumer, err := l.js.Consumer(ctx, schema.ProgressStream, reader.Consumer)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			return all, nil
		}
		if err != nil {
			return 0, err
		}
		info := consumer.CachedInfo()
		sum += info.NumPending + uint64(info.NumAckPending)
	}
	return min(sum, all), nil
}
