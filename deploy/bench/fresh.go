package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"xushi/producers"
	"xushi/producers/simulator"
)

const (
	freshRate   = 1000                  // events a second
	freshEvents = 20 * freshRate        // and so many seconds
	freshLook   = 20 * time.Millisecond // between two questions to the store; what is measured is too long by up to that
	freshSeed   = 2
)

// fresh measures how long an event is on its way, from the moment at which it was due to be published
// until a query of the events table returns it, at a steady rate.
func (b *bench) fresh(ctx context.Context) (err error) {
	say("publishing %d events, %d a second", freshEvents, freshRate)
	dir := filepath.Join(b.dir, "fresh")
	l, err := startJournal(ctx, dir, freshEvents)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.stop(), os.RemoveAll(dir)) }()
	ingest, err := start(ctx, job{Kind: ingesting, NATS: l.url(), Store: b.store.dsn})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ingest.end()) }()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	started := time.Now()
	published := make(chan error, 1)
	go func() { published <- steady(ctx, l, started) }()
	waits, err := b.queryable(ctx, started)
	if err := errors.Join(err, <-published); err != nil {
		return err
	}
	slices.Sort(waits)
	b.figures.add("freshness_p99_s", percentile(waits, 99), "publish → queryable in progress.events at 1,000 events a second: 99% within, s", "≤ 1")
	b.figures.add("freshness_p50_s", percentile(waits, 50), "half of them within, s", "")
	return nil
}

// due is when the i-th event is to be published.
func due(started time.Time, i int) time.Time {
	return started.Add(time.Duration(i) * time.Second / freshRate)
}

// steady publishes at the rate; when it is late it catches up, and the events' waits say so.
func steady(ctx context.Context, l *journal, started time.Time) error {
	client, err := producers.New(l.js.Conn(), producers.Options{})
	if err != nil {
		return err
	}
	i := 0
	for e := range simulator.BulkEvents(l.ledger, freshEvents, freshSeed) {
		time.Sleep(time.Until(due(started, i)))
		if _, err := client.PublishAsync(ctx, e); err != nil {
			return err
		}
		i++
	}
	return client.Flush(ctx)
}

// queryable asks the store for what is new until it has everything, and returns how long each event took.
func (b *bench) queryable(ctx context.Context, started time.Time) (waits []float64, err error) {
	seen := make([]bool, freshEvents)
	for floor := 0; ; { // every event below it is seen
		rows, err := b.store.conn.Query(ctx, "SELECT id FROM events WHERE id >= ?", simulator.BulkID(freshSeed, floor))
		if err != nil {
			return nil, err
		}
		var ids []string
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			ids = append(ids, id)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
		now := time.Now()
		for _, id := range ids {
			i, err := strconv.Atoi(id[len(id)-9:])
			if err != nil {
				return nil, fmt.Errorf("id %q is not of ours: %w", id, err)
			}
			if !seen[i] {
				seen[i] = true
				waits = append(waits, now.Sub(due(started, i)).Seconds())
			}
		}
		for floor < freshEvents && seen[floor] {
			floor++
		}
		if floor == freshEvents {
			return waits, nil
		}
		time.Sleep(freshLook)
	}
}
