// Package weekly is the supervision office's routine: it assesses a plan from the log as it is known,
// keeps the assessment for the views, and once per ISO week freezes it, composes the letter and queues
// it for each recipient. Composing is deterministic, and the MAIL stream takes one message per subject
// for ever, so that doing it again, by this process or another, changes nothing.
//
// It does not send (package jobs/post does) and it does not know the hour (package jobs/schedule does).
package weekly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/assessment"
	"xushi/jobs/letter"
	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/jobs/records"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
)

// Office assesses one plan and writes its letters.
type Office struct {
	Plan       string
	Acts       *office.Acts // the versions of the plan's ledger
	Store      driver.Conn
	JetStream  jetstream.JetStream
	Log        *slog.Logger
	From       string           // sender of the letters
	Recipients []string         // addresses, each of which gets its own
	BoardURL   string           // "" where there is no board
	Simulation bool             // simulated events are admitted, and the letters say so
	Clock      func() time.Time // the wall clock: when something was computed, never what it says
}

// Assess assesses the plan at asOf from what is known at knownAt, and keeps it for the views.
func (o *Office) Assess(ctx context.Context, asOf, knownAt time.Time) ([]assessment.Assessment, error) {
	history, now, err := o.assess(ctx, asOf, knownAt)
	if err != nil {
		return nil, err
	}
	return now, o.keep(ctx, history.At(knownAt), now)
}

// Posted says what became of one week's letter.
type Posted struct {
	Letter *letter.Letter
	Queued []string // recipients for whom it was queued now
	Before []string // recipients who had it already
}

// Letter writes the letter of the week that contains asOf, with everything known at that moment, and
// queues it for whoever has not had one this week.
func (o *Office) Letter(ctx context.Context, asOf time.Time) (Posted, error) {
	week := schema.WeekOf(asOf)
	asOf, err := o.momentOf(ctx, week, asOf)
	if err != nil {
		return Posted{}, err
	}
	history, now, err := o.assess(ctx, asOf, asOf)
	if err != nil {
		return Posted{}, err
	}
	ledger := history.At(asOf)
	if err := o.keep(ctx, ledger, now); err != nil {
		return Posted{}, err
	}
	before, this, err := o.freeze(ctx, history, week, now, o.Clock())
	if err != nil {
		return Posted{}, err
	}
	composed, err := o.compose(ctx, history, now, before, this)
	if err != nil {
		return Posted{}, err
	}
	posted, err := o.queueAll(ctx, composed)
	o.Log.Info("weekly letter", "plan", o.Plan, "week", week.String(), "subject", composed.Subject,
		"queued", len(posted.Queued), "before", len(posted.Before))
	return posted, err
}

// freeze keeps the week that the letter is written from, and gives it and the one before.
func (o *Office) freeze(ctx context.Context, history *seeds.History, week schema.Week, now []assessment.Assessment, at time.Time) (before, this *supervision.Week, err error) {
	asOf, knownAt := now[0].AsOf, now[0].KnownAt
	ledger := history.At(asOf)
	if before, err = records.WeekBefore(ctx, o.Store, o.Plan, asOf); err != nil {
		return nil, nil, fmt.Errorf("the week before %s of %s: %w", week, o.Plan, err)
	}
	this = supervision.Next(before, supervision.Input{
		Ledger: ledger, Week: week, AsOf: asOf, KnownAt: knownAt, Now: now,
		Acts: o.Acts.Supervision(o.Plan), Revisions: revisions(history, before, asOf),
	})
	if err := records.SaveWeek(ctx, o.Store, ledger, this, now, at); err != nil {
		return nil, nil, fmt.Errorf("freeze week %s of %s: %w", week, o.Plan, err)
	}
	return before, this, nil
}

// momentOf is the moment that the week's letter speaks of: that of its frozen assessment, if there is one,
// so that everybody gets the same letter, and a letter that a crash interrupted is finished as it began.
func (o *Office) momentOf(ctx context.Context, week schema.Week, asOf time.Time) (time.Time, error) {
	frozen, ok, err := records.FrozenAsOf(ctx, o.Store, o.Plan, week.String())
	if err != nil {
		return asOf, fmt.Errorf("is week %s of %s frozen: %w", week, o.Plan, err)
	}
	if ok {
		return frozen, nil
	}
	return asOf, nil
}

// queueAll queues the letter for each recipient; one who cannot have it keeps it from nobody else.
func (o *Office) queueAll(ctx context.Context, composed *letter.Letter) (Posted, error) {
	posted := Posted{Letter: composed}
	var errs []error
	for _, recipient := range o.Recipients {
		fresh, err := o.queue(ctx, composed, recipient)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("queue the letter of %s to %s: %w", composed.Week, recipient, err))
		case fresh:
			posted.Queued = append(posted.Queued, recipient)
		default:
			posted.Before = append(posted.Before, recipient)
		}
	}
	return posted, errors.Join(errs...)
}

// Versions are those of the plan's ledger, with every act that is in the log by now.
func (o *Office) Versions(ctx context.Context) (*seeds.History, error) {
	if err := o.Acts.Sync(ctx); err != nil {
		return nil, err
	}
	history, ok := o.Acts.History(o.Plan)
	if !ok {
		return nil, fmt.Errorf("no version of plan %s is in force: apply one (xushi seeds apply)", o.Plan)
	}
	return history, nil
}

// assess reads what had been received by knownAt and holds it against the version of the ledger that was in
// force then.
func (o *Office) assess(ctx context.Context, asOf, knownAt time.Time) (*seeds.History, []assessment.Assessment, error) {
	history, err := o.Versions(ctx)
	if err != nil {
		return nil, nil, err
	}
	all, err := records.Assess(ctx, o.Store, history.At(knownAt), asOf, knownAt)
	if err != nil {
		return nil, nil, fmt.Errorf("read the events of %s: %w", o.Plan, err)
	}
	return history, all, nil
}

// keep stores an assessment for the views.
func (o *Office) keep(ctx context.Context, ledger *seeds.Ledger, now []assessment.Assessment) error {
	if err := records.SaveAssessments(ctx, o.Store, ledger, now, o.Clock()); err != nil {
		return fmt.Errorf("keep the assessment of %s: %w", o.Plan, err)
	}
	return nil
}

// compose holds the week against the one before, as it was frozen then. All of it comes from the logs, so a
// letter can be composed again on any machine and be the same.
func (o *Office) compose(ctx context.Context, history *seeds.History, now []assessment.Assessment, before, this *supervision.Week) (*letter.Letter, error) {
	input := letter.Input{
		Ledger: history.At(this.AsOf), Now: now, Before: before, This: this,
		Revisions: revisions(history, before, this.AsOf),
		AsOf:      this.AsOf, KnownAt: this.KnownAt, BoardURL: o.BoardURL, Simulation: o.Simulation,
	}
	composed, err := letter.Compose(input)
	if err != nil {
		return nil, fmt.Errorf("compose the letter of %s: %w", o.Plan, err)
	}
	return composed, nil
}

// revisions are the versions that came into force since the previous letter. A plan's first version changes
// nothing.
func revisions(history *seeds.History, before *supervision.Week, asOf time.Time) []seeds.Revision {
	since := history.First().At
	if before != nil && before.AsOf.After(since) {
		since = before.AsOf
	}
	return history.Revisions(since, asOf)
}

// queue hands the letter to the MAIL stream; fresh is false if this week's was there already.
func (o *Office) queue(ctx context.Context, l *letter.Letter, recipient string) (fresh bool, err error) {
	envelope, err := mail.Build(l, o.From, recipient)
	if err != nil {
		return false, err
	}
	return post.Queue(ctx, o.JetStream, post.Letter{
		Plan: l.Plan, Period: l.Period, Kind: l.Kind, AsOf: l.AsOf, From: o.From, Recipient: recipient,
		MessageID: mail.MessageID(l, o.From, recipient), Body: envelope,
	})
}
