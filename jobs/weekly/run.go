package weekly

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xushi/schema"
)

// Run does what is to be done by now: it writes the letters that are due and not written, oldest first, and
// gives up those whose grace period is over. It may be called at any moment, by any number of processes: what is
// done is not done again. Its first run for a plan decides from which week on letters are owed: the first one
// that is due then or later. After an error it is to be called again.
func (o *Office) Run(ctx context.Context, now time.Time) error {
	first, err := o.Begin(ctx, now)
	if err != nil {
		return err
	}
	owed, err := o.owed(ctx, first, now)
	if err != nil {
		return err
	}
	for _, claim := range owed {
		if now.Sub(claim.AsOf) > o.Grace {
			err = o.miss(ctx, claim)
		} else {
			_, err = o.Issue(ctx, claim.Week)
		}
		if err != nil {
			return fmt.Errorf("the letter of %s, week %s: %w", o.Plan, claim.Week, err)
		}
	}
	return nil
}

// CatchUp writes the letters that are due by now and not written, however long ago: a simulated year is told in
// one go. It tells how far it is, and how many mailboxes are to get one.
func (o *Office) CatchUp(ctx context.Context, now time.Time, show func(done, total int)) (weeks, letters int, err error) {
	first, err := o.Begin(ctx, now)
	if err != nil {
		return 0, 0, err
	}
	owed, err := o.owed(ctx, first, now)
	if err != nil {
		return 0, 0, err
	}
	for i, claim := range owed {
		issued, err := o.Issue(ctx, claim.Week)
		if err != nil {
			return i, letters, fmt.Errorf("the letter of %s, week %s: %w", o.Plan, claim.Week, err)
		}
		letters += len(issued.Queued)
		show(i+1, len(owed))
	}
	return len(owed), letters, nil
}

// Begin decides from which week on letters are owed, unless that is decided: from the first one that is due at
// the moment or later, while the plan runs.
func (o *Office) Begin(ctx context.Context, from time.Time) (schema.Week, error) {
	claims, err := o.claims(ctx)
	if err != nil {
		return schema.Week{}, err
	}
	if week, ok, err := claims.since(ctx); ok || err != nil {
		return week, err
	}
	history, err := o.Versions(ctx)
	if err != nil {
		return schema.Week{}, err
	}
	if start := history.InForce().Plan.Start.Start(); from.Before(start) {
		from = start
	}
	return claims.begin(ctx, o.firstDue(from))
}

// miss gives a week up. Whoever is about to write it, and was only slow, may still do so.
func (o *Office) miss(ctx context.Context, claim Claim) error {
	if err := o.warn(ctx, o.missed(claim)); err != nil {
		return err
	}
	claims, err := o.claims(ctx)
	if err != nil {
		return err
	}
	_, err = claims.put(ctx, claims.into(claim, Missed))
	if errors.Is(err, errTaken) {
		return nil // the next run sees what became of it
	}
	return err
}
