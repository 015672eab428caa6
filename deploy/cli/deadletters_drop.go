package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"xushi/consumers/deadletters"
	"xushi/schema"
)

// dropOptions are the flags of `xushi deadletters drop`.
type dropOptions struct {
	letterOptions
	office  officeOptions
	by, why string
	yes     bool
}

func deadLettersDropCommand() *cobra.Command {
	var o dropOptions
	cmd := &cobra.Command{
		Use:   "drop [LETTER…]",
		Short: "Say that nothing more is to be done about refused events",
		Long: `Record that nothing more is to be done about refused events: an act of the office, on its stream, with who
did it and why. They stay in the store and in the log, and can still be replayed (--again).`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), args)
		},
	}
	f := cmd.Flags()
	o.filterFlags(f, "code")
	o.allFlag(f)
	o.office.flags(f)
	f.StringVar(&o.by, "by", "", "who drops them, e.g. 区政府督查室 张三")
	f.StringVar(&o.why, "reason", "", "why, e.g. 测试数据")
	f.BoolVar(&o.yes, "yes", false, "do not ask")
	for _, name := range []string{"by", "reason"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
	return cmd
}

// reasonCode is what a reason code looks like, and no reason for an act of the office.
var reasonCode = regexp.MustCompile(`^[a-z]+(_[a-z0-9]+)+$`)

func (o *dropOptions) run(ctx context.Context, in io.Reader, out io.Writer, names []string) error {
	if reasonCode.MatchString(o.why) {
		return fmt.Errorf("--reason %q says in words why they are dropped; --code chooses by reason code", o.why)
	}
	filter, err := o.acting(names)
	if err != nil {
		return err
	}
	conn, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // nothing was written
	letters, err := choose(ctx, conn, filter, false)
	if err != nil {
		return err
	}
	log, hangUp, err := o.office.open(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	log.heed(letters)
	open := slices.DeleteFunc(slices.Clone(letters), func(l *deadletters.Letter) bool { return l.State != deadletters.Open })
	if rest := len(letters) - len(open); rest > 0 {
		fmt.Fprintf(out, "%d 条此前已重放或不再处理，未作改动。\n", rest)
	}
	if len(open) == 0 {
		_, err := fmt.Fprintln(out, "没有待处理的退回事件。")
		return err
	}
	if sure, err := o.confirmed(in, out, len(open)); err != nil || !sure {
		return err
	}
	return o.drop(ctx, out, log, open)
}

// drop writes an act for each plan.
func (o *dropOptions) drop(ctx context.Context, out io.Writer, log *officeLog, open []*deadletters.Letter) error {
	byPlan := map[string][]schema.Position{}
	for _, l := range open {
		byPlan[l.Plan] = append(byPlan[l.Plan], l.Position)
	}
	for _, plan := range slices.Sorted(maps.Keys(byPlan)) {
		if err := log.Drop(ctx, plan, schema.Drop{Letters: byPlan[plan], By: o.by, Reason: o.why}); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s：%d 条不再处理。\n", plan, len(byPlan[plan]))
	}
	return nil
}

// confirmed asks a person at a terminal; anybody else has to have said --yes.
func (o *dropOptions) confirmed(in io.Reader, out io.Writer, count int) (bool, error) {
	if o.yes {
		return true, nil
	}
	if f, ok := in.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return false, fmt.Errorf("%d refused events would be dropped, and nobody is there to be asked: say --yes", count)
	}
	fmt.Fprintf(out, "将 %d 条退回事件定为不再处理？ [y/N] ", count)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	if a := strings.ToLower(strings.TrimSpace(answer)); a == "y" || a == "yes" {
		return true, nil
	}
	_, err = fmt.Fprintln(out, "未作改动。")
	return false, err
}
