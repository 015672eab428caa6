package ingest

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// save brings into the store what the batch is to leave there: its events, and what it refused.
func (w *writer) save(ctx context.Context, b *batch) error {
	if err := w.saveEvents(ctx, b); err != nil {
		return err
	}
	return w.persist(ctx, "refusals", func(ctx context.Context) error { return w.record(ctx, b) })
}

// saveEvents brings the batch's rows into the store, or makes dead letters of those that it will not have.
func (w *writer) saveEvents(ctx context.Context, b *batch) error {
	if b.rows == 0 {
		return nil
	}
	started := time.Now()
	refused, err := w.insert(ctx, b, 0, b.rows)
	if refused != nil {
		err = w.sift(ctx, b)
	}
	if err != nil {
		return err
	}
	w.metrics.stored(b.rows, time.Since(started))
	return nil
}

// insert tries until the batch's rows from, up to but without to, are stored, or until the store refuses them for
// what is in them.
func (w *writer) insert(ctx context.Context, b *batch, from, to int) (refused *clickhouse.Exception, err error) {
	err = w.persist(ctx, "store", func(ctx context.Context) (err error) {
		refused, err = refusal(b.columns.insertRows(ctx, w.store, from, to))
		return err
	})
	return refused, err
}
