package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"xushi/consumers/deadletters"
	"xushi/jobs/figures"
	"xushi/jobs/records"
	"xushi/jobs/supervision"
	"xushi/schema"
)

func itemsShowCommand() *cobra.Command {
	var o itemOptions
	cmd := &cobra.Command{
		Use:   "show NUMBER",
		Short: "Show the life of a supervision item: letters, figures week by week, answers, acts",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer r.close()
			return r.show(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	o.flags(cmd.Flags())
	return cmd
}

func (r *register) show(ctx context.Context, out io.Writer, number string) error {
	item, err := r.item(number)
	if err != nil {
		return err
	}
	life, err := records.ItemLife(ctx, r.conn, r.plan, number)
	if err != nil {
		return fmt.Errorf("letters about item %s: %w", number, err)
	}
	measures, err := records.MeasureLife(ctx, r.conn, r.plan, item.Measures, item.OpenedAt)
	if err != nil {
		return fmt.Errorf("figures of item %s: %w", number, err)
	}
	given, err := records.Explanations(ctx, r.conn, r.plan, item.Commitment, item.AskedAt)
	if err != nil {
		return fmt.Errorf("answers to item %s: %w", number, err)
	}
	var b strings.Builder
	r.describe(&b, item)
	fmt.Fprintf(&b, "\n%s\n", r.weeksTable(life, measures))
	r.answers(&b, item, given)
	r.happened(&b, item)
	_, err = io.WriteString(out, b.String())
	return err
}

// describe says what the item is about and how far it is.
func (r *register) describe(b *strings.Builder, i *supervision.Item) {
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(b, "%s%s\n", runewidth.FillRight(what, 12), visible(text))
		}
	}
	fmt.Fprintln(b, r.heading())
	line("编号", i.Number)
	line("目标任务", fmt.Sprintf("%s（%s）", r.title(i.Commitment), i.Commitment))
	if c, ok := r.commitment(i.Commitment); ok {
		line("原文", "「"+c.Quote+"」")
	}
	line("牵头单位", r.ledger().DepartmentName(i.Department))
	line("滞后指标", r.measuresWords(i.Measures))
	line("状态", i.State.Label())
	line("立项", fmt.Sprintf("%s周报，截至 %s", i.Opened, figures.At(i.OpenedAt)))
	line("答复时限", i.Due.String())
	if i.IsOpen() && i.Unanswered > 0 && i.Answer == nil {
		line("未答复", fmt.Sprintf("%d期", i.Unanswered))
	}
	if !i.IsOpen() {
		by := "按规则"
		if i.ClosedBy != "" {
			by = i.ClosedBy
		}
		line("办结", fmt.Sprintf("%s %s：%s", figures.At(i.ClosedAt), by, i.Reason))
		line("佐证材料", listed(i.Evidence))
	}
}

func (r *register) measuresWords(ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = r.measureTitle(id) + "（" + id + "）"
	}
	return strings.Join(words, "、")
}

// measureTitle is a measure's, or its id where the ledger has it no more.
func (r *register) measureTitle(id string) string {
	if m, ok := r.ledger().Measure(id); ok {
		return m.Title
	}
	return id
}

// weeksTable has a row for each letter and measure of the item.
func (r *register) weeksTable(life []records.ItemInWeek, measures []records.MeasureInWeek) string {
	figuresOf := map[schema.Week][]records.MeasureInWeek{}
	for _, m := range measures {
		figuresOf[m.Week] = append(figuresOf[m.Week], m)
	}
	t := newTable("周报", "事项", "指标", "序时进度", "完成率", "滞后天数", "进度状态")
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 4, Align: text.AlignRight}, {Number: 5, Align: text.AlignRight}, {Number: 6, Align: text.AlignRight}})
	for i, w := range life {
		if !w.IsOpen() && i > 0 && life[i-1].State == w.State {
			continue // closed before, and nothing has become of it
		}
		week, state := w.Week.String(), w.State.Label()
		for _, m := range figuresOf[w.Week] {
			t.AppendRow(table.Row{week, state, wrapped(r.measureTitle(m.Measure), 26), figures.Percent(m.PlannedShare),
				figures.Percent(m.ActualShare), days(m.LagDays), figures.Status(m.Standing)})
			week, state = "", ""
		}
		if week != "" { // none of its measures is in the ledger any more
			t.AppendRow(table.Row{week, state})
		}
	}
	return t.Render()
}

func days(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// answers are what the department said since it was asked.
func (r *register) answers(b *strings.Builder, i *supervision.Item, given []records.Explanation) {
	fmt.Fprintln(b, "答复")
	shown, last := 0, ""
	for _, e := range given {
		if !i.IsOpen() && e.ReceivedAt.After(i.ClosedAt) {
			break
		}
		shown++
		remark := ""
		switch {
		case e.Withdrawn:
			remark = "（已撤回）"
		case e.ReceivedAt.After(r.week.KnownAt):
			remark = "（下期周报起采用）"
		}
		fmt.Fprintf(b, "  %s %s%s\n", figures.At(e.ReceivedAt), r.ledger().DepartmentName(e.Department), remark)
		if said := "    存在问题：" + visible(e.Problem) + "\n    下一步措施：" + visible(e.NextStep); said == last {
			fmt.Fprintln(b, "    内容同上")
		} else {
			fmt.Fprintln(b, said)
			last = said
		}
	}
	if shown == 0 {
		fmt.Fprintln(b, "  无")
	}
}

// happened are extensions and the office's acts.
func (r *register) happened(b *strings.Builder, i *supervision.Item) {
	var lines []string
	for _, e := range i.Extensions {
		what := map[string]string{"due_date": "完成时限", "curve": "计划曲线"}[e.Field]
		lines = append(lines, fmt.Sprintf("%s 调整%s的%s：%s → %s，批准人%s：%s", figures.At(e.At), r.measureTitle(e.Measure), what, e.Before, e.After, e.Approver, e.Reason))
	}
	for _, a := range r.acts {
		if !a.At.After(i.OpenedAt) || (a.Closed == nil || a.Closed.Item != i.Number) && (a.Verified == nil || a.Verified.Commitment != i.Commitment) {
			continue
		}
		words := r.actWords(a)
		if a.At.After(r.week.KnownAt) {
			words += "（下期周报起生效）"
		}
		lines = append(lines, words)
	}
	if len(lines) > 0 {
		fmt.Fprintln(b, "办理")
	}
	for _, l := range lines {
		fmt.Fprintln(b, "  "+visible(l))
	}
}

// visible is a text that a terminal shows and does not obey.
func visible(text string) string { return deadletters.Visible(text) }

// listed are some in a line: 验收单、照片.
func listed(all []string) string { return strings.Join(all, "、") }
