package reminder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/assessment"
	"xushi/jobs/calendar"
	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// Desk sends a plan's reminders, once on every working day. Several processes may have one: a letter of a day
// is queued once.
type Desk struct {
	Plan      string
	Calendar  *calendar.Calendar
	JetStream jetstream.JetStream
	Log       *slog.Logger

	// Stand is how the plan stands at a moment: the ledger in force, its assessments, its supervision items.
	Stand func(ctx context.Context, asOf time.Time) (Stand, error)

	At          time.Duration       // after midnight in Shanghai: the hour of letters
	Ahead       int                 // days before something is due from which it is near; 0: nobody is reminded of anything
	From        string              // sender
	Departments map[string][]string // addresses by department; the others are not reminded
	BoardURL    string              // "" where there is no board
	Simulation  bool                // simulated events are admitted, and the letters say so
}

// Stand is a plan at a moment.
type Stand struct {
	Ledger *seeds.Ledger
	Now    []assessment.Assessment
	Items  []supervision.Item
}

// longest is how many days without a reminder the next one makes up for.
const longest = 7

// Run queues the reminders of now's day, and of the days before on which there were none: it may be called at
// any moment, and again after an error. Before the hour of letters, and on days on which nobody works, there is
// nothing to do.
func (d *Desk) Run(ctx context.Context, now time.Time) error {
	day := schema.DateOf(now)
	asOf := day.Start().Add(d.At)
	if d.Ahead == 0 || len(d.Departments) == 0 || now.Before(asOf) || !d.Calendar.Works(day) {
		return nil
	}
	notes, err := d.JetStream.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	last, revision, err := d.last(ctx, notes)
	if err != nil || last >= day {
		return err
	}
	period := Period{First: day, Last: day}
	if last != 0 {
		period.First = max(last+1, day-longest+1)
	}
	if err := d.remind(ctx, asOf, period); err != nil {
		return fmt.Errorf("reminders of %s, %s: %w", d.Plan, day, err)
	}
	_, err = notes.Update(ctx, d.key(), []byte(day.String()), revision)
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return nil // another process has done the same
	}
	return err
}

func (d *Desk) key() string { return "reminder." + d.Plan }

// last is the day of the last reminders, 0 if there were none, with the revision of its note.
func (d *Desk) last(ctx context.Context, notes jetstream.KeyValue) (schema.Date, uint64, error) {
	note, err := notes.Get(ctx, d.key())
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read %s: %w", d.key(), err)
	}
	day, err := schema.ParseDate(string(note.Value()))
	return day, note.Revision(), err
}

func (d *Desk) remind(ctx context.Context, asOf time.Time, period Period) error {
	stand, err := d.Stand(ctx, asOf)
	if err != nil {
		return err
	}
	var errs []error
	queued := 0
	for _, r := range Due(stand.Ledger, stand.Now, stand.Items, period, d.Ahead) {
		recipients := d.Departments[r.Department]
		if len(recipients) == 0 {
			continue
		}
		l, err := r.Compose(Input{Ledger: stand.Ledger, AsOf: asOf, Ahead: d.Ahead, BoardURL: d.BoardURL, Simulation: d.Simulation})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, recipient := range recipients {
			body, err := mail.Build(l, d.From, recipient)
			if err == nil {
				_, err = post.Queue(ctx, d.JetStream, post.Letter{
					Plan: l.Plan, Period: l.Period, Kind: l.Kind, AsOf: l.AsOf, From: d.From, Recipient: recipient,
					MessageID: mail.MessageID(l, d.From, recipient), Body: body,
				})
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("to %s: %w", recipient, err))
				continue
			}
			queued++
		}
	}
	d.Log.Info("reminders", "plan", d.Plan, "day", period.Last.String(), "queued", queued)
	return errors.Join(errs...)
}
