package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"xushi/seeds"
	"xushi/seeds/office"
)

func seedsConfirmCommand() *cobra.Command {
	var o officeOptions
	var c seeds.Confirmation
	var at string
	cmd := &cobra.Command{
		Use:   "confirm PLAN (measure|commitment|department) ID FIELD",
		Short: "Record that somebody stands for what the text does not give: a curve, a lead department, a name",
		Long: `Record that somebody stands for a field which the text does not give and somebody assigned, as it is in
force: an act of the office, on its stream. It holds in later versions for as long as the field stays as it
is. Letters and the board stop calling a confirmed curve unconfirmed. Confirming twice changes nothing.

  xushi seeds confirm hongqiao-2024 measure new-construction-floor-area curve --by 区住建委 --reason 复函〔2024〕3号`,
		Args: cobra.ExactArgs(4),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			c.Object, c.ID, c.Field = args[1], args[2], args[3]
			acts, hangUp, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer hangUp()
			if c.At, err = acts.moment(cmd.Context(), args[0], at); err != nil {
				return err
			}
			return confirm(cmd.Context(), cmd.OutOrStdout(), acts.Acts, args[0], c)
		},
	}
	f := cmd.Flags()
	o.flags(f)
	f.StringVar(&c.By, "by", "", "who confirms it")
	f.StringVar(&c.Reason, "reason", "", "on what ground, e.g. the letter that says so")
	f.StringVar(&at, "at", "", "in a simulation, the moment of the act: "+momentForms)
	for _, name := range []string{"by", "reason"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
	return cmd
}

func confirm(ctx context.Context, out io.Writer, acts *office.Acts, plan string, c seeds.Confirmation) error {
	changed, err := acts.Confirm(ctx, plan, c)
	if err != nil {
		return err
	}
	history, _ := acts.History(plan)
	l := history.InForce()
	what := objectTitles[c.Object] + " " + c.ID + " 的" + seeds.FieldTitle(c.Field)
	by := l.ConfirmedBy(c.Object, c.ID, c.Field)
	if !changed {
		_, err = fmt.Fprintf(out, "%s此前已由%s确认，未作改动。\n", what, by)
	} else {
		_, err = fmt.Fprintf(out, "%s已由%s确认（版本 %s）。\n", what, by, l.Version)
	}
	return err
}
