package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/jobs/records"
	"xushi/schema"
	"xushi/seeds"
)

// verifyOptions are the flags of `xushi verify`.
type verifyOptions struct {
	actOptions
	evidence []string
}

func verifyCommand() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify COMMITMENT|NUMBER",
		Short: "Verify with evidence that a commitment is completed (核实销号)",
		Long: `Record that the office has verified, with evidence, that all measures of a commitment are completed: an act of
the office, on its stream. The commitment, named by its id or by the number of a supervision item, then stands as 已销号
from the next letter on. A later correction below a target lets that lapse, and the letter says so.

  xushi verify new-construction --evidence 竣工验收备案表2024-17 --by "区政府督查室 张三" --reason 现场核查`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	o.flags(cmd)
	cmd.Flags().StringArrayVar(&o.evidence, "evidence", nil, "a link or the name of a document; give it once for each piece")
	_ = cmd.MarkFlagRequired("evidence") // fails only for a flag that is not there
	return cmd
}

func (o *verifyOptions) run(ctx context.Context, out io.Writer, name string) error {
	r, log, done, err := o.openBoth(ctx)
	if err != nil {
		return err
	}
	defer done()
	history, ok := log.History(o.plan)
	if !ok {
		return fmt.Errorf("no version of plan %q is in force", o.plan)
	}
	ledger := history.InForce()
	c, err := r.named(ledger, name)
	if err != nil {
		return err
	}
	at, err := log.moment(ctx, o.plan, o.at)
	if err != nil {
		return err
	}
	if err := r.notVerified(c, at); err != nil {
		return err
	}
	if err := r.completed(ctx, ledger, c, at); err != nil {
		return err
	}
	j, err := log.Verify(ctx, o.plan, schema.Verification{Commitment: c.ID, Evidence: o.evidence, By: o.by, Reason: o.reason}, at)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "已登记：%s\n下期周报起销号。\n", visible(r.actWords(j.Act)))
	return err
}

// named finds a commitment by its id, or by the number of an item of it.
func (r *register) named(ledger *seeds.Ledger, name string) (*seeds.Commitment, error) {
	if c, ok := ledger.Commitment(name); ok {
		return c, nil
	}
	item, err := r.item(name)
	if err != nil {
		return nil, fmt.Errorf("%q is no commitment of version %s, nor the number of a supervision item of plan %s; the nearest commitments are:%s",
			name, ledger.Version, r.plan, nearestCommitments(ledger, name))
	}
	c, ok := ledger.Commitment(item.Commitment)
	if !ok {
		return nil, fmt.Errorf("commitment %s of item %s is not in version %s any more", item.Commitment, name, ledger.Version)
	}
	return c, nil
}

// nearestCommitments lists the commitments of the measures that are most like what was written.
func nearestCommitments(ledger *seeds.Ledger, written string) string {
	var lines []string
	for _, m := range nearest(ledger.Measures(), written) {
		lines = append(lines, fmt.Sprintf("\n  %s  %s", m.Commitment.ID, m.Commitment.Title))
	}
	return strings.Join(slices.Compact(lines), "")
}

// notVerified refuses a commitment that is verified already, or will be with the next letter after a moment.
func (r *register) notVerified(c *seeds.Commitment, at time.Time) error {
	if r.week != nil && r.week.Verified(c.ID) {
		return fmt.Errorf("commitment %s stands as 已销号 in the letter of %s", c.ID, r.week.Week)
	}
	for _, a := range r.pending(at) {
		if a.Verified != nil && a.Verified.Commitment == c.ID {
			return fmt.Errorf("commitment %s was verified before, which shows with the next letter: %s", c.ID, r.actWords(a))
		}
	}
	return nil
}

// completed refuses a commitment of which not everything is, with the figures; the zero moment is now.
func (r *register) completed(ctx context.Context, ledger *seeds.Ledger, c *seeds.Commitment, at time.Time) error {
	if at.IsZero() {
		at = time.Now()
	}
	log, err := records.LogOf(ctx, r.conn, ledger, c, at)
	if err != nil {
		return fmt.Errorf("read the events of commitment %s: %w", c.ID, err)
	}
	var unfinished []string
	for i := range c.Measures {
		m := &c.Measures[i]
		if a := log.AssessMeasure(m, at, at); a.Progress != assessment.Completed {
			unfinished = append(unfinished, fmt.Sprintf("  %s（%s）：目标值 %s，累计完成 %s，完成率 %s，%s", m.Title, m.ID,
				figures.Target(m), figures.Quantity(m, figures.Rat(a.Actual)), figures.Percent(a.ActualShare), figures.Status(a.Standing)))
		}
	}
	if len(unfinished) > 0 {
		return fmt.Errorf("commitment %s cannot be verified, because as of %s not all of it is completed:\n%s", c.ID, figures.At(at), strings.Join(unfinished, "\n"))
	}
	return nil
}
