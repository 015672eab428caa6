package cli

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/seeds"
)

func seedsCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [DIR|NAME]",
		Short: "Prove a ledger against its source text, and print how much of the text it owns",
		Long: `Proves a ledger: every quote and numeral verbatim at its offset, every clause and every numeral of the text
owned exactly once, every target what its numeral says, every plan whole by its due date, and somebody named
for whatever the text does not give. Everything that is wrong is reported at once, with file and line.

What is checked is a built-in ledger by name, or a folder; the default is ` + seeds.Default + `.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := seeds.Default
			if len(args) > 0 {
				name = args[0]
			}
			files, err := app.LedgerFiles(name)
			if err != nil {
				return err
			}
			ledger, coverage, err := seeds.Check(files)
			if ledger != nil && coverage.Clauses.Total > 0 {
				showCoverage(cmd.OutOrStdout(), ledger, &coverage)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), "通过 proved: 引文、数值、归属、计划曲线和拟定说明均与原文和规则相符")
			return nil
		},
	}
}

// tallied are the parts of a text that need an owner, and who may own them, in the words of the table.
var tallied = []struct {
	what   string
	of     func(*seeds.Coverage) seeds.Tally
	owners []ownerWords
}{
	{"分句 clauses", func(c *seeds.Coverage) seeds.Tally { return c.Clauses }, []ownerWords{
		{seeds.OwnedByCommitment, "目标任务 commitments"}, {seeds.OwnedByDirectional, "方向性表述 directional"}, {seeds.OwnedByHeading, "标题 headings"},
	}},
	{"阿拉伯数字 Arabic numerals", func(c *seeds.Coverage) seeds.Tally { return c.Arabic }, numeralOwners},
	{"中文数字 Chinese numerals", func(c *seeds.Coverage) seeds.Tally { return c.Chinese }, numeralOwners},
	{"“" + seeds.Everywhere + "” everywhere", func(c *seeds.Coverage) seeds.Tally { return c.Worded }, numeralOwners},
}

type ownerWords struct {
	owner seeds.Owner
	words string
}

var numeralOwners = []ownerWords{
	{seeds.OwnedByTarget, "目标值 targets"},
	{seeds.OwnedByScale, "倍数词 scale words (万)"},
	{seeds.OwnedByDenominator, "分母 denominators (千人口)"},
	{seeds.OwnedByExclusion, "非目标值 no targets"},
}

func showCoverage(out io.Writer, l *seeds.Ledger, c *seeds.Coverage) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"原文 text", "归属 owner", "数量 count", "占比 share"})
	for _, part := range tallied {
		tally := part.of(c)
		if tally.Total == 0 {
			continue
		}
		t.AppendSeparator()
		t.AppendRow(table.Row{part.what, "有归属 owned", fmt.Sprintf("%d/%d", tally.Owned(), tally.Total), portion(tally.Owned(), tally.Total)})
		for _, o := range part.owners {
			if n := tally.By[o.owner]; n > 0 {
				t.AppendRow(table.Row{"", "  " + o.words, n, portion(n, tally.Total)})
			}
		}
	}
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, Align: text.AlignRight}, {Number: 4, Align: text.AlignRight}})
	fmt.Fprintf(out, "%s（%s）· 台账版本 %s\n%s\n", l.Plan.Title, l.Plan.ID, l.Version, t.Render())
	fmt.Fprintf(out, "目标任务 commitments %d · 量化指标 quantified measures %d · 里程碑 milestones %d（阶段 stages %d）· 单位 departments %d\n",
		c.Commitments, c.Measures, c.Milestones, c.Stages, c.Departments)
	if n := withoutCurve(l); n > 0 {
		fmt.Fprintf(out, "没有计划曲线 without a curve %d：序时进度无从计算，一律显示“未知”\n", n)
	}
}

func withoutCurve(l *seeds.Ledger) (n int) {
	for _, m := range l.Measures() {
		if m.Curve == nil {
			n++
		}
	}
	return n
}

// portion is a percentage that is never rounded up: 100% is all of it.
func portion(n, of int) string {
	if n == of {
		return "100%"
	}
	tenths := n * 1000 / of
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}
