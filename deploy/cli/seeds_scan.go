package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"xushi/seeds/scan"
)

func seedsScanCommand() *cobra.Command {
	var out, id string
	cmd := &cobra.Command{
		Use:   "scan REPORT.txt",
		Short: "List what in a report could be a target, and draft a ledger from it",
		Long: `Reads a report (plain UTF-8 text) and lists every quantity with its value, unit and proposed kind, every
numeral that looks like part of a name, and every deliverable without a number. It proposes and never
decides: whatever it is unsure of stands in the last column.

With --out it also drafts a ledger in that folder, to be edited until "xushi seeds check" passes.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := scanFile(args[0])
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			showQuantities(w, report)
			showNames(w, report)
			showMilestones(w, report)
			showScanned(w, report)
			if out == "" {
				return nil
			}
			return draftLedger(w, report, out, id)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder for a draft ledger; it must be empty, or not there yet")
	cmd.Flags().StringVar(&id, "id", "", "the draft's plan, e.g. hedong-2025; default the folder's name")
	return cmd
}

func scanFile(name string) (*scan.Report, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	words, err := scan.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return scan.Scan(words), nil
}

// scanTable is a table of findings; its columns wrap, so that it fits a wide terminal.
func scanTable(header ...any) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(header)
	return t
}

func showQuantities(out io.Writer, r *scan.Report) {
	t := scanTable("字位 offset", "分句 clause", "数字 numeral", "倍数 scale", "单位 unit", "数值 value", "类别 kind", "比较 comparator", "请核对 doubts")
	for _, q := range r.Quantities {
		comparator := string(q.Comparator)
		if q.AtMost {
			comparator = "<="
		}
		t.AppendRow(table.Row{q.Offset, q.Clause.Text, q.NumeralText, q.Scale, q.Unit, q.Value, q.Kind, comparator, doubtWords(q.Unsure)})
	}
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 1, Align: text.AlignRight}, {Number: 2, WidthMax: 44}, {Number: 3, Align: text.AlignRight}, {Number: 6, Align: text.AlignRight}, {Number: 9, WidthMax: 40},
	})
	fmt.Fprintf(out, "数量 quantities\n%s\n\n", t.Render())
}

func doubtWords(doubts []scan.Doubt) string {
	words := make([]string, len(doubts))
	for i, d := range doubts {
		words[i] = d.Words
	}
	return strings.Join(words, "；")
}

func showNames(out io.Writer, r *scan.Report) {
	t := scanTable("字位 offset", "数字 numeral", "分句 clause", "看起来是 looks like", "请核对 doubts")
	for _, n := range r.Names {
		doubt := ""
		if n.Unsure {
			doubt = "也可能是目标值"
		}
		t.AppendRow(table.Row{n.Offset, n.Text, n.Clause.Text, n.Reason, doubt})
	}
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 1, Align: text.AlignRight}, {Number: 2, Align: text.AlignRight}, {Number: 3, WidthMax: 60}})
	fmt.Fprintf(out, "名称、序数、日期等 names, not targets\n%s\n\n", t.Render())
}

func showMilestones(out io.Writer, r *scan.Report) {
	t := scanTable("字位 offset", "分句 clause", "动词 verb", "完成的含义 done", "请核对 doubts")
	for _, m := range r.Milestones {
		t.AppendRow(table.Row{m.Offset, m.Text, m.Verb, m.Done, doubtWords(m.Unsure)})
	}
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 1, Align: text.AlignRight}, {Number: 2, WidthMax: 60}, {Number: 5, WidthMax: 40}})
	fmt.Fprintf(out, "里程碑候选 milestone candidates\n%s\n\n", t.Render())
}

// showScanned is the summary: how much was found, and of how much a person must look again.
func showScanned(out io.Writer, r *scan.Report) {
	quantities, names := 0, 0
	for _, q := range r.Quantities {
		if len(q.Unsure) > 0 {
			quantities++
		}
	}
	for _, n := range r.Names {
		if n.Unsure {
			names++
		}
	}
	fmt.Fprintf(out, "数量 quantities %d（请核对 unsure %d）· 名称 names %d（请核对 unsure %d）· 里程碑候选 milestones %d · 方向性表述 statements %d · 标题 headings %d\n",
		len(r.Quantities), quantities, len(r.Names), names, len(r.Milestones), len(r.Statements), len(r.Headings))
}
