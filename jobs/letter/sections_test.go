package letter_test

import (
	"strings"
	"testing"
	"time"

	"xushi/jobs/assessment"
	"xushi/jobs/letter"
	"xushi/jobs/supervision"
	"xushi/schema"
)

// expects wants words in both forms of the letter, but for white space, and others in neither.
func expects(t *testing.T, in letter.Input, want, never []string) {
	t.Helper()
	l := compose(t, in)
	for form, body := range map[string]string{"html": visible(t, l.HTML), "text": l.Text} {
		body = squeezed(body)
		for _, w := range want {
			if !strings.Contains(body, squeezed(w)) {
				t.Errorf("%s does not say %q", form, w)
			}
		}
		for _, n := range never {
			if strings.Contains(body, squeezed(n)) {
				t.Errorf("%s says %q", form, n)
			}
		}
	}
}

// What, who, how far, since when, and what they say: in a sentence each, before anything else.
func TestWorstThreeStandFirstInASentenceEach(t *testing.T) {
	t.Parallel()
	l := compose(t, input())
	worst := squeezed(between(t, l.Text, "最需关注", "总体情况"))
	for _, want := range []string{
		"2. 新启动项目建筑面积（新启动建设项目），区住房建设委，严重滞后：应完成42.12万平方米，实际25.24万平方米，落后19.9个百分点，滞后72天、连续3周。存在问题（区住房建设委 2024-06-25）：2个地块",
		"应完未完：主体封顶（应于2024-04-30），滞后62天、连续9周。存在问题（区教育局 2024-06-25，立项前）",
		"逾期未答复，已升级督办。",
	} {
		if !strings.Contains(worst, squeezed(want)) {
			t.Errorf("lacks %q:\n%s", want, worst)
		}
	}
	if strings.Contains(worst, "4.") || strings.Index(l.Text, "最需关注") > strings.Index(l.Text, "总体情况") {
		t.Errorf("not three, or not first:\n%s", worst)
	}
}

// Whoever has only said what it is going to do has answered: no line is to say that it has not.
func TestAnswerWithoutAProblemIsAnAnswer(t *testing.T) {
	t.Parallel()
	in := input()
	for i := range in.Now {
		if a := &in.Now[i]; a.Measure.ID == "new-area" {
			said := *a.Explained
			said.Problem = ""
			a.Explained, a.Problem = &said, ""
		}
	}
	worst := squeezed(between(t, compose(t, in).Text, "最需关注", "总体情况"))
	if !strings.Contains(worst, "未说明存在问题。下一步措施（区住房建设委2024-06-25）：7月10日前取得") || strings.Contains(worst, "尚未答复") {
		t.Errorf("the sentence does not say what was answered:\n%s", worst)
	}
}

// Four figures in a row are added up by who reads them; where one is of another's, it says so.
func TestFiguresThatOverlapSaySo(t *testing.T) {
	t.Parallel()
	in := input()
	for i := range in.Now {
		if a := &in.Now[i]; a.Overdue() {
			a.Alert = assessment.SevereAlert
		}
	}
	expects(t, in, []string{"其中1项有预警"}, nil)
	expects(t, quiet(), []string{"另计"}, []string{"项有预警"})
}

func TestItemsSayHowFarTheyAre(t *testing.T) {
	t.Parallel()
	expects(t, input(), []string{
		"在办6项（本周立项2）：逾期未答复、已升级1，待答复3，已答复2；上期以来结束3项。",
		"2024年第17周立项，已10周", "升级：逾期未答复（应于2024-05-06前）", "已催10次", "本周立项", "首次提示",
		"2024-06-25，见清单第2项", // where its words stand
		"2024-06-12。存在问题：演出档期集中在下半年。 下一步措施：7月起每周安排4场。", // in no list
		"已销号（区政府督查室 王某）：现场核实，已开诊；佐证：https://example.gov.cn/evidence/11", "已恢复序时", "已办结（区政府督查室 王某）：器材到货延迟，已协调解决",
	}, []string{"区住房建设委于2024-06-25答复"}) // whose answer is awaited stands beside it
	items := between(t, compose(t, input()).Text, "督办事项", "上期以来结束")
	if !strings.Contains(items, "2024-003") || strings.Index(items, "2024-003") > strings.Index(items, "2024-006") || strings.Index(items, "2024-009") > strings.Index(items, "2024-005") {
		t.Errorf("not the escalated first, then those that wait:\n%s", items)
	}
}

func TestOnlyItemsThatEndedSinceTheLastLetter(t *testing.T) {
	t.Parallel()
	in := input()
	for _, i := range items() {
		if i.Number != "2024-004" { // which was closed on 26 June, and that the letter before knew
			i.State, i.ClosedAt = supervision.Open, time.Time{}
		}
		in.Before.Items = append(in.Before.Items, i)
	}
	// The letter before spoke of a moment after 2024-001 was closed, on 28 June, and did not know of it.
	in.Before.AsOf, in.Before.KnownAt = june(29), june(27)
	expects(t, in, []string{"2024-001 区妇幼保健中心开诊", "上期以来结束2项"}, []string{"2024-004"})
}

func TestQuestionsAreAskedOnce(t *testing.T) {
	t.Parallel()
	expects(t, input(), []string{"两者不一致，请核对后说明以何为准。", "以下为数据核实提示，不是结论"}, []string{"此前已提示。"})
}

func TestOutlookStandsApart(t *testing.T) {
	t.Parallel()
	in := input()
	for i := range in.Now {
		if in.Now[i].Measure.ID == "green-area" {
			in.Now[i].Forecast = &assessment.Forecast{Finish: schema.Day(2024, time.November, 2), DaysLate: -59}
		}
	}
	expects(t, in, []string{"约2025-09-02完成，晚于时限（2024-12-31）245天", "不是考核结果"}, []string{"2024-11-02"})
}

func TestWhatThereIsNoneOfIsNamed(t *testing.T) {
	t.Parallel()
	expects(t, quiet(), []string{
		"本周没有滞后、严重滞后或逾期的指标和里程碑。",
		"本期没有：新增滞后或逾期、恢复序时、督办事项、超期未报、14天内到期、请核实的数据、调低原数的更正、目标、时限和计划曲线的调整、无法测算。",
	}, []string{"应报未报的有"})
}

// Nothing is known to lag in a week in which nobody has reported, and that is not to say that all is well.
func TestSilenceIsNotGood(t *testing.T) {
	t.Parallel()
	expects(t, first(), []string{"本周没有滞后、严重滞后或逾期的指标和里程碑。应报未报的有10项，其进展尚不掌握。", "本函为首期，无上周可比。"}, nil)
}

func TestHeadSaysWhenTheDataEndEarlyAndWhyItIsNotMonday(t *testing.T) {
	t.Parallel()
	in := input()
	in.KnownAt = asOf.Add(-2 * time.Hour)
	expects(t, in, []string{"数据截至时间早于截止时刻", "2024-07-01 06:00", "--known-at 2024-07-01T06:00:00+08:00"}, []string{"不是工作日"})
	expects(t, first(), []string{"本周一（2024-01-01）不是工作日，本函顺延。"}, []string{"数据截至时间早于"})
}

func TestDepartmentReadsOnlyOfItsOwn(t *testing.T) {
	t.Parallel()
	in := input()
	in.Department = "jiaoyuju"
	l := compose(t, in)
	if want := "【督查进度提示】2024年第27周 区教育局:严重滞后1 滞后1 逾期0 未报0"; l.Subject != want {
		t.Errorf("subject %q, want %q", l.Subject, want)
	}
	if l.Kind != "department-jiaoyuju" {
		t.Errorf("kind %q", l.Kind)
	}
	expects(t, in, []string{"三中东校区", "2024-006"}, []string{"新启动项目", "2024-005", "慰问演出", "数据不一致", "fa-9"})
}

// A bar has one length, whatever it shows, and shows that something is short however little it is.
func TestBarsShowPlannedAgainstActual(t *testing.T) {
	t.Parallel()
	text := compose(t, input()).Text
	for _, want := range []string{
		"▓▓▓▓▓▓▓░░░░░│············",   // 29.8% of 49.7%
		"░░░░░░░░░░│··············",   // nothing of 40%
		"▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░│\n", // 96.7% of 100%
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no bar %q", want)
		}
	}
}
