package weekly

import (
	"context"
	"fmt"
	"time"

	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/jobs/letter"
	"xushi/jobs/records"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// edition is what all letters of one week are composed from. It is a function of the logs up to known-at, the
// calendar, and the week that was frozen before: made again, on any machine, it is the same.
type edition struct {
	ledger       *seeds.Ledger
	now          []assessment.Assessment
	questions    []anomaly.Question
	before, this *supervision.Week // before is nil of a plan's first letter
	revisions    []seeds.Revision
}

// prepare makes the edition of a week.
func (o *Office) prepare(ctx context.Context, week schema.Week, asOf, knownAt time.Time) (*edition, error) {
	history, err := o.Versions(ctx)
	if err != nil {
		return nil, err
	}
	e := &edition{ledger: history.At(knownAt)}
	if e.now, e.questions, err = o.assess(ctx, e.ledger, asOf, knownAt); err != nil {
		return nil, err
	}
	if e.before, err = records.WeekBefore(ctx, o.Store, o.Plan, asOf); err != nil {
		return nil, fmt.Errorf("the week before %s of %s: %w", week, o.Plan, err)
	}
	e.revisions = revisions(history, e.before, knownAt)
	e.this = supervision.Next(e.before, supervision.Input{
		Ledger: e.ledger, Week: week, AsOf: asOf, KnownAt: knownAt, Now: e.now,
		Acts: o.Acts.Supervision(o.Plan), Revisions: e.revisions,
	})
	return e, nil
}

// revisions are the versions that came into force since the previous letter. A plan's first version changes
// nothing.
func revisions(history *seeds.History, before *supervision.Week, knownAt time.Time) []seeds.Revision {
	since := history.First().At
	if before != nil && before.KnownAt.After(since) {
		since = before.KnownAt
	}
	return history.Revisions(since, knownAt)
}

// freeze keeps the edition; at is when. One that is kept stays as it is.
func (o *Office) freeze(ctx context.Context, e *edition, at time.Time) error {
	if err := o.keep(ctx, e.ledger, e.now, e.questions, at); err != nil {
		return err
	}
	if err := records.SaveWeek(ctx, o.Store, e.ledger, e.this, e.now, at); err != nil {
		return fmt.Errorf("freeze week %s of %s: %w", e.this.Week, o.Plan, err)
	}
	return nil
}

// compose writes one letter of the edition: for everybody, or a department's own.
func (o *Office) compose(e *edition, language letter.Language, department string) (*letter.Letter, error) {
	unknownYear, _ := o.Calendar.Unknown(e.this.Week)
	composed, err := letter.Compose(letter.Input{
		Ledger: e.ledger, Now: e.now, Before: e.before, This: e.this, Revisions: e.revisions, Questions: e.questions,
		AsOf: e.this.AsOf, KnownAt: e.this.KnownAt, BoardURL: o.BoardURL, Simulation: o.Simulation,
		UnknownYear: unknownYear, Language: language, Department: department,
	})
	if err != nil {
		return nil, fmt.Errorf("compose the letter of %s: %w", o.Plan, err)
	}
	return composed, nil
}
