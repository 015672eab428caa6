package anomaly_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/anomaly"
	"xushi/schema"
	"xushi/seeds"
)

func rat(n int64) *big.Rat { return big.NewRat(n, 1) }

var exactly = cmp.Comparer(func(a, b *big.Rat) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 })

// may is a steady start: 10 000 m² in each of four weeks of May, 120 000 before.
var may = []reading{{on: "04-20", value: "120000"}, {on: "05-06", value: "130000"}, {on: "05-13", value: "140000"}, {on: "05-20", value: "150000"}}

func with(readings []reading, more ...reading) []reading {
	return append(append([]reading(nil), readings...), more...)
}

func TestAJumpIsALargePartOfAPeriodOnItsLastDays(t *testing.T) {
	t.Parallel()
	increments := func(m *seeds.Measure) { m.Mode = schema.Increment }
	for name, c := range map[string]struct {
		change   func(*seeds.Measure)
		readings []reading
		on       string
		want     []string
	}{
		"half of the month's": {asIs, with(may, reading{on: "05-30", value: "180000"}), "2024-06-03",
			[]string{"5月30日一次报送增加3万平方米，占当月增量的50.0%，请说明原因。"}},
		"a little less than half":                  {asIs, with(may, reading{on: "05-30", value: "179900"}), "2024-06-03", nil},
		"the third day before the end is the last": {asIs, with(may, reading{on: "05-29", value: "180000"}), "2024-06-03", []string{"5月29日一次报送增加3万平方米，占当月增量的50.0%，请说明原因。"}},
		"the fourth is not":                        {asIs, with(may, reading{on: "05-28", value: "180000"}), "2024-06-03", nil},
		"in several reports": {asIs, with(may, reading{on: "05-29", value: "175000"}, reading{on: "05-31", value: "200000"}), "2024-06-03",
			[]string{"5月29日至5月31日2次报送共增加5万平方米，占当月增量的62.5%，请说明原因。"}},
		"the month is not over":                           {asIs, with(may, reading{on: "05-30", value: "180000"}), "2024-05-31", nil},
		"a twentieth of the target is the least: 18 300":  {asIs, []reading{{on: "05-06", value: "1000"}, {on: "05-13", value: "2000"}, {on: "05-20", value: "3000"}, {on: "05-31", value: "21300"}}, "2024-06-03", []string{"5月31日一次报送增加1.83万平方米，占当月增量的85.9%，请说明原因。"}},
		"less is noise":                                   {asIs, []reading{{on: "05-06", value: "1000"}, {on: "05-13", value: "2000"}, {on: "05-20", value: "3000"}, {on: "05-31", value: "21299"}}, "2024-06-03", nil},
		"one who reports every month reports at its end":  {func(m *seeds.Measure) { m.ReportingIntervalDays = 30 }, []reading{{on: "05-31", value: "180000"}}, "2024-06-03", nil},
		"one who owes three reports a month and sent one": {asIs, []reading{{on: "04-30", value: "100"}, {on: "05-31", value: "180000"}}, "2024-06-03", []string{"5月31日一次报送增加17.99万平方米，占当月增量的100.0%，请说明原因。"}},
		"increments are added up":                         {increments, []reading{{on: "05-06", value: "1万"}, {on: "05-30", value: "1万"}, {on: "05-31", value: "2万"}}, "2024-06-03", []string{"5月30日至5月31日2次报送共增加3万平方米，占当月增量的75.0%，请说明原因。"}},
		"what was corrected is no jump":                   {asIs, with(may, reading{on: "05-30", value: "180000"}, reading{on: "05-30", value: "158000", replaces: "e5"}), "2024-06-03", nil},
		"the quarter goes before the month": {asIs, []reading{{on: "04-10", value: "1万"}, {on: "05-10", value: "2万"}, {on: "06-10", value: "3万"}, {on: "06-28", value: "10万"}}, "2024-07-01",
			[]string{"6月28日一次报送增加7万平方米，占当季增量的70.0%，请说明原因。"}},
		"and the plan before the quarter": {asIs, []reading{{on: "04-10", value: "1万"}, {on: "10-10", value: "2万"}, {on: "12-10", value: "3万"}, {on: "12-31", value: "36.6万"}}, "2025-01-06",
			[]string{"12月31日一次报送增加33.6万平方米，占全年增量的91.8%，请说明原因。"}},
		"what had fallen within the month is back": {asIs, with(may, reading{on: "05-21", value: "120000"}, reading{on: "05-30", value: "150000"}), "2024-06-03", []string{
			"5月30日一次报送增加3万平方米，占当月增量的100.0%，请说明原因。", "5月21日报送累计12万平方米，低于5月20日报送的15万平方米，其间未见更正，请核实并说明原因。"}},
		"what had fallen to where the month began": {asIs, []reading{{on: "04-20", value: "150000"}, {on: "05-06", value: "150000"}, {on: "05-13", value: "100000"}, {on: "05-30", value: "150000"}}, "2024-06-03", []string{
			"5月30日一次报送增加5万平方米，占当月增量的100.0%，请说明原因。", "5月13日报送累计10万平方米，低于5月6日报送的15万平方米，其间未见更正，请核实并说明原因。"}},
		"pieces come one by one":  {asIs, []reading{{on: "06-28", measure: "parks", piece: "north", value: "1"}, {on: "06-28", measure: "parks", piece: "x", value: "1"}}, "2024-07-01", nil},
		"a level has no increase": {asIs, []reading{{on: "06-03", measure: "rate", value: "61"}, {on: "06-28", measure: "rate", value: "79"}}, "2024-07-01", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, asked(t, plan(c.change), c.on, c.readings...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestADecreaseWithoutACorrection(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   func(*seeds.Measure)
		readings []reading
		want     []string
	}{
		"of a total": {asIs, []reading{{on: "06-13", value: "23万"}, {on: "06-20", value: "21万"}},
			[]string{"6月20日报送累计21万平方米，低于6月13日报送的23万平方米，其间未见更正，请核实并说明原因。"}},
		"a thousandth of the target is the least: 366": {asIs, []reading{{on: "06-13", value: "100366"}, {on: "06-20", value: "100000"}},
			[]string{"6月20日报送累计10万平方米，低于6月13日报送的10.04万平方米，其间未见更正，请核实并说明原因。"}},
		"less is noise": {asIs, []reading{{on: "06-13", value: "100365"}, {on: "06-20", value: "100000"}}, nil},
		"no more than the last digit is rounding":     {asIs, []reading{{on: "06-13", value: "104900"}, {on: "06-20", value: "10万"}}, nil},
		"a correction says so itself":                 {asIs, []reading{{on: "06-13", value: "23万"}, {on: "06-14", value: "24万"}, {on: "06-14", value: "21万", replaces: "e2"}}, nil},
		"what was withdrawn is no reading before":     {asIs, []reading{{on: "06-13", value: "23万"}, {on: "06-20", value: "21万"}, {on: "06-21", voids: "e1"}}, nil},
		"in the order in which things happened":       {asIs, []reading{{on: "06-20", value: "23万"}, {on: "06-13", value: "21万"}}, nil},
		"increments may be as small as they like":     {func(m *seeds.Measure) { m.Mode = schema.Increment }, []reading{{on: "06-13", value: "23万"}, {on: "06-20", value: "1万"}}, nil},
		"a level may move either way":                 {asIs, []reading{{on: "06-13", measure: "rate", value: "70"}, {on: "06-20", measure: "rate", value: "61"}}, nil},
		"another department's reading is no decrease": {asIs, []reading{{on: "06-13", value: "23万"}, {on: "07-20", value: "21万", department: "planning"}}, nil},
		"an item is not done any more": {asIs, []reading{{on: "06-13", measure: "parks", piece: "north", value: "1"}, {on: "06-20", measure: "parks", piece: "north", value: "0"}},
			[]string{"“北运河公园”6月13日报送已完成，6月20日又报送未完成，其间未见更正，请核实并说明原因。"}},
		"a stage is not done any more": {asIs, []reading{{on: "06-13", measure: "metro", piece: "shell", value: "1"}, {on: "06-20", measure: "metro", piece: "shell", value: "0"}},
			[]string{"“主体封顶”6月13日报送已完成，6月20日又报送未完成，其间未见更正，请核实并说明原因。"}},
		"another item is not done yet": {asIs, []reading{{on: "06-13", measure: "parks", piece: "north", value: "1"}, {on: "06-20", measure: "parks", piece: "x", value: "0"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, asked(t, plan(c.change), "2024-08-01", c.readings...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// On the morning of 06-04, 155 000 m² are planned; on that of 06-11 162 000, and of 06-18 169 000.
func TestARunOfReadingsThatAreThePlan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   func(*seeds.Measure)
		readings []reading
		want     []string
	}{
		"three in a row": {asIs, []reading{{on: "06-04", value: "155000"}, {on: "06-11", value: "162000"}, {on: "06-18", value: "169000"}},
			[]string{"6月4日至6月18日连续3次报送的数值与计划应完成数一致（6月18日为16.9万平方米），请说明数据来源和统计方法。"}},
		"of the evening as of the morning": {asIs, []reading{{on: "06-03", value: "155000"}, {on: "06-11", value: "162000"}, {on: "06-17", value: "169000"}},
			[]string{"6月3日至6月17日连续3次报送的数值与计划应完成数一致（6月17日为16.9万平方米），请说明数据来源和统计方法。"}},
		"two say nothing":                       {asIs, []reading{{on: "06-04", value: "155000"}, {on: "06-11", value: "162000"}, {on: "06-18", value: "168400"}}, nil},
		"one between them breaks the run":       {asIs, []reading{{on: "06-04", value: "155000"}, {on: "06-11", value: "162000"}, {on: "06-14", value: "164100"}, {on: "06-18", value: "169000"}}, nil},
		"a run goes on as one question":         {asIs, []reading{{on: "06-04", value: "155000"}, {on: "06-11", value: "162000"}, {on: "06-18", value: "169000"}, {on: "06-25", value: "176000"}}, []string{"6月4日至6月25日连续4次报送的数值与计划应完成数一致（6月25日为17.6万平方米），请说明数据来源和统计方法。"}},
		"rounded to ten thousands says nothing": {asIs, []reading{{on: "06-04", value: "15万"}, {on: "06-11", value: "16万"}, {on: "06-18", value: "17万"}}, nil},
		"the plan is reached":                   {func(m *seeds.Measure) { m.Curve.End = day(time.November, 30) }, []reading{{on: "11-12", value: "366000"}, {on: "12-04", value: "366000"}, {on: "12-11", value: "366000"}, {on: "12-18", value: "366000"}}, nil},
		"nothing is planned yet":                {func(m *seeds.Measure) { m.Curve.Start = day(time.June, 1) }, []reading{{on: "03-04", value: "0"}, {on: "03-11", value: "0"}, {on: "03-18", value: "0"}}, nil},
		"increments add up to the plan":         {func(m *seeds.Measure) { m.Mode = schema.Increment }, []reading{{on: "06-04", value: "155000"}, {on: "06-11", value: "7000"}, {on: "06-18", value: "7000"}}, []string{"6月4日至6月18日连续3次报送的数值与计划应完成数一致（6月18日为16.9万平方米），请说明数据来源和统计方法。"}},
		"a plan of steps stands still": {func(m *seeds.Measure) {
			m.Curve = &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{{By: day(time.March, 31), Share: ofHundred(25)}, {By: day(time.December, 31), Share: ofHundred(100)}}}
		}, []reading{{on: "06-04", value: "91500"}, {on: "06-11", value: "91500"}, {on: "06-18", value: "91500"}}, nil},
		"without a plan there is nothing to be": {func(m *seeds.Measure) { m.Curve = nil }, []reading{{on: "06-04", value: "155000"}, {on: "06-11", value: "162000"}, {on: "06-18", value: "169000"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, asked(t, plan(c.change), "2025-01-06", c.readings...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDepartmentsThatDisagree(t *testing.T) {
	t.Parallel()
	theirs := func(r reading) reading { r.department = "planning"; return r }
	own := []reading{{on: "06-03", value: "140000"}, {on: "06-10", value: "150000"}}
	for name, c := range map[string]struct {
		change   func(*seeds.Measure)
		readings []reading
		want     []string
	}{
		"less than a hundredth of the target is agreement": {asIs, with(own, theirs(reading{on: "06-12", value: "153660"})), nil},
		"more is not": {asIs, with(own, theirs(reading{on: "06-12", value: "153661"})),
			[]string{"区住房建设委截至6月10日累计报送15万平方米，区规划局截至6月12日累计报送15.37万平方米，两者不一致，请核对后说明以何为准。"}},
		"what was ours within the week":              {asIs, with(own, theirs(reading{on: "06-12", value: "145000"})), nil},
		"what was ours long before":                  {asIs, with(own, reading{on: "06-20", value: "160000"}, theirs(reading{on: "06-22", value: "140000"})), []string{"区住房建设委截至6月20日累计报送16万平方米，区规划局截至6月22日累计报送14万平方米，两者不一致，请核对后说明以何为准。"}},
		"a week apart is about the same time":        {asIs, with(own, theirs(reading{on: "06-17", value: "10万"})), []string{"区住房建设委截至6月10日累计报送15万平方米，区规划局截至6月17日累计报送10万平方米，两者不一致，请核对后说明以何为准。"}},
		"farther apart is not":                       {asIs, with(own, theirs(reading{on: "06-18", value: "10万"})), nil},
		"agreed since":                               {asIs, with(own, theirs(reading{on: "06-11", value: "10万"}), theirs(reading{on: "06-12", value: "15万"})), nil},
		"increments are held together as totals":     {func(m *seeds.Measure) { m.Mode = schema.Increment }, []reading{{on: "06-03", value: "14万"}, {on: "06-10", value: "1万"}, theirs(reading{on: "06-11", value: "10万"})}, []string{"区住房建设委截至6月10日累计报送15万平方米，区规划局截至6月11日累计报送10万平方米，两者不一致，请核对后说明以何为准。"}},
		"a level is no total":                        {asIs, []reading{{on: "06-10", measure: "rate", value: "70"}, theirs(reading{on: "06-11", measure: "rate", value: "68"})}, []string{"区住房建设委截至6月10日报送70%，区规划局截至6月11日报送68%，两者不一致，请核对后说明以何为准。"}},
		"done, and not done says another":            {asIs, []reading{{on: "06-10", measure: "metro", piece: "shell", value: "1"}, theirs(reading{on: "06-12", measure: "metro", piece: "shell", value: "0"})}, []string{"区住房建设委截至6月10日报送“主体封顶”已完成，区规划局截至6月12日报送“主体封顶”未完成，两者不一致，请核对后说明以何为准。"}},
		"not done yet, and done later":               {asIs, []reading{theirs(reading{on: "06-10", measure: "metro", piece: "shell", value: "0"}), {on: "06-12", measure: "metro", piece: "shell", value: "1"}}, nil},
		"done says another, and not done we":         {asIs, []reading{theirs(reading{on: "06-10", measure: "parks", piece: "north", value: "1"}), {on: "06-12", measure: "parks", piece: "north", value: "0"}}, []string{"区住房建设委截至6月12日报送“北运河公园”未完成，区规划局截至6月10日报送“北运河公园”已完成，两者不一致，请核对后说明以何为准。"}},
		"they withdrew what they said":               {asIs, with(own, theirs(reading{on: "06-12", value: "10万"}), theirs(reading{on: "06-13", voids: "e3"})), nil},
		"who alone has spoken disagrees with nobody": {asIs, []reading{theirs(reading{on: "06-12", value: "10万"})}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, asked(t, plan(c.change), "2024-08-01", c.readings...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestSourcesOfOneDepartmentThatDisagree(t *testing.T) {
	t.Parallel()
	sheet := func(r reading) reading { r.source = "/sheet"; return r }
	two := []reading{{on: "06-03", value: "14万"}, sheet(reading{on: "06-04", value: "12万"}), {on: "06-10", value: "15万"}, sheet(reading{on: "06-11", value: "12.5万"})}
	want := []string{"/projects截至6月10日累计报送15万平方米，/sheet截至6月11日累计报送12.5万平方米，两者不一致，请核对后说明以何为准。"}
	if diff := cmp.Diff(want, asked(t, plan(asIs), "2024-08-01", two...)); diff != "" {
		t.Errorf("which is right, and not why it fell (-want +got)\n%s", diff)
	}
	increments := plan(func(m *seeds.Measure) { m.Mode = schema.Increment })
	if got := asked(t, increments, "2024-08-01", two...); got != nil {
		t.Errorf("increments of two systems are parts of one sum, but %q", got)
	}
}

// A letter shows as new what could not be asked in the one before: what goes on is nothing new.
func TestAQuestionIsKnownSinceItCouldFirstBeAsked(t *testing.T) {
	t.Parallel()
	at := func(month time.Month, d, hour int) time.Time {
		return day(month, d).Start().Add(time.Duration(hour) * time.Hour)
	}
	for name, c := range map[string]struct {
		readings []reading
		want     time.Time
	}{
		"a jump, when the period is over":         {with(may, reading{on: "05-30", value: "180000"}), at(time.June, 1, 0)},
		"a jump that was heard of later":          {with(may, reading{on: "05-30", value: "180000", received: "06-05"}), at(time.June, 5, 10)},
		"a decrease, with the later arrival":      {[]reading{{on: "06-13", value: "23万", received: "06-24"}, {on: "06-20", value: "21万"}}, at(time.June, 24, 10)},
		"a run, with its third reading":           {[]reading{{on: "06-04", value: "155000"}, {on: "06-11", value: "162000"}, {on: "06-18", value: "169000"}, {on: "06-25", value: "176000"}}, at(time.June, 18, 10)},
		"a disagreement, when it began":           {[]reading{{on: "06-03", value: "14万"}, {on: "06-04", value: "12万", department: "planning"}, {on: "06-10", value: "15万"}, {on: "06-11", value: "12万", department: "planning"}}, at(time.June, 4, 10)},
		"a disagreement, when it began once more": {[]reading{{on: "06-03", value: "14万"}, {on: "06-04", value: "12万", department: "planning"}, {on: "06-06", value: "14万", department: "planning"}, {on: "06-20", value: "16万"}, {on: "06-21", value: "12万", department: "planning"}}, at(time.June, 21, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := questions(t, plan(asIs), "2024-07-01", c.readings...)
			if len(got) != 1 || !got[0].Since.Equal(c.want) {
				t.Errorf("%d questions; %+v, want one since %s", len(got), got, c.want)
			}
		})
	}
}

func TestAQuestionHasItsFiguresAndEvents(t *testing.T) {
	t.Parallel()
	got := questions(t, plan(asIs), "2024-06-03", with(may, reading{on: "05-29", value: "175000"}, reading{on: "05-31", value: "200000"})...)
	if len(got) != 1 {
		t.Fatalf("%d questions", len(got))
	}
	q := got[0]
	if diff := cmp.Diff([]*big.Rat{rat(50_000), rat(80_000)}, []*big.Rat{q.Value, q.Against}, exactly); diff != "" {
		t.Errorf("figures (-want +got)\n%s", diff)
	}
	if q.Kind != anomaly.PeriodEndJump || q.Period != anomaly.Month || q.Department != "housing" || q.From != day(time.May, 1) || q.To != day(time.May, 31) || q.Count != 2 {
		t.Errorf("%+v", q)
	}
	if len(q.Events) != 2 || q.Events[0].ID != "e5" || q.Events[1].ID != "e6" {
		t.Errorf("events %+v", q.Events)
	}
	if want := "2 reports of 2024-05-29 to 2024-05-31 added 5万平方米, which is 62.5% of the increase of the month. What is the reason?"; q.English != want {
		t.Errorf("english %q", q.English)
	}
}

// What was asked in July is what is asked of July today, whatever has arrived since.
func TestQuestionsOfAPastMomentStay(t *testing.T) {
	t.Parallel()
	l := plan(asIs)
	before := with(may, reading{on: "05-30", value: "180000"})
	later := with(before, reading{on: "05-30", value: "158000", replaces: "e5", received: "07-05"}, reading{on: "06-20", value: "10万", received: "07-06"})
	at := day(time.July, 1).Start().Add(8 * time.Hour)
	then, now := askAll(l, log(t, l, before...), at, at), askAll(l, log(t, l, later...), at, at)
	if diff := cmp.Diff(words(then), words(now)); diff != "" || len(then) != 1 {
		t.Errorf("%d questions (-then +now)\n%s", len(then), diff)
	}
	if today := askAll(l, log(t, l, later...), at, at.AddDate(0, 1, 0)); len(today) != 1 || today[0].Kind != anomaly.Decrease {
		t.Errorf("as known a month later: %+v, want the jump to be answered and a decrease to be asked", words(today))
	}
}

func words(all []anomaly.Question) (chinese []string) {
	for _, q := range all {
		chinese = append(chinese, q.Chinese+q.English)
	}
	return chinese
}
