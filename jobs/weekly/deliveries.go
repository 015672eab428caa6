package weekly

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// Deliveries is how far every letter is, as the key-value bucket has it. Look brings it up to date.
type Deliveries struct {
	js jetstream.JetStream

	mu    sync.Mutex
	heard uint64 // revision of the bucket up to which it is known
	of    map[schema.MailAddress]schema.Delivery
}

// NewDeliveries knows of no letter before its first Look.
func NewDeliveries(js jetstream.JetStream) *Deliveries {
	return &Deliveries{js: js, of: map[schema.MailAddress]schema.Delivery{}}
}

// Look reads what has changed since the last one.
func (d *Deliveries) Look(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	kv, err := d.js.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	err = current(ctx, kv, "mail.>", func(entry jetstream.KeyValueEntry) error {
		var delivery schema.Delivery
		if err := json.Unmarshal(entry.Value(), &delivery); err != nil {
			return fmt.Errorf("state of letter %s: %w", entry.Key(), err)
		}
		if address, ok := schema.ParseMailSubject(entry.Key()); ok {
			d.of[address] = delivery
		}
		d.heard = max(d.heard, entry.Revision())
		return nil
	}, jetstream.ResumeFromRevision(d.heard+1))
	if err != nil {
		return fmt.Errorf("states of letters: %w", err)
	}
	return nil
}

// current shows every entry of the bucket that is there now and matches, to the first error.
func current(ctx context.Context, kv jetstream.KeyValue, keys string, see func(jetstream.KeyValueEntry) error, options ...jetstream.WatchOpt) error {
	watch, err := kv.Watch(ctx, keys, append(options, jetstream.IgnoreDeletes())...)
	if err != nil {
		return err
	}
	defer func() { _ = watch.Stop() }() // fails only with its connection
	for {
		select {
		case entry := <-watch.Updates():
			if entry == nil { // that was the last one
				return nil
			}
			if err := see(entry); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Counts are the letters by their state.
func (d *Deliveries) Counts() map[schema.MailState]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	counts := map[schema.MailState]int{}
	for _, delivery := range d.of {
		counts[delivery.State]++
	}
	return counts
}

// Delivered is a letter and how far it is.
type Delivered struct {
	schema.MailAddress
	schema.Delivery
}

// Of are the letters of a plan that speak of a period, "" of any, in the order of their addresses. Warnings to
// the operator are none.
func (d *Deliveries) Of(plan, period string) (letters []Delivered) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for address, delivery := range d.of {
		if address.Plan == plan && (period == "" || address.Period == period) && !isWarning(address.Kind) {
			letters = append(letters, Delivered{address, delivery})
		}
	}
	slices.SortFunc(letters, func(a, b Delivered) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Recipient, b.Recipient))
	})
	return letters
}

// sent tells whether every letter was accepted by a mail server, itself or sent again, and when the last one was.
func sent(letters []Delivered) (at time.Time, all bool) {
	accepted := map[schema.MailAddress]time.Time{}
	for _, l := range letters {
		original := l.Original()
		if before, known := accepted[original]; l.State == schema.MailSent && (!known || before.IsZero()) {
			accepted[original] = l.At
		} else if !known {
			accepted[original] = time.Time{}
		}
	}
	for _, when := range accepted {
		if when.IsZero() {
			return time.Time{}, false
		}
		if at.Before(when) {
			at = when
		}
	}
	return at, len(accepted) > 0
}
