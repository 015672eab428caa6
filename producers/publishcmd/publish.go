package publishcmd

import (
	"context"

	"xushi/producers"
	"xushi/schema"
)

// publish sends every event that could be read, in order, and notes in each entry what became of it. The
// order matters where two events bear the same id: the first one counts.
func publish(ctx context.Context, client *producers.Client, entries []*entry, wait bool) {
	ctx, cancel := context.WithTimeout(ctx, waitTimeout)
	defer cancel()
	var ready []*entry
	for _, e := range entries {
		if e.err != nil {
			continue
		}
		if r := client.Check(e.event); r != nil {
			e.err = r
			continue
		}
		ready = append(ready, e)
	}
	if !wait {
		publishOnly(ctx, client, ready)
		return
	}
	for len(ready) > 0 {
		n := neighbours(ready)
		publishAndWait(ctx, client, ready[:n])
		ready = ready[n:]
	}
}

func publishOnly(ctx context.Context, client *producers.Client, ready []*entry) {
	futures := make([]*producers.Future, len(ready))
	for i, e := range ready {
		futures[i], e.err = client.PublishAsync(ctx, e.event)
	}
	for i, e := range ready {
		if e.err == nil {
			receipt, err := futures[i].Wait(ctx)
			e.verdict.Sequence, e.err = receipt.Sequence, err
		}
	}
}

// neighbours is how many of the first entries are of one department, so that they can be one batch.
func neighbours(ready []*entry) int {
	first := ready[0].event
	n := 1
	for n < len(ready) && ready[n].event.Plan == first.Plan && ready[n].event.Department == first.Department {
		n++
	}
	return n
}

// publishAndWait sends events of one department; more than one as a batch, because the ingest decides by
// the batch and waiting for one verdict at a time would cost a batch's age each.
func publishAndWait(ctx context.Context, client *producers.Client, group []*entry) {
	if len(group) == 1 {
		e := group[0]
		e.verdict, e.err = client.PublishAndWait(ctx, e.event)
		return
	}
	events := make([]*schema.Event, len(group))
	for i, e := range group {
		events[i] = e.event
	}
	verdicts, err := client.PublishBatchAndWait(ctx, events)
	for i, e := range group {
		if i < len(verdicts) {
			e.verdict = verdicts[i]
		}
		if e.verdict.ID == "" { // there is none, or it is not even known whether the log has the event
			e.err = err
		}
	}
}
