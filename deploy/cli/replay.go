package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"xushi/consumers/ingest"
	follow "xushi/consumers/office"
	"xushi/jobs/post"
	"xushi/jobs/weekly"
	"xushi/schema"
	"xushi/schema/store"
)

// replayOptions are the flags of `xushi replay`.
type replayOptions struct {
	office     officeOptions
	clickhouse string
	fromSeq    uint64
	fromTime   string
	plan       string
	department string
}

func replayCommand() *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "Read the logs into ClickHouse again: a part of them, or after the database was lost, all",
		Long: `Reads the office's acts and the departments' events from NATS into ClickHouse again. What is there
already folds into itself, so that a replay can be repeated, interrupted, and run beside an ingest at
any time. A database that was lost is made anew; of letters that went out, their frozen assessments
and states come back too. Nothing is published, acknowledged or sent.

A part of the log is chosen by --from-seq or --from-time, --plan and --department.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	f := cmd.Flags()
	o.office.flags(f)
	f.StringVar(&o.clickhouse, "clickhouse", "http://127.0.0.1:8123/progress", "where the store is; the database is made if it is missing")
	f.Uint64Var(&o.fromSeq, "from-seq", 0, "begin at this sequence of the stream PROGRESS")
	f.StringVar(&o.fromTime, "from-time", "", "begin at what the stream received at this moment: "+momentForms)
	f.StringVar(&o.plan, "plan", "", "only this plan's events")
	f.StringVar(&o.department, "department", "", "only this department's events")
	cmd.MarkFlagsMutuallyExclusive("from-seq", "from-time")
	return cmd
}

func (o *replayOptions) span() (span ingest.Span, err error) {
	span = ingest.Span{From: o.fromSeq, Plan: o.plan, Department: o.department}
	for _, token := range []struct{ flag, value string }{{"--plan", o.plan}, {"--department", o.department}} {
		if token.value != "" && !schema.IsToken(token.value) {
			return span, fmt.Errorf("%s: %q cannot be an id", token.flag, token.value)
		}
	}
	if o.fromTime != "" {
		span.Since, err = parseMoment("--from-time", o.fromTime)
	}
	return span, err
}

func (o *replayOptions) run(ctx context.Context, out io.Writer) (err error) {
	span, err := o.span()
	if err != nil {
		return err
	}
	acts, hangUp, err := o.office.open(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	if err := store.Migrate(ctx, o.clickhouse); err != nil {
		return err
	}
	conn, err := store.Open(ctx, o.clickhouse)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()

	judged, err := follow.New(acts.Acts, conn, warnings()).Replay(ctx)
	if err != nil {
		return err
	}
	newBar(out, "acts of the office").finish(judged, "")
	if err := o.events(ctx, out, acts, conn, span); err != nil {
		return err
	}
	if err := restoreLetters(ctx, out, acts, conn); err != nil {
		return err
	}
	return store.Refresh(ctx, conn)
}

func (o *replayOptions) events(ctx context.Context, out io.Writer, acts *officeLog, conn driver.Conn, span ingest.Span) error {
	policy, err := schema.PolicyOf(ctx, acts.js)
	if err != nil {
		return err
	}
	bar := newBar(out, "messages of the log")
	from := uint64(0)
	done, err := ingest.New(acts.js, conn, acts.Acts, warnings(), prometheus.NewRegistry(), ingest.Options{Policy: policy}).
		Replay(ctx, span, func(through, last uint64) {
			from = cmp.Or(from, through)
			bar.show(int(through-from), int(last-from))
		})
	bar.finish(done.Messages, fmt.Sprintf(": %d events accepted, %d refused", done.Accepted, done.Refused))
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted; the same command goes through it again, and nothing is stored twice")
	}
	return err
}

// restoreLetters brings back what the store knew of letters. Who gets one does not matter here.
func restoreLetters(ctx context.Context, out io.Writer, acts *officeLog, conn driver.Conn) error {
	weeks := 0
	for _, plan := range plansOf(acts) {
		if _, ok := acts.History(plan); !ok {
			continue // nothing of it holds
		}
		o := &weekly.Office{
			Plan: plan, Acts: acts.Acts, Store: conn, JetStream: acts.js, Log: warnings(),
			Clock: time.Now,
		}
		frozen, err := o.Restore(ctx)
		if err != nil {
			return err
		}
		weeks += frozen
	}
	letters, err := post.Restore(ctx, acts.js, conn)
	if err != nil {
		return err
	}
	newBar(out, "frozen weeks that were lost").finish(weeks, fmt.Sprintf(", states of letters %d", letters))
	return nil
}
