// Package weekly is the supervision office's routine: it assesses a plan for the views, and once per ISO week
// writes its letters. Run says at any moment what is to be done; Issue does it for one week:
//
//	claim    the moment that the letters speak of, and what they know, is decided once (claim.go, known.go)
//	freeze   the assessment they are written from is kept, with what the next week needs of it (edition.go)
//	compose  one letter for everybody, in the languages asked for, and one for each department
//	queue    one message of the MAIL stream for each mailbox, which is taken once, for ever (issue.go)
//
// RunMonth sums a month's weeks up in a bulletin (month.go).
//
// Any process may be killed between any two of these: what it did stays, and it or another does the rest. A
// week that could not be written within the grace period is missed, and is told (run.go, warning.go).
//
// It does not send (package jobs/post does), knows no holidays (package jobs/calendar does), and has no clock
// of its own (package jobs/schedule has).
package weekly

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/jobs/calendar"
	"xushi/jobs/records"
	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
)

// Office assesses one plan and writes its letters.
type Office struct {
	Plan      string
	Acts      *office.Acts // the versions of the plan's ledger, and what the office did since
	Store     driver.Conn
	JetStream jetstream.JetStream
	Readers   []schema.Reader // who bring the log into the store
	Log       *slog.Logger
	Clock     func() time.Time // the wall clock: when something was computed, never what it says
	By        string           // names this process in what it claims

	Calendar  *calendar.Calendar
	At        time.Duration // after midnight in Shanghai: the hour of letters
	Grace     time.Duration // after its moment, within which a letter is still written
	Wait      time.Duration // for the ingest to store what had arrived by that moment
	LateAfter time.Duration // its moment, a letter that is not sent everywhere is late

	From        string              // sender of the letters
	Recipients  []string            // addresses, each of which gets its own
	English     []string            // those of Recipients who get it in English
	Departments map[string][]string // addresses by department, which get its own tasks
	Monthly     bool                // Recipients get a bulletin of every month too
	Operator    string              // address of who is warned; "": nobody
	BoardURL    string              // "" where there is no board
	Simulation  bool                // simulated events are admitted, and the letters say so
}

// Assess assesses the plan at asOf from what is known at knownAt, and keeps it for the views.
func (o *Office) Assess(ctx context.Context, asOf, knownAt time.Time) ([]assessment.Assessment, error) {
	history, err := o.Versions(ctx)
	if err != nil {
		return nil, err
	}
	ledger := history.At(knownAt)
	now, questions, err := o.assess(ctx, ledger, asOf, knownAt)
	if err != nil {
		return nil, err
	}
	return now, o.keep(ctx, ledger, now, questions, o.Clock())
}

// keep stores an assessment, and what it gives rise to asking, for the views; at is when.
func (o *Office) keep(ctx context.Context, ledger *seeds.Ledger, now []assessment.Assessment, questions []anomaly.Question, at time.Time) error {
	if err := records.SaveQuestions(ctx, o.Store, ledger, questions, at); err != nil {
		return fmt.Errorf("keep the questions of %s: %w", o.Plan, err)
	}
	if err := records.SaveAssessments(ctx, o.Store, ledger, now, at); err != nil {
		return fmt.Errorf("keep the assessment of %s: %w", o.Plan, err)
	}
	return nil
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

// assess holds what had been received by knownAt against the version of the ledger that was in force then.
func (o *Office) assess(ctx context.Context, ledger *seeds.Ledger, asOf, knownAt time.Time) ([]assessment.Assessment, []anomaly.Question, error) {
	all, questions, err := records.Assess(ctx, o.Store, ledger, asOf, knownAt)
	if err != nil {
		return nil, nil, fmt.Errorf("read the events of %s: %w", o.Plan, err)
	}
	return all, questions, nil
}
