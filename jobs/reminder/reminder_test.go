package reminder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/jobs/reminder"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

func july(day int) schema.Date { return schema.Day(2024, time.July, day) }

// ledger is a plan of two departments: housing reports two measures, health one.
func ledger() *seeds.Ledger {
	year := &seeds.Curve{Kind: seeds.Linear, Start: schema.Day(2024, time.January, 1), End: schema.Day(2024, time.December, 31)}
	measure := func(id, title, unit string, mode schema.Mode) seeds.Measure {
		return seeds.Measure{
			ID: id, Title: title, Unit: unit, Mode: mode, TargetValue: decimal.NewFromInt(1000), Curve: year,
			ReportingIntervalDays: 30, DueDate: schema.Day(2024, time.December, 31),
		}
	}
	l := &seeds.Ledger{
		Plan: seeds.Plan{
			ID: "hongqiao-2024", Title: "红桥区2024年政府工作报告目标任务",
			Start: schema.Day(2024, time.January, 1), End: schema.Day(2024, time.December, 31),
		},
		Departments: []seeds.Department{{ID: "housing", Name: "区住房建设委"}, {ID: "health", Name: "区卫生健康委"}},
		Commitments: []seeds.Commitment{
			{ID: "construction", Title: "新启动建设项目", LeadDepartment: "housing", Measures: []seeds.Measure{
				measure("area", "新启动项目建筑面积", "平方米", schema.ToDate), measure("projects", "新启动项目个数", "个", schema.Increment),
			}},
			{ID: "doctors", Title: "家庭医生签约", LeadDepartment: "health", Measures: []seeds.Measure{measure("doctors", "签约人数", "人", schema.ToDate)}},
		},
	}
	l.Index()
	return l
}

// reported assesses the ledger as of 8 o'clock on a day, by the days in June on which measures were last
// reported; 0 is never.
func reported(l *seeds.Ledger, day schema.Date, june map[string]int) []assessment.Assessment {
	var all []assessment.Assessment
	for _, m := range l.Measures() {
		a := assessment.Assessment{Measure: m, AsOf: day.Start().Add(8 * time.Hour), Standing: assessment.Standing{Progress: assessment.OnTrack}}
		if d := june[m.ID]; d != 0 {
			last := time.Date(2024, time.June, d, 17, 0, 0, 0, schema.Shanghai)
			a.LastReported = &last
		}
		all = append(all, a)
	}
	return all
}

func item(state supervision.State, due schema.Date) supervision.Item {
	return supervision.Item{Number: "2024-003", Commitment: "construction", Department: "housing", State: state, Due: due}
}

// told names what each department is told: housing: area 2024-07-10, item 2024-003.
func told(all []reminder.Reminder) []string {
	var lines []string
	for _, r := range all {
		var what []string
		for _, owed := range r.Reports {
			what = append(what, owed.Measure.ID+" "+owed.Due.String())
		}
		for _, a := range r.Answers {
			what = append(what, a.Item.Number+" "+a.Due.String())
		}
		lines = append(lines, r.Department+": "+strings.Join(what, ", "))
	}
	return lines
}

// Reports of 10 June are due by 10 July.
func TestAReportIsSpokenOfWhenItComesNearAndWhenItIsLate(t *testing.T) {
	t.Parallel()
	l := ledger()
	june := map[string]int{"area": 10, "projects": 30, "doctors": 30}
	owed := []string{"housing: area 2024-07-10"}
	for _, tc := range []struct {
		name  string
		first int // of July; the last day of the period if alone
		last  int
		ahead int
		want  []string
	}{
		{"four days before", 6, 6, 3, nil},
		{"three days before", 7, 7, 3, owed},
		{"two days before: it was said", 8, 8, 3, nil},
		{"on the day itself", 10, 10, 3, nil},
		{"the day after", 11, 11, 3, owed},
		{"two days after: the weekly letter says so", 12, 12, 3, nil},
		{"on Monday, what came near on Sunday", 6, 8, 3, owed},
		{"after a week in which nothing ran", 5, 12, 3, owed},
		{"nobody wants to hear of it before", 7, 7, 0, nil},
		{"but is told when it is late", 11, 11, 0, owed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			all := reminder.Due(l, reported(l, july(tc.last), june), nil, reminder.Period{First: july(tc.first), Last: july(tc.last)}, tc.ahead)
			if diff := cmp.Diff(tc.want, told(all)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAReminderListsAllThatIsOwed(t *testing.T) {
	t.Parallel()
	l := ledger()
	now := reported(l, july(7), map[string]int{"area": 10, "projects": 1, "doctors": 9})
	all := reminder.Due(l, now, []supervision.Item{item(supervision.Open, july(9))}, reminder.Period{First: july(7), Last: july(7)}, 3)
	want := []string{"housing: projects 2024-07-01, area 2024-07-10, 2024-003 2024-07-09"}
	if diff := cmp.Diff(want, told(all)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnAnswerIsAwaitedUntilItIsGiven(t *testing.T) {
	t.Parallel()
	l := ledger()
	june := map[string]int{"area": 30, "projects": 30, "doctors": 30}
	for _, tc := range []struct {
		state supervision.State
		day   int
		want  []string
	}{
		{supervision.Open, 11, []string{"housing: 2024-003 2024-07-14"}},
		{supervision.Open, 12, nil},
		{supervision.Escalated, 15, []string{"housing: 2024-003 2024-07-14"}},
		{supervision.Escalated, 16, nil},
		{supervision.Answered, 11, nil},
		{supervision.Recovered, 15, nil},
		{supervision.Closed, 15, nil},
	} {
		all := reminder.Due(l, reported(l, july(tc.day), june), []supervision.Item{item(tc.state, july(14))}, reminder.Period{First: july(tc.day), Last: july(tc.day)}, 3)
		if diff := cmp.Diff(tc.want, told(all)); diff != "" {
			t.Errorf("%s on 07-%d (-want +got):\n%s", tc.state, tc.day, diff)
		}
	}
}

func TestWhoHasReportedIsNotReminded(t *testing.T) {
	t.Parallel()
	l := ledger()
	for day := 7; day <= 11; day++ {
		all := reminder.Due(l, reported(l, july(day), map[string]int{"area": 30, "projects": 30, "doctors": 30}), nil, reminder.Period{First: july(7), Last: july(day)}, 3)
		if len(all) != 0 {
			t.Errorf("07-%d: %v", day, told(all))
		}
	}
}
