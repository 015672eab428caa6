package post

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/records"
	"xushi/schema"
)

// copyEvery is how often the copier looks for what other processes noted; of its own it is told.
const copyEvery = 5 * time.Second

// keepCopying copies deliveries into the store until ctx ends, and then what is left. It begins with all that
// the bucket has, which folds into what is there; so a copy that failed is never missed for long.
func (p *Post) keepCopying(ctx context.Context, n notes) error {
	next, look := uint64(0), time.NewTicker(copyEvery)
	defer look.Stop()
	for {
		next = p.copyFrom(ctx, n, next)
		select {
		case <-ctx.Done():
			last, cancel := lasting(ctx)
			defer cancel()
			p.copyFrom(last, n, next)
			return nil
		case <-look.C:
		case <-p.noted:
		}
	}
}

// copyFrom copies what was noted from a revision on, and tells from where to go on.
func (p *Post) copyFrom(ctx context.Context, n notes, revision uint64) (next uint64) {
	all, next, err := n.since(ctx, revision)
	if err == nil {
		p.metrics.saw(all)
		err = records.SaveDeliveries(ctx, p.store, all)
	}
	switch {
	case err == nil:
		p.health.end(copyPart)
		return next
	case ctx.Err() == nil:
		p.health.begin(copyPart, err, slog.LevelWarn)
	}
	return revision
}

// Restore copies every delivery that the key-value bucket remembers into the store, as when the store was lost.
func Restore(ctx context.Context, js jetstream.JetStream, store driver.Conn) (letters int, err error) {
	n, err := openNotes(ctx, js)
	if err != nil {
		return 0, err
	}
	all, _, err := n.since(ctx, 0)
	if err != nil {
		return 0, err
	}
	seen := map[schema.MailAddress]bool{}
	for _, d := range all {
		seen[d.Letter] = true
	}
	return len(seen), records.SaveDeliveries(ctx, store, all)
}

// since gives the changes of deliveries from a revision on, as far as the bucket remembers them, in their order,
// and the revision to ask from next time.
func (n notes) since(ctx context.Context, revision uint64) (all []records.Delivery, next uint64, err error) {
	status, err := n.kv.Status(ctx)
	if err != nil {
		return nil, revision, fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	if s, ok := status.(*jetstream.KeyValueBucketStatus); ok && revision > 0 {
		switch last := s.StreamInfo().State.LastSeq; {
		case last+1 < revision:
			revision = 0 // it is another bucket, made anew where that was lost
		case last < revision:
			return nil, revision, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second) // a server that goes away in between does not say so
	defer cancel()
	changes, err := n.kv.Watch(ctx, "mail.>", jetstream.IncludeHistory(), jetstream.ResumeFromRevision(revision))
	if err != nil {
		return nil, revision, fmt.Errorf("read the deliveries of letters: %w", err)
	}
	defer func() { err = errors.Join(err, changes.Stop()) }()
	next = max(revision, 1)
	for {
		select {
		case entry := <-changes.Updates():
			if entry == nil {
				return all, next, ctx.Err()
			}
			next = entry.Revision() + 1
			if letter, ok := schema.ParseMailSubject(entry.Key()); ok && entry.Operation() == jetstream.KeyValuePut {
				d, err := delivery(entry)
				if err != nil {
					return nil, revision, err
				}
				all = append(all, records.Delivery{Letter: letter, Delivery: d, Revision: entry.Revision()})
			}
		case <-ctx.Done():
			return nil, revision, fmt.Errorf("read the deliveries of letters: %w", ctx.Err())
		}
	}
}
