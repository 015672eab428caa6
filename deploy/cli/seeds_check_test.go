package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"xushi/seeds"
)

// seedsCheck runs `xushi seeds check` as a process and returns what it prints and its exit code.
func seedsCheck(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := xushi(t.Context(), append([]string{"seeds", "check"}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// The whole of the text is owned, counted as a reader of it would count.
func TestSeedsCheckPrintsTheCoverage(t *testing.T) {
	t.Parallel()
	out, errs, code := seedsCheck(t)
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, row := range []string{
		"分句 clauses | 有归属 owned | 149/149 | 100%",
		"| 目标任务 commitments | 44 | 29.5%",
		"阿拉伯数字 Arabic numerals | 有归属 owned | 24/24 | 100%",
		"| 目标值 targets | 21 | 87.5%",
		"中文数字 Chinese numerals | 有归属 owned | 28/28 | 100%",
		"| 倍数词 scale words (万) | 3 | 10.7%",
		"| 分母 denominators (千人口) | 1 | 3.5%",
		"“全覆盖” everywhere | 有归属 owned | 1/1 | 100%",
	} {
		if !strings.Contains(cells(out), row) {
			t.Errorf("no row %q in\n%s", row, out)
		}
	}
	for _, line := range []string{"hongqiao-2024）· 台账版本 ", "量化指标 quantified measures 22 · 里程碑 milestones 31（阶段 stages 98）· 单位 departments 16", "通过 proved"} {
		if !strings.Contains(out, line) {
			t.Errorf("nothing says %q in\n%s", line, out)
		}
	}
	widths := map[int]bool{}
	narrow := runewidth.Condition{}
	for line := range strings.Lines(tableOf(t, out)) {
		widths[narrow.StringWidth(strings.TrimRight(line, "\n┘"))] = true
	}
	if len(widths) > 2 { // the last line was cut off before its corner
		t.Errorf("the table's lines are %v wide:\n%s", widths, out)
	}
}

// cells writes a table's rows without its padding.
func cells(out string) string {
	var rows []string
	for line := range strings.Lines(out) {
		if strings.Contains(line, "│") {
			rows = append(rows, strings.Join(strings.Fields(strings.ReplaceAll(line, "│", "|")), " "))
		}
	}
	return strings.Join(rows, "\n")
}

// A ledger that is wrong in several files fails with all complaints, and the coverage that it does reach.
func TestSeedsCheckReportsEverythingAndWhatIsOwned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	l.Statements = l.Statements[1:] // the first heading, of two clauses
	l.Departments[0].Name = ""
	if err := seeds.WriteDir(dir, l); err != nil {
		t.Fatal(err)
	}
	out, errs, code := seedsCheck(t, dir)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	for _, want := range []string{dir, "source.txt:1: ", "at offset 0", "at offset 14", "departments.yaml:"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no complaint says %q:\n%s", want, errs)
		}
	}
	if !strings.Contains(cells(out), "分句 clauses | 有归属 owned | 147/149 | 98.6%") || strings.Contains(out, "通过") {
		t.Errorf("two clauses are owned by nobody, but it says\n%s", out)
	}
}

func TestSeedsCheckOfWhatIsNoLedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte("id: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{dir: "commitments.yaml", "no-such": "built in: " + seeds.Default} {
		out, errs, code := seedsCheck(t, name)
		if code != 1 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: exit code %d, want 1 and a complaint about %q: %s%s", name, code, want, out, errs)
		}
	}
}

// A measure without a curve is allowed, and is unknown for ever: the check says how many there are.
func TestSeedsCheckCountsWhatHasNoCurve(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	succeeds(t, dir, "town-2025", "new", "town-2025")
	file := filepath.Join(dir, "town-2025", "commitments.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := strings.Replace(string(text), "      curve:\n        kind: season\n        start: 2025-03-15\n        end: 2025-11-15\n", "", 1)
	if err := os.WriteFile(file, []byte(cut), 0o600); err != nil {
		t.Fatal(err)
	}
	succeeds(t, dir, "没有计划曲线 without a curve 1：", "check", "town-2025")
	if out, _, _ := seedsCheck(t); strings.Contains(out, "没有计划曲线") {
		t.Errorf("the built-in ledger is said to lack curves:\n%s", out)
	}
	fails(t, dir, "`xushi seeds new` begins one", "check", ".")
}
