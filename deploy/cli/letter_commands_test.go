package cli_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"xushi/deploy/embedded/natsdtest"
	"xushi/jobs/letter"
	"xushi/producers/publishcmd"
	"xushi/seeds"
)

// Whoever copies a command out of a letter, fills in what stands in empty quotes and runs it, publishes an
// event that the ingest accepts; run as it stands, it is refused.
func TestCommandsOfLettersWork(t *testing.T) {
	t.Parallel()
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	js := natsdtest.JetStream(t)
	natsdtest.Judge(t, js, seeds.NewRegister(map[string]*seeds.History{ledger.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: ledger})}))
	url := js.Conn().ConnectedUrl()

	plan := ledger.Plan.ID
	explain := func(c *seeds.Commitment) string { return letter.ExplainCommand(plan, c.LeadDepartment, c.ID) }
	var itemised, milestone, level *seeds.Measure
	for _, m := range ledger.Measures() {
		switch {
		case m.Itemised && len(m.Items) > 0:
			itemised = m
		case m.Milestone():
			milestone = m
		case m.Ratio != nil:
			level = m
		}
	}
	area, _ := ledger.Measure("new-construction-floor-area")
	for _, tc := range []struct {
		name, command, filled string
	}{
		{"an answer", explain(area.Commitment), "施工许可尚未取得"},
		{"a figure", letter.ReportCommand(plan, area), "12"},
		{"an item", letter.ReportCommand(plan, itemised), "1"},
		{"a stage", letter.ReportCommand(plan, milestone), "1"},
		{"a ratio", letter.ReportCommand(plan, level), "1"},
		{"no change", letter.UnchangedCommand(plan, area), ""},
	} {
		if tc.filled != "" {
			if out, err := publish(t, url, tc.command); err == nil {
				t.Errorf("%s was published with nothing filled in: %s\n%s", tc.name, tc.command, out)
			}
		}
		command := strings.ReplaceAll(tc.command, `""`, `"`+tc.filled+`"`)
		if out, err := publish(t, url, command); err != nil {
			t.Errorf("%s: %s\n%v\n%s", tc.name, command, err, out)
		}
	}
}

// publish runs a command line as a shell would, as far as these have quotes and spaces.
func publish(t *testing.T, url, line string) (string, error) {
	t.Helper()
	var args []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	if len(args) < 2 || args[0] != "xushi" || args[1] != "publish" {
		t.Fatalf("%s is no call of xushi publish", line)
	}
	cmd := publishcmd.Command(func(_ context.Context, url string) (*nats.Conn, error) { return nats.Connect(url) })
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SilenceUsage = true
	cmd.SetArgs(append(args[2:], "--nats", url))
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}
