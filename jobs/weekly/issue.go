package weekly

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xushi/jobs/letter"
	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/jobs/records"
	"xushi/schema"
)

// Issued says what became of one week's letters.
type Issued struct {
	Letter *letter.Letter // of everybody's, the one in Chinese
	Queued []Addressed    // were queued now
	Before []Addressed    // were in the MAIL stream already
}

// Addressed is a letter to somebody.
type Addressed struct{ Recipient, Kind string }

// Issue is the whole chain of one week: claim, freeze, compose, queue. What is done of it already, by this
// process or another, stays as it is, so Issue may be called again, and by several at once. It fails where
// nobody works in that week, and for a week before one that has gone out.
func (o *Office) Issue(ctx context.Context, week schema.Week) (*Issued, error) {
	claims, err := o.claims(ctx)
	if err != nil {
		return nil, err
	}
	claim, err := o.claim(ctx, claims, week)
	if err != nil {
		return nil, err
	}
	e, err := o.prepare(ctx, week, claim.AsOf, claim.KnownAt)
	if err != nil {
		return nil, err
	}
	if err := o.freeze(ctx, e, o.Clock()); err != nil {
		return nil, err
	}
	if claim, err = claims.advance(ctx, claim, Frozen); err != nil {
		return nil, err
	}
	issued, err := o.queueAll(ctx, e)
	if err != nil {
		return issued, err
	}
	_, err = claims.advance(ctx, claim, Queued)
	o.Log.Info("weekly letter", "plan", o.Plan, "week", week.String(), "subject", issued.Letter.Subject,
		"queued", len(issued.Queued), "before", len(issued.Before))
	return issued, err
}

// claim is the claim of a week, taken now if nobody has; one that was missed is taken up again.
func (o *Office) claim(ctx context.Context, claims *claims, week schema.Week) (Claim, error) {
	all, err := claims.all(ctx)
	if err != nil {
		return Claim{}, err
	}
	claim := all[week]
	asOf, ok := o.Moment(week)
	if !ok && claim.AsOf.IsZero() {
		return claim, noLetter(week)
	}
	if err := o.inOrder(ctx, all, week); err != nil {
		return claim, err
	}
	if !claim.KnownAt.IsZero() {
		return claim, nil
	}
	if claim.Week = week; claim.AsOf.IsZero() {
		claim.AsOf = asOf
	}
	if claim.KnownAt, err = o.knownAt(ctx, claim.AsOf); err != nil {
		return claim, err
	}
	claim, err = claims.put(ctx, claims.into(claim, Claimed))
	if errors.Is(err, errTaken) {
		return o.claim(ctx, claims, week) // as that one has it
	}
	return claim, err
}

// inOrder refuses a week before one that was written: what that one says rests on the weeks before it. And it
// refuses to write one, or to go on with one that was written, while the store has lost one before.
func (o *Office) inOrder(ctx context.Context, all map[schema.Week]Claim, week schema.Week) error {
	var last schema.Week // that was written, before this one
	for _, claim := range all {
		switch {
		case !claim.written():
		case claim.Week.Before(week):
			if last.Before(claim.Week) {
				last = claim.Week
			}
		case week.Before(claim.Week) && !all[week].written(): // otherwise it has its place
			return fmt.Errorf("week %s comes too late: %s has gone out since; `xushi weekly preview --week %s` shows what it would have said", week, claim.Week, week)
		}
	}
	if last == (schema.Week{}) {
		return nil
	}
	_, frozen, err := records.FrozenAsOf(ctx, o.Store, o.Plan, last.String())
	if err != nil {
		return fmt.Errorf("is week %s of %s frozen: %w", last, o.Plan, err)
	}
	if !frozen {
		return fmt.Errorf("the store has lost week %s of %s, on which the letter of %s rests; `xushi replay` brings it back", last, o.Plan, week)
	}
	return nil
}

// queueAll queues every letter of the edition; one that cannot be had keeps no other back.
func (o *Office) queueAll(ctx context.Context, e *edition) (*Issued, error) {
	drafts, err := o.drafts(e)
	if err != nil {
		return nil, err
	}
	issued := &Issued{Letter: drafts[0].Letter}
	var errs []error
	for _, d := range drafts[1:] {
		fresh, err := o.queue(ctx, d, e.this.KnownAt)
		switch to := (Addressed{d.Recipient, d.Letter.Kind}); {
		case err != nil:
			errs = append(errs, err)
		case fresh:
			issued.Queued = append(issued.Queued, to)
		default:
			issued.Before = append(issued.Before, to)
		}
	}
	return issued, errors.Join(errs...)
}

// queue hands one letter to the MAIL stream; fresh is false if it was there.
func (o *Office) queue(ctx context.Context, d Draft, knownAt time.Time) (fresh bool, err error) {
	body, err := d.Message(o.From)
	if err != nil {
		return false, err
	}
	l := d.Letter
	fresh, err = post.Queue(ctx, o.JetStream, post.Letter{
		Plan: l.Plan, Period: l.Period, Kind: l.Kind, AsOf: l.AsOf, KnownAt: knownAt, From: o.From, Recipient: d.Recipient,
		MessageID: mail.MessageID(l, o.From, d.Recipient), Body: body,
	})
	if err != nil {
		return false, fmt.Errorf("the letter of %s to %s: %w", l.Period, d.Recipient, err)
	}
	return fresh, nil
}
