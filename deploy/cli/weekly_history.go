package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"xushi/deploy/config"
	"xushi/jobs/figures"
	"xushi/jobs/weekly"
	"xushi/schema"
)

func weeklyHistoryCommand() *cobra.Command {
	var o weeklyOptions
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List every week since letters are owed: when its letter was due, what it knew, and who has it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := o.settings(cmd.Flags())
			if err != nil {
				return err
			}
			return o.history(cmd.Context(), cmd.OutOrStdout(), cfg)
		},
	}
	o.flags(cmd.Flags())
	return cmd
}

func (o *weeklyOptions) history(ctx context.Context, out io.Writer, cfg config.Config) error {
	acts, hangUp, err := o.office.open(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	plans, err := o.plans(acts)
	if err != nil {
		return err
	}
	deliveries := weekly.NewDeliveries(acts.js)
	if err := deliveries.Look(ctx); err != nil {
		return err
	}
	for _, plan := range plans {
		reader, err := acts.reader(plan, cfg.Letter)
		if err != nil {
			return err
		}
		now, err := nowOf(ctx, acts.js, plan)
		if err != nil {
			return err
		}
		entries, err := reader.History(ctx, now, deliveries)
		if err != nil {
			return err
		}
		showHistory(out, plan, entries, now)
	}
	return nil
}

func showHistory(out io.Writer, plan string, entries []weekly.Entry, now time.Time) {
	fmt.Fprintf(out, "\n%s · 截至 %s\n", plan, figures.At(now))
	if len(entries) == 0 {
		fmt.Fprintln(out, "尚无一期：jobs 进程首次运行之后的第一期起算。none is owed yet")
		return
	}
	t := newTable("周", "应发时间", "数据截至", "状态", "收件人")
	for _, e := range entries {
		t.AppendRow(table.Row{e.Week, dueWords(e), knownWords(e), weekWords(e, now), letterWords(e.Letters)})
		t.Style().Options.SeparateRows = t.Style().Options.SeparateRows || len(e.Letters) > 1
	}
	fmt.Fprintln(out, t.Render())
}

func dueWords(e weekly.Entry) string {
	if e.Due.IsZero() {
		return "全周无工作日"
	}
	words := figures.At(e.Due)
	if e.Moved {
		words += " 顺延"
	}
	if e.Unknown != 0 {
		words += fmt.Sprintf("\n%d年节假日未录入", e.Unknown)
	}
	return words
}

// knownWords is up to when what was received is in the letter.
func knownWords(e weekly.Entry) string {
	switch {
	case e.KnownAt.IsZero():
		return ""
	case e.KnownAt.Before(e.AsOf):
		return figures.At(e.KnownAt) + " 不全"
	}
	return figures.At(e.KnownAt)
}

func weekWords(e weekly.Entry, now time.Time) string {
	switch {
	case e.State == weekly.Claimed, e.State == weekly.Frozen:
		return "编写中 " + string(e.State)
	case e.State == weekly.Missed:
		return "漏发 missed"
	case e.Sent():
		return "已发 sent"
	case e.State == weekly.Queued:
		return "未全部发出 queued"
	case e.Due.IsZero():
		return "无信"
	case e.Due.After(now):
		return "未到时间"
	}
	return "待编写"
}

// letterWords is one line for each letter.
func letterWords(letters []weekly.Delivered) string {
	lines := make([]string, len(letters))
	for i, l := range letters {
		lines[i] = l.Recipient + " " + weekly.StateLabel(l.State)
		if l.Kind != schema.WeeklyLetter {
			lines[i] = l.Recipient + "（" + l.Kind + "）" + weekly.StateLabel(l.State)
		}
		if !l.At.IsZero() {
			lines[i] += " " + figures.At(l.At)
		}
		if l.Error != "" {
			lines[i] += "\n  " + wrapped(l.Error, 60)
		}
	}
	return strings.Join(lines, "\n")
}
