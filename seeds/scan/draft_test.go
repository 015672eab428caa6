package scan_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"xushi/seeds"
	"xushi/seeds/scan"
)

func mapFS(files map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func draft(t *testing.T, file string) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files, err := scan.Scan(string(text)).Draft("draft-2025").Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// decisions are the complaints about what no text says and a person must decide: names, wording in
// English, definitions, departments, units that are none, and when a milestone's stages are due.
var decisions = regexp.MustCompile(`(is still to be decided by a person|no department "请填写" in departments\.yaml|stages\[[a-z-]+\]\.by: must be a date of the plan)`)

// TestADraftLacksOnlyDecisions: whatever a text can say, a draft says rightly.
func TestADraftLacksOnlyDecisions(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"../hongqiao-2024/source.txt", "testdata/economy.txt", "testdata/livelihood.txt", "testdata/governance.txt", "testdata/list.txt"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			_, err := seeds.Load(mapFS(draft(t, file)))
			if err == nil {
				t.Fatal("a draft passes that nobody edited")
			}
			complaints := strings.Split(err.Error(), "\n")[1:]
			for _, complaint := range complaints {
				if !decisions.MatchString(complaint) {
					t.Errorf("%s", complaint)
				}
			}
			t.Logf("%d decisions are left to a person", len(complaints))
		})
	}
}

// TestADraftPassesOnceDecided: with every placeholder filled in, nothing else keeps it from passing.
func TestADraftPassesOnceDecided(t *testing.T) {
	t.Parallel()
	files := draft(t, "../hongqiao-2024/source.txt")
	for name, data := range files {
		decided := strings.ReplaceAll(string(data), "lead_department: "+seeds.Undecided, "lead_department: banshichu")
		decided = strings.ReplaceAll(decided, seeds.Undecided+"\n", "decided\n")
		files[name] = []byte(strings.ReplaceAll(decided, "by: 1970-01-01", "by: 2025-06-30"))
	}
	files["departments.yaml"] = []byte("- {id: banshichu, name: 办事处, name_en: Office}\n")
	if _, err := seeds.Load(mapFS(files)); err != nil {
		t.Error(err)
	}
}

// TestDoubtsStandBesideTheirFields: nothing is guessed silently.
func TestDoubtsStandBesideTheirFields(t *testing.T) {
	t.Parallel()
	files := draft(t, "testdata/economy.txt")
	for _, want := range []string{
		"direction: fall  # 请核对：上限（不超过、以内）",
		"mode: increment  # 请核对：金额：",
		`target_value: 120000000000  # 请核对：逗号按千位分隔符读`,
		"due_date: 2025-12-31  # 请核对：原文没有时限",
	} {
		if !strings.Contains(string(files["commitments.yaml"]), want) {
			t.Errorf("no %q in the draft", want)
		}
	}
	if want := "reason: 年限，不是目标值  # 请核对"; !strings.Contains(string(files["numerals.yaml"]), want) {
		t.Errorf("no %q in the draft", want)
	}
	if want := "confidence: low"; !strings.Contains(string(files["plan.yaml"]), want) {
		t.Errorf("no %q in the draft", want)
	}
}
