package reminder_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/letter"
	"xushi/jobs/reminder"
	"xushi/jobs/supervision"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// golden compares with testdata/name; on a mismatch, what we got is written beside it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		if err := os.WriteFile(path+".got", []byte(got), 0o644); err != nil {
			t.Error(err)
		}
		t.Errorf("%s differs (-want +got), see %s.got; go test -update accepts it:\n%s", path, path, diff)
	}
}

// compose writes the letter of 7 July to the housing department, which owes two reports and an answer.
func compose(t *testing.T, change func(*reminder.Input)) *letter.Letter {
	t.Helper()
	l := ledger()
	l.Version = "4f1c09ab77de"
	in := reminder.Input{Ledger: l, AsOf: july(7).Start().Add(8 * time.Hour), Ahead: 3}
	if change != nil {
		change(&in)
	}
	now := reported(l, july(7), map[string]int{"area": 10, "projects": 1, "doctors": 30})
	all := reminder.Due(l, now, []supervision.Item{item(supervision.Escalated, july(6))}, reminder.Period{First: july(7), Last: july(7)}, in.Ahead)
	if len(all) != 1 {
		t.Fatalf("%d reminders, want one", len(all))
	}
	composed, err := all[0].Compose(in)
	if err != nil {
		t.Fatal(err)
	}
	return composed
}

func TestAReminderReadsAsItDid(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*reminder.Input){
		"commands": nil,
		"board":    func(in *reminder.Input) { in.BoardURL, in.Simulation = "https://board.example.gov.cn/xushi/", true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := compose(t, change)
			golden(t, name+".html", l.HTML)
			golden(t, name+".txt", l.Subject+"\n\n"+l.Text)
		})
	}
}

func TestAReminderIsOneADay(t *testing.T) {
	t.Parallel()
	l := compose(t, nil)
	if l.Plan != "hongqiao-2024" || l.Period != "2024-07-07" || l.Kind != "reminder-housing" || l.Workbook != nil {
		t.Errorf("the letter is %s of %s, plan %s, with a workbook of %d bytes", l.Kind, l.Period, l.Plan, len(l.Workbook))
	}
}

func TestABoardTakesTheAnswer(t *testing.T) {
	t.Parallel()
	with := compose(t, func(in *reminder.Input) { in.BoardURL = "https://board.example.gov.cn/xushi" })
	without := compose(t, nil)
	const link, command = "https://board.example.gov.cn/xushi/answers/2024-003", "--commitment construction --problem"
	for _, tc := range []struct {
		name, body string
		link       bool
	}{{"html", with.HTML, true}, {"text", with.Text, true}, {"html", without.HTML, false}, {"text", without.Text, false}} {
		if strings.Contains(tc.body, link) != tc.link || strings.Contains(tc.body, command) == tc.link {
			t.Errorf("%s, link wanted %t:\n%s", tc.name, tc.link, tc.body)
		}
	}
}
