package office

import (
	"context"
	"slices"
	"time"

	"xushi/schema"
)

// Drop records that nothing more is to be done about refused events of a plan, whether the plan has a
// ledger or not. Of events that were dropped before the first act stands.
func (a *Acts) Drop(ctx context.Context, plan string, d schema.Drop) error {
	if err := a.Sync(ctx); err != nil {
		return err
	}
	for some := range slices.Chunk(d.Letters, schema.MaxDroppedLetters) {
		act := schema.Act{
			Plan: plan, Type: schema.DeadLetterDropped,
			Dropped: &schema.Drop{Letters: some, By: d.By, Reason: d.Reason},
		}
		if _, err := a.publish(ctx, a.book.Load(), act, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}
