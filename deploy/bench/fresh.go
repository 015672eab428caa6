package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"xushi/producers"
	"xushi/producers/simulator"
)

const (
	freshRate   = 1000           // events a second
	freshEvents = 20 * freshRate // and so many seconds
	freshSeed   = 2
)

// fresh measures how long an event is on its way, from the moment at which it was due to be published
// until a query of the events table returns it, at a steady rate. It is too long by up to the time between two
// looks.
func (b *bench) fresh(ctx context.Context) (err error) {
	say("publishing %d events, %d a second", freshEvents, freshRate)
	dir := filepath.Join(b.dir, "fresh")
	l, err := startJournal(ctx, dir, freshEvents, 1)
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
	go func() {
		err := steady(ctx, l, started)
		if err != nil {
			cancel() // what is not published will not be queryable
		}
		published <- err
	}()
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
		if err := pause(ctx, time.Until(due(started, i))); err != nil {
			return err
		}
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
	for floor := 0; floor < freshEvents; { // every event below it is seen
		events, err := b.store.freshFrom(ctx, floor)
		if err != nil {
			return nil, err
		}
		now := time.Now()
		for _, i := range events {
			if !seen[i] {
				seen[i] = true
				waits = append(waits, now.Sub(due(started, i)).Seconds())
			}
		}
		for floor < freshEvents && seen[floor] {
			floor++
		}
		if err := pause(ctx, look); err != nil {
			return nil, err
		}
	}
	return waits, nil
}

// freshFrom are those events that the store returns, of all from the floor on.
func (w *warehouse) freshFrom(ctx context.Context, floor int) (events []int, err error) {
	rows, err := w.conn.Query(ctx, "SELECT id FROM events WHERE id >= ?", simulator.BulkID(freshSeed, floor))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		i, err := strconv.Atoi(id[strings.IndexByte(id, '-')+1:])
		if err != nil {
			return nil, fmt.Errorf("id %q is none of ours: %w", id, err)
		}
		events = append(events, i)
	}
	return events, rows.Err()
}
