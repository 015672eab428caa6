package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"xushi/jobs/figures"
	"xushi/jobs/supervision"
)

// itemStates are in the order in which a reader wants them counted.
var itemStates = []supervision.State{
	supervision.Escalated, supervision.Open, supervision.Answered,
	supervision.Recovered, supervision.Verified, supervision.Lapsed, supervision.Closed,
}

// itemFilter chooses items.
type itemFilter struct {
	state, department string
	all               bool
}

func itemsListCommand() *cobra.Command {
	var o itemOptions
	var choose itemFilter
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the open supervision items of the latest letter",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := choose.validate(); err != nil {
				return err
			}
			r, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer r.close()
			return r.list(cmd.OutOrStdout(), choose)
		},
	}
	f := cmd.Flags()
	o.flags(f)
	f.StringVar(&choose.state, "state", "", "only in this state: "+stateNames())
	f.StringVar(&choose.department, "department", "", "only those that this department is to answer")
	f.BoolVar(&choose.all, "all", false, "closed ones, too")
	return cmd
}

func stateNames() string {
	names := make([]string, len(itemStates))
	for i, s := range itemStates {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

func (c itemFilter) validate() error {
	if c.state != "" && !slices.Contains(itemStates, supervision.State(c.state)) {
		return fmt.Errorf("--state %q: must be one of %s", c.state, stateNames())
	}
	return nil
}

// takes tells whether an item is chosen: an open one, unless a state or all are asked for.
func (c itemFilter) takes(i *supervision.Item) bool {
	if c.department != "" && i.Department != c.department {
		return false
	}
	if c.state != "" {
		return string(i.State) == c.state
	}
	return c.all || i.IsOpen()
}

func (r *register) list(out io.Writer, choose itemFilter) error {
	if r.week == nil {
		_, err := fmt.Fprintf(out, "%s 尚无周报，也就没有督办事项。\n", r.plan)
		return err
	}
	if d := choose.department; d != "" {
		if _, ok := r.ledger().Department(d); !ok {
			return fmt.Errorf("--department: no department %q in plan %s", d, r.plan)
		}
	}
	fmt.Fprintln(out, r.heading())
	t, numbers := newTable("编号", "目标任务", "牵头单位", "状态", "立项", "答复时限", "答复或办结"), map[supervision.State]int{}
	wide := max((width(out)-72)/2, 12)
	for i := range r.week.Items {
		item := &r.week.Items[i]
		if !choose.takes(item) {
			continue
		}
		numbers[item.State]++
		t.AppendRow(table.Row{
			item.Number, wrapped(r.title(item.Commitment), wide), wrapped(r.ledger().DepartmentName(item.Department), 14),
			item.State.Label(), item.Opened, item.Due.String(), wrapped(outcome(item), wide),
		})
	}
	if t.Length() == 0 {
		fmt.Fprintln(out, "没有符合条件的督办事项。")
	} else {
		fmt.Fprintf(out, "%s\n%s\n", t.Render(), statesWords(t.Length(), numbers))
	}
	return r.listPending(out)
}

// statesWords read 共 12 项：逾期未答复 2、待答复 3。
func statesWords(all int, numbers map[supervision.State]int) string {
	var parts []string
	for _, s := range itemStates {
		if numbers[s] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", s.Label(), numbers[s]))
		}
	}
	return fmt.Sprintf("共 %d 项：%s。", all, strings.Join(parts, "、"))
}

// outcome is what a department answered, or how the item was closed.
func outcome(i *supervision.Item) string {
	switch {
	case i.IsOpen() && i.Answer != nil:
		return figures.At(i.AnsweredAt) + " " + i.Answer.NextStep
	case i.IsOpen() && i.Unanswered > 0:
		return fmt.Sprintf("已%d期未答复", i.Unanswered)
	case i.IsOpen():
		return ""
	}
	return figures.At(i.ClosedAt) + " " + i.Reason
}

// listPending says what was done that no letter has followed yet.
func (r *register) listPending(out io.Writer) error {
	for i, a := range r.pending(time.Time{}) {
		if i == 0 {
			fmt.Fprintln(out, "已登记，下期周报起生效：")
		}
		if _, err := fmt.Fprintln(out, "  "+visible(r.actWords(a))); err != nil {
			return err
		}
	}
	return nil
}
