package scan

import (
	"regexp"
	"strings"

	"xushi/seeds"
)

// milestone tells whether a clause without quantities promises something to be delivered.
func (s *scanner) milestone(c span) (Milestone, bool) {
	words := s.of(c)
	verb := deliverable(words)
	if verb == "" {
		return Milestone{}, false
	}
	m := Milestone{Passage: s.passage(c), Verb: verb, Done: doneBy(verb)}
	m.Unsure = append(m.Unsure, Doubt{"curve", "没有数字：阶段和日期由人来定"})
	if w := holds(words, []string{"全部", "全面", "基本", "所有"}); w != "" {
		m.Unsure = append(m.Unsure, Doubt{"title", "“" + w + "”：也许应按100%计的指标处理"})
	}
	if s.review || holds(words, past) != "" {
		m.Unsure = append(m.Unsure, Doubt{"title", alreadyDone})
	}
	return m, true
}

// deliverable is the verb by which a clause delivers, "" if it has none.
func deliverable(words string) string {
	if v := holds(words, delivered); v != "" {
		return v
	}
	object := words[len(numbered.FindString(words)):]
	object = object[len(deadline.FindString(object)):]
	for w := prefixOf(object, hastening); w != ""; w = prefixOf(object, hastening) {
		object = object[len(w):]
	}
	if v := prefixOf(object, begun); v != "" {
		return v
	}
	if v := suffixOf(words, finishing); v != "" {
		return v
	}
	place := strings.TrimSuffix(words, "建设")
	if suffixOf(place, places) == "" || prefixOf(object, strengthening) != "" {
		return ""
	}
	if v := prefixOf(object, built); v != "" {
		return v
	}
	return words[len(place):] // 建设, if they end with it
}

// deadline may stand before a verb.
var deadline = regexp.MustCompile(`^(今年|[到至]?(\d{4})?年底前?|上半年|下半年|\d+月(底|份|\d+日)?前?)`)

var (
	// delivered promise a state that is reached or not, wherever they stand.
	delivered = []string{
		"建成开诊", "建成投用", "建成", "竣工", "完工", "开诊", "投用", "投入使用", "投入运营", "开馆", "开园", "开业", "开学", "通车", "启用", "组建", "筹建", "创成", "揭牌", "挂牌",
		"成立", "设立", "开工", "开办", "出台", "印发", "封顶", "交付", "上线",
	}
	// begun promise one only where the clause begins with them.
	begun = []string{"启动", "引进", "完成", "新建", "改建", "扩建", "改造", "编制", "举办", "承办", "办好", "制定", "落成", "开通", "收官"}
	// finishing name the work itself, at the end of a clause.
	finishing = []string{"征迁", "拆迁", "征收", "搬迁", "出让", "普查", "选址", "达标工程"}
	// built are verbs whose object tells.
	built = []string{"建设", "服务保障", "实施", "更新"}
	// hastening stand before a verb and promise nothing.
	hastening = []string{
		"加快推进", "加快", "推动", "推进", "全力", "全面", "确保", "力争", "高标准", "高质量", "高水平", "高起点", "精心", "扎实", "积极", "持续", "年内", "深入", "有序", "年底前",
	}
	// places are what is built of brick, at the end of a noun.
	places = []string{"馆", "院", "校", "园", "站", "楼", "中心", "码头", "厅", "所", "场", "区", "路", "桥", "基地", "工程", "项目", "大厦", "线", "房", "选址"}
	// strengthening promises more of what there is.
	strengthening = []string{"加强", "深化", "完善", "提升", "提高", "促进", "强化"}
)

// doneBy is what a verb counts as done.
func doneBy(verb string) seeds.Done {
	for _, d := range []struct {
		done  seeds.Done
		words []string
	}{
		{seeds.InOperation, []string{"开诊", "投用", "投入", "开馆", "开园", "开业", "开学", "通车", "启用", "开办", "上线", "开通", "交付"}},
		{seeds.Started, []string{"启动", "开工"}},
		{seeds.Held, []string{"举办", "承办", "办好", "组织", "开展", "培训"}},
		{seeds.Advanced, []string{"筹建", "建设", "服务保障", "实施", "征迁", "出让", "普查", "工程"}},
		{seeds.Reached, []string{"达到", "实现", "确保", "下降", "提高", "增长"}},
	} {
		if holds(verb, d.words) != "" {
			return d.done
		}
	}
	return seeds.Finished
}
