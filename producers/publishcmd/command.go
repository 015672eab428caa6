// Package publishcmd is `xushi publish`: events from flags or from JSON to the log, and what became of
// each in a table. A refused event never keeps the others back.
package publishcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"xushi/producers"
)

// ErrRefused ends the command with exit code 1 after the table has said which events failed, and why.
var ErrRefused = errors.New("not every event was accepted")

const waitTimeout = 30 * time.Second

// Command is the command; connect makes the connection to the server of the --nats flag.
func Command(connect func(ctx context.Context, url string) (*nats.Conn, error)) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "publish [FILE]",
		Short: "Publish progress events, from flags or from JSON (a file, or - for standard input)",
		Long: `Publishes one event made of flags, or the events of FILE: one CloudEvent, a JSON array of them, or one
per line. With --wait it also shows what the ingest decided. Exit code 1 if any event was refused.`,
		Example: `  xushi publish --plan hongqiao-2024 --department zhujianwei --source /zhujianwei/projects \
    --commitment new-construction --measure new-construction-floor-area \
    --mode to_date --value 30.5 --unit 万平方米 --time 2024-06-30T17:00:00+08:00 --wait
  xushi publish --plan hongqiao-2024 --department jiaoyuju --source /jiaoyuju/works \
    --commitment minzu-primary-building --measure minzu-primary-building-steps \
    --stage tender --mode to_date --value 1 --unit 个阶段 --wait
  xushi publish events.json
  cat events.ndjson | xushi publish - --wait`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			entries, err := o.entries(cmd, args)
			if err != nil {
				return err
			}
			nc, err := connect(cmd.Context(), o.nats)
			if err != nil {
				return err
			}
			defer nc.Close()
			client, err := producers.New(nc, producers.Options{})
			if err != nil {
				return err
			}
			publish(cmd.Context(), client, entries, o.wait)
			return report(cmd.OutOrStdout(), entries, o.wait)
		},
	}
	o.bind(cmd.Flags())
	return cmd
}

// entries are the events of the call, from the one place that it names.
func (o *options) entries(cmd *cobra.Command, args []string) ([]*entry, error) {
	fromFlags := cmd.Flags().Changed("commitment") || cmd.Flags().Changed("plan")
	switch {
	case len(args) == 1 && fromFlags:
		return nil, errors.New("give either a file or the flags of one event, not both")
	case fromFlags:
		return []*entry{o.entry(time.Now())}, nil
	case len(args) == 0:
		return nil, errors.New("nothing to publish: name a file, - for standard input, or --plan, --department, --source, --commitment …")
	case args[0] == "-":
		return read(cmd.InOrStdin())
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	entries, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", args[0], err)
	}
	return entries, nil
}
