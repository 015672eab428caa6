package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
)

// extendOptions are the flags of `xushi extend`.
type extendOptions struct {
	office                   officeOptions
	plan, stage, item, until string
	shorten, dryRun          bool
	by, approver, reason, at string
}

func extendCommand() *cobra.Command {
	var o extendOptions
	cmd := &cobra.Command{
		Use:   "extend MEASURE",
		Short: "Give a measure, or one stage or item of it, more time (延期)",
		Long: `Give a measure more time (延期申请): the end of its planned curve moves to the day, and its due date where that
is earlier; of a stage or an item, its date. The ledger that this makes comes into force as a new version, with who approved it
and why, and stands in the next letter. What was planned before stays as it was known then.

  xushi extend waterlogging-areas --item tuanjie-lu --until 2024-08-15 --by "区政府督查室 张三" --approver 李副区长 --reason 延期申请〔2024〕3号`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	f := cmd.Flags()
	o.office.flags(f)
	f.StringVar(&o.plan, "plan", seeds.Default, "plan of the measure")
	f.StringVar(&o.stage, "stage", "", "only this stage of a milestone")
	f.StringVar(&o.item, "item", "", "only this item")
	f.StringVar(&o.until, "until", "", "the day by whose 24:00 it is to be done, e.g. 2024-10-31")
	f.BoolVar(&o.shorten, "shorten", false, "the day may be earlier than planned, too")
	f.StringVar(&o.by, "by", "", "who records it, e.g. 区政府督查室 张三")
	f.StringVar(&o.approver, "approver", "", "who approved it")
	f.StringVar(&o.reason, "reason", "", "why, e.g. the application or the minutes")
	f.StringVar(&o.at, "at", "", "in a simulation, the moment of the act: "+momentForms)
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would change, and change nothing")
	cmd.MarkFlagsMutuallyExclusive("stage", "item")
	for _, name := range []string{"until", "by", "approver", "reason"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
	return cmd
}

func (o *extendOptions) run(ctx context.Context, out io.Writer, measure string) error {
	until, err := schema.ParseDate(o.until)
	if err != nil {
		return fmt.Errorf("--until: %w", err)
	}
	acts, hangUp, err := o.office.open(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	history, ok := acts.History(o.plan)
	if !ok {
		return fmt.Errorf("no version of plan %q is in force: apply one first (xushi seeds apply)", o.plan)
	}
	before := history.InForce()
	if _, err := measureOf(before, measure); err != nil {
		return err
	}
	after, err := before.Extend(seeds.Extension{
		Measure: measure, Piece: o.stage + o.item, Until: until, Shorten: o.shorten, Approver: o.approver, Reason: o.reason,
	})
	if errors.Is(err, seeds.ErrEarlier) {
		return fmt.Errorf("--until: %w: --shorten", err)
	}
	if err != nil {
		return err
	}
	at, err := acts.moment(ctx, o.plan, o.at)
	if err != nil {
		return err
	}
	asOf := at
	if asOf.IsZero() {
		asOf = time.Now()
	}
	fmt.Fprintf(out, "%s：版本 %s → %s\n%s\n", o.plan, before.Version, after.Version, extensionTable(before, after, measure, schema.DateOf(asOf)))
	if o.dryRun {
		_, err = fmt.Fprintln(out, "试运行，未作改动。")
		return err
	}
	_, err = acts.Apply(ctx, office.Application{Ledger: after, Base: before.Version, By: o.by, Reason: o.reason, Approver: o.approver, At: at})
	if err != nil {
		return err
	}
	history, _ = acts.History(o.plan)
	_, err = fmt.Fprintf(out, "版本 %s 自 %s 起生效，批准人%s；下期周报列明。\n", after.Version, figures.At(history.Since()), o.approver)
	return err
}

// extensionTable is what the measure is held to, before and after, with what is planned by the morning of a day.
func extensionTable(before, after *seeds.Ledger, measure string, day schema.Date) string {
	was, _ := before.Measure(measure) // Extend found it
	is, _ := after.Measure(measure)
	planned := func(m *seeds.Measure) string {
		return figures.Quantity(m, m.Planned(day)) + "（" + figures.Percent(m.PlannedShare(day)) + "）"
	}
	t := newTable(was.Title, "原", "现")
	t.AppendRow(table.Row{"完成时限", was.DueDate.String(), is.DueDate.String()})
	t.AppendRow(table.Row{"计划曲线", wrapped(was.Curve.Words(was), mostCell), wrapped(is.Curve.Words(is), mostCell)})
	t.AppendRow(table.Row{"截至 " + day.String() + " 序时应完成", planned(was), planned(is)})
	return t.Render()
}
