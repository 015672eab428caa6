package letter_test

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/assessment"
	"xushi/jobs/letter"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// juneOf2024 is a month of four letters: of the fixture's measures, the floor area gets worse from week to week, the
// sewers become overdue, the finished area recovers, and the rest stays as it is.
func juneOf2024() letter.MonthInput {
	in := letter.MonthInput{Ledger: ledger(), Month: schema.Month{Year: 2024, Month: time.June}, Revisions: changed(ledger())}
	before := monthWeek(in, nil, 22, nil)
	in.Before = before
	steps := []map[string]assessment.Standing{
		{"new-area": stand(assessment.Lagging, assessment.LaggingAlert, 40), "finished-area": stand(assessment.Lagging, assessment.LaggingAlert, 12)},
		{"new-area": stand(assessment.Lagging, assessment.LaggingAlert, 50), "finished-area": stand(assessment.Lagging, assessment.LaggingAlert, 15)},
		{"new-area": stand(assessment.Severe, assessment.SevereAlert, 60), "sewers": stand(assessment.Overdue, assessment.NoAlert, 2)},
		{"new-area": stand(assessment.Severe, assessment.SevereAlert, 67), "sewers": stand(assessment.Overdue, assessment.NoAlert, 9)},
	}
	for i, changes := range steps {
		before = monthWeek(in, before, 23+i, changes)
		in.Weeks = append(in.Weeks, before)
	}
	follow(in.Weeks)
	return in
}

func stand(p assessment.Progress, alert assessment.Alert, days int) assessment.Standing {
	return assessment.Standing{Progress: p, Alert: alert, Data: assessment.Fresh, LagDays: days}
}

// monthWeek freezes a week in which all is on track but what changes says, and the fixture's silent measures.
func monthWeek(in letter.MonthInput, before *supervision.Week, number int, changes map[string]assessment.Standing) *supervision.Week {
	week := schema.Week{Year: 2024, Number: number}
	asOf := week.Monday().Start().Add(8 * time.Hour)
	if number == 24 {
		asOf = asOf.AddDate(0, 0, 1) // Dragon Boat Festival
	}
	var all []assessment.Assessment
	for _, m := range in.Ledger.Measures() {
		a := assessment.Assessment{Measure: m, AsOf: asOf, KnownAt: asOf, Standing: stand(assessment.OnTrack, assessment.NoAlert, 0)}
		if m.ID == "waste-free-cells" {
			a.Standing = assessment.Standing{Progress: assessment.NotStarted, Alert: assessment.SevereAlert, Data: assessment.NeverReported, LagDays: 130 + 7*(number-22)}
		}
		if s, ok := changes[m.ID]; ok {
			a.Standing = s
		}
		all = append(all, a)
	}
	return supervision.Next(before, supervision.Input{Ledger: in.Ledger, Week: week, AsOf: asOf, KnownAt: asOf, Now: all})
}

// follow lets departments do with the items that the letters opened what departments do: one is answered in
// time, one never.
func follow(weeks []*supervision.Week) {
	answered := time.Date(2024, time.June, 14, 10, 0, 0, 0, schema.Shanghai)
	for n, w := range weeks {
		for i := range w.Items {
			item := &w.Items[i]
			if item.Commitment == "new-construction" && n >= 2 {
				item.State, item.AnsweredAt = supervision.Answered, answered
				item.Answer = &assessment.Explanation{Department: "zhujianwei", ReceivedAt: answered, Problem: "施工许可尚未取得。", NextStep: "7月10日前取得。"}
			}
		}
	}
}

// province is a month of 200 departments in which every other of 10,000 measures is late and has an item.
func province() letter.MonthInput {
	year := crowd(10_000)
	in := letter.MonthInput{Ledger: year.Ledger, Month: schema.Month{Year: 2024, Month: time.July}, Weeks: []*supervision.Week{year.This}}
	in.Ledger.Departments = nil
	for i := range 200 {
		in.Ledger.Departments = append(in.Ledger.Departments, seeds.Department{ID: fmt.Sprintf("d%d", i), Name: fmt.Sprintf("第%d局", i)})
	}
	for i := range in.Ledger.Commitments {
		c := &in.Ledger.Commitments[i]
		c.LeadDepartment, c.Measures[0].ReportingDepartment = fmt.Sprintf("d%d", i%200), ""
	}
	in.Ledger.Index()
	return in
}

func composeMonth(t *testing.T, in letter.MonthInput) *letter.Letter {
	t.Helper()
	l, err := letter.ComposeMonth(in)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestBulletinReadsAsItDid(t *testing.T) {
	t.Parallel()
	english := juneOf2024()
	english.Language, english.BoardURL, english.Simulation = letter.English, "https://board.example.gov.cn/xushi/", true
	for name, in := range map[string]letter.MonthInput{"month": juneOf2024(), "month-english": english} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := composeMonth(t, in)
			golden(t, name+".html", l.HTML)
			golden(t, name+".txt", l.Subject+"\n\n"+l.Text)
			golden(t, name+".cells.txt", dump(t, l.Workbook))
		})
	}
}

func TestBulletinIsOneAMonth(t *testing.T) {
	t.Parallel()
	l := composeMonth(t, juneOf2024())
	if l.Plan != "hongqiao-2024" || l.Period != "2024-06" || l.Kind != schema.MonthlyLetter || l.WorkbookName != "xushi-hongqiao-2024-2024-06.xlsx" {
		t.Errorf("%s of %s, plan %s, %s", l.Kind, l.Period, l.Plan, l.WorkbookName)
	}
	if want := "【督查月度通报】2024年6月:严重滞后2 滞后0 逾期1 未报1"; l.Subject != want {
		t.Errorf("subject %q, want %q", l.Subject, want)
	}
	if want := (letter.Counts{Severe: 2, Overdue: 1, Unreported: 1}); l.Counts != want {
		t.Errorf("counts %+v, want %+v", l.Counts, want)
	}
}

func TestBulletinSaysTheSameBytes(t *testing.T) {
	t.Parallel()
	one, other := composeMonth(t, juneOf2024()), composeMonth(t, juneOf2024())
	if one.HTML != other.HTML || one.Text != other.Text || !bytes.Equal(one.Workbook, other.Workbook) {
		t.Error("the same month came out otherwise")
	}
}

func TestBulletinTellsTheStoryOfTheMonth(t *testing.T) {
	t.Parallel()
	l := composeMonth(t, juneOf2024())
	for form, body := range map[string]string{"html": html.UnescapeString(l.HTML), "text": l.Text} {
		for what, want := range map[string]string{
			"the change of what is severe": "+1",
			"a letter on another day":      "2024-06-11",
			"who is worst":                 "区生态环境局",
			"for how long":                 "5周",
			"what recovered":               "完工项目建筑面积（人民医院三期等项目完工）",
			"what was changed":             "150场",
			"by whose word":                "分管副区长（2024）",
			"what it is not":               "不是督查结论",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %s (%q) is missing", form, what, want)
			}
		}
	}
}

// Square metres, households and performances have no sum: what is severe outweighs any number of what is not.
func TestDepartmentsAreRankedByCountsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	in := juneOf2024()
	lagging := map[string]assessment.Standing{}
	for _, id := range []string{"sewers", "pocket-parks", "green-area"} {
		lagging[id] = stand(assessment.Lagging, assessment.LaggingAlert, 5)
	}
	lagging["new-area"] = stand(assessment.Severe, assessment.SevereAlert, 67)
	lagging["waste-free-cells"] = stand(assessment.OnTrack, assessment.NoAlert, 0)
	in.Weeks[3] = monthWeek(in, in.Weeks[2], 26, lagging)
	f := open(t, composeMonth(t, in).Workbook)
	rows, err := f.GetRows("单位情况")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows[3:6] {
		got = append(got, row[1])
	}
	if diff := cmp.Diff([]string{"区住房建设委", "区城市管理委", "区生态环境局"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestMonthsThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(*letter.MonthInput)
		want  string
	}{
		"no ledger":        {func(in *letter.MonthInput) { in.Ledger = nil }, "no ledger"},
		"no letter":        {func(in *letter.MonthInput) { in.Weeks = nil }, "no letter of 2024-06 was frozen"},
		"another month's":  {func(in *letter.MonthInput) { in.Month.Month = time.July }, "week 2024-W23 is not of 2024-07"},
		"in no order":      {func(in *letter.MonthInput) { in.Weeks[0], in.Weeks[1] = in.Weeks[1], in.Weeks[0] }, "does not come after"},
		"board by script":  {func(in *letter.MonthInput) { in.BoardURL = "javascript:alert(1)" }, "not an http(s) URL"},
		"no such language": {func(in *letter.MonthInput) { in.Language = "de" }, "language"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := juneOf2024()
			tc.spoil(&in)
			if _, err := letter.ComposeMonth(in); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}
