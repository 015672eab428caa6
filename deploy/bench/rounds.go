package main

import (
	"context"
	"errors"
	"path/filepath"

	"xushi/schema"
)

// turn is one reader's reading of the whole log, in one round.
type turn struct {
	result
	nats, engine float64 // seconds that those were computing meanwhile
}

// readers take turns, so that what the machine does beside us hits all alike.
type readers struct {
	options
	store  *warehouse
	single *journal // the events one by one
	batch  *journal // the same as batches; nil if nobody wants them
	turns  map[string][]turn
}

// read measures the readers of a backlog against each other.
func (b *bench) read(ctx context.Context) (err error) {
	r := &readers{options: b.options, store: b.store, turns: map[string][]turn{}}
	say("publishing %d events", b.Events)
	if r.single, err = b.filled(ctx, "single", (*journal).fill); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.single.stop()) }()
	if b.wants(partBatch) {
		say("publishing them as batches of %d", batchEvents)
		if r.batch, err = b.filled(ctx, "batch", (*journal).fillBatches); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.batch.stop()) }()
	}
	for i := range b.Rounds {
		if err := r.round(ctx, i); err != nil {
			return err
		}
	}
	b.figures = append(b.figures, r.figures()...)
	return nil
}

// filled is a journal with the events of a drain.
func (b *bench) filled(ctx context.Context, name string, fill func(*journal, context.Context, int, int64) error) (*journal, error) {
	l, err := startJournal(ctx, filepath.Join(b.dir, name), b.Events)
	if err != nil {
		return nil, err
	}
	if err := fill(l, ctx, b.Events, 1); err != nil {
		return nil, errors.Join(err, l.stop())
	}
	return l, nil
}

func (r *readers) round(ctx context.Context, i int) error {
	for _, reader := range []struct {
		kind, part string
		log        *journal
		wanted     bool
	}{
		{"fetch", "fetch", r.single, r.wants(partDrain)},
		{"drain", partDrain, r.single, true},
		{"drain", partBatch, r.batch, r.wants(partBatch)},
		{"obvious", partObvious, r.single, r.wants(partObvious)},
	} {
		if !reader.wanted {
			continue
		}
		t, err := r.turn(ctx, reader.kind, reader.log, r.profile(reader.part))
		if err != nil {
			return err
		}
		r.turns[reader.part] = append(r.turns[reader.part], t)
		us := 1e6 / float64(r.Events)
		say("round %d of %d, %s: %.2f s; CPU an event: itself %.2f, NATS %.2f, ClickHouse %.2f µs; %.0f MB",
			i+1, r.Rounds, reader.part, t.Seconds, t.CPU*us, t.nats*us, t.engine*us, t.PeakMB)
	}
	return nil
}

// profile is where a part's CPU profile goes.
func (o options) profile(part string) string {
	if o.Profile == "" || part == partDrain {
		return o.Profile
	}
	return o.Profile + "." + part
}

// turn has one reader read the whole log into an empty table.
func (r *readers) turn(ctx context.Context, kind string, l *journal, profile string) (t turn, err error) {
	if err := emptied(ctx, r.store, l); err != nil {
		return t, err
	}
	j := job{Kind: kind, NATS: l.url(), Store: r.store.dsn, Profile: profile}
	if j.Last, err = l.last(ctx); err != nil {
		return t, err
	}
	servers := []int{l.pid(), r.store.engine.PID()}
	before, err := cpuOfAll(servers)
	if err != nil {
		return t, err
	}
	if t.result, err = do(ctx, j); err != nil {
		return t, err
	}
	after, err := cpuOfAll(servers)
	if err != nil {
		return t, err
	}
	t.nats, t.engine = after[0]-before[0], after[1]-before[1]
	if kind == "fetch" {
		return t, l.js.DeleteConsumer(ctx, schema.ProgressStream, "bench-fetch")
	}
	if kind == "obvious" {
		return t, errors.Join(l.js.DeleteConsumer(ctx, schema.ProgressStream, "bench-obvious"), r.store.holds(ctx, r.Events))
	}
	return t, r.store.holds(ctx, r.Events)
}

// ratio is the median over the rounds of one part's speed ÷ another's.
func (r *readers) ratio(part, over string) float64 {
	var all []float64
	for i, t := range r.turns[part] {
		all = append(all, r.turns[over][i].Seconds/t.Seconds)
	}
	return median(all)
}

// median of one figure of a part over the rounds.
func (r *readers) median(part string, of func(turn) float64) float64 {
	var all []float64
	for _, t := range r.turns[part] {
		all = append(all, of(t))
	}
	return median(all)
}

func (r *readers) figures() report {
	var all report
	if r.wants(partDrain) {
		all.add("drain_over_fetch", r.ratio(partDrain, "fetch"), "rate of the drain ÷ of only fetching", "≥ 0.55")
	}
	if r.wants(partBatch) {
		all.add("batch_over_single", r.ratio(partBatch, partDrain), "rate of draining batches of 100 ÷ of single events", "≥ 3")
	}
	if r.wants(partObvious) {
		all.add("drain_over_obvious", r.ratio(partDrain, partObvious), "rate of the drain ÷ of the loop one writes first", "")
	}
	all.add("ingest_rss_mb", r.median(partDrain, func(t turn) float64 { return t.PeakMB }), "peak resident memory of the ingest, MB", "< 200")
	us := 1e6 / float64(r.Events)
	for _, part := range []string{"fetch", partDrain, partBatch, partObvious} {
		if len(r.turns[part]) == 0 {
			continue
		}
		all.add(part+"_per_second", float64(r.Events)/r.median(part, func(t turn) float64 { return t.Seconds }), "events a second", "")
		all.add(part+"_cpu_us", r.median(part, func(t turn) float64 { return t.CPU })*us, "CPU an event of the reader, µs", "")
		all.add(part+"_nats_cpu_us", r.median(part, func(t turn) float64 { return t.nats })*us, "CPU an event of the NATS server meanwhile, µs", "")
		all.add(part+"_engine_cpu_us", r.median(part, func(t turn) float64 { return t.engine })*us, "CPU an event of ClickHouse meanwhile, µs", "")
	}
	return all
}
