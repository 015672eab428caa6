package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"xushi/jobs/figures"
	"xushi/seeds"
	"xushi/seeds/office"
)

// applyOptions are the flags of `xushi seeds apply`.
type applyOptions struct {
	officeOptions
	by, reason, approver, at string
	dryRun                   bool
}

func seedsApplyCommand() *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply DIR|NAME|FILE.json",
		Short: "Put a ledger in force, from now on",
		Long: `Put a ledger in force as a new version: an act of the office, on its stream, with who did it and why.

Events, assessments and letters are held against the version that was in force at their moment, so that the
versions before stay what they were. Running processes follow without a restart. A change of a target, a
curve, a due date or the like needs an approver, and stands in the next letter. Applying the version in force
changes nothing.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			acts, hangUp, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer hangUp()
			ledger, err := ledgerOf(args[0], acts.Acts)
			if err != nil {
				return err
			}
			return apply(cmd.Context(), cmd.OutOrStdout(), acts, ledger, o)
		},
	}
	f := cmd.Flags()
	o.flags(f)
	f.StringVar(&o.by, "by", "", "who applies it, e.g. 区政府督查室 张三")
	f.StringVar(&o.reason, "reason", "", "why, e.g. the document that decides it")
	f.StringVar(&o.approver, "approver", "", "who approved it, where what departments are held to changes")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would change, and change nothing")
	f.StringVar(&o.at, "at", "", "in a simulation, the moment of the act: "+momentForms)
	return cmd
}

func apply(ctx context.Context, out io.Writer, acts *officeLog, ledger *seeds.Ledger, o applyOptions) error {
	plan := ledger.Plan.ID
	p := office.Application{Ledger: ledger, By: o.by, Reason: o.reason, Approver: o.approver}
	var changes []seeds.Change
	if history, ok := acts.History(plan); ok {
		p.Base = history.InForce().Version
		if p.Base == ledger.Version {
			_, err := fmt.Fprintf(out, "%s：版本 %s 已在生效，未作改动。\n", plan, ledger.Version)
			return err
		}
		changes = seeds.Diff(history.InForce(), ledger)
		fmt.Fprintf(out, "%s：版本 %s → %s\n%s\n", plan, p.Base, ledger.Version, changesTable(changes))
	} else {
		fmt.Fprintf(out, "%s：首版 %s\n", plan, ledger.Version)
	}
	if o.dryRun {
		_, err := fmt.Fprintf(out, "试运行，未作改动；须经批准的改动 %d 处。\n", controlledAmong(changes))
		return err
	}
	if o.by == "" || o.reason == "" {
		return errors.New("say who applies it and why: --by and --reason")
	}
	var err error
	if p.At, err = acts.moment(ctx, plan, o.at); err != nil {
		return err
	}
	changed, err := acts.Apply(ctx, p)
	if _, ok := errors.AsType[*seeds.UnapprovedError](err); ok {
		return fmt.Errorf("%w\nname who approved it: --approver", err)
	}
	if err != nil {
		return err
	}
	history, _ := acts.History(plan)
	if !changed { // another applied the same at the same moment
		_, err = fmt.Fprintf(out, "版本 %s 已在生效，未作改动。\n", ledger.Version)
	} else {
		_, err = fmt.Fprintf(out, "版本 %s 自 %s 起生效。\n", history.InForce().Version, figures.At(history.Since()))
	}
	return err
}

func controlledAmong(changes []seeds.Change) (n int) {
	for _, c := range changes {
		if c.Controlled {
			n++
		}
	}
	return n
}
