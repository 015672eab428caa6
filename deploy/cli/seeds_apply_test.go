package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
)

// A target is changed while everything runs: what was known before stays, what is known after is held
// against the new target, and nothing changes that was not approved.
func TestSeedsApplyWhileEverythingRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	up := background(t, xushi(t.Context(), "up", "--data", filepath.Join(dir, "data"), "--http-listen", "",
		"--nats-listen", "127.0.0.1:0", "--clickhouse-listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"))
	if _, err := awaitLine(up, "Running; Ctrl-C ends.", 3*time.Minute); err != nil {
		t.Fatal(err)
	}
	natsAt, _ := up.find("NATS ")
	storeAt, _ := up.find("ClickHouse ")
	nats, store := "--nats="+lastWord(natsAt), "--clickhouse="+lastWord(storeAt)+"/progress"
	raised := filepath.Join(dir, "raised.json")
	if err := os.WriteFile(raised, natsdtest.Raised(t).JSON(), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(want string, args ...string) string {
		t.Helper()
		out, err := xushi(t.Context(), args...).CombinedOutput()
		if !strings.Contains(string(out), want) {
			t.Errorf("xushi %s: %v, want %q in\n%s", strings.Join(args, " "), err, want, out)
		}
		return string(out)
	}
	explain := func(knownAt string) string {
		return run("目标值", "explain", natsdtest.Floor, "--as-of", "2024-07-08 08:00", "--known-at", knownAt, store)
	}
	before := explain("2024-07-01 08:00")

	run("已在生效，未作改动", "seeds", "apply", "hongqiao-2024", nats)
	run("84.7万平方米", "seeds", "diff", "hongqiao-2024@in-force", raised, nats)
	run("须经批准的改动 1 处", "seeds", "apply", raised, "--dry-run", nats)
	run("--by and --reason", "seeds", "apply", raised, nats)
	why := []string{"--by", "督查室", "--reason", "区委全会调整", "--at", "2024-07-03 09:00", nats}
	run("needs an approver and a reason:\n  measure new-construction-floor-area 目标值：84.7万平方米 → 90万平方米", append([]string{"seeds", "apply", raised}, why...)...)
	run("没有差别", "seeds", "diff", "hongqiao-2024@in-force", "hongqiao-2024", nats)
	run("has been simulated up to 2024-07-01 08:00", "seeds", "apply", raised, "--by", "督查室", "--reason", "补录", "--approver", "区长", "--at", "2024-06-01", nats)
	why = append(why, "--approver", "区长")
	run("自 2024-07-03 09:00 起生效", append([]string{"seeds", "apply", raised}, why...)...)
	run("已在生效，未作改动", append([]string{"seeds", "apply", raised}, why...)...)
	run("没有差别", "seeds", "diff", raised, "hongqiao-2024@in-force", nats)

	confirm := []string{"seeds", "confirm", "hongqiao-2024", "measure", natsdtest.Floor, "curve", "--by", "区住建委", "--reason", "复函", "--at", "2024-07-05 09:00", nats}
	run("的计划曲线已由区住建委确认", confirm...)
	run("此前已由区住建委确认，未作改动", confirm...)
	run(`no field "colour"`, "seeds", "confirm", "hongqiao-2024", "measure", natsdtest.Floor, "colour", "--by", "a", "--reason", "b", "--at", "2024-07-05 09:00", nats)

	run("--at is missing: plan hongqiao-2024 is simulated", "seeds", "confirm", "hongqiao-2024", "department", "zhujianwei", "name", "--by", "区住建委", "--reason", "复函", nats)

	deadline := time.Now().Add(time.Minute)
	for !strings.Contains(explain("2024-07-08 08:00"), "90万平方米") && time.Now().Before(deadline) {
		<-time.After(200 * time.Millisecond) // the running process brings the act into the store
	}
	if after := explain("2024-07-08 08:00"); !strings.Contains(after, "90万平方米") || !strings.Contains(after, natsdtest.Raised(t).Version) {
		t.Errorf("known after the change:\n%s", after)
	}
	if again := explain("2024-07-01 08:00"); again != before || !strings.Contains(again, "84.7万平方米") {
		t.Errorf("known before the change, asked after it:\n%s\nwas\n%s", again, before)
	}
}

// Where no simulation is allowed nobody chooses the moment of an act: the processes would not count it.
func TestSeedsApplyWhereNothingIsSimulated(t *testing.T) {
	t.Parallel()
	server := natsdtest.Start(t, natsd.Options{Dir: t.TempDir()})
	js := natsdtest.Connect(t, server.URL())
	natsdtest.EnsureStreams(t, js)
	first := []string{"seeds", "apply", "hongqiao-2024", "--by", "督查室", "--reason", "首版", "--nats", server.URL()}
	out, err := xushi(t.Context(), append(first, "--at", "2024-01-01 00:00")...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "only a simulation chooses the moment of an act") {
		t.Errorf("with --at: %v\n%s", err, out)
	}
	if out, err := xushi(t.Context(), first...).CombinedOutput(); err != nil || !strings.Contains(string(out), "起生效") {
		t.Errorf("without: %v\n%s", err, out)
	}
}

func TestSeedsDiffOfFolders(t *testing.T) {
	t.Parallel()
	raised := filepath.Join(t.TempDir(), "raised.json")
	if err := os.WriteFile(raised, natsdtest.Raised(t).JSON(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		a, b string
		want []string
	}{
		{"hongqiao-2024", "hongqiao-2024", []string{"没有差别"}},
		{"hongqiao-2024", raised, []string{"目标值", "84.7万平方米", "90万平方米", "其中 1 处须经批准"}},
		{"hongqiao-2024", "nothing", []string{"nothing"}},
		{"hongqiao-2024", "nothing.json", []string{"nothing.json"}},
		{"hongqiao-2024", "hongqiao-2024@in-force", []string{"NATS at nats://127.0.0.1:1"}},
	} {
		out, _ := xushi(t.Context(), "seeds", "diff", tt.a, tt.b, "--nats", "nats://127.0.0.1:1").CombinedOutput()
		for _, want := range tt.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("diff %s %s lacks %q:\n%s", tt.a, tt.b, want, out)
			}
		}
	}
}
