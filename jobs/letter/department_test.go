package letter_test

import (
	"html"
	"strings"
	"testing"

	"xushi/jobs/letter"
	"xushi/jobs/supervision"
	"xushi/seeds"
)

// toDepartment is the fixture's letter to one department; the office of city management supports the new
// constructions.
func toDepartment(id string) letter.Input {
	in := input()
	in.Department = id
	for i := range in.Ledger.Commitments {
		if c := &in.Ledger.Commitments[i]; c.ID == "new-construction" {
			c.SupportingDepartments = []string{"chengguanwei"}
		}
	}
	return in
}

func TestDepartmentsShareTheLetterOut(t *testing.T) {
	t.Parallel()
	whole, sum := compose(t, input()).Counts, letter.Counts{}
	for _, d := range ledger().Departments {
		c := compose(t, toDepartment(d.ID)).Counts
		sum.Severe, sum.Lagging, sum.Overdue, sum.Unreported = sum.Severe+c.Severe, sum.Lagging+c.Lagging, sum.Overdue+c.Overdue, sum.Unreported+c.Unreported
	}
	if whole != sum {
		t.Errorf("the departments' letters count %+v, everybody's %+v", sum, whole)
	}
}

func TestDepartmentIsToldWhatItSupportsAndNotChargedWithIt(t *testing.T) {
	t.Parallel()
	l := compose(t, toDepartment("chengguanwei"))
	if want := (letter.Counts{Overdue: 1}); l.Counts != want {
		t.Errorf("counts %+v, want %+v", l.Counts, want)
	}
	_, supported, _ := strings.Cut(l.Text, "配合的任务：滞后与逾期")
	for _, want := range []string{"新启动项目建筑面积", "新启动项目个数"} {
		if !strings.Contains(supported, want) {
			t.Errorf("what it supports lacks %q:\n%s", want, supported)
		}
	}
	if n := strings.Count(l.Text, "新启动项目建筑面积"); n != 1 {
		t.Errorf("what it supports is told %d times", n)
	}
	if strings.Contains(dump(t, l.Workbook), "new-area") {
		t.Error("its workbook has what it supports as its own")
	}
}

func TestDepartmentIsToldHowToAnswerAndToReport(t *testing.T) {
	t.Parallel()
	owing := toDepartment("shengtai") // has never reported the cells
	asked := toDepartment("zhujianwei")
	asked.This.Items = append(asked.This.Items, supervision.Item{Number: "2024-001", Commitment: "finished-construction", Department: "zhujianwei", State: supervision.Escalated})
	board := asked
	board.BoardURL = "https://board.example.gov.cn/xushi"
	for _, tc := range []struct {
		name  string
		in    letter.Input
		wants []string
	}{
		{"by a command", asked, []string{"请尽快答复督办事项2024-001", `--department zhujianwei --source /zhujianwei/manual --commitment finished-construction --problem "" --next-step ""`, "2024-008"}},
		{"on the board", board, []string{"https://board.example.gov.cn/xushi/answers/2024-001", "https://board.example.gov.cn/xushi/answers/2024-008"}},
		{"a report", owing, []string{"请报送", `--measure waste-free-cells --mode increment --value "" --unit 个`}},
	} {
		l := compose(t, tc.in)
		for form, body := range map[string]string{"html": html.UnescapeString(l.HTML), "text": l.Text} {
			for _, want := range tc.wants {
				if !strings.Contains(body, want) {
					t.Errorf("%s: %s lacks %q", tc.name, form, want)
				}
			}
		}
	}
	if strings.Contains(compose(t, input()).Text, "请办理") {
		t.Error("everybody's letter asks somebody to do something")
	}
}

func TestDepartmentWithoutTasksIsNamed(t *testing.T) {
	t.Parallel()
	in := toDepartment("idle")
	in.Ledger.Departments = append(in.Ledger.Departments, seeds.Department{ID: "idle", Name: "区档案局"})
	in.Ledger.Index()
	l := compose(t, in)
	if l.Kind != "department-idle" || !strings.Contains(l.Subject, "区档案局:严重滞后0 滞后0 逾期0 未报0") {
		t.Errorf("%s: %s", l.Kind, l.Subject)
	}
}
