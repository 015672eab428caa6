package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"xushi/deploy/config"
	"xushi/jobs/calendar"
	"xushi/jobs/weekly"
	"xushi/schema"
)

func weeklyCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "weekly",
		Short: "The weekly letters: what became of each; write, preview or resend one",
		Long: `A process with the role jobs writes the letter of every week by itself, on Monday or the week's next working
day, catches up on what it missed, and never writes one twice. These commands look at what it did, and step in.`,
	})
	cmd.AddCommand(weeklyHistoryCommand(), weeklyPreviewCommand(), weeklyRunCommand(), weeklyResendCommand())
	return cmd
}

// weeklyOptions are the flags of the commands that look at letters. They share the streams with the jobs
// process; the configuration tells the hour of letters and the office's calendar, where there is one.
type weeklyOptions struct {
	office       officeOptions
	config, plan string
}

func (o *weeklyOptions) flags(f *pflag.FlagSet) {
	o.office.flags(f)
	f.StringVar(&o.config, "config", "", "the configuration of the jobs process, where letter.at or letter.calendar is in it; its servers count unless --nats says otherwise")
	f.StringVar(&o.plan, "plan", "", "only this plan; default every plan with a ledger in force")
}

// settings are those of the configuration, or the defaults.
func (o *weeklyOptions) settings(f *pflag.FlagSet) (config.Config, error) {
	cfg := config.Default()
	if o.config != "" {
		var err error
		if cfg, err = config.Load(o.config); err != nil {
			return cfg, err
		}
		if !f.Changed("nats") {
			o.office.nats = cfg.NATS.URL
		}
	}
	return cfg, nil
}

// plans are the one that was named, or all with a ledger in force.
func (o *weeklyOptions) plans(acts *officeLog) ([]string, error) {
	var known []string
	for _, plan := range plansOf(acts) {
		if _, ok := acts.History(plan); ok {
			known = append(known, plan)
		}
	}
	switch {
	case o.plan != "" && slices.Contains(known, o.plan):
		return []string{o.plan}, nil
	case o.plan != "":
		return nil, fmt.Errorf("--plan: no ledger of %q is in force; there are: %s", o.plan, strings.Join(known, ", "))
	case len(known) == 0:
		return nil, errors.New("no ledger of any plan is in force: apply one (xushi seeds apply), or start `xushi run` once")
	}
	return known, nil
}

// plansOf are all plans of which the log has an act, in order.
func plansOf(acts *officeLog) []string {
	var plans []string
	for _, j := range acts.Judged(0) {
		plans = append(plans, j.Plan)
	}
	slices.Sort(plans)
	return slices.Compact(plans)
}

// reader is the office of a plan for looking at its letters; it is to freeze and to send nothing.
func (l *officeLog) reader(plan string, cfg config.Letter) (*weekly.Office, error) {
	days, err := calendar.Load(cfg.Calendar)
	if err != nil {
		return nil, fmt.Errorf("letter.calendar: %w", err)
	}
	hour, err := cfg.Hour()
	if err != nil {
		return nil, fmt.Errorf("letter.at: %w", err)
	}
	return &weekly.Office{
		Plan: plan, Acts: l.Acts, JetStream: l.js, Log: warnings(), Clock: time.Now,
		Calendar: days, At: hour, Grace: cfg.Grace, LateAfter: cfg.LateAfter, From: cfg.From,
		BoardURL: cfg.BoardURL, Simulation: l.policy.AllowSimulation,
	}, nil
}

// nowOf is the present of a plan: the moment up to which its year has been simulated, or else now.
func nowOf(ctx context.Context, js jetstream.JetStream, plan string) (time.Time, error) {
	kv, err := js.KeyValue(ctx, schema.Bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return time.Now(), nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	told, err := toldBefore(ctx, kv, plan)
	if err != nil || told.AsOf.IsZero() {
		return time.Now(), err
	}
	return told.AsOf, nil
}

// weekOf reads the week that a flag holds, or finds the newest one whose letter is due by now.
func weekOf(text string, o *weekly.Office, now time.Time) (schema.Week, error) {
	if text == "" {
		return o.LastDue(now), nil
	}
	week, err := schema.ParseWeek(text)
	if err != nil {
		return week, fmt.Errorf("--week: %w", err)
	}
	return week, nil
}

// begun refuses a day on which a plan had not begun; what names the flag.
func begun(ctx context.Context, what string, o *weekly.Office, day schema.Date) error {
	history, err := o.Versions(ctx)
	if err != nil {
		return err
	}
	if start := history.InForce().Plan.Start; day < start {
		return fmt.Errorf("%s: plan %s begins on %s", what, o.Plan, start)
	}
	return nil
}

// openOne opens the office's log for a command that works on one plan, and tells which.
func (o *weeklyOptions) openOne(ctx context.Context) (acts *officeLog, plan string, hangUp func(), err error) {
	if acts, hangUp, err = o.office.open(ctx); err != nil {
		return nil, "", nil, err
	}
	plans, err := o.plans(acts)
	if err == nil && len(plans) > 1 {
		err = fmt.Errorf("--plan: name one of %s", strings.Join(plans, ", "))
	}
	if err != nil {
		hangUp()
		return nil, "", nil, err
	}
	return acts, plans[0], hangUp, nil
}
