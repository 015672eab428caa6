package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/spf13/cobra"

	"xushi/jobs/figures"
	"xushi/jobs/records"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/seedstore"
)

// explainOptions are the flags of `xushi explain`.
type explainOptions struct {
	url, plan, ledger string
	asOf, knownAt     string
}

func explainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain MEASURE",
		Short: "Show where a measure's figures come from: the text, the plan, and every event",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asOf, err := parseMoment("--as-of", o.asOf)
			if err != nil {
				return err
			}
			known := asOf
			if o.knownAt != "" {
				if known, err = parseMoment("--known-at", o.knownAt); err != nil {
					return err
				}
			}
			return explain(cmd.Context(), cmd.OutOrStdout(), o, args[0], asOf, known)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.url, "clickhouse", "http://127.0.0.1:8123/progress", "where the store is")
	f.StringVar(&o.plan, "plan", seeds.Default, "plan of the measure")
	f.StringVar(&o.ledger, "ledger", "", "hold against this built-in ledger or folder; default the plan's version that was in force at --known-at")
	f.StringVar(&o.asOf, "as-of", "", "moment that is asked about: "+momentForms+"; default now")
	f.StringVar(&o.knownAt, "known-at", "", "only what had arrived, and was in force, by then; default the same moment")
	return cmd
}

func measureIDs(l *seeds.Ledger) []string {
	var ids []string
	for _, m := range l.Measures() {
		ids = append(ids, m.ID)
	}
	return ids
}

// explain needs the store alone: it has the events, and every version of the ledger.
func explain(ctx context.Context, out io.Writer, o explainOptions, measure string, asOf, knownAt time.Time) error {
	conn, err := store.Open(ctx, o.url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	ledger, err := o.heldAgainst(ctx, conn, knownAt)
	if err != nil {
		return err
	}
	m, ok := ledger.Measure(measure)
	if !ok {
		return fmt.Errorf("no measure %q in version %s of %s; its measures are: %s", measure, ledger.Version, ledger.Plan.ID, strings.Join(measureIDs(ledger), ", "))
	}
	log, err := records.LogOf(ctx, conn, ledger, m.Commitment, knownAt)
	if err != nil {
		return fmt.Errorf("read the events of %s: %w", measure, err)
	}
	a := log.AssessMeasure(m, asOf, knownAt)
	figures.Explain(out, ledger, &a, log.Evidence(m, asOf, knownAt))
	return nil
}

// heldAgainst is the ledger that was named, or the version that was in force.
func (o explainOptions) heldAgainst(ctx context.Context, conn driver.Conn, knownAt time.Time) (*seeds.Ledger, error) {
	if o.ledger != "" {
		return ledgerOf(o.ledger, nil)
	}
	history, err := seedstore.History(ctx, conn, o.plan)
	if err != nil {
		return nil, err
	}
	return history.At(knownAt), nil
}
