package scan

import (
	"strings"
	"unicode/utf8"
)

// items are the things that a clause names before it says how many there are: all of them, or some of
// them where 等 stands between. The verb that the clause begins with is none of their names.
func (r *reading) items() (names []string, open bool) {
	lead, open := strings.CutSuffix(r.lead, "等")
	if !r.first {
		lead = strings.TrimLeft(strings.TrimPrefix(lead, prefixOf(lead, bounds)), "、和及以")
	}
	if !open && !strings.Contains(lead, "、") || utf8.RuneCountInString(lead) > longestList {
		return nil, open
	}
	names = strings.Split(bare(lead[len(numbered.FindString(lead)):]), "、")
	if !open && len(names) == 1 {
		return nil, false
	}
	for _, n := range names {
		if n == "" || utf8.RuneCountInString(n) > longestName {
			r.doubt(true, "items", "数字前像是列了名称，没有认清")
			return nil, open
		}
	}
	if open {
		return names, true
	}
	if !r.value.IsInteger() || r.value.IntPart() != int64(len(names)) {
		r.doubt(true, "items", "数字前列出的名称与个数不符")
		return nil, false
	}
	return names, false
}

// bounds may stand between the unit of the quantity before and what comes next.
var bounds = []string{"以上", "以下", "以内", "左右"}

// Longer than these, in code points, is no list and no name.
const (
	longestList = 400
	longestName = 30
)

// bare takes the adverbs and verbs off the beginning.
func bare(s string) string {
	for {
		w := prefixOf(s, opening)
		if w == "" || w == s {
			return s
		}
		s = strings.TrimPrefix(s[len(w):], "、") // 新建、改建
	}
}

// opening are the words that a clause begins with before it comes to its object.
var opening = append([]string{
	"加快", "推动", "推进", "全力", "全面", "确保", "力争", "高标准", "高质量", "高水平", "高起点", "精心", "扎实", "积极", "持续", "年内", "深入", "有序", "大力", "着力",
	"规范", "统筹", "组织", "切实", "努力", "实现", "实施", "落实", "服务保障", "做好", "抓好", "建好", "用好", "继续", "重点", "全年", "完成", "启动", "新建", "改建", "扩建",
	"改扩建", "开工", "新增", "建成", "建设", "改造", "提升", "更新", "打造", "创建", "举办", "办好", "开展", "引进", "新",
}, adverbs...)

var adverbs = []string{"要", "将", "再", "并", "同时", "今年", "本年度"}
