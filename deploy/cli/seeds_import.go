package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/seeds"
	"xushi/seeds/book"
)

func seedsImportCommand() *cobra.Command {
	var base, out string
	var dryRun, force bool
	cmd := &cobra.Command{
		Use:   "import FILE.xlsx",
		Short: "Read the office's workbook back into a ledger, prove it, and show what it changes",
		Long: `Read a workbook that "xushi seeds export" wrote and the office edited, prove it as "xushi seeds check" does,
show what it changes, and write the ledger's files. What is wrong is named by sheet, cell and field.

With --base the source text is that ledger's, and a workbook that was exported from another version of it is
refused: what was changed meanwhile would be undone. --force imports it all the same.

The files are written in their one form: comments that somebody wrote into them are not kept. A workbook that
changes nothing leaves its base as it is.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			workbook, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			var before *seeds.Ledger
			if base != "" {
				ledgers, err := app.LoadLedgers([]string{base})
				if err != nil {
					return err
				}
				before = ledgers[0]
			}
			read, err := book.Read(workbook, before)
			if complaints, ok := errors.AsType[book.Complaints](err); ok {
				return fmt.Errorf("%s：%d 处需要改正，未导入：\n%w", args[0], len(complaints), complaints)
			} else if err != nil {
				return err
			}
			if err := shownAgainst(cmd.OutOrStdout(), read, before, force || dryRun); err != nil {
				return err
			}
			folder := cmp.Or(out, folderOf(base), read.Ledger.Plan.ID)
			own := folder == folderOf(base)
			if dryRun || own && read.Ledger.Version == before.Version {
				return nil
			}
			return writeImported(cmd.OutOrStdout(), read.Ledger, folder, own || force)
		},
	}
	cmd.Flags().StringVar(&base, "base", "", "ledger that the workbook was made from: built-in by name, or a folder")
	cmd.Flags().StringVar(&out, "out", "", "folder to write; default the base's own, or one named like the plan")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "show what would change, and write nothing")
	cmd.Flags().BoolVar(&force, "force", false, "import over a base that has changed since the workbook was exported, or into a folder that is not empty")
	return cmd
}

// writeImported writes the ledger's files, over others only where that is wanted.
func writeImported(w io.Writer, l *seeds.Ledger, folder string, over bool) error {
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 && !over {
		return fmt.Errorf("%s 里已有文件，未写入：工作簿若出自这份台账，请用 --base %[1]s；否则用 --out 另指一个文件夹，或用 --force 覆盖", folder)
	}
	if err := seeds.WriteDir(folder, l); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "已写入 %[1]s；要使其生效：xushi seeds apply %[1]s\n", folder)
	return err
}

// folderOf is a base's folder; a built-in ledger has none.
func folderOf(base string) string {
	if slices.Contains(seeds.BuiltIns(), base) {
		return ""
	}
	return base
}

// shownAgainst prints what a workbook changes, and refuses one that would undo what was changed since.
func shownAgainst(w io.Writer, read *book.Reading, before *seeds.Ledger, anyBase bool) error {
	l := read.Ledger
	if before == nil {
		_, err := fmt.Fprintf(w, "%s：版本 %s（导出时 %s），任务 %d 项，指标 %d 个\n", l.Plan.ID, l.Version, cmp.Or(read.ExportedFrom, "不明"), len(l.Commitments), len(l.Measures()))
		return err
	}
	if read.ExportedFrom != before.Version && read.ExportedFrom != l.Version {
		stale := fmt.Sprintf("工作簿导自版本 %s，而台账现为版本 %s：导入会撤销其间的改动", cmp.Or(read.ExportedFrom, "不明"), before.Version)
		if !anyBase {
			return fmt.Errorf("%s；请重新导出后再改，或用 --force 强行导入", stale)
		}
		if _, err := fmt.Fprintln(w, "注意："+stale); err != nil {
			return err
		}
	}
	if l.Version == before.Version {
		_, err := fmt.Fprintf(w, "%s：没有改动，版本 %s\n", l.Plan.ID, l.Version)
		return err
	}
	changes := seeds.Diff(before, l)
	_, err := fmt.Fprintf(w, "%s：版本 %s → %s\n%s\n%d 处改动，其中 %d 处须经批准。\n",
		l.Plan.ID, before.Version, l.Version, changesTable(changes), len(changes), controlledAmong(changes))
	return err
}
