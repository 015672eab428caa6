package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"xushi/deploy/cli"
	"xushi/seeds"
)

// command runs the command line in this process.
func command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	root := cli.Root()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

// mustRun is command where no error is expected.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, args...)
	if err != nil {
		t.Fatalf("xushi %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// report writes a report as a file.
func report(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

const shortReport = "一、民生\n新建学校3所、5.5万平方米。办好第31届运动会。失业率控制在5%以内,“三河五岸”更加宜居。\n"

func TestSeedsScanShowsWhatItFindsAndDoubts(t *testing.T) {
	t.Parallel()
	out := mustRun(t, "seeds", "scan", report(t, shortReport))
	for _, want := range []string{
		"新建学校3所、5.5万平方米", "55000", "平方米", "area", "<=", "上限（不超过、以内）",
		"序数", "引号", "办好第31届运动会", "held",
		"数量 quantities 3（请核对 unsure 1）· 名称 names 4（请核对 unsure 0）· 里程碑候选 milestones 1 · 方向性表述 statements 1 · 标题 headings 1",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	width := 0
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "┌"):
			width = runewidth.StringWidth(line)
		case strings.HasPrefix(line, "│") && runewidth.StringWidth(line) != width:
			t.Errorf("a line of another width than its table's, %d:\n%s", width, line)
		}
	}
}

func TestSeedsScanRefusesWhatItCannotCount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, says string }{
		"CRLF":    {strings.ReplaceAll(shortReport, "\n", "\r\n"), "sed -e"},
		"GB18030": {"\xd0\xc2\xbd\xa8\xd1\xa7\xd0\xa33\xcb\xf9", "iconv -f GB18030 -t UTF-8"},
		"empty":   {"", "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := report(t, c.text)
			_, err := command(t, "seeds", "scan", file)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), file) {
				t.Errorf("error %v, want one about %s that says %q", err, file, c.says)
			}
		})
	}
}

// A draft keeps the text byte for byte, and what the check says of it is only what a person must decide.
func TestSeedsScanAndNewDraftTheSameLedger(t *testing.T) {
	t.Parallel()
	file := report(t, shortReport)
	scanned, begun := filepath.Join(t.TempDir(), "hedong-2025"), filepath.Join(t.TempDir(), "elsewhere")
	out := mustRun(t, "seeds", "scan", file, "--out", scanned)
	mustRun(t, "seeds", "new", begun, "--from", file, "--id", "hedong-2025")
	for _, name := range []string{"plan.yaml", "departments.yaml", "commitments.yaml", "statements.yaml", "numerals.yaml", "source.txt"} {
		a, err := os.ReadFile(filepath.Join(scanned, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(begun, name))
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%v)", name, err)
		}
		if name == "source.txt" && string(a) != shortReport {
			t.Errorf("the text is not kept byte for byte: %q", a)
		}
	}
	if !strings.Contains(out, "xushi seeds check "+scanned) {
		t.Errorf("no next step in\n%s", out)
	}
	_, err := command(t, "seeds", "check", scanned)
	if err == nil {
		t.Fatal("a draft passes that nobody edited")
	}
	for _, complaint := range strings.Split(err.Error(), "\n")[1:] {
		if !strings.Contains(complaint, seeds.Undecided) && !strings.Contains(complaint, ".by: must be a date of the plan") {
			t.Error(complaint)
		}
	}
}

func TestSeedsNewCopiesTheExample(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "hedong-2025")
	out := mustRun(t, "seeds", "new", dir)
	for _, want := range []string{"计划 hedong-2025", seeds.Example, "xushi seeds check " + dir} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	l, err := seeds.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if l.Plan.ID != "hedong-2025" {
		t.Errorf("plan %s", l.Plan.ID)
	}
	if out := mustRun(t, "seeds", "check", dir); !strings.Contains(out, "proved") {
		t.Errorf("check says\n%s", out)
	}
}

func TestSeedsNewTakesOnlyAFolderOfItsOwn(t *testing.T) {
	t.Parallel()
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := report(t, shortReport)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"new", full, "--id", "x-2025"}, "is not empty (it holds mine.txt)"},
		{[]string{"new", full, "--id", "x-2025", "--from", file}, "is not empty"},
		{[]string{"scan", file, "--out", full, "--id", "x-2025"}, "is not empty"},
		{[]string{"new", filepath.Join(t.TempDir(), "河东2025")}, "name it with --id"},
		{[]string{"new", filepath.Join(t.TempDir(), "x"), "--from", full + "/none.txt"}, "none.txt"},
	} {
		if _, err := command(t, append([]string{"seeds"}, c.args...)...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: error %v, want one that says %q", c.args, err, c.says)
		}
	}
	entries, err := os.ReadDir(full)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder now holds %v (%v)", entries, err)
	}
}
