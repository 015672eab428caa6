package ingest

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// save brings into the store what the batch is to leave there: its events, and what it refused.
func (w *writer) save(ctx context.Context, b *batch) error {
	b.judged()
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
	refused, err := w.insert(ctx, b.blocks()...)
	if refused != nil {
		err = w.sift(ctx, b)
	}
	if err != nil {
		return err
	}
	w.metrics.stored(b.rows, time.Since(started))
	return nil
}

// insert tries until the blocks are stored, or until the store refuses them for what is in them.
func (w *writer) insert(ctx context.Context, blocks ...block) (refused *clickhouse.Exception, err error) {
	err = w.persist(ctx, "store", func(ctx context.Context) (err error) {
		w.buf, err = insert(ctx, w.store, w.buf, blocks)
		refused, err = refusal(err)
		return err
	})
	return refused, err
}
