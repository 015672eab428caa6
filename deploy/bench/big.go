package main

import (
	"context"
	"slices"
	"time"

	"xushi/schema/store"
	"xushi/seeds"
)

// big drains a backlog ten times as large, in one go, and asks the store that it has filled.
func (b *bench) big(ctx context.Context, r *readers) error {
	say("publishing %d events more", b.Big-b.Events)
	if err := b.single.fill(ctx, b.Big-b.Events, 3); err != nil {
		return err
	}
	// The costs are compared around Events and up to Big rows in the store, over Events rows each.
	n, all := uint64(b.Events), uint64(b.Big)
	say("draining %d events", b.Big)
	t, err := r.turn(ctx, job{Kind: "drain", Profile: b.profile(partBig), Marks: []uint64{n / 2, n/2 + n, all - n, all}}, b.single, b.Big)
	if err != nil {
		return err
	}
	us := 1e6 / float64(b.Big)
	say("drained in %.1f s; CPU an event: itself %.2f, NATS %.2f, ClickHouse %.2f µs; %.0f MB", t.Seconds, t.CPU*us, t.nats*us, t.engine*us, t.PeakMB)
	small := r.median(partDrain, func(t turn) float64 { return t.PeakMB })
	b.figures.add("rss_10x_ratio", t.PeakMB/small, "peak memory of the ingest with ten times the backlog ÷ with the backlog", "≤ 1.1")
	b.figures.add("rss_10x_mb", t.PeakMB, "peak memory of the ingest with ten times the backlog, MB", "< 200")
	b.figures.add("cost_growth_10x", (t.Passed[3]-t.Passed[2])/(t.Passed[1]-t.Passed[0]), "time an event with ten times the rows in the store ÷ with the rows", "≤ 1.3")
	b.figures.add("big_per_second", float64(b.Big)/t.Seconds, "events a second, drained from the large backlog", "")
	return b.ask(ctx)
}

const (
	refreshes = 3
	questions = 200
)

// ask measures the derived views over everything that is stored.
func (b *bench) ask(ctx context.Context) error {
	if err := b.store.settled(ctx); err != nil {
		return err
	}
	say("refreshing the derived views")
	var took []float64
	for range refreshes {
		started := time.Now()
		if err := store.Refresh(ctx, b.store.conn); err != nil {
			return err
		}
		took = append(took, time.Since(started).Seconds())
	}
	b.figures.add("refresh_10m_s", median(took), "refresh of the derived views over the large backlog, s", "≤ 3")
	var waits []float64
	for range questions {
		started := time.Now()
		if err := b.store.current(ctx, b.single.ledger); err != nil {
			return err
		}
		waits = append(waits, float64(time.Since(started).Microseconds())/1000)
	}
	slices.Sort(waits)
	b.figures.add("current_p95_ms", percentile(waits, 95), "a query of progress_current through clickhouse-go: 95% within, ms", "≤ 20")
	return nil
}

// settled waits until the store has merged what it is merging: it is to be asked, not to be raced.
func (w *warehouse) settled(ctx context.Context) error {
	say("waiting for the store's merges")
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		var merges uint64
		if err := w.conn.QueryRow(ctx, "SELECT count() FROM system.merges").Scan(&merges); err != nil || merges == 0 {
			return err
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// current reads where every measure of the plan stands.
func (w *warehouse) current(ctx context.Context, l *seeds.Ledger) error {
	rows, err := w.conn.Query(ctx, "SELECT measure, unit, toString(actual), readings, last_reported_at FROM progress_current WHERE plan = ?", l.Plan.ID)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		var (
			measure, unit string
			actual        *string
			readings      uint64
			last          *time.Time
		)
		if err := rows.Scan(&measure, &unit, &actual, &readings, &last); err != nil {
			return err
		}
	}
	return rows.Err()
}
