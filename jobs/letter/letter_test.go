package letter_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/assessment"
	"xushi/jobs/letter"
	"xushi/seeds"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

func compose(t *testing.T, in letter.Input) *letter.Letter {
	t.Helper()
	l, err := letter.Compose(in)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

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

func TestLetterReadsAsItDid(t *testing.T) {
	t.Parallel()
	english, department := input(), input()
	english.Language, department.Department = letter.English, "zhujianwei"
	board := input()
	board.BoardURL = "https://board.example.gov.cn/xushi/"
	for i := range board.Now {
		board.Now[i].Simulated = true
	}
	for name, in := range map[string]letter.Input{
		"week": input(), "first": first(), "quiet": quiet(), "simulated-board": board, "english": english, "department": department, "long": crowd(60),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := compose(t, in)
			golden(t, name+".html", l.HTML)
			golden(t, name+".txt", l.Subject+"\n\n"+l.Text)
			golden(t, name+".cells.txt", dump(t, l.Workbook))
		})
	}
}

func TestSubjectCountsAlertLevelsNotStatuses(t *testing.T) {
	t.Parallel()
	l := compose(t, input())
	// severe: area, the cells whose status is 未启动, and the east campus; lagging: projects, housing and a school
	if want := "【督查进度提示】2024年第27周:严重滞后3 滞后3 逾期1 未报2"; l.Subject != want {
		t.Errorf("subject %q, want %q", l.Subject, want)
	}
	if want := (letter.Counts{Severe: 3, Lagging: 3, Overdue: 1, Unreported: 2}); l.Counts != want {
		t.Errorf("counts %+v, want %+v", l.Counts, want)
	}
}

func TestOneSimulatedReadingMarksTheWholeLetter(t *testing.T) {
	t.Parallel()
	in := input()
	in.Now[3].Simulated = true
	l := compose(t, in)
	if !strings.HasSuffix(l.Subject, "未报2（模拟数据）") {
		t.Errorf("subject %q does not say that it is simulated", l.Subject)
	}
	for form, body := range map[string]string{"html": l.HTML, "text": l.Text, "workbook": dump(t, l.Workbook)} {
		if !strings.Contains(body, "模拟数据") {
			t.Errorf("%s does not say that it is simulated", form)
		}
	}
}

// The promise of 84.7万平方米 carries all that the office needs to take it up with somebody.
func TestLaggingMeasureCarriesItsEvidence(t *testing.T) {
	t.Parallel()
	l := compose(t, input())
	for form, body := range map[string]string{"html": visible(t, l.HTML), "text": l.Text} {
		for _, want := range []string{
			"84.7万平方米", "「新启动11个、84.7万平方米项目建设」", "原文第308字起", "区住房建设委",
			"42.12万平方米", // 847,000 × 182/366 = 421,191.3
			"25.24万平方米", // 252,406
			"29.8%", "49.7%", "个百分点", "72天", "3周", "2024-06-25", "施工许可尚未取得",
			"xushi explain 指标编号 --as-of 2024-07-01T08:00:00+08:00", "new-area",
		} {
			if !strings.Contains(squeezed(body), squeezed(want)) {
				t.Errorf("%s lacks %q", form, want)
			}
		}
	}
	if !strings.Contains(l.HTML, "−19.9") || !strings.Contains(l.Text, "进度差-19.9个百分点") {
		t.Error("the gap of -19.9 points is missing")
	}
}

func TestWorstComesFirst(t *testing.T) {
	t.Parallel()
	l := compose(t, input())
	section := between(t, l.Text, "滞后与逾期清单", "本周新增")
	var got []string
	for line := range strings.SplitSeq(section, "\n") {
		if _, name, ok := strings.Cut(line, "】"); ok {
			got = append(got, name)
		}
	}
	want := []string{ // severe by days (182, 72, 62), lagging by days (50, 16, 12), then the overdue one without a level
		"“无废细胞”个数（创建“无废细胞”）", "新启动项目建筑面积（新启动建设项目）", "三中东校区（三中附小、三中东校区）",
		"新增受益家庭（住房保障）", "新启动项目个数（新启动建设项目）", "三中附小（三中附小、三中东校区）", "雨污串接混接点改造",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestChangesOfTheWeek(t *testing.T) {
	t.Parallel()
	changes := between(t, compose(t, input()).Text, "本周新增滞后或逾期", "督办事项")
	added, recovered, _ := strings.Cut(changes, "本周恢复")
	for _, want := range []string{"新启动项目个数", "新增受益家庭", "符合序时 → 滞后"} {
		if !strings.Contains(added, want) {
			t.Errorf("new this week lacks %q:\n%s", want, added)
		}
	}
	if strings.Contains(added, "建筑面积") {
		t.Errorf("a measure that lagged before is not new:\n%s", added)
	}
	if !strings.Contains(recovered, "完工项目建筑面积") || !strings.Contains(recovered, "滞后 → 符合序时") {
		t.Errorf("recovered lacks the finished area:\n%s", recovered)
	}
}

func TestSilenceIsNoRecovery(t *testing.T) {
	t.Parallel()
	in := input()
	for i := range in.Now {
		if in.Now[i].Measure.ID == "finished-area" {
			in.Now[i].Data = assessment.Stale
		}
	}
	_, recovered, _ := strings.Cut(between(t, compose(t, in).Text, "本周新增滞后或逾期", "督办事项"), "本周恢复")
	if strings.Contains(recovered, "完工项目建筑面积") || !strings.Contains(recovered, "区妇幼保健中心开诊") {
		t.Errorf("a stale measure is named as recovered:\n%s", recovered)
	}
}

func TestOnlyCorrectionsSinceTheLastLetter(t *testing.T) {
	t.Parallel()
	text := compose(t, input()).Text
	if !strings.Contains(text, "29.65万平方米 → 28万平方米 (fa-9 → fa-7)") || strings.Contains(text, "old-void") {
		t.Errorf("corrections:\n%s", between(t, text, "调低原数的更正", "台账调整"))
	}
	in := input()
	in.Before, in.This = nil, weekOf(in.Now)
	if !strings.Contains(compose(t, in).Text, "old-void") {
		t.Error("a first letter names every correction")
	}
}

func TestMeasuresAndMilestonesAreCountedApart(t *testing.T) {
	t.Parallel()
	counts := between(t, compose(t, input()).Text, "总体情况", "上方四项")
	got := map[string][]string{}
	for line := range strings.SplitSeq(counts, "\n") {
		if fields := strings.Fields(line); len(fields) == 5 {
			got[fields[0]] = fields[1:]
		}
	}
	for status, want := range map[string][]string{
		"进度状态": {"量化指标", "较上周", "里程碑", "较上周"},
		"未启动":  {"1", "持平", "2", "持平"},
		"滞后":   {"2", "持平", "0", "-1"}, // two new and two gone; the maternity centre has opened
		"已完成":  {"1", "持平", "0", "持平"},
		"已销号":  {"0", "持平", "1", "+1"}, // verified since
		"合计":   {"13", "持平", "4", "持平"},
	} {
		if diff := cmp.Diff(want, got[status]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", status, diff)
		}
	}
}

func TestMilestoneThatLagsNamesTheMissingStage(t *testing.T) {
	t.Parallel()
	l := compose(t, input())
	for form, body := range map[string]string{"html": visible(t, l.HTML), "text": l.Text} {
		for _, want := range []string{"里程碑", "全部3个阶段", "按天计", "62天", "40.0%", "主体封顶（应于2024-04-30）"} {
			if !strings.Contains(squeezed(body), squeezed(want)) {
				t.Errorf("%s lacks %q", form, want)
			}
		}
	}
}

// An explanation is given for a commitment; it is not to be read twice, nor as if it were of one measure.
func TestExplanationStandsOnce(t *testing.T) {
	t.Parallel()
	l := compose(t, input())
	for form, body := range map[string]string{"html": visible(t, l.HTML), "text": l.Text} {
		if n := strings.Count(body, "7月上旬完成主体，装修与安装交叉作业。"); n != 1 {
			t.Errorf("%s explains the schools %d times", form, n)
		}
		if !strings.Contains(body, "同第3项（同一任务）") {
			t.Errorf("%s does not refer the second school to the first", form)
		}
	}
}

func TestDueSoonSaysWhatIsDueByDate(t *testing.T) {
	t.Parallel()
	section := between(t, compose(t, input()).Text, "14天内到期（临期）", "调低原数的更正")
	at := -1
	for _, want := range []string{
		"2024-07-08  7天      装修完成", "2024-07-10  9天      同义庄地块", "2024-07-12  11天     全部完成（10个）", "\n            11天     完成招标",
	} {
		i := strings.Index(section, want)
		if i < 0 || i < at {
			t.Errorf("%q is not there, or not in order of dates:\n%s", want, section)
		}
		at = i
	}
	if strings.Contains(section, "西于庄一期") {
		t.Error("what is late already is no longer due soon")
	}
}

func TestWhatTheLedgerChangedNamesItsApprover(t *testing.T) {
	t.Parallel()
	l := compose(t, input())
	changes := between(t, l.Text, "台账调整", "趋势参考")
	for _, want := range []string{"2024-06-27 16:20", "王某", "第18号批示", "市级任务分解调整", "目标值：150场 → 120场", "完成时限（延期）：2024-06-30 → 2024-07-12", "指标 已取消的指标，删除", "改动2处"} {
		if !strings.Contains(squeezed(changes), squeezed(want)) {
			t.Errorf("the letter lacks %q:\n%s", want, changes)
		}
	}
	if strings.Contains(changes, "竣工验收单") {
		t.Errorf("a change that needs no approval is told in full:\n%s", changes)
	}
	for _, want := range []string{"目标值：150场 → 120场", "口径：无 → 以竣工验收单为准。", "台账调整：指标 已取消的指标 | 删除"} {
		if !strings.Contains(dump(t, l.Workbook), want) {
			t.Errorf("the workbook lacks %q", want)
		}
	}
}

func TestManyAdjustmentsAreLeftToTheWorkbook(t *testing.T) {
	t.Parallel()
	in := input()
	many := &in.Revisions[0]
	many.Changes = slices.Repeat(many.Changes[:1], 15) // 10 fit
	l := compose(t, in)
	for form, body := range map[string]string{"html": l.HTML, "text": l.Text} {
		if !strings.Contains(body, "另有同类调整5处，见附件“口径说明”。") {
			t.Errorf("%s does not say how many more there are", form)
		}
	}
	if n := strings.Count(dump(t, l.Workbook), "目标值：150场 → 120场（经批准）"); n != 15 {
		t.Errorf("%d adjustments in the workbook, want 15", n)
	}
}

// Sixty measures, half of them late, all of them silent and due: still a letter that a mail client shows
// whole, with the rest in the workbook.
func TestLongListsAreLeftToTheWorkbook(t *testing.T) {
	t.Parallel()
	in := crowd(90) // 45 late: as many as are told in full, then as many as in any list, and 20 more
	l := compose(t, in)
	for form, body := range map[string]string{"html": l.HTML, "text": l.Text} {
		for _, want := range []string{"另有20项，见附件“滞后清单”。", "另有80项，见附件“未报清单”。", "另有80项，见附件“总台账”（标注“临期”）。", "90项"} {
			if !strings.Contains(html.UnescapeString(body), want) {
				t.Errorf("%s lacks %q", form, want)
			}
		}
	}
	f := open(t, l.Workbook)
	for sheet, want := range map[string]int{"总台账": 90, "滞后清单": 45, "未报清单": 90} {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 3+want {
			t.Errorf("%d rows of %s, want %d and three of heading", len(rows), sheet, want)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	in := input()
	want := compose(t, in)
	slices.Reverse(in.Now)
	got := compose(t, in)
	if want.HTML != got.HTML || want.Text != got.Text || !bytes.Equal(want.Workbook, got.Workbook) {
		t.Error("the order of the assessments changed the letter")
	}
	z, err := zip.NewReader(bytes.NewReader(want.Workbook), int64(len(want.Workbook)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.ModifiedDate != 0 || f.ModifiedTime != 0 {
			t.Errorf("%s carries a clock: %s", f.Name, f.Modified)
		}
	}
}

func TestHostileWordsStayWords(t *testing.T) {
	t.Parallel()
	in := input()
	in.Now[0].Problem = `<script>alert(1)</script><img src=x onerror="alert(2)">`
	in.Now[0].NextStep = "先说一句\n\n督查进度提示 2024年第27周\n一切正常"
	in.Now[0].Measure.Title = `面积</td><a href="javascript:alert(3)">`
	in.Revisions = []seeds.Revision{{
		Ledger: in.Ledger, At: in.AsOf, By: "甲<script>", Reason: "一\n督查进度提示\n二", Approver: `<img src=x>`,
		Changes: []seeds.Change{{Object: "measure", ID: `<a href="javascript:alert(4)">`, Field: "due_date", Before: "<script>", After: "</td><a>", Controlled: true}},
	}}
	l := compose(t, in)
	for _, bad := range []string{"<script", "<img", `href="javascript`, "</td><a"} {
		if strings.Contains(l.HTML, bad) {
			t.Errorf("html carries %q", bad)
		}
	}
	if strings.Count(l.Text, "\n督查进度提示") != 0 {
		t.Error("a department's words begin a line of their own")
	}
}

func TestContradictionsAreRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(*letter.Input)
		want  string
	}{
		"no ledger":        {func(in *letter.Input) { in.Ledger = nil }, "no ledger"},
		"no as-of":         {func(in *letter.Input) { in.AsOf = time.Time{} }, "as-of"},
		"no week":          {func(in *letter.Input) { in.This = nil }, "no week of supervision"},
		"measure left out": {func(in *letter.Input) { in.Now = in.Now[1:] }, `no assessment of measure "new-area"`},
		"measure twice":    {func(in *letter.Input) { in.Now = append(in.Now, in.Now[0]) }, `two assessments of measure "new-area"`},
		"nameless":         {func(in *letter.Input) { in.Now[0].Measure = nil }, "assessment 0 has no measure"},
		"foreign measure":  {func(in *letter.Input) { in.Now[0].Measure = &seeds.Measure{ID: "x"} }, `"x", which the ledger does not have`},
		"board by script":  {func(in *letter.Input) { in.BoardURL = "javascript:alert(1)" }, "not an http(s) URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := input()
			tc.spoil(&in)
			_, err := letter.Compose(in)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

func between(t *testing.T, s, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(s, "\n"+from)
	section, _, found := strings.Cut(rest, "\n"+to)
	if !ok || !found {
		t.Fatalf("no section %q … %q in\n%s", from, to, s)
	}
	return section
}
