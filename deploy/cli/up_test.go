package cli_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xushi/deploy/embedded/natsdtest"
	"xushi/seeds"
)

// The main job on real parts, as a stranger would start it.
func TestUpOnceEndsWithTheTableAndTheLetter(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	out := upOnce(t, data)
	for _, want := range []string{"ClickHouse 26.", "NATS 2.", "模拟数据", "84.7万平方米"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	var row string
	for line := range strings.Lines(tableOf(t, out)) {
		if strings.Contains(line, "84.7万平方米") {
			row = line
		}
	}
	for _, want := range []string{"区住房建设委", "42.12万平方米", "23.35万平方米", "27.6%", "-22.2", " 82 ", "严重滞后"} {
		if !strings.Contains(row, want) {
			t.Errorf("the row of the 84.7万m² of new construction lacks %q: %q", want, row)
		}
	}
	_, milestones, _ := strings.Cut(out, "\n里程碑 ")
	if !strings.Contains(milestones, "│ 建成区域名医堂") || strings.Contains(milestones, "│ 举办桃花节") {
		t.Errorf("the milestones that are late, and those alone, are not in a table of their own:\n%s", milestones)
	}
	subject, text := letterOf(t, data, "2024-W27", 27)
	if !strings.HasPrefix(subject, "【督查进度提示】2024年第27周:") || !strings.Contains(subject, "模拟") {
		t.Errorf("subject = %q", subject)
	}
	for _, want := range []string{"84.7万平方米", "新启动11个、84.7万平方米项目建设", "区住房建设委", "49.7%", "个百分点", "模拟"} {
		if !strings.Contains(text, want) {
			t.Errorf("the letter lacks %q:\n%s", want, text)
		}
	}
}

func TestUpTwiceOnOneFolderSendsEachLetterOnce(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := upOnce(t, data)
	second := upOnce(t, data)
	if a, b := tableOf(t, first), tableOf(t, second); a != b {
		t.Errorf("the second run's table differs:\n%s\n%s", a, b)
	}
	if !strings.Contains(second, "此前已发") {
		t.Errorf("the second run does not say that the letters were sent before:\n%s", second)
	}
	letterOf(t, data, "2024-W27", 27)
}

// kill -9 of the whole process in the middle, at several moments, and then a run to the end: the same
// table as a run that nobody disturbed.
func TestUpRecoversFromKill(t *testing.T) {
	t.Parallel()
	want := tableOf(t, upOnce(t, t.TempDir(), "--seed", "7"))
	data := t.TempDir()
	// From the servers' start, through publishing and storing, to the letter; each kill finds the folder
	// as the one before left it.
	for _, milliseconds := range []int64{0, 100, 200, 300, 450, 600, 900} {
		killAfter(t, data, time.Duration(milliseconds)*time.Millisecond)
	}
	if got := tableOf(t, upOnce(t, data, "--seed", "7")); got != want {
		t.Errorf("after kill -9 the table is\n%s\nwant\n%s", got, want)
	}
	letterOf(t, data, "2024-W27", 27)
}

// killAfter starts `xushi up`, and kills it some time after its servers are up.
func killAfter(t *testing.T, data string, after time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := xushi(ctx, "up", "--data", data, "--seed", "7", "--http-listen", "",
		"--nats-listen", "127.0.0.1:0", "--clickhouse-listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0")
	out := newOutput()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, err := awaitLine(out, "ClickHouse", time.Minute)
	<-time.After(after) // any moment must do
	if kerr := cmd.Process.Kill(); kerr != nil {
		t.Error(kerr)
	}
	_ = cmd.Wait() // it was killed
	if err != nil {
		t.Fatal(err)
	}
}

// Servers that are there: a nats-server process built from its own module, and an engine of its own.
func TestUpUsesServersThatAreThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	natsServer := filepath.Join(dir, "nats-server")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", natsServer, "github.com/nats-io/nats-server/v2")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build nats-server: %v\n%s", err, out)
	}
	nats := background(t, exec.CommandContext(t.Context(), natsServer, "-js", "-sd", filepath.Join(dir, "js"), "-a", "127.0.0.1", "-p", "-1"))
	listening, err := awaitLine(nats, "Listening for client connections on ", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	ch := background(t, xushi(t.Context(), "engine", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "ch")))
	at, err := awaitLine(ch, "ClickHouse", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	out := upOnce(t, data, "--nats", "nats://"+lastWord(listening), "--clickhouse", lastWord(at)+"/progress")
	if !strings.Contains(tableOf(t, out), "84.7万平方米") {
		t.Errorf("no table of measures:\n%s", out)
	}
	for _, want := range []string{"NATS 2.", "ClickHouse 26."} {
		if !strings.Contains(out, want) {
			t.Errorf("the output does not name %s:\n%s", want, out)
		}
	}
	for _, embedded := range []string{"nats", "clickhouse"} {
		if _, err := os.Stat(filepath.Join(data, embedded)); !os.IsNotExist(err) {
			t.Errorf("%s was started although there was one (%v)", embedded, err)
		}
	}
}

func background(t *testing.T, cmd *exec.Cmd) *output {
	t.Helper()
	out := newOutput()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait(); close(out.done) }() // killed below
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	return out
}

func lastWord(line string) string {
	fields := strings.Fields(line)
	return fields[len(fields)-1]
}

func TestPortInUseNamesTheFlag(t *testing.T) {
	t.Parallel()
	held := background(t, xushi(t.Context(), "nats", "--listen", "127.0.0.1:0", "--data", t.TempDir()))
	at, err := awaitLine(held, "NATS", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimPrefix(lastWord(at), "nats://")
	out, err := xushi(t.Context(), "up", "--once", "--data", t.TempDir(), "--nats-listen", addr).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--nats-listen") || !strings.Contains(string(out), addr) {
		t.Errorf("up on a taken port: %v\n%s", err, out)
	}
}

// A later moment on the same folder plays on from where the folder is: nothing is published, refused or
// counted twice.
func TestUpPlaysOn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	upOnce(t, data, "--as-of", "2024-06-24 08:00")
	on := upOnce(t, data, "--as-of", "2024-07-01 08:00")
	fresh := upOnce(t, t.TempDir(), "--as-of", "2024-07-01 08:00")
	if got, want := tableOf(t, on), tableOf(t, fresh); got != want {
		t.Errorf("played on, the table is\n%s\nwant\n%s", got, want)
	}
	for _, count := range []string{"采纳 events accepted", "退回 dead letters"} {
		if got, want := lineOf(on, count), lineOf(fresh, count); got != want || got == "" {
			t.Errorf("played on: %q, in one go: %q", got, want)
		}
	}
}

// Another district's ledger: the simulated departments are its own.
func TestUpPlaysAnotherLedger(t *testing.T) {
	t.Parallel()
	out := upOnce(t, t.TempDir(), "--ledger", seeds.Example, "--as-of", "2025-07-07 08:00")
	for _, want := range []string{"样板区", "│ 区城管局 │ 1.5万平方米 │", "退回 dead letters              0", "【督查进度提示】2025年第28周:"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	data := filepath.Join(t.TempDir(), "data")
	early, err := xushi(t.Context(), "up", "--once", "--data", data, "--ledger", seeds.Example, "--as-of", "2024-12-31").CombinedOutput()
	if err == nil || !strings.Contains(string(early), "plan example-2025 runs from 2025-01-01 to 2025-12-31") {
		t.Errorf("before the plan begins: %v\n%s", err, early)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("servers were started all the same (%v)", err)
	}
}

// A changed target is what departments are held to, not what they have done: the simulated year goes on as
// it began, and no event is told again with another content.
func TestUpPlaysOnAfterTheLedgerChanged(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	upOnce(t, data, "--as-of", "2024-06-24 08:00")
	raised := filepath.Join(t.TempDir(), "raised.json")
	if err := os.WriteFile(raised, natsdtest.Raised(t).JSON(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	nats := background(t, xushi(ctx, "nats", "--listen", "127.0.0.1:0", "--data", filepath.Join(data, "nats")))
	at, err := awaitLine(nats, "NATS", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	apply := xushi(t.Context(), "seeds", "apply", raised, "--nats", lastWord(at), "--at", "2024-06-26 09:00",
		"--by", "督查室", "--reason", "区委全会调整", "--approver", "区长")
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("apply: %v\n%s", err, out)
	}
	stop()
	<-nats.done
	on := upOnce(t, data, "--as-of", "2024-07-01 08:00")
	fresh := upOnce(t, t.TempDir(), "--as-of", "2024-07-01 08:00")
	if !strings.Contains(on, natsdtest.Raised(t).Version) || !strings.Contains(on, "90万平方米") {
		t.Errorf("the changed target is not in force:\n%s", on)
	}
	for _, count := range []string{"采纳 events accepted", "退回 dead letters"} {
		if got, want := lineOf(on, count), lineOf(fresh, count); got != want || got == "" {
			t.Errorf("after the change: %q, without it: %q", got, want)
		}
	}
}

func lineOf(out, what string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, what) {
			return line
		}
	}
	return ""
}
