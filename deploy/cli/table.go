package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"xushi/deploy/app"
	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/jobs/weekly"
	"xushi/seeds"
)

// showStatus prints a table of every measure, in the order of the text.
func showStatus(out io.Writer, ledger *seeds.Ledger, simulation bool, assessed []assessment.Assessment, asOf time.Time) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"#", "指标", "牵头单位", "目标值", "序时应完成", "累计完成", "完成率", "进度差", "滞后天数", "进度状态", "数据"})
	for i := range assessed {
		a := &assessed[i]
		gap, _ := figures.Gap(a) // the unit is understood
		t.AppendRow(table.Row{
			i + 1, a.Measure.Title, ledger.DepartmentName(a.Measure.Commitment.LeadDepartment), figures.Target(a.Measure),
			figures.Quantity(a.Measure, a.Planned), figures.Quantity(a.Measure, figures.Rat(a.Actual)),
			figures.Percent(a.ActualShare), gap, lagDays(a), figures.Status(a), a.Data.Label(),
		})
	}
	right := func(number int) table.ColumnConfig {
		return table.ColumnConfig{Number: number, Align: text.AlignRight}
	}
	t.SetColumnConfigs([]table.ColumnConfig{right(1), right(4), right(5), right(6), right(7), right(8), right(9)})
	fmt.Fprintf(out, "\n%s · 截至 %s · 台账版本 %s%s\n%s\n", ledger.Plan.Title, figures.At(asOf), ledger.Version, mark(simulation), t.Render())
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

func showLetter(out io.Writer, posted weekly.Posted) {
	fmt.Fprintf(out, "\n本周来信 letter   %s\n", posted.Letter.Subject)
	for _, r := range posted.Queued {
		fmt.Fprintf(out, "                  → %s\n", r)
	}
	for _, r := range posted.Before {
		fmt.Fprintf(out, "                  → %s（本周已发，不再重发 sent before）\n", r)
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
			place("status", "http://"+o.httpListen+"/healthz  /metrics")
		}
	}
	place("letters", filepath.Join(s.mailDir, "*.eml"))
	place("data", o.data)
}
