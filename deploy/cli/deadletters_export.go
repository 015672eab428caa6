package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"xushi/consumers/deadletters"
)

func deadLettersExportCommand() *cobra.Command {
	var o letterOptions
	var format, out string
	var force bool
	cmd := &cobra.Command{
		Use:   "export [LETTER…]",
		Short: "Write refused events into a file, to be mended there and replayed from it",
		Long: `Write refused events with their bodies into a file. What was edited there is sent by
"xushi deadletters replay --from FILE": of each line the columns letter and body count, all others are for
reading, and an empty body means the one that it had. A body that is no plain text stands in body_base64.

  jsonl  one JSON object per line
  csv    a table for WPS and Excel; save it as CSV UTF-8. A cell that would be a formula has an apostrophe
         before it, which is taken off again. Excel cuts cells at 32,767 characters: use jsonl for larger bodies.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			filter, err := o.filter(args)
			if err != nil {
				return err
			}
			if out == "" {
				_, err := o.export(cmd.Context(), cmd.OutOrStdout(), filter, format)
				return err
			}
			return o.exportFile(cmd.Context(), cmd.OutOrStdout(), filter, format, out, force)
		},
	}
	o.filterFlags(cmd.Flags(), "reason")
	cmd.Flags().StringVar(&format, "format", "jsonl", "jsonl or csv")
	cmd.Flags().StringVar(&out, "out", "", "file; default standard output")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite what is there")
	return cmd
}

func (o *letterOptions) exportFile(ctx context.Context, stdout io.Writer, filter deadletters.Filter, format, name string, force bool) error {
	if err := writeNew(name, nil, force); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	written, err := o.export(ctx, f, filter, format)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s：%d 条退回事件。\n", name, written)
	return err
}

func (o *letterOptions) export(ctx context.Context, out io.Writer, filter deadletters.Filter, format string) (written int, err error) {
	conn, err := o.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	var w deadletters.Writer
	switch format {
	case "jsonl":
		w = deadletters.NewJSONL(out)
	case "csv":
		if w, err = deadletters.NewCSV(out); err != nil {
			return 0, err
		}
	default:
		return 0, fmt.Errorf("--format %q: must be jsonl or csv", format)
	}
	err = deadletters.Find(ctx, conn, filter, 0, func(l *deadletters.Letter) error {
		written++
		return w.Write(l)
	})
	return written, errors.Join(err, w.End())
}
