package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// turn is one reader's reading of the whole log, in one round.
type turn struct {
	result
	nats, engine float64 // seconds that those were computing meanwhile
}

// readers take turns, so that what the machine does beside us hits all alike.
type readers struct {
	*bench
	batch *journal // the same events as batches; nil if nobody wants them
	turns map[string][]turn
}

func newReaders(b *bench) *readers { return &readers{bench: b, turns: map[string][]turn{}} }

// read measures the readers of a backlog against each other.
func (r *readers) read(ctx context.Context) (err error) {
	if r.wants(partBatch) {
		dir := filepath.Join(r.dir, "batch")
		if r.batch, err = startJournal(ctx, dir, r.Events, 1); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.batch.stop(), os.RemoveAll(dir)) }()
		say("publishing them as batches of %d", batchEvents)
		if err := r.batch.fillBatches(ctx, r.Events, 1); err != nil {
			return err
		}
	}
	for i := range r.Rounds {
		if err := r.round(ctx, i); err != nil {
			return err
		}
	}
	r.report()
	return nil
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
		t, err := r.turn(ctx, job{Kind: reader.kind, Profile: r.profile(reader.part)}, reader.log, r.Events)
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

// turn has one reader read the whole log, which holds so many events, into an empty table.
func (r *readers) turn(ctx context.Context, j job, l *journal, events int) (t turn, err error) {
	if err := emptied(ctx, r.store, l); err != nil {
		return t, err
	}
	j.NATS, j.Store = l.url(), r.store.dsn
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
	if j.Kind == "fetch" {
		return t, nil
	}
	return t, r.store.holds(ctx, events)
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

func (r *readers) report() {
	all := &r.figures
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
}
