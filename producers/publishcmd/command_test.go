package publishcmd_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"xushi/deploy/embedded/natsdtest"
	"xushi/producers/publishcmd"
	"xushi/schema"
	"xushi/seeds"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// log is a NATS server of the test's own, with the product's streams.
type log struct {
	url string
	js  jetstream.JetStream
}

func newLog(t *testing.T) *log {
	t.Helper()
	js := natsdtest.JetStream(t)
	return &log{url: js.Conn().ConnectedUrl(), js: js}
}

// judge answers by the ledger that comes with the program, until the test ends.
func (l *log) judge(t *testing.T) {
	t.Helper()
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatalf("ledger: %v", err)
	}
	register := seeds.NewRegister(map[string]*seeds.History{ledger.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: ledger})})
	natsdtest.Judge(t, l.js, register)
}

// run runs the command with some standard input.
func (l *log) run(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	cmd := publishcmd.Command(func(_ context.Context, url string) (*nats.Conn, error) { return nats.Connect(url) })
	var out bytes.Buffer
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SilenceUsage = true
	cmd.SetArgs(append(args, "--nats", l.url))
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

// stored are the events of the log, in order.
func (l *log) stored(t *testing.T) (events []schema.Event) {
	t.Helper()
	stream, err := l.js.Stream(t.Context(), schema.ProgressStream)
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
		m, err := stream.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		in := &schema.Message{Subject: m.Subject, Header: m.Header, Body: m.Data, Sequence: seq, Timestamp: m.Time}
		schema.Policy{}.Open(in, func(o *schema.Opened) { events = append(events, o.Record.Event) })
	}
	return events
}

var household = []string{
	"--plan", "hongqiao-2024", "--department", "zhujianwei", "--source", "/zhujianwei/housing",
	"--commitment", "housing-support", "--measure", "housing-support-households",
	"--mode", "increment", "--value", "12", "--time", "2024-06-28T17:00:00+08:00",
}

func with(more ...string) []string { return append(append([]string(nil), household...), more...) }

func TestVerdictIsShownInTheSendersLanguage(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.judge(t)
	out, err := l.run(t, "", with("--id", "h-1", "--unit", "户", "--wait")...)
	if err != nil || !strings.Contains(out, "已采纳") || !strings.Contains(out, "h-1") {
		t.Errorf("a good event: %v\n%s", err, out)
	}
	out, err = l.run(t, "", with("--id", "h-2", "--unit", "场", "--wait")...)
	if !errors.Is(err, publishcmd.ErrRefused) {
		t.Errorf("a refused event ends with %v", err)
	}
	for _, want := range []string{"被退回", "wrong_unit", "data.unit", "的单位是 户"} {
		if !strings.Contains(out, want) {
			t.Errorf("the table does not say %q:\n%s", want, out)
		}
	}
}

func TestReadingOfAMilestoneNamesItsStage(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.judge(t)
	for _, tt := range []struct {
		stage []string
		want  string
	}{
		{[]string{"--stage", "tender"}, "已采纳"},
		{[]string{"--stage", "opening"}, "unknown_stage"},
		{nil, "stage_required"},
	} {
		out, _ := l.run(t, "", append([]string{
			"--plan", "hongqiao-2024", "--department", "jiaoyuju", "--source", "/jiaoyuju/works",
			"--commitment", "minzu-primary-building", "--measure", "minzu-primary-building-steps",
			"--mode", "to_date", "--value", "1", "--unit", "个阶段", "--wait",
		}, tt.stage...)...)
		if !strings.Contains(out, tt.want) {
			t.Errorf("%v: no %s in\n%s", tt.stage, tt.want, out)
		}
		for line := range strings.Lines(out) {
			if width := runewidth.StringWidth(line); width > 160 {
				t.Errorf("%v: a line of %d columns", tt.stage, width)
			}
		}
	}
}

func TestTableIsAlignedWhereChineseCharactersTakeTwoColumns(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	out, err := l.run(t, "", with("--unit", "户")...)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		if runewidth.StringWidth(line) != runewidth.StringWidth(lines[0]) {
			t.Errorf("lines of different widths:\n%s", out)
			break
		}
	}
}

func TestFlagsMakeEveryKindOfEvent(t *testing.T) {
	t.Parallel()
	where := []string{"--plan", "hongqiao-2024", "--department", "zhujianwei", "--source", "/x", "--commitment", "project-completion"}
	for kind, flags := range map[schema.Type][]string{
		schema.Reported:  {"--measure", "project-completion-floor-area", "--mode", "increment", "--value", "1.5", "--unit", "万平方米", "--evidence", "文号1", "--evidence", "文号2", "--note", "说明"},
		schema.Unchanged: {"--unchanged"},
		schema.Voided:    {"--void", "h-1", "--reason", "重复"},
		schema.ItemAdded: {"--measure", "project-completion-projects", "--item", "x-1", "--item-name", "某项目", "--planned-date", "2024-09-30"},
		schema.Explained: {"--problem", "手续未齐", "--next-step", "专班推进"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			l := newLog(t)
			if out, err := l.run(t, "", append(append([]string(nil), where...), flags...)...); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			stored := l.stored(t)
			if len(stored) != 1 || stored[0].Type != kind || stored[0].ID == "" || time.Since(stored[0].Time) > time.Hour {
				t.Errorf("stored %+v", stored)
			}
			if kind == schema.Reported && len(stored[0].Data.Evidence) != 2 {
				t.Errorf("evidence %q", stored[0].Data.Evidence)
			}
		})
	}
}

func event(id, department, unit string) string {
	return `{"specversion":"1.0","id":"` + id + `","source":"/x","type":"progress.reported.v1","time":"2024-06-28T17:00:00+08:00",` +
		`"plan":"hongqiao-2024","department":"` + department + `","data":{"commitment":"housing-support",` +
		`"measure":"housing-support-households","mode":"increment","value":"1","unit":"` + unit + `"}}`
}

func TestManyEventsKeepTheirOrderAndEachHasItsOutcome(t *testing.T) {
	t.Parallel()
	broken := strings.Replace(event("c", "zhujianwei", "户"), `"value":"1"`, `"value":"NaN"`, 1)
	in := strings.Join([]string{
		event("a", "zhujianwei", "户"), event("b", "zhujianwei", "场"), broken, event("d", "minzhengju", "户"), event("e", "zhujianwei", "户"),
	}, "\n")
	for name, tt := range map[string]struct {
		args []string
		want []string // per event
	}{
		"sent":   {[]string{"-"}, []string{"已送达", "已送达", "not_decimal", "已送达", "已送达"}},
		"judged": {[]string{"-", "--wait"}, []string{"已采纳", "wrong_unit", "not_decimal", "已采纳", "已采纳"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLog(t)
			l.judge(t)
			out, err := l.run(t, in, tt.args...)
			if !errors.Is(err, publishcmd.ErrRefused) {
				t.Errorf("ends with %v", err)
			}
			_, rows, _ := strings.Cut(out, "┤") // after the header
			for i, want := range tt.want {
				id := string(rune('a' + i))
				_, row, _ := strings.Cut(rows, "│ "+id+" ")
				if row, _, _ = strings.Cut(row, "\n"); !strings.Contains(row, want) {
					t.Errorf("row %d is %q, want event %s with %s", i, row, id, want)
				}
				_, rows, _ = strings.Cut(rows, "│ "+id+" ") // the next one stands below
			}
			ids := ""
			for _, e := range l.stored(t) {
				ids += e.ID
			}
			if ids != "abde" {
				t.Errorf("the log has %q, want abde", ids)
			}
		})
	}
}

func TestFileIsReadToo(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	file := filepath.Join(t.TempDir(), "events.json")
	if err := os.WriteFile(file, []byte("["+event("a", "zhujianwei", "户")+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := l.run(t, "", file); err != nil || len(l.stored(t)) != 1 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWhatToPublishMustBeClear(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"nothing":         {nil, "nothing to publish"},
		"both":            {with("events.json"), "not both"},
		"no such file":    {[]string{"no-such-file.json"}, "no such file"},
		"not JSON":        {[]string{"-"}, "line 1"},
		"a wrong time":    {with("--unit", "户", "--time", "yesterday"), "not every event"},
		"no measure said": {[]string{"--plan", "hongqiao-2024", "--department", "zhujianwei", "--source", "/x", "--commitment", "c", "--value", "1"}, "not every event"},
	} {
		if out, err := l.run(t, "no JSON", tt.args...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want it to say %q\n%s", name, err, tt.want, out)
		}
	}
	if stored := l.stored(t); len(stored) != 0 {
		t.Errorf("%d events were sent", len(stored))
	}
}
