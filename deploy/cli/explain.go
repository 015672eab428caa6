package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/spf13/cobra"

	"xushi/jobs/explanation"
	"xushi/jobs/records"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/seedstore"
)

// explainOptions are the flags of `xushi explain`.
type explainOptions struct {
	url, plan, ledger string
	asOf, knownAt     string
	all               bool
}

func explainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain MEASURE",
		Short: "Show where a measure's figures come from, step by step: the text, the plan, every event, the rule",
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
	f.BoolVar(&o.all, "all", false, "list also every report that does not count, not only the newest of each kind")
	return cmd
}

// explain needs the store alone: it has the events, every version of the ledger and the frozen weeks.
func explain(ctx context.Context, out io.Writer, o explainOptions, measure string, asOf, knownAt time.Time) error {
	conn, err := store.Open(ctx, o.url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	in := explanation.Input{AsOf: asOf, KnownAt: knownAt, EveryEvent: o.all}
	if in.Ledger, in.InForce, err = o.heldAgainst(ctx, conn, knownAt); err != nil {
		return err
	}
	if in.Measure, err = measureOf(in.Ledger, measure); err != nil {
		return err
	}
	if plan := in.Ledger.Plan; asOf.Before(plan.Start.Start()) {
		return fmt.Errorf("--as-of: plan %s runs from %s to %s; name a moment of it", plan.ID, plan.Start, plan.End)
	}
	if in.Log, err = records.LogOf(ctx, conn, in.Ledger, in.Measure.Commitment, endOfTime); err != nil {
		return fmt.Errorf("read the events of %s: %w", measure, err)
	}
	if in.Week, err = records.WeekBefore(ctx, conn, in.Ledger.Plan.ID, earlier(asOf, knownAt).Add(time.Microsecond)); err != nil {
		return fmt.Errorf("read the week of plan %s: %w", in.Ledger.Plan.ID, err)
	}
	return explanation.Write(out, in)
}

// endOfTime is later than whatever was received: what was not known yet is named as such.
var endOfTime = schema.Day(2200, time.January, 1).Start()

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// heldAgainst is the ledger that was named, or the version that was in force, and since when.
func (o explainOptions) heldAgainst(ctx context.Context, conn driver.Conn, knownAt time.Time) (ledger *seeds.Ledger, since time.Time, err error) {
	if o.ledger != "" {
		ledger, err = ledgerOf(o.ledger, nil)
		return ledger, since, err
	}
	history, err := seedstore.History(ctx, conn, o.plan)
	if err != nil {
		return nil, since, err
	}
	known := history.Revisions(time.Time{}, knownAt)
	if len(known) == 0 {
		return nil, since, fmt.Errorf("nothing of plan %s was known at %s: its first ledger came into force at %s; name a later --as-of or --known-at",
			o.plan, knownAt.In(schema.Shanghai).Format(minuteForm), history.First().At.In(schema.Shanghai).Format(minuteForm))
	}
	return history.At(knownAt), known[len(known)-1].At, nil
}

// measureOf finds a measure, or names those that may have been meant.
func measureOf(ledger *seeds.Ledger, id string) (*seeds.Measure, error) {
	if m, ok := ledger.Measure(id); ok {
		return m, nil
	}
	var meant bytes.Buffer
	for _, m := range nearest(ledger.Measures(), id) {
		fmt.Fprintf(&meant, "\n  %s  %s", m.ID, m.Title)
	}
	return nil, fmt.Errorf("no measure %q in version %s of %s; the nearest are:%s", id, ledger.Version, ledger.Plan.ID, &meant)
}

// mostMeant is how many measures are named for one that is unknown.
const mostMeant = 5

// nearest are the measures whose ids or titles are most like what was written; what has it as a part comes first.
func nearest(all []*seeds.Measure, written string) []*seeds.Measure {
	away := func(m *seeds.Measure) int {
		if strings.Contains(m.ID, written) || strings.Contains(m.Title, written) || strings.Contains(m.Commitment.ID, written) {
			return 0
		}
		return 1 + min(edits(written, m.ID), edits(written, m.Title))
	}
	all = slices.SortedStableFunc(slices.Values(all), func(a, b *seeds.Measure) int { return cmp.Compare(away(a), away(b)) })
	return all[:min(mostMeant, len(all))]
}

// edits is the Levenshtein distance: how many characters must be changed, added or left out.
func edits(from, to string) int {
	a, b := []rune(from), []rune(to)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
