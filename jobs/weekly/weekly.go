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
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/assessment"
	"xushi/jobs/letter"
	"xushi/jobs/mail"
	"xushi/jobs/records"
	"xushi/schema"
	"xushi/seeds"
)

// Office assesses one plan and writes its letters.
type Office struct {
	Ledger     *seeds.Ledger
	Store      driver.Conn
	JetStream  jetstream.JetStream
	Log        *slog.Logger
	Thresholds assessment.Thresholds
	From       string           // sender of the letters
	Recipients []string         // addresses, each of which gets its own
	BoardURL   string           // "" where there is no board
	Simulation bool             // simulated events are admitted, and the letters say so
	Clock      func() time.Time // the wall clock: when something was computed, never what it says
}

// Assess assesses the plan at asOf from what is known at knownAt, and keeps it for the views.
func (o *Office) Assess(ctx context.Context, asOf, knownAt time.Time) ([]assessment.Assessment, error) {
	log, err := o.load(ctx, knownAt)
	if err != nil {
		return nil, err
	}
	now := log.Assess(asOf, knownAt, o.Thresholds)
	return now, o.keep(ctx, now)
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
	week := letter.WeekOf(asOf)
	asOf, err := o.momentOf(ctx, week, asOf)
	if err != nil {
		return Posted{}, err
	}
	log, err := o.load(ctx, asOf)
	if err != nil {
		return Posted{}, err
	}
	now := log.Assess(asOf, asOf, o.Thresholds)
	if err := o.keep(ctx, now); err != nil {
		return Posted{}, err
	}
	if err := records.SaveWeekly(ctx, o.Store, o.Ledger, week.String(), now, o.Clock()); err != nil {
		return Posted{}, fmt.Errorf("freeze week %s of %s: %w", week, o.Ledger.Plan.ID, err)
	}
	composed, err := o.compose(log, now, asOf)
	if err != nil {
		return Posted{}, err
	}
	posted, err := o.queueAll(ctx, composed)
	o.Log.Info("weekly letter", "plan", o.Ledger.Plan.ID, "week", week.String(), "subject", composed.Subject,
		"queued", len(posted.Queued), "before", len(posted.Before))
	return posted, err
}

// momentOf is the moment that the week's letter speaks of: that of its frozen assessment, if there is one,
// so that everybody gets the same letter, and a letter that a crash interrupted is finished as it began.
func (o *Office) momentOf(ctx context.Context, week letter.Week, asOf time.Time) (time.Time, error) {
	frozen, ok, err := records.FrozenAsOf(ctx, o.Store, o.Ledger.Plan.ID, week.String())
	if err != nil {
		return asOf, fmt.Errorf("is week %s of %s frozen: %w", week, o.Ledger.Plan.ID, err)
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

func (o *Office) load(ctx context.Context, knownAt time.Time) (*assessment.Log, error) {
	known, err := records.Load(ctx, o.Store, o.Ledger.Plan.ID, knownAt)
	if err != nil {
		return nil, fmt.Errorf("read the events of %s: %w", o.Ledger.Plan.ID, err)
	}
	return assessment.NewLog(o.Ledger, known), nil
}

// keep stores an assessment for the views.
func (o *Office) keep(ctx context.Context, now []assessment.Assessment) error {
	if err := records.SaveAssessments(ctx, o.Store, o.Ledger, now, o.Clock()); err != nil {
		return fmt.Errorf("keep the assessment of %s: %w", o.Ledger.Plan.ID, err)
	}
	return nil
}

// compose holds the week against the one before, as it was known then. Both come from the log, so a
// letter can be composed again on any machine and be the same.
func (o *Office) compose(log *assessment.Log, now []assessment.Assessment, asOf time.Time) (*letter.Letter, error) {
	lastWeek := asOf.AddDate(0, 0, -7)
	input := letter.Input{
		Ledger: o.Ledger, Now: now, AsOf: asOf, KnownAt: asOf, BoardURL: o.BoardURL, Thresholds: o.Thresholds, Simulation: o.Simulation,
		Streaks: map[string]int{},
	}
	if schema.DateOf(lastWeek) >= o.Ledger.Plan.Start {
		input.LastWeek = log.Assess(lastWeek, lastWeek, o.Thresholds)
	}
	for i := range now {
		m := now[i].Measure
		input.Streaks[m.ID] = log.LaggingWeeks(m, asOf, asOf, o.Thresholds)
	}
	composed, err := letter.Compose(input)
	if err != nil {
		return nil, fmt.Errorf("compose the letter of %s: %w", o.Ledger.Plan.ID, err)
	}
	return composed, nil
}

// queue hands the letter to the MAIL stream; fresh is false if this week's was there already.
func (o *Office) queue(ctx context.Context, l *letter.Letter, recipient string) (fresh bool, err error) {
	envelope, err := mail.Build(l, o.From, recipient)
	if err != nil {
		return false, err
	}
	address, err := mail.Address(recipient)
	if err != nil {
		return false, err
	}
	week := l.Week.String()
	msg := nats.NewMsg(schema.MailSubject(l.Plan, week, address, schema.WeeklyLetter))
	msg.Header.Set(schema.MailPlanHeader, l.Plan)
	msg.Header.Set(schema.MailWeekHeader, week)
	msg.Header.Set(schema.MailKindHeader, schema.WeeklyLetter)
	msg.Header.Set(schema.MailFromHeader, o.From)
	msg.Header.Set(schema.MailRecipientHeader, address)
	msg.Header.Set(schema.MailMessageIDHeader, mail.MessageID(l, o.From, recipient))
	msg.Data = envelope
	_, err = o.JetStream.PublishMsg(ctx, msg)
	if err == nil {
		return true, nil
	}
	// The stream refuses a second message on a subject with the code of any refusal to store, so ask it.
	stream, serr := o.JetStream.Stream(ctx, schema.MailStream)
	if serr != nil {
		return false, errors.Join(err, serr)
	}
	if _, gerr := stream.GetLastMsgForSubject(ctx, msg.Subject); gerr != nil {
		return false, errors.Join(err, gerr)
	}
	return false, nil
}
