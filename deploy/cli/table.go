package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"xushi/deploy/app"
	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/jobs/weekly"
	"xushi/seeds"
)

// showStatus prints a table of every quantified measure, in the order of the text, one of the milestones that
// somebody has to look at, and how many there are of each status.
func showStatus(out io.Writer, ledger *seeds.Ledger, simulation bool, assessed []assessment.Assessment, asOf time.Time) {
	fmt.Fprintf(out, "\n%s · 截至 %s · 台账版本 %s%s\n", ledger.Plan.Title, figures.At(asOf), ledger.Version, mark(simulation))
	var measures, milestones, wanting []*assessment.Assessment
	for i := range assessed {
		a := &assessed[i]
		switch {
		case !a.Measure.Milestone():
			measures = append(measures, a)
		default:
			milestones = append(milestones, a)
			if wantsLooking(a) {
				wanting = append(wanting, a)
			}
		}
	}
	fmt.Fprintf(out, "\n%s\n%s\n", byStatus("量化指标", measures), statusTable(ledger, measures))
	if len(milestones) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", byStatus("里程碑", milestones))
	if len(wanting) > 0 {
		fmt.Fprintf(out, "其中迟延、未报或无法测算的：\n%s\n", statusTable(ledger, wanting))
	}
}

// wantsLooking tells whether a milestone is late, silent or unknown.
func wantsLooking(a *assessment.Assessment) bool {
	switch a.Progress {
	case assessment.Overdue, assessment.Unknown:
		return true
	}
	return a.LagDays > 0 || a.Data == assessment.Stale || a.Data == assessment.NeverReported
}

// byStatus reads 里程碑 31 项：符合序时 20、滞后 2.
func byStatus(what string, all []*assessment.Assessment) string {
	numbers := map[string]int{}
	for _, a := range all {
		numbers[figures.Status(a.Standing)]++
	}
	var parts []string
	most := func(a, b string) int { return cmp.Or(numbers[b]-numbers[a], strings.Compare(a, b)) }
	for _, status := range slices.SortedFunc(maps.Keys(numbers), most) {
		parts = append(parts, fmt.Sprintf("%s %d", status, numbers[status]))
	}
	return fmt.Sprintf("%s %d 项：%s", what, len(all), strings.Join(parts, "、"))
}

func statusTable(ledger *seeds.Ledger, all []*assessment.Assessment) string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"#", "指标", "牵头单位", "目标值", "序时应完成", "累计完成", "完成率", "进度差", "滞后天数", "进度状态", "数据"})
	for i, a := range all {
		gap, _ := figures.Gap(a) // the unit is understood
		t.AppendRow(table.Row{
			i + 1, a.Measure.Title, ledger.DepartmentName(a.Measure.Commitment.LeadDepartment), figures.Target(a.Measure),
			figures.Quantity(a.Measure, a.Planned), figures.Quantity(a.Measure, figures.Rat(a.Actual)),
			figures.Percent(a.ActualShare), gap, lagDays(a), figures.Status(a.Standing), a.Data.Label(),
		})
	}
	right := func(number int) table.ColumnConfig {
		return table.ColumnConfig{Number: number, Align: text.AlignRight}
	}
	t.SetColumnConfigs([]table.ColumnConfig{right(1), right(4), right(5), right(6), right(7), right(8), right(9)})
	return t.Render()
}

// mark says that figures are made up, wherever they are shown.
func mark(simulated bool) string {
	if simulated {
		return " · 模拟数据"
	}
	return ""
}

func lagDays(a *assessment.Assessment) string {
	if a.LagDays == 0 {
		return ""
	}
	return strconv.Itoa(a.LagDays)
}

// showLetter names the newest letter, and who has it since when.
func showLetter(out io.Writer, o *weekly.Office, newest *weekly.Issued, fresh bool) {
	if newest == nil {
		fmt.Fprintf(out, "\n本周来信 letter   尚无：第一期未到发信时刻 none is due yet\n")
		return
	}
	remark := "（此前已发，不再重发 sent before）"
	if fresh {
		remark = ""
	}
	fmt.Fprintf(out, "\n本周来信 letter   %s\n", newest.Letter.Subject)
	for _, r := range o.Recipients {
		fmt.Fprintf(out, "                  → %s%s\n", r, remark)
	}
}

// showPlaces says where everything is; servers only while they run.
func showPlaces(out io.Writer, s *stack, o upOptions) {
	fmt.Fprintln(out)
	place := func(what, at string) { fmt.Fprintf(out, "%-18s%s\n", what, at) }
	if !o.once {
		place("NATS", app.Redacted(s.natsURL))
		place("ClickHouse", app.Redacted(s.clickhouseURL))
		if o.httpListen != "" {
			place("status", "http://"+o.httpListen+"/readyz  /healthz  /metrics")
		}
	}
	place("letters", filepath.Join(s.mailDir, "*.eml"))
	place("data", o.data)
}
