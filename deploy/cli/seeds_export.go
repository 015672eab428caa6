package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/seeds"
	"xushi/seeds/book"
)

func seedsExportCommand() *cobra.Command {
	var format, out string
	var force bool
	cmd := &cobra.Command{
		Use:   "export [DIR|NAME]",
		Short: "Write a ledger as a workbook for WPS and Excel, as a document, as JSON, or as YAML files in their one form",
		Long: `Write a ledger in another form.

  xlsx  the office's workbook; edited there, "xushi seeds import" reads it back
  md    a document for reading
  json  one file, complete with the source text
  yaml  a folder of the ledger's files in their one form, without comments of their own

What is there already is not overwritten unless --force says so: somebody may have edited it.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := ledgerNamed(args)
			if err != nil {
				return err
			}
			return export(cmd.OutOrStdout(), l, format, out, force)
		},
	}
	cmd.Flags().StringVar(&format, "format", "xlsx", "xlsx, md, json or yaml")
	cmd.Flags().StringVar(&out, "out", "", "file, or folder for yaml; default PLAN.xlsx, the folder PLAN, and standard output for md and json")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite what is there")
	return cmd
}

// ledgerNamed is the ledger of a command's argument, the built-in one without.
func ledgerNamed(args []string) (*seeds.Ledger, error) {
	name := seeds.Default
	if len(args) > 0 {
		name = args[0]
	}
	ledgers, err := app.LoadLedgers([]string{name})
	if err != nil {
		return nil, err
	}
	return ledgers[0], nil
}

func export(stdout io.Writer, l *seeds.Ledger, format, out string, force bool) error {
	var data []byte
	var err error
	switch format {
	case "xlsx":
		if out == "" {
			out = l.Plan.ID + ".xlsx"
		}
		data, err = book.Write(l)
	case "md":
		data = book.Markdown(l)
	case "json":
		var b bytes.Buffer
		err = json.Indent(&b, l.JSON(), "", "  ")
		data = b.Bytes()
	case "yaml":
		return exportFolder(stdout, l, out, force)
	default:
		return fmt.Errorf("--format %q: must be xlsx, md, json or yaml", format)
	}
	if err != nil {
		return err
	}
	if out == "" {
		_, err = stdout.Write(data)
		return err
	}
	if err := writeNew(out, data, force); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %s, version %s\n", out, l.Plan.ID, l.Version)
	return err
}

func exportFolder(stdout io.Writer, l *seeds.Ledger, out string, force bool) error {
	if out == "" {
		out = l.Plan.ID
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 && !force {
		return fmt.Errorf("%s is not empty: name another folder, or --force to overwrite the ledger in it", out)
	}
	if err := seeds.WriteDir(out, l); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "%s: %s, version %s\n", out, l.Plan.ID, l.Version)
	return err
}

// writeNew writes a file, over another only where that is wanted.
func writeNew(name string, data []byte, force bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if !force {
		flags |= os.O_EXCL
	}
	f, err := os.OpenFile(name, flags, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: name another file, or --force to overwrite it", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
