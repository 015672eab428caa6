package publishcmd

import (
	"context"

	"golang.org/x/sync/errgroup"

	"xushi/producers"
)

// together bounds how many events are on their way; the ingest decides by the batch, so that waiting for
// one verdict at a time would cost a batch's age each.
const together = 64

// publish sends every event that could be read, and notes in each entry what became of it.
func publish(ctx context.Context, client *producers.Client, entries []*entry, wait bool) {
	ctx, cancel := context.WithTimeout(ctx, waitTimeout)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(together)
	for _, e := range entries {
		if e.err != nil {
			continue
		}
		group.Go(func() error {
			if wait {
				e.verdict, e.err = client.PublishAndWait(ctx, e.event)
				return nil
			}
			receipt, err := client.Publish(ctx, e.event)
			e.verdict.Sequence, e.err = receipt.Sequence, err
			return nil
		})
	}
	_ = group.Wait() // each entry has its own error
}
