package scan

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xushi/seeds"
)

// sight is what the rules for names see of a numeral.
type sight struct {
	numeral
	text   string // the numeral
	before string // of the clause
	after  string
	quoted bool
	opens  bool // the clause begins with it
}

func (s *scanner) sight(c clause, n numeral) sight {
	return sight{
		numeral: n, text: s.of(n.span), before: s.before(c.start, n.start), after: s.after(n.end, c.end),
		quoted: s.quoted[n.start], opens: strings.Trim(s.before(c.start, n.start), "(（") == "",
	}
}

// rule is one way in which a numeral can be something else than a target.
type rule struct {
	reason string
	unsure bool
	holds  func(v *sight) bool
}

// rules are tried in this order; those for Chinese numerals only follow in chineseRules.
var rules = []rule{
	{"引号中的数量，看起来属于名称", true, func(v *sight) bool { return v.quoted && !v.chinese && v.countsThings() }},
	{"书名号、引号或文号括号中的数字，属于名称", false, func(v *sight) bool { return v.quoted }},
	{"单位“百分点”的一部分", false, func(v *sight) bool { return strings.HasPrefix(v.text+v.after, percentagePoint) }},
	{"序数", false, func(v *sight) bool { return strings.HasSuffix(v.before, "第") }},
	{"型号或代号", false, (*sight).coded},
	{"编号", false, func(v *sight) bool { return v.opens && numbering.MatchString(v.after) && v.short() }},
	{"年份或日期", false, func(v *sight) bool { return dated.MatchString(v.after) }},
	{"年份", false, func(v *sight) bool { return year.MatchString(v.text) && yearRange.MatchString(v.after) }},
	{"日期或期间", false, func(v *sight) bool { return dateRange.MatchString(v.after) || clockTime(v) }},
	{"五年规划的名称", false, func(v *sight) bool { return fiveYearPlan.MatchString(v.text) }},
	{"年限，不是目标值", true, func(v *sight) bool { return strings.HasPrefix(v.after, "年") }},
	{"年龄", false, func(v *sight) bool { return ages.MatchString(v.after) }},
	{"编号、期次或等级，属于名称", false, func(v *sight) bool { return classed.MatchString(v.after) }},
	{"期次，属于名称", false, func(v *sight) bool { return v.chinese && strings.HasPrefix(v.after, "期") }},
	{"热线号码", false, func(v *sight) bool { return hotline.MatchString(v.text + v.after) }},
	{"名称中的时长（生活圈一类），不是目标值", false, func(v *sight) bool { return namedDuration.MatchString(v.after) }},
	{"时长，看起来不是目标值", true, func(v *sight) bool { return duration.MatchString(v.after) && !v.limited() }},
	{"组合代号或比例的一部分", true, func(v *sight) bool { return combined(v.before, v.after) }},
	{"分数的一部分", true, func(v *sight) bool {
		return strings.HasPrefix(v.after, "分之") || strings.HasSuffix(v.before, "分之")
	}},
	{"看起来是基期值，不是目标值", true, func(v *sight) bool { return from.MatchString(v.before) && to.MatchString(v.after) }},
	{"零：不是可以逐步完成的数", true, func(v *sight) bool { value, _, err := seeds.ReadNumeral(v.text); return err == nil && value.IsZero() }},
	{"范围的下端", true, func(v *sight) bool { return rangeStart.MatchString(v.after) }},
}

var (
	numbering     = regexp.MustCompile(`^([)）]|[、.．]\D|[是要]\D|[.．、]$)`)
	dated         = regexp.MustCompile(`^(月份?|日|个?季度|时[^间])`)
	year          = regexp.MustCompile(`^(19|20)\d\d$|^[一二][〇零九][〇零一二三四五六七八九]{2}$`)
	yearRange     = regexp.MustCompile(`^(年|[-—–~～至到－]+\d{2,4}年)`)
	dateRange     = regexp.MustCompile(`^[-—–~～至到－、]+\d{1,2}(月|日|时)`)
	fiveYearPlan  = regexp.MustCompile(`^十[一二三四五六七]五$`)
	ages          = regexp.MustCompile(`^([-—–~～至到－]+\d+)?(周?岁|后)`)
	classed       = regexp.MustCompile(`^(号|届|周年|级|星|甲|[Aa]+级|路公交|环路|[国省县乡]道)`)
	namedDuration = regexp.MustCompile(`^(分钟|小时|公里).{0,8}圈|^小时(?:热线|值守|服务|不打烊|自助|营业|在线|值班)`)
	duration      = regexp.MustCompile(`^(分钟|小时|天|个月|个?工作日|周)`)
	hotline       = regexp.MustCompile(`^1\d{4}(?:热线|便民|政务|市民|平台)`)
	from          = regexp.MustCompile(`[由从]$|[由从]\D{0,4}的$`)
	to            = regexp.MustCompile(`^\D{0,3}?(提高|提升|增加|增长|扩大|扩展|上升|增|降低|下降|减少|压缩|缩短|降|减)(到|至)`)
	clock         = regexp.MustCompile(`^[:：]\d`)
	limits        = []string{"压缩", "缩短", "控制", "不超过", "不少于", "不低于", "提速", "降至", "降到", "减至", "限时", "达到", "超过", "至少", "延长"}
	rangeStart    = regexp.MustCompile(`^[个家户人处条场项名%％]?[-—–~～至到－]+[\d０-９〇零一二两三四五六七八九十百千万]`)
	rangeEnd      = regexp.MustCompile(`[\d０-９〇零一二两三四五六七八九十百千万%％][个家户人处条场项名]?[-—–~～至到－]+$`)
)

// name says why a numeral looks like no target.
func (v *sight) name() (reason string, unsure, ok bool) {
	all := rules
	if v.chinese {
		all = rulesOfChinese
	}
	for _, r := range all {
		if r.holds(v) {
			return r.reason, r.unsure, true
		}
	}
	return "", false, false
}

// short tells that a numeral can number a paragraph.
func (v *sight) short() bool { return utf8.RuneCountInString(v.text) <= 3 }

func (v *sight) limited() bool {
	return holds(v.before, limits) != "" || strings.Contains(v.after, "以内") || strings.Contains(v.after, "以上")
}

// coded tells that Latin letters touch the numeral, as in 5G and PM2.5, unless they are its unit.
func (v *sight) coded() bool {
	next, _ := utf8.DecodeRuneInString(v.after)
	last, _ := utf8.DecodeLastRuneInString(v.before)
	if u, _ := unitAt(v.after); u.kind != Unknown {
		next = 0
	}
	return latin(last) || latin(next)
}

func latin(r rune) bool { return r != utf8.RuneError && r <= unicode.MaxLatin1 && unicode.IsLetter(r) }

func clockTime(v *sight) bool {
	return clock.MatchString(v.after) || strings.HasSuffix(v.before, ":")
}

// combined tells of 1+3+N, 24/7 and the like.
func combined(before, after string) bool {
	return prefixOf(after, []string{"+", "＋", "/", "∶"}) != "" || suffixOf(before, []string{"+", "＋", "/", "∶"}) != ""
}

// chineseRules hold of Chinese numerals, most of which are part of a word: only one that can be read and
// stands before a measure word is a quantity.
var chineseRules = []rule{
	{"约数，没有确数", true, func(v *sight) bool { return suffixOf(v.before, []string{"几", "数"}) != "" }},
	{"量词后接“等”，看起来是列举的名称", true, func(v *sight) bool {
		u, n := unitAt(v.after)
		return u.kind != Unknown && u.word != "" && strings.HasPrefix(skip(v.after, n), "等")
	}},
	{"中文数字后没有量词，看起来是词语的一部分", false, func(v *sight) bool { return !v.percent() && !v.counts() }},
	{"“一”加量词，看起来是泛指", true, func(v *sight) bool { return v.text == "一" && (!v.verb() || vagueOne.MatchString(v.after)) }},
	{"不能读作一个数", true, func(v *sight) bool { _, _, err := seeds.ReadNumeral(v.text); return err != nil }},
}

var rulesOfChinese = slices.Concat(rules, chineseRules)

var vagueOne = regexp.MustCompile(`^(批|次性|件事|系列|些|定|步|起)`)

func (v *sight) percent() bool {
	return strings.HasPrefix(v.text, "百分之") || strings.HasSuffix(v.text, "成") || strings.HasSuffix(v.text, "%") || strings.HasSuffix(v.text, "％")
}

func (v *sight) counts() bool {
	u, _ := unitAt(v.after)
	return u.kind != Unknown
}

func (v *sight) countsThings() bool {
	u, _ := unitAt(v.after)
	return u.kind == Count || u.kind == Area || u.kind == Length || u.kind == Money
}

// verb tells whether a verb that delivers something stands right before the numeral.
func (v *sight) verb() bool { return suffixOf(v.before, creating) != "" }

var creating = []string{"新建", "建成", "打造", "建设", "完成", "创建", "建立", "组建", "新增", "设立", "开设", "改造", "建", "开展", "举办", "引进", "培育", "翻", "形成", "启动", "实施", "推出"}
