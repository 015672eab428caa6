package cli

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"xushi/seeds"
	"xushi/seeds/office"
)

func seedsDiffCommand() *cobra.Command {
	var o officeOptions
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Show what changes from one ledger to another",
		Long: `Show what changes from one ledger to another. Each is a folder, the name of a built-in ledger, a file of
"xushi seeds export --format json", or a version from the office's log: PLAN@in-force or PLAN@VERSION.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var acts *office.Acts
			if strings.Contains(args[0]+args[1], "@") {
				opened, hangUp, err := o.open(cmd.Context())
				if err != nil {
					return err
				}
				defer hangUp()
				acts = opened.Acts
			}
			before, err := ledgerOf(args[0], acts)
			if err != nil {
				return err
			}
			after, err := ledgerOf(args[1], acts)
			if err != nil {
				return err
			}
			changes := seeds.Diff(before, after)
			if len(changes) == 0 {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "没有差别：都是版本 %s。\n", after.Version)
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "版本 %s → %s\n%s\n%d 处改动，其中 %d 处须经批准。\n",
				before.Version, after.Version, changesTable(changes), len(changes), controlledAmong(changes))
			return err
		},
	}
	o.flags(cmd.Flags())
	return cmd
}

const mostCell = 48 // columns of a cell before its text wraps

func changesTable(changes []seeds.Change) string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"对象", "编号", "字段", "原", "现", "须批准"})
	for _, c := range changes {
		field, approval := seeds.FieldTitle(c.Field), ""
		switch {
		case c.Field == "" && c.Before == "":
			field = "新增"
		case c.Field == "":
			field = "删除"
		}
		if c.Controlled {
			approval = "是"
		}
		t.AppendRow(table.Row{objectTitles[c.Object], c.ID, field, c.Before, c.After, approval})
	}
	var columns []table.ColumnConfig
	for _, number := range []int{2, 4, 5} {
		columns = append(columns, table.ColumnConfig{Number: number, WidthMax: mostCell})
	}
	t.SetColumnConfigs(columns)
	return t.Render()
}

var objectTitles = map[string]string{
	"plan": "计划", "department": "单位", "commitment": "任务", "measure": "指标", "statement": "表述", "numeral": "数字",
}
