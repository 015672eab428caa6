package weekly

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/letter"
	"xushi/jobs/records"
	"xushi/schema"
)

// RunMonth queues the bulletin of the month before now's, from that month's frozen weeks: from the hour of letters
// of its first working day on, for as long as a letter is still written. Like Run it may be called at any moment,
// by any number of processes, and again after an error. One that was not queued in time is told to the operator.
func (o *Office) RunMonth(ctx context.Context, now time.Time) error {
	due := o.monthDue(schema.MonthOf(now))
	if !o.Monthly || now.Before(due) {
		return nil
	}
	kv, err := o.JetStream.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	month := schema.MonthOf(now).Before()
	if _, err := kv.Get(ctx, o.monthKey(month)); !errors.Is(err, jetstream.ErrKeyNotFound) {
		return err // nil: it is queued, or was given up
	}
	if now.Sub(due) > o.Grace {
		return o.missMonth(ctx, kv, month, due)
	}
	if err := o.unfinished(ctx, month); err != nil {
		return err
	}
	queued, err := o.queueMonth(ctx, month)
	if err != nil {
		return fmt.Errorf("the bulletin of %s, %s: %w", o.Plan, month, err)
	}
	if err := o.noteMonth(ctx, kv, month, due); err != nil {
		return err
	}
	o.Log.Info("monthly bulletin", "plan", o.Plan, "month", month.String(), "queued", queued)
	return nil
}

// missMonth gives a month's bulletin up. Where none of the month before was ever looked at, none of this one was
// asked for in time.
func (o *Office) missMonth(ctx context.Context, kv jetstream.KeyValue, month schema.Month, due time.Time) error {
	if _, err := kv.Get(ctx, o.monthKey(month.Before())); err != nil {
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			return nil
		}
		return fmt.Errorf("the bulletin of %s: %w", month.Before(), err)
	}
	if err := o.warn(ctx, o.missedMonth(month, due)); err != nil {
		return err
	}
	return o.noteMonth(ctx, kv, month, due)
}

func (o *Office) monthKey(month schema.Month) string {
	return "monthly." + o.Plan + "." + month.String()
}

// noteMonth notes that nothing more is done about a month's bulletin.
func (o *Office) noteMonth(ctx context.Context, kv jetstream.KeyValue, month schema.Month, due time.Time) error {
	_, err := kv.Create(ctx, o.monthKey(month), []byte(due.UTC().Format(time.RFC3339)))
	if err != nil && !errors.Is(err, jetstream.ErrKeyExists) {
		return fmt.Errorf("note the bulletin of %s: %w", month, err)
	}
	return nil
}

// monthDue is when the bulletin of the month before is due.
func (o *Office) monthDue(month schema.Month) time.Time {
	day := schema.DateOf(month.Start())
	for !o.Calendar.Works(day) {
		day++
	}
	return day.Start().Add(o.At)
}

// unfinished says which letter of the month is still to be written: the bulletin sums them all up.
func (o *Office) unfinished(ctx context.Context, month schema.Month) error {
	claims, err := o.claims(ctx)
	if err != nil {
		return err
	}
	first, begun, err := claims.since(ctx)
	if err != nil || !begun {
		return err
	}
	owed, err := o.owed(ctx, first, month.End())
	if err != nil {
		return err
	}
	for _, claim := range owed {
		if schema.MonthOf(claim.AsOf) == month {
			return fmt.Errorf("the bulletin of %s waits for the letter of week %s", month, claim.Week)
		}
	}
	return nil
}

// queueMonth queues the bulletin for each recipient of the weekly letter; a month without a letter has none.
func (o *Office) queueMonth(ctx context.Context, month schema.Month) (queued int, err error) {
	in, err := o.month(ctx, month)
	if err != nil || len(in.Weeks) == 0 {
		return 0, err
	}
	last := in.Weeks[len(in.Weeks)-1]
	var errs []error
	for _, recipient := range o.Recipients {
		in.Language = o.language(recipient)
		l, err := letter.ComposeMonth(in)
		if err != nil {
			return queued, err
		}
		fresh, err := o.queue(ctx, Draft{l, recipient}, last.KnownAt)
		if errs = append(errs, err); fresh {
			queued++
		}
	}
	return queued, errors.Join(errs...)
}

// month reads what was frozen for a month's letters.
func (o *Office) month(ctx context.Context, month schema.Month) (in letter.MonthInput, err error) {
	in = letter.MonthInput{Month: month, BoardURL: o.BoardURL, Simulation: o.Simulation}
	if in.Weeks, err = records.WeeksBetween(ctx, o.Store, o.Plan, month.Start(), month.End()); err != nil || len(in.Weeks) == 0 {
		return in, err
	}
	if in.Before, err = records.WeekBefore(ctx, o.Store, o.Plan, month.Start()); err != nil {
		return in, fmt.Errorf("the letter before %s: %w", month, err)
	}
	history, err := o.Versions(ctx)
	if err != nil {
		return in, err
	}
	until := in.Weeks[len(in.Weeks)-1].KnownAt
	in.Ledger, in.Revisions = history.At(until), revisions(history, in.Before, until)
	return in, nil
}
