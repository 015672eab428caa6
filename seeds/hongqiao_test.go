package seeds_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"xushi/schema"
	"xushi/seeds"
)

func hongqiao(t *testing.T) *seeds.Ledger {
	t.Helper()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// promised is what a reader finds in the text, written down by hand and not by the ledger's tools.
type promised struct {
	Numeral    string
	Unit       string
	Target     string
	Comparator seeds.Comparator
	Open       bool // the text says 等
}

var promises = map[string]promised{
	"project-completion-projects":      {"12", "个", "12", "as_written", true},
	"project-completion-floor-area":    {"55万", "平方米", "550000", "as_written", false},
	"new-construction-projects":        {"11", "个", "11", "as_written", false},
	"new-construction-floor-area":      {"84.7万", "平方米", "847000", "as_written", false},
	"municipal-infrastructure-works":   {"9", "个", "9", "as_written", true},
	"waterlogging-areas":               {"3", "个", "3", "as_written", false},
	"flood-season-pollution-reduction": {"20%", "%", "20", ">=", false},
	"sewer-misconnection-points":       {"30", "处", "30", "as_written", false},
	"zero-waste-cells":                 {"40", "个", "40", "as_written", false},
	"pocket-parks-built":               {"2", "处", "2", "as_written", false},
	"new-green-area":                   {"5000", "平方米", "5000", "as_written", false},
	"road-maintenance-roads":           {"10", "条", "10", "as_written", true},
	"road-maintenance-area":            {"6万", "平方米", "60000", "as_written", false},
	"education-reform-projects":        {"11", "个", "11", "as_written", false},
	"childcare-places-per-thousand":    {"4", "个/千人", "4", "as_written", false},
	"health-stations-added":            {"2", "个", "2", "as_written", false},
	"family-doctor-rate":               {"80%", "%", "80", ">=", false},
	"pain-clinic-coverage":             {"全覆盖", "%", "100", "as_written", false},
	"housing-support-households":       {"1500", "户", "1500", ">=", false},
	"life-circles-built":               {"2", "个", "2", "as_written", false},
	"art-troupe-performances":          {"120", "场", "120", "as_written", false},
	"fitness-sites-renewed":            {"10", "个", "10", "as_written", false},
}

func TestHongqiaoPromisesAreThoseOfTheText(t *testing.T) {
	t.Parallel()
	got := map[string]promised{}
	for _, m := range hongqiao(t).Measures() {
		if !m.Milestone() {
			got[m.ID] = promised{m.NumeralText, m.Unit, m.TargetValue.String(), m.Comparator, m.ItemsOpen}
		}
	}
	if diff := cmp.Diff(promises, got); diff != "" {
		t.Errorf("promises (-read by hand, +ledger):\n%s", diff)
	}
}

// deliverables are what a reader finds named in the text without a number, each with what its verb counts
// as done: 启动 is started, 建成 finished, 开诊 in operation, 举办 held; 建设, 推动, 筹建 promise no finish.
var deliverables = map[string]seeds.Done{
	"xiyuzhuang-design-approved":          seeds.Finished,    // 优化京津冀同城商务区核心区二期(西于庄片区)城市设计方案
	"tongyizhuang-release":                seeds.Advanced,    // 推动同义庄
	"yunshu-liuchang-release":             seeds.Advanced,    // 、运输六场等成熟地块加快出让
	"dahutong-clearance-steps":            seeds.Advanced,    // 加快推进大胡同地铁功能区征迁
	"waste-sorting-streets-recognised":    seeds.Finished,    // 高质量创成全域生活垃圾示范街道
	"sanzhong-primary-built":              seeds.Finished,    // 建成三中附小
	"sanzhong-east-nine-year":             seeds.Finished,    // 、三中东校区九年一贯制
	"minzu-primary-building-steps":        seeds.Advanced,    // 建设民族附小综合楼
	"shiyan-primary-started":              seeds.Started,     // 启动天津实验小学红桥学校
	"yaohua-junior-started":               seeds.Started,     // 、耀华中学红桥学校初中部建设
	"shanghaidao-primary-opened":          seeds.InOperation, // 高起点开办上海道小学红桥学校
	"hexi-kindergarten-opened":            seeds.InOperation, // 和河西二幼红桥幼儿园
	"vocational-school-steps":             seeds.Advanced,    // 推进红星职专办学条件达标工程
	"maternal-child-centre-opened":        seeds.InOperation, // 区妇幼保健中心
	"dental-hospital-opened":              seeds.InOperation, // 、区口腔医院新院区建成开诊
	"medical-group-started":               seeds.Started,     // 启动城市医疗集团建设
	"tcm-team-formed":                     seeds.Finished,    // 组建“中医院名中医团队”
	"tcm-doctors-hall-built":              seeds.Finished,    // 建成区域名医堂
	"tcm-prevention-centre-built":         seeds.Finished,    // 、中医治未病健康管理中心
	"tcm-rehabilitation-steps":            seeds.Advanced,    // 筹建中医康复分中心
	"family-doctor-demonstration-started": seeds.Started,     // 启动家庭医生签约服务示范建设
	"pension-enrolment-completed":         seeds.Finished,    // 完成企业职工基本养老保险新增参保
	"medical-enrolment-completed":         seeds.Finished,    // 和医保参保扩面
	"ethnic-unity-month-held":             seeds.Held,        // 办好第31届民族团结月活动
	"peach-wharf-steps":                   seeds.Advanced,    // 推动桃花堤游船码头选址建设
	"water-sports-brought-in":             seeds.Finished,    // 引进水上运动培训项目
	"peach-festival-held":                 seeds.Held,        // 精心办好第33届天津运河桃花文化商贸旅游节
	"military-museum-support":             seeds.Advanced,    // 全力服务保障天津革命军事馆建设
	"digital-archive-started":             seeds.Started,     // 启动区数字档案馆建设
	"relics-survey-steps":                 seeds.Advanced,    // 有序开展第四次全国文物普查, which lasts until 2026
	"fitness-day-held":                    seeds.Held,        // 高水平举办“全民健身日”等系列群众性体育活动
}

func TestHongqiaoMilestonesAreTheTextsDeliverables(t *testing.T) {
	t.Parallel()
	got := map[string]seeds.Done{}
	for _, m := range hongqiao(t).Measures() {
		if m.Milestone() {
			got[m.ID] = m.Commitment.Done
			if n := len(m.Curve.Stages); n < 2 || n > 5 {
				t.Errorf("%s has %d stages; two to five can be followed", m.ID, n)
			}
			if promisesNoFinish := strings.Contains(m.Definition, "不由本项承诺") || strings.Contains(m.Definition, "未承诺年内"); promisesNoFinish != (m.Commitment.Done == seeds.Advanced) {
				t.Errorf("%s is %s, but its definition says: %s", m.ID, m.Commitment.Done, m.Definition)
			}
		}
	}
	if diff := cmp.Diff(deliverables, got); diff != "" {
		t.Errorf("deliverables (-read by hand, +ledger):\n%s", diff)
	}
}

func TestHongqiaoIsAllThere(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	got := map[string]int{
		"commitments": len(l.Commitments), "quantified measures": len(promises), "milestones": len(deliverables),
		"numerals that are no target": len(l.Numerals), "departments": len(l.Departments),
	}
	for _, s := range l.Statements {
		got[string(s.Kind)+" statements"]++
	}
	want := map[string]int{
		"commitments": 42, "quantified measures": 22, "milestones": 31,
		"numerals that are no target": 27, "departments": 16,
		"directional statements": 52, "heading statements": 11,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the ledger's parts (-counted by hand, +ledger):\n%s", diff)
	}
}

// Slicing the text's runes is all that an offset means, so this is what every reader of the ledger may do.
func TestHongqiaoQuotesStandWhereTheLedgerSays(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	text := []rune(l.Text)
	for _, c := range l.Commitments {
		end := c.QuoteOffset + utf8.RuneCountInString(c.Quote)
		if got := string(text[c.QuoteOffset:end]); got != c.Quote {
			t.Errorf("%s: the text says %q at %d, not %q", c.ID, got, c.QuoteOffset, c.Quote)
		}
		for _, m := range c.Measures {
			if m.Milestone() {
				continue
			}
			numeralEnd := m.NumeralOffset + utf8.RuneCountInString(m.NumeralText)
			if m.NumeralOffset < c.QuoteOffset || numeralEnd > end {
				t.Errorf("%s: its numeral lies outside the quote", m.ID)
				continue
			}
			if got := string(text[m.NumeralOffset:numeralEnd]); got != m.NumeralText {
				t.Errorf("%s: the text says %q at %d, not %q", m.ID, got, m.NumeralOffset, m.NumeralText)
			}
		}
		headings := regexp.MustCompile(`(?m)^\([一二三四五]\).*$`).FindAllString(string(text[:c.QuoteOffset]), -1)
		if last := headings[len(headings)-1]; c.Section != last {
			t.Errorf("%s: section is %q, the text's last heading before it %q", c.ID, c.Section, last)
		}
	}
}

// What is no target is no target for a reason, which stands beside it: names, ordinals and idioms.
func TestHongqiaoTakesNoNameForATarget(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	text := []rune(l.Text)
	excused := map[string]string{}
	for _, n := range l.Numerals {
		excused[string(text[n.NumeralOffset:min(n.NumeralOffset+4, len(text))])] = n.Reason
	}
	for context, word := range map[string]string{
		"15分钟": "名称", "31届民": "届次", "33届天": "届次", "三河五岸": "名称", "二期(西": "分期", "六场等成": "名称", "两用”公": "固定用语",
		"三期等1": "项目名称", "两办协同": "固定用语", "一批群众": "约数", "九年一贯": "学制", "三一照护": "名称", "三合一”": "固定用语", "十字、慈": "名称", "四次全国": "次序",
	} {
		if !strings.Contains(excused[context], word) {
			t.Errorf("%s… is excused by %q, want a reason that says %s", context, excused[context], word)
		}
	}
}

func TestHongqiaoConfirmsNothingByItself(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	for _, word := range []string{"节选", "推断", "拟定", "示例"} {
		if !strings.Contains(l.Plan.Note, word) {
			t.Errorf("the plan's note lacks %q: %s", word, l.Plan.Note)
		}
	}
	if by, ok := l.AssignedDepartment("name"); !ok || !strings.Contains(by.AssignedBy, "示例") {
		t.Errorf("departments pass for confirmed: %+v", by)
	}
	for _, m := range l.Measures() {
		lead, _ := l.AssignedCommitment(m.Commitment, "lead_department")
		curve, _ := l.AssignedMeasure(m, "curve")
		if !strings.Contains(lead.AssignedBy, "示例") || !strings.Contains(curve.AssignedBy, "示例") || m.CurveConfirmedBy != "" {
			t.Errorf("%s passes for confirmed", m.ID)
		}
		if m.Mode == schema.Level && (m.Ratio == nil || m.BaselineValue != nil || m.Ratio.DenominatorValue != nil) {
			t.Errorf("%s: the text gives no baseline and no denominator, but a ratio it is", m.ID)
		}
	}
}

// filled are the fields that an object of the ledger says something in, by their names in its files.
func filled(t *testing.T, object any, fromText ...string) []string {
	t.Helper()
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, field := range append(fromText, "assigned") {
		delete(all, field)
	}
	return slices.Sorted(maps.Keys(all))
}

// Every field that is not from the text says who assigned it, how sure, and on what ground; and what is
// from the text does not pass for assigned.
func TestHongqiaoSaysWhoSetWhatTheTextDoesNotGive(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	check := func(of, field string, a seeds.Assignment, ok bool) {
		if !ok || a.AssignedBy == "" || a.Confidence == "" || a.Basis == "" {
			t.Errorf("%s: nobody says who set %s: %+v", of, field, a)
		}
	}
	for _, d := range l.Departments {
		for _, field := range filled(t, d) {
			a, ok := l.AssignedDepartment(field)
			check(d.ID, field, a, ok)
		}
	}
	for i := range l.Commitments {
		c := &l.Commitments[i]
		for _, field := range filled(t, c, "section", "paragraph", "quote", "quote_offset", "measures") {
			a, ok := l.AssignedCommitment(c, field)
			check(c.ID, field, a, ok)
		}
	}
	for _, m := range l.Measures() {
		var fromText []string
		if !m.Milestone() {
			fromText = []string{"numeral_text", "numeral_offset", "target_value", "unit", "comparator", "items_open"}
		}
		for _, field := range filled(t, m, fromText...) {
			a, ok := l.AssignedMeasure(m, field)
			check(m.ID, field, a, ok)
		}
		if by, ok := l.AssignedMeasure(m, "target_value"); ok != (m.Milestone() || m.NumeralText == "全覆盖") {
			t.Errorf("%s: its target passes for assigned: %t, by %+v", m.ID, ok, by)
		}
	}
}

// The first Monday of the second half is the day on which the program shows itself.
func TestHongqiaoPlannedOnTheFirstOfJuly(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	for id, want := range map[string]string{
		"new-construction-floor-area":      "182/366",
		"new-construction-projects":        "5/11",  // 11×182/366 = 5.47
		"project-completion-projects":      "3/12",  // 11 undated × 91/275 = 3.64
		"municipal-infrastructure-works":   "5/9",   // two dated, 7 undated × 122/275 = 3.1
		"waterlogging-areas":               "1/3",   // 团结路 by 06-15
		"flood-season-pollution-reduction": "16/93", // since 06-15
		"pocket-parks-built":               "0",     // the first by 09-30
		"road-maintenance-roads":           "3/10",  // 91 of 229 days: 3.97
	} {
		m, ok := l.Measure(id)
		if !ok {
			t.Errorf("no measure %s", id)
			continue
		}
		rat(t, id, m.PlannedShare(date("2024-07-01")), want)
	}
}

// On that Monday the letter has milestones of every sort to show.
func TestHongqiaoMilestonesOnTheFirstOfJuly(t *testing.T) {
	t.Parallel()
	today := date("2024-07-01")
	var wholly, partly, notYet, dueSoon int
	for _, m := range hongqiao(t).Measures() {
		if !m.Milestone() {
			continue
		}
		passed := 0
		for _, s := range m.Curve.Stages {
			if s.By < today {
				passed++
			} else if s.By <= today+14 {
				dueSoon++
			}
		}
		switch passed {
		case 0:
			notYet++
		case len(m.Curve.Stages):
			wholly++
		default:
			partly++
		}
	}
	if wholly != 2 || partly != 25 || notYet != 4 || dueSoon != 11 {
		t.Errorf("%d wholly due, %d partly, %d not yet, and %d stages due within 14 days", wholly, partly, notYet, dueSoon)
	}
}

func TestHongqiaoHasEveryKindOfCurve(t *testing.T) {
	t.Parallel()
	kinds := map[seeds.CurveKind]int{}
	for _, m := range hongqiao(t).Measures() {
		kinds[m.Curve.Kind]++
	}
	for _, kind := range []seeds.CurveKind{seeds.Linear, seeds.Season, seeds.Steps, seeds.ByItem, seeds.Milestones} {
		if kinds[kind] < 3 {
			t.Errorf("%d curves of kind %s; the plan is to show a real mix", kinds[kind], kind)
		}
	}
}

func TestHongqiaoOnDiskIsTheOneInTheProgram(t *testing.T) {
	t.Parallel()
	onDisk, err := seeds.Load(os.DirFS("hongqiao-2024"))
	if err != nil {
		t.Fatal(err)
	}
	l := hongqiao(t)
	if onDisk.Version != l.Version || !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(l.Version) {
		t.Errorf("versions %q on disk and %q in the program", onDisk.Version, l.Version)
	}
	source, err := os.ReadFile("hongqiao-2024/source.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(source, []byte(l.Text)) {
		t.Error("the text is not the source byte for byte")
	}
}

func TestLedgerFindsItsParts(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	m, ok := l.Measure("new-construction-floor-area")
	if !ok || m.Commitment.ID != "new-construction" || m.ReportingDepartment != "zhujianwei" {
		t.Fatalf("Measure() = %+v, %t", m, ok)
	}
	if c, ok := l.Commitment("new-construction"); !ok || c != m.Commitment {
		t.Errorf("Commitment() = %p, %t, want %p as its measure says", c, ok, m.Commitment)
	}
	if d, ok := l.Department("zhujianwei"); !ok || d.Name != "区住房建设委" {
		t.Errorf("Department() = %+v, %t", d, ok)
	}
	if _, ok := l.Measure("no-such"); ok {
		t.Error("found a measure that is not there")
	}
}
