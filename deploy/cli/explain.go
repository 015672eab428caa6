package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/jobs/records"
	"xushi/schema/store"
	"xushi/seeds"
)

func explainCommand() *cobra.Command {
	var url, ledgerName, asOf, knownAt string
	cmd := &cobra.Command{
		Use:   "explain MEASURE",
		Short: "Show where a measure's figures come from: the text, the plan, and every event",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ledgers, err := app.LoadLedgers([]string{ledgerName})
			if err != nil {
				return err
			}
			measure, ok := ledgers[0].Measure(args[0])
			if !ok {
				return fmt.Errorf("no measure %q in %s; its measures are: %s", args[0], ledgerName, strings.Join(measureIDs(ledgers[0]), ", "))
			}
			asOf, err := parseMoment("--as-of", asOf)
			if err != nil {
				return err
			}
			known := asOf
			if knownAt != "" {
				if known, err = parseMoment("--known-at", knownAt); err != nil {
					return err
				}
			}
			return explain(cmd.Context(), cmd.OutOrStdout(), url, ledgers[0], measure, asOf, known)
		},
	}
	f := cmd.Flags()
	f.StringVar(&url, "clickhouse", "http://127.0.0.1:8123/progress", "where the store is")
	f.StringVar(&ledgerName, "ledger", seeds.Default, "built-in ledger by name ("+strings.Join(seeds.BuiltIns(), ", ")+"), or a directory")
	f.StringVar(&asOf, "as-of", "", "moment that is asked about: "+momentForms+"; default now")
	f.StringVar(&knownAt, "known-at", "", "only what had arrived by then; default the same moment")
	return cmd
}

func measureIDs(l *seeds.Ledger) []string {
	var ids []string
	for _, m := range l.Measures() {
		ids = append(ids, m.ID)
	}
	return ids
}

func explain(ctx context.Context, out io.Writer, url string, ledger *seeds.Ledger, m *seeds.Measure, asOf, knownAt time.Time) error {
	conn, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	known, err := records.Load(ctx, conn, ledger.Plan.ID, knownAt)
	if err != nil {
		return fmt.Errorf("read the events of %s: %w", ledger.Plan.ID, err)
	}
	a := assessment.NewLog(ledger, known).AssessMeasure(m, asOf, knownAt, assessment.Default())
	figures.Explain(out, ledger, &a)
	return nil
}
