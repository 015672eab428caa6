package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"xushi/jobs/figures"
	"xushi/schema"
)

// actOptions are the flags of an act of the office about an item or a commitment.
type actOptions struct {
	itemOptions
	office         officeOptions
	by, reason, at string
}

func (o *actOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	o.itemOptions.flags(f)
	o.office.flags(f)
	f.StringVar(&o.by, "by", "", "who does it, e.g. 区政府督查室 张三")
	f.StringVar(&o.reason, "reason", "", "why, or on what ground, e.g. the document that decides it")
	f.StringVar(&o.at, "at", "", "in a simulation, the moment of the act: "+momentForms)
	for _, name := range []string{"by", "reason"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
}

// openBoth reads the register and the office's log, which has acts that the store may hear of a second later.
func (o *actOptions) openBoth(ctx context.Context) (r *register, log *officeLog, done func(), err error) {
	if r, err = o.open(ctx); err != nil {
		return nil, nil, nil, err
	}
	log, hangUp, err := o.office.open(ctx)
	if err != nil {
		r.close()
		return nil, nil, nil, err
	}
	r.acts = log.Supervision(o.plan)
	return r, log, func() { hangUp(); r.close() }, nil
}

func itemsCloseCommand() *cobra.Command {
	var o actOptions
	cmd := &cobra.Command{
		Use:   "close NUMBER",
		Short: "Close a supervision item by hand (办结), with a reason",
		Long: `Close an open supervision item by hand (办结): an act of the office, on its stream, with who did it and why. It
shows with the next letter. No new item is opened for its commitment before what lags has caught up once.

  xushi items close 2024-003 --by "区政府督查室 张三" --reason 区长办公会议纪要第12期`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.closeItem(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	o.flags(cmd)
	return cmd
}

func (o *actOptions) closeItem(ctx context.Context, out io.Writer, number string) error {
	r, log, done, err := o.openBoth(ctx)
	if err != nil {
		return err
	}
	defer done()
	item, err := r.item(number)
	if err != nil {
		return err
	}
	if !item.IsOpen() {
		return fmt.Errorf("item %s is not open: %s since %s (%s)", number, item.State.Label(), figures.At(item.ClosedAt), item.Reason)
	}
	at, err := log.moment(ctx, o.plan, o.at)
	if err != nil {
		return err
	}
	for _, a := range r.pending(at) {
		if a.Closed != nil && a.Closed.Item == number {
			return fmt.Errorf("item %s was closed before, which shows with the next letter: %s", number, r.actWords(a))
		}
	}
	j, err := log.Close(ctx, o.plan, schema.Closing{Item: number, By: o.by, Reason: o.reason}, at)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "已登记：%s\n下期周报起生效；该任务恢复序时之前不再立项。\n", visible(r.actWords(j.Act)))
	return err
}
