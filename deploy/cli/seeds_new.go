package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/scan"
)

func seedsNewCommand() *cobra.Command {
	var from, id string
	cmd := &cobra.Command{
		Use:   "new DIR",
		Short: "Begin a ledger: a copy of the example, or a draft from a report",
		Long: `Begins a plan's ledger in a folder. Without --from it is a copy of the built-in ` + seeds.Example + `, which is commented,
passes the check at once, and is edited from there. With --from it is what "xushi seeds scan" drafts from
the report.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from == "" {
				return copyExample(cmd.OutOrStdout(), args[0], id)
			}
			report, err := scanFile(from)
			if err != nil {
				return err
			}
			showScanned(cmd.OutOrStdout(), report)
			return draftLedger(cmd.OutOrStdout(), report, args[0], id)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "a report in plain UTF-8 text, to draft the ledger from")
	cmd.Flags().StringVar(&id, "id", "", "the plan, e.g. hedong-2025; default the folder's name")
	return cmd
}

// planID is the plan that a new ledger is of: as asked for, or as its folder is called.
func planID(dir, id string) (string, error) {
	if id == "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", err
		}
		id = filepath.Base(abs)
	}
	if !schema.IsToken(id) {
		return "", fmt.Errorf("%q cannot be a plan's id: name it with --id, in lower-case ASCII letters, digits and inner hyphens, such as hedong-2025", id)
	}
	return id, nil
}

var idLine = regexp.MustCompile(`(?m)^id: \S+`)

func copyExample(out io.Writer, dir, id string) error {
	plan, err := planID(dir, id)
	if err != nil {
		return err
	}
	example, err := seeds.BuiltInFiles(seeds.Example)
	if err != nil {
		return err
	}
	names, err := fs.Glob(example, "*")
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, name := range names {
		if files[name], err = fs.ReadFile(example, name); err != nil {
			return err
		}
	}
	files["plan.yaml"] = idLine.ReplaceAll(files["plan.yaml"], []byte("id: "+plan))
	if err := writeLedger(dir, files); err != nil {
		return err
	}
	fmt.Fprintf(out, `已建 written    %[1]s（计划 %[2]s，抄自虚构示例 %[3]s，现在就能通过检查）
下一步 next     1. 看一遍 %[1]s/commitments.yaml 中的注释
                2. 换上自己的原文和计划：source.txt、plan.yaml、departments.yaml；或者另起一份：xushi seeds new DIR --from REPORT.txt
                3. 改到通过为止：xushi seeds check %[1]s
%[4]s`, dir, plan, seeds.Example, schemaHint(dir))
	return nil
}

func draftLedger(out io.Writer, report *scan.Report, dir, id string) error {
	plan, err := planID(dir, id)
	if err != nil {
		return err
	}
	files, err := report.Draft(plan).Files()
	if err != nil {
		return err
	}
	if err := writeLedger(dir, files); err != nil {
		return err
	}
	all := slices.Concat(slices.Collect(maps.Values(files))...)
	fmt.Fprintf(out, `已建 written    %[1]s（计划 %[2]s，草稿：请填写 %[3]d 处，请核对 %[4]d 处）
下一步 next     1. departments.yaml 列出单位；commitments.yaml 中“# 请核对”处对照原文核对，“%[5]s”处填写
                2. 里程碑的阶段和日期、各指标的计划曲线由人来定
                3. 改到通过为止：xushi seeds check %[1]s
%[6]s`, dir, plan, strings.Count(string(all), ": "+seeds.Undecided), strings.Count(string(all), "  # 请核对："), seeds.Undecided, schemaHint(dir))
	return nil
}

// schemaHint tells how editors come to complete the files: by the schemas that their first lines name.
func schemaHint(dir string) string {
	return "                编辑器自动补全：xushi seeds schema --out " + filepath.Join(filepath.Dir(filepath.Clean(dir)), "schema") + "\n"
}

// writeLedger writes a ledger's files into a folder that holds nothing yet: what people edit is not overwritten.
func writeLedger(dir string, files map[string][]byte) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty (it holds %s): a new ledger takes a folder of its own", dir, entries[0].Name())
	}
	return seeds.WriteFiles(dir, files)
}
