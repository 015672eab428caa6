package cli_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
)

// What the simulated departments sent and the ingest refused is listed, mended, sent once more and dropped,
// while everything runs.
func TestDeadLettersWhileEverythingRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	up := background(t, xushi(t.Context(), "up", "--data", filepath.Join(dir, "data"), "--http-listen", "",
		"--nats-listen", "127.0.0.1:0", "--clickhouse-listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"))
	if _, err := awaitLine(up, "Running; Ctrl-C ends.", 3*time.Minute); err != nil {
		t.Fatal(err)
	}
	natsAt, _ := up.find("NATS ")
	storeAt, _ := up.find("ClickHouse ")
	both := []string{"--clickhouse=" + lastWord(storeAt) + "/progress", "--nats=" + lastWord(natsAt)}
	store := both[:1]
	var environment []string
	run := func(want string, servers []string, args ...string) string {
		t.Helper()
		cmd := xushi(t.Context(), append(append([]string{"deadletters"}, args...), servers...)...)
		cmd.Env = append(cmd.Env, environment...)
		out, err := cmd.CombinedOutput()
		if !strings.Contains(string(out), want) {
			t.Errorf("xushi deadletters %s: %v, want %q in\n%s", strings.Join(args, " "), err, want, out)
		}
		if obeyed := bytes.ContainsAny(out, "\x1b\x07\x00"); obeyed || strings.ContainsAny(string(out), "\u009b\u202e") {
			t.Errorf("xushi deadletters %s prints what a terminal obeys: %q", strings.Join(args, " "), out)
		}
		return string(out)
	}

	run("│ 待处理 │", store, "list")
	wrong := firstLetter(t, run("wrong_unit", store, "list", "--reason", "wrong_unit", "--limit", "1"))
	run("data.unit", store, "show", wrong)
	run("试运行，未作改动：仍会退回 1。", both, "replay", wrong, "--dry-run")
	run("│ 待处理 │", store, "list", "--reason", "wrong_unit")
	run("再次退回 1。", both, "replay", wrong)
	run("要再次重放请加 --again", both, "replay", wrong)

	environment = []string{"VISUAL=", "EDITOR=true"}
	run("nothing was edited, and nothing is sent", both, "replay", wrong, "--again", "--edit")
	environment = []string{"VISUAL=", "EDITOR=sed -i s/亩/个阶段/"}
	run("has been simulated up to 2024-07-01 08:00", both, "replay", wrong, "--again", "--edit", "--at", "2024-06-30")
	run("已采纳 1。", both, "replay", wrong, "--again", "--edit", "--at", "2024-07-02")
	run("内容已修改", store, "list", "--state", "replayed")

	hostile := publishHostile(t, lastWord(natsAt))
	run(`\x1b[2J`, store, "show", hostile)
	table := filepath.Join(dir, "refused.csv")
	run("1 条退回事件", store, "export", hostile, "--format", "csv", "--out", table)
	run("is there already", store, "export", hostile, "--format", "csv", "--out", table)
	run("仍会退回 1。", both, "replay", "--from", table, "--dry-run")
	run(`body_base64`, store, "export", hostile)

	drop := []string{"drop", "--department", "weijianwei", "--by", "督查室", "--reason", "测试数据"}
	run(`required flag(s) "by", "reason" not set`, both, "drop", "--all")
	run("choose refused events", both, "drop", "--by", "督查室", "--reason", "测试数据")
	run("nobody is there to be asked: say --yes", both, drop...)
	run("条不再处理。", both, append(drop, "--yes")...)
	run("没有待处理的退回事件。", both, append(drop, "--yes")...)
	deadline := time.Now().Add(time.Minute)
	for !strings.Contains(run("", store, "list", "--state", "dropped"), "不再处理") && time.Now().Before(deadline) {
		<-time.After(200 * time.Millisecond) // the running process brings the act into the store
	}
	run("要再次重放请加 --state all --again", both, "replay", "--department", "weijianwei")
	dropped := firstLetter(t, run("不再处理", store, "list", "--state", "dropped"))
	run("督查室：测试数据", store, "show", dropped)
	run("已由督查室定为不再处理：测试数据", both, "replay", dropped)
}

func TestDeadLettersRefuseWhatTheyCannotDo(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"refused events are read from the store (another one: --clickhouse)": {"list", "--clickhouse", "http://127.0.0.1:1/progress"},
		"--state \"lost\": must be open":                                     {"list", "--state", "lost"},
		`"x" is no refused event`:                                            {"show", "x"},
		"name refused events, or choose them by flags":                       {"replay", "1", "--all"},
		"choose refused events":                                              {"replay"},
		"name one":                                                           {"replay", "--all", "--edit"},
		"name none":                                                          {"replay", "1", "--from", "x.csv"},
		"no such file":                                                       {"replay", "--from", "x.csv"},
		"were all set":                                                       {"replay", "1", "--edit", "--body", "x"},
		"choose none by flags":                                               {"replay", "--plan", "p", "--from", "x.csv"},
		"--code chooses by reason code":                                      {"drop", "--all", "--by", "x", "--reason", "wrong_unit"},
		"--limit -1":                                                         {"list", "--limit", "-1"},
		"name refused events, as 812":                                        {"show"},
		`unknown command "lst" for "xushi deadletters"`:                      {"lst"},
	} {
		out, err := xushi(t.Context(), append([]string{"deadletters"}, args...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("deadletters %v: %v, %s; want %q", args, err, out, want)
		}
	}
}

// firstLetter is the name in the first row of a table.
func firstLetter(t *testing.T, out string) string {
	t.Helper()
	rows := strings.Split(out, "\n│ ")
	if len(rows) < 3 {
		t.Fatalf("no row in\n%s", out)
	}
	return strings.Fields(rows[2])[0]
}

// publishHostile publishes what would take over a terminal, and tells its name.
func publishHostile(t *testing.T, url string) string {
	t.Helper()
	js := natsdtest.Connect(t, url)
	inbox, err := js.Conn().SubscribeSync(nats.NewInbox())
	if err != nil {
		t.Fatal(err)
	}
	m := nats.NewMsg("progress.hongqiao-2024.zhujianwei.new-construction")
	m.Header.Set(schema.VerdictToHeader, inbox.Subject)
	m.Header.Set("X-Title", "\x1b]0;owned\x07")
	m.Data = []byte("{\"\x1b[2J\u202e\u009b31m\": \"=cmd|' /C calc'!A0\"\x00}")
	if _, err := js.PublishMsg(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	verdict, err := inbox.NextMsg(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(verdict.Data), `"sequence":`)
	name, _, _ := strings.Cut(rest, ",")
	return name
}
