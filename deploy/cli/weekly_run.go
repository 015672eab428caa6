package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/deploy/config"
	"xushi/jobs/figures"
	"xushi/jobs/weekly"
)

func weeklyRunCommand() *cobra.Command {
	var path, plan, week string
	cmd := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Write a week's letters now: the newest that is due, or a named one that was missed",
		Long: `Does for one week what a process with the role jobs does by itself: decides what its letters know, freezes the
assessment, and queues a letter for each recipient of the configuration. Who has one already gets no second one.
A process with the role jobs sends them.

A week before one that has gone out is refused: what that one says rests on the weeks before it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(path)
			if err != nil {
				return err
			}
			return weeklyRun(cmd.Context(), cmd.OutOrStdout(), cfg, plan, week)
		},
	}
	f := cmd.Flags()
	f.StringVar(&path, "config", "", "the configuration of the jobs process, which says who gets a letter; the environment (XUSHI_NATS__URL …) overrides it")
	f.StringVar(&plan, "plan", "", "only this plan; default every plan of the configuration")
	f.StringVar(&week, "week", "", "the week, e.g. 2024-W27; default the newest whose letter is due")
	return cmd
}

func weeklyRun(ctx context.Context, out io.Writer, cfg config.Config, plan, week string) (err error) {
	cfg.Roles = []string{config.JobsRole} // and no other: what is not run is not prepared
	a, err := app.Open(ctx, cfg, cfg.Log.Logger(), time.Now, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeApp(ctx, a)) }()
	if plan != "" && !slices.Contains(a.Plans, plan) {
		return fmt.Errorf("--plan %s: the configuration has no ledger of it, but of %s", plan, strings.Join(a.Plans, ", "))
	}
	for _, o := range a.Offices {
		if plan != "" && o.Plan != plan {
			continue
		}
		if err := writeWeek(ctx, out, o, week); err != nil {
			return err
		}
	}
	return nil
}

func writeWeek(ctx context.Context, out io.Writer, o *weekly.Office, text string) error {
	now, err := nowOf(ctx, o.JetStream, o.Plan)
	if err != nil {
		return err
	}
	week, err := weekOf(text, o, now)
	if err != nil {
		return err
	}
	if at, ok := o.Moment(week); ok && at.After(now) {
		return fmt.Errorf("--week %s: its letter is due on %s; `xushi weekly preview --week %s` shows what it would say", week, figures.At(at), week)
	}
	if err := begun(ctx, "--week "+week.String(), o, week.Monday()+6); err != nil {
		return err
	}
	issued, err := o.Issue(ctx, week)
	if issued != nil {
		fmt.Fprintf(out, "%s · %s · 截至 %s\n%s\n", o.Plan, week, figures.At(issued.Letter.AsOf), issued.Letter.Subject)
		showAddressed(out, "入队 queued", issued.Queued)
		showAddressed(out, "已有 before", issued.Before)
	}
	return err
}

func showAddressed(out io.Writer, what string, letters []weekly.Addressed) {
	for _, l := range letters {
		fmt.Fprintf(out, "  %s  %s（%s）\n", what, l.Recipient, l.Kind)
	}
}
