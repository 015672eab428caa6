package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"xushi/deploy/config"
	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/jobs/weekly"
	"xushi/schema"
)

// resendOptions are the flags of `xushi weekly resend`.
type resendOptions struct {
	weeklyOptions
	week, recipient, kind string
	resending             post.Resending
}

func weeklyResendCommand() *cobra.Command {
	var o resendOptions
	cmd := &cobra.Command{
		Use:   "resend --week W --reason R --by WHO",
		Short: "Send a week's letters again that failed, or of which nobody knows whether they arrived",
		Long: `Queues letters of a week to be sent again, byte for byte but for a mark in the subject that says so. Without
--recipient those that failed or are uncertain; ask the recipient of an uncertain one before. A letter that was
sent is sent again only with --force.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := o.settings(cmd.Flags())
			if err != nil {
				return err
			}
			return o.resend(cmd.Context(), cmd.OutOrStdout(), cfg)
		},
	}
	f := cmd.Flags()
	o.flags(f)
	f.StringVar(&o.week, "week", "", "the week, e.g. 2024-W27; of a bulletin its month, 2024-06, of a reminder its day, 2024-06-28")
	f.StringVar(&o.recipient, "recipient", "", "only to this address")
	f.StringVar(&o.kind, "kind", "", "only letters of this kind, e.g. weekly")
	f.StringVar(&o.resending.Reason, "reason", "", "why; it is kept with the letter")
	f.StringVar(&o.resending.By, "by", "", "who wants it; it is kept with the letter")
	f.BoolVar(&o.resending.Force, "force", false, "also what was sent, or is on its way: it arrives twice")
	for _, required := range []string{"week", "reason", "by"} {
		if err := cmd.MarkFlagRequired(required); err != nil {
			panic(err) // a flag that is not there
		}
	}
	return cmd
}

func (o *resendOptions) resend(ctx context.Context, out io.Writer, _ config.Config) error {
	if err := period(o.week); err != nil {
		return fmt.Errorf("--week: %w", err)
	}
	if strings.TrimSpace(o.resending.By) == "" || strings.TrimSpace(o.resending.Reason) == "" {
		return errors.New("--by and --reason: say who wants it, and why; both are kept with the letter")
	}
	acts, plan, hangUp, err := o.openOne(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	deliveries := weekly.NewDeliveries(acts.js)
	if err := deliveries.Look(ctx); err != nil {
		return err
	}
	chosen, err := o.choose(deliveries.Of(plan, o.week), plan)
	if err != nil {
		return err
	}
	var errs []error
	for _, l := range chosen {
		if _, err := post.Resend(ctx, acts.js, l.Subject(), o.resending); err != nil {
			errs = append(errs, withForce(err))
			continue
		}
		fmt.Fprintf(out, "重发入队 queued again  %s（%s）\n", l.Recipient, l.Kind)
	}
	return errors.Join(errs...)
}

// period refuses what no letter speaks of: a week, the month of a bulletin, the day of a reminder.
func period(text string) error {
	if _, err := schema.ParseMonth(text); err == nil {
		return nil
	}
	if _, err := schema.ParseDate(text); err == nil {
		return nil
	}
	_, err := schema.ParseWeek(text)
	return err
}

// choose are the letters that are meant, each once however often it was sent again.
func (o *resendOptions) choose(letters []weekly.Delivered, plan string) (chosen []schema.MailAddress, err error) {
	address := ""
	if o.recipient != "" {
		if address, err = mail.Address(o.recipient); err != nil {
			return nil, fmt.Errorf("--recipient: %w", err)
		}
	}
	if len(letters) == 0 {
		return nil, fmt.Errorf("plan %s has no letter of %s; `xushi weekly history` lists those there are", plan, o.week)
	}
	var order []schema.MailAddress
	last := map[schema.MailAddress]weekly.Delivered{}
	for _, l := range letters {
		original := l.Original()
		if _, seen := last[original]; !seen {
			order = append(order, original)
		}
		if l.At.After(last[original].At) || last[original].State == "" {
			last[original] = l
		}
	}
	for _, original := range order {
		named := address != "" && strings.EqualFold(address, original.Recipient)
		if (address != "" && !named) || (o.kind != "" && o.kind != original.Kind) {
			continue
		}
		state := last[original].State
		if named || o.resending.Force || state == schema.MailFailed || state == schema.MailUncertain {
			chosen = append(chosen, original)
		}
	}
	if len(chosen) == 0 {
		return nil, o.sayNone()
	}
	return chosen, nil
}

// sayNone tells why no letter of the week was chosen.
func (o *resendOptions) sayNone() error {
	if o.recipient != "" {
		return fmt.Errorf("--recipient %s, --kind %q: no such letter of %s; `xushi weekly history` lists them", o.recipient, o.kind, o.week)
	}
	return fmt.Errorf("no letter of %s failed or is uncertain, so none is sent again; `xushi weekly history` lists them, and --force also sends what has arrived", o.week)
}

func withForce(err error) error {
	if errors.Is(err, post.ErrWantsForce) {
		return fmt.Errorf("%w (--force)", err)
	}
	return err
}
