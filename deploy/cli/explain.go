package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/jobs/records"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
)

func explainCommand() *cobra.Command {
	var url, ledgerName, asOf, knownAt string
	cmd := &cobra.Command{
		Use:   "explain MEASURE",
		Short: "Show where a measure's figures come from: the text, the plan, and every event",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ledgers, err := app.LoadLedgers([]string{ledgerName})
			if err != nil {
				return err
			}
			measure, ok := ledgers[0].Measure(args[0])
			if !ok {
				return fmt.Errorf("no measure %q in %s; its measures are: %s", args[0], ledgerName, strings.Join(measureIDs(ledgers[0]), ", "))
			}
			asOf, err := parseMoment("--as-of", asOf)
			if err != nil {
				return err
			}
			known := asOf
			if knownAt != "" {
				if known, err = parseMoment("--known-at", knownAt); err != nil {
					return err
				}
			}
			return explain(cmd.Context(), cmd.OutOrStdout(), url, ledgers[0], measure, asOf, known)
		},
	}
	f := cmd.Flags()
	f.StringVar(&url, "clickhouse", "http://127.0.0.1:8123/progress", "where the store is")
	f.StringVar(&ledgerName, "ledger", seeds.Default, "built-in ledger by name ("+strings.Join(seeds.BuiltIns(), ", ")+"), or a directory")
	f.StringVar(&asOf, "as-of", "", "moment that is asked about: "+momentForms+"; default now")
	f.StringVar(&knownAt, "known-at", "", "only what had arrived by then; default the same moment")
	return cmd
}

func measureIDs(l *seeds.Ledger) []string {
	var ids []string
	for _, m := range l.Measures() {
		ids = append(ids, m.ID)
	}
	return ids
}

func explain(ctx context.Context, out io.Writer, url string, ledger *seeds.Ledger, m *seeds.Measure, asOf, knownAt time.Time) error {
	conn, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	known, err := records.Load(ctx, conn, ledger.Plan.ID, knownAt)
	if err != nil {
		return fmt.Errorf("read the events of %s: %w", ledger.Plan.ID, err)
	}
	a := assessment.NewLog(ledger, known).AssessMeasure(m, asOf, knownAt, assessment.Default())
	showMeasure(out, ledger, &a)
	showEvents(out, &a)
	return nil
}

func showMeasure(out io.Writer, ledger *seeds.Ledger, a *assessment.Assessment) {
	m, c := a.Measure, a.Measure.Commitment
	line := func(label, format string, args ...any) {
		fmt.Fprintf(out, "%s %s\n", runewidth.FillRight(label, 12), fmt.Sprintf(format, args...))
	}
	line("指标", "%s（%s）%s", m.Title, m.ID, mark(a.Simulated))
	line("原文", "“%s”", c.Quote)
	line("出处", "%s，第 %d 字起；指标数“%s”在第 %d 字", ledger.Plan.Source.Title, c.QuoteOffset+1, m.NumeralText, m.NumeralOffset+1)
	line("口径", "%s", m.Definition)
	by, _ := ledger.AssignedCommitment(c, "lead_department")
	line("牵头单位", "%s（%s）", ledger.DepartmentName(c.LeadDepartment), by.AssignedBy)
	line("截至", "%s，已知至 %s，台账版本 %s", figures.At(a.AsOf), figures.At(a.KnownAt), ledger.Version)
	line("目标值", "%s", figures.Target(m))
	line("序时应完成", "%s（%s）", figures.Quantity(m, a.Planned), figures.Percent(a.PlannedShare))
	line("累计完成", "%s（%s）", figures.Quantity(m, figures.Rat(a.Actual)), figures.Percent(a.ActualShare))
	if a.Gap != nil {
		line("进度差", "%s 个百分点", figures.Points(a.Gap))
	}
	if a.Attainment != nil {
		line("时序完成率", "%s（累计完成 ÷ 序时应完成）", figures.Percent(a.Attainment))
	}
	line("滞后天数", "%d 天", a.LagDays)
	if len(a.MissingPieces) > 0 {
		line("应完未完", "%s", strings.Join(a.MissingPieces, "、"))
	}
	line("进度状态", "%s", figures.Status(a))
	line("数据", "%s", a.Data.Label())
	if a.Reason != "" {
		line("原因", "%s", a.Reason)
	}
}

func showEvents(out io.Writer, a *assessment.Assessment) {
	fmt.Fprintf(out, "\n依据事件 events: %d\n", len(a.Events))
	for _, r := range a.Events {
		fmt.Fprintf(out, "  %s  发生 %s  接收 %s  %s %s%s  %s#%s\n", runewidth.FillRight(string(r.Type), 22),
			figures.At(r.Time), figures.At(r.ReceivedAt), numberOf(r), r.Data.Unit, itemWords(r), r.Source, r.ID)
	}
}

// numberOf is the number as it was sent; a ratio was sent as two.
func numberOf(r *schema.Record) string {
	if r.Numerator.Valid {
		return r.Numerator.Decimal.String() + " ÷ " + r.Denominator.Decimal.String() + " = " + r.Quantity.Decimal.String()
	}
	return r.Data.Value
}

func itemWords(r *schema.Record) string {
	if r.Data.Item == "" {
		return ""
	}
	return " [" + r.Data.Item + "]"
}
