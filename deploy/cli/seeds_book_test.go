package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xushi/seeds"
)

// inFolder runs `xushi seeds …` in a folder and returns all that it prints.
func inFolder(t *testing.T, dir string, args ...string) (printed string, ok bool) {
	t.Helper()
	cmd := xushi(t.Context(), append([]string{"seeds"}, args...)...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), err == nil
}

func succeeds(t *testing.T, dir, want string, args ...string) {
	t.Helper()
	if out, ok := inFolder(t, dir, args...); !ok || !strings.Contains(out, want) {
		t.Fatalf("seeds %v: succeeded is %t, want %q in\n%s", args, ok, want, out)
	}
}

func fails(t *testing.T, dir, want string, args ...string) {
	t.Helper()
	if out, ok := inFolder(t, dir, args...); ok || !strings.Contains(out, want) {
		t.Fatalf("seeds %v: succeeded is %t, want it to fail with %q in\n%s", args, ok, want, out)
	}
}

// sameFiles tells whether a folder holds the built-in ledger, byte for byte.
func sameFiles(t *testing.T, dir string) {
	t.Helper()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range l.Files() {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not as it was (%v)", name, err)
		}
	}
}

// The office's round: out as YAML and as a workbook, back unchanged, edited, back with that one change.
func TestTheOfficeKeepsTheLedgerInItsWorkbook(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	succeeds(t, dir, "version", "export", "--format", "yaml", "--out", "ledger")
	sameFiles(t, filepath.Join(dir, "ledger"))
	succeeds(t, dir, "ledger.xlsx", "export", "ledger", "--out", "ledger.xlsx")
	fails(t, dir, "is there already", "export", "ledger", "--out", "ledger.xlsx")
	succeeds(t, dir, "没有改动", "import", "ledger.xlsx", "--base", "ledger")
	sameFiles(t, filepath.Join(dir, "ledger"))

	edit(t, filepath.Join(dir, "ledger.xlsx"), "new-construction-floor-area", "due_date", "2024-11-30")
	edit(t, filepath.Join(dir, "ledger.xlsx"), "new-construction-floor-area", "curve.end", "2024/11/30")
	succeeds(t, dir, "│ 指标 │ new-construction-floor-area │ 完成时限 │ 2024-12-31 ", "import", "ledger.xlsx", "--base", "ledger", "--dry-run")
	sameFiles(t, filepath.Join(dir, "ledger"))
	fails(t, dir, "ledger 里已有文件，未写入", "import", "ledger.xlsx", "--out", "ledger")
	sameFiles(t, filepath.Join(dir, "ledger"))
	succeeds(t, dir, "已写入 ledger", "import", "ledger.xlsx", "--base", "ledger")
	changed, err := seeds.Load(os.DirFS(filepath.Join(dir, "ledger")))
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := changed.Measure("new-construction-floor-area"); m.DueDate.String() != "2024-11-30" {
		t.Errorf("due on %s", m.DueDate)
	}

	// Exported before somebody else changed the ledger: what they changed would be undone.
	succeeds(t, dir, "old.xlsx", "export", "--out", "old.xlsx")
	edit(t, filepath.Join(dir, "old.xlsx"), "zero-waste-cells", "reporting_interval_days", 7)
	fails(t, dir, "导入会撤销其间的改动", "import", "old.xlsx", "--base", "ledger")
	succeeds(t, dir, "注意：", "import", "old.xlsx", "--base", "ledger", "--force", "--out", "forced")
}

// A ledger's comments are its author's: a workbook that changes nothing leaves them.
func TestAnUnchangedWorkbookLeavesTheFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	succeeds(t, dir, "hedong-2025", "new", "hedong-2025")
	commitments := filepath.Join(dir, "hedong-2025", "commitments.yaml")
	before, err := os.ReadFile(commitments)
	if err != nil {
		t.Fatal(err)
	}
	succeeds(t, dir, "hedong-2025.xlsx", "export", "hedong-2025")
	succeeds(t, dir, "没有改动", "import", "hedong-2025.xlsx", "--base", "hedong-2025")
	if after, err := os.ReadFile(commitments); err != nil || !bytes.Equal(before, after) {
		t.Errorf("commitments.yaml was written again (%v)", err)
	}
	fails(t, dir, "这是计划 hedong-2025 的工作簿，不是计划 hongqiao-2024 的", "import", "hedong-2025.xlsx", "--base", "hongqiao-2024")
}

// What is wrong is said by sheet and cell, and nothing is written.
func TestABadWorkbookIsNotImported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	succeeds(t, dir, "hongqiao-2024.xlsx", "export")
	edit(t, filepath.Join(dir, "hongqiao-2024.xlsx"), "zero-waste-cells", "due_date", "年底")
	edit(t, filepath.Join(dir, "hongqiao-2024.xlsx"), "zero-waste-cells", "mode", "相加")
	fails(t, dir, "2 处需要改正", "import", "hongqiao-2024.xlsx")
	fails(t, dir, "（完成时限 due_date）：“年底”不是日期", "import", "hongqiao-2024.xlsx")
	if _, err := os.Stat(filepath.Join(dir, "hongqiao-2024")); !os.IsNotExist(err) {
		t.Errorf("something was written: %v", err)
	}
}

func TestSeedsExportsDocuments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	succeeds(t, dir, "## 原文覆盖", "export", "--format", "md")
	succeeds(t, dir, `"source_text": "(三)提升`, "export", "--format", "json")
	succeeds(t, dir, "plan.json", "export", "--format", "json", "--out", "plan.json")
	data, err := os.ReadFile(filepath.Join(dir, "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := seeds.Parse("plan.json", data); err != nil || again.Version != l.Version {
		t.Errorf("the JSON is not the ledger: %v", err)
	}
	fails(t, dir, `--format "csv"`, "export", "--format", "csv")
	succeeds(t, dir, "schema", "schema")
	if _, err := os.Stat(filepath.Join(dir, "schema", "commitments.schema.json")); err != nil {
		t.Error(err)
	}
}

// edit sets a measure's field in a workbook on disk.
func edit(t *testing.T, file, measure, field string, value any) {
	t.Helper()
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("指标")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for j, name := range rows[3] {
			if len(row) > 0 && row[0] == measure && name == field {
				cell, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.SetCellValue("指标", cell, value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
