package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"xushi/consumers/deadletters"
	"xushi/schema"
)

func deadLettersListCommand() *cobra.Command {
	var o letterOptions
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List refused events, the newest last",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.list(cmd.Context(), cmd.OutOrStdout(), limit)
		},
	}
	o.filterFlags(cmd.Flags(), "reason")
	cmd.Flags().IntVar(&limit, "limit", 50, "the newest so many; 0: all")
	return cmd
}

func (o *letterOptions) list(ctx context.Context, out io.Writer, limit int) error {
	filter, err := o.filter(nil)
	if err != nil {
		return err
	}
	if limit < 0 {
		return fmt.Errorf("--limit %d: must be 0, which is all, or more", limit)
	}
	conn, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	reasons, total, err := deadletters.Count(ctx, conn, filter)
	if err != nil {
		return err
	}
	if total == 0 {
		_, err := fmt.Fprintln(out, "没有符合条件的退回事件。")
		return err
	}
	t, wide := newTable("编号", "收到时间", "计划、单位、任务", "退回原因", "状态"), width(out)-54
	stateWidth := 14
	if filter.State == deadletters.Open {
		stateWidth = 6
	}
	wide -= stateWidth
	shown := 0
	err = deadletters.Find(ctx, conn, filter, limit, func(l *deadletters.Letter) error {
		from := wrapped(l.Plan, 20) + "\n" + wrapped(l.Department, 20) + "\n" + wrapped(l.Commitment, 20)
		t.AppendRow(table.Row{
			deadletters.Name(l.Position), wrapped(clock(l.ReceivedAt), 10), from, refusalWords(&l.Refusal, wide), wrapped(stateWords(l), stateWidth),
		})
		shown++
		return nil
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n%s\n", t.Render(), countWords(reasons, total, shown))
	return err
}

// refusalWords says why, in lines of so many columns: the code and the field, then the sentence.
func refusalWords(r *schema.Rejection, columns int) string {
	return wrapped(strings.TrimSpace(string(r.Reason)+" "+r.Field), columns) + "\n" + wrapped(r.Message, columns)
}

// newTable is a table with these headings.
func newTable(headings ...any) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0
	t.AppendHeader(table.Row(headings))
	return t
}

// countWords reads 共 31 条（wrong_unit 20、not_decimal 11），以上为最新的 10 条。
func countWords(reasons []deadletters.Counted, total, shown int) string {
	parts := make([]string, len(reasons))
	for i, r := range reasons {
		parts[i] = fmt.Sprintf("%s %d", r.Reason, r.Count)
	}
	words := fmt.Sprintf("共 %d 条（%s）", total, strings.Join(parts, "、"))
	if shown < total {
		words += fmt.Sprintf("，以上为最新的 %d 条", shown)
	}
	return words + "。"
}

// clock is a moment to the second, in Shanghai.
func clock(t time.Time) string { return t.In(schema.Shanghai).Format(time.DateTime) }

var outcomeWords = map[string]string{"accepted": "已采纳", "refused": "再次退回", "partly": "部分采纳"}

// stateWords is what became of a refused event.
func stateWords(l *deadletters.Letter) string {
	switch l.State {
	case deadletters.Replayed:
		words := "已重放（" + deadletters.Name(l.ReplayedBy) + "），" + outcomeWords[l.ReplayOutcome]
		if l.ReplayEdited {
			words += "，内容已修改"
		}
		return words
	case deadletters.Dropped:
		return "不再处理"
	}
	return "待处理"
}
