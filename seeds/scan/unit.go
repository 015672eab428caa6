package scan

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// unit is a word that says what a numeral counts.
type unit struct {
	word string // as the text writes it
	base string // as a ledger writes it
	kind Kind
}

// units that reports count in, longer words first.
var units = unitTable()

func unitTable() []unit {
	words := map[Kind]string{
		Count: "个 处 条 户 家 场 次 人次 人 名 项 所 座 套 间 栋 幢 辆 台 件 部 张 块 支 批 对 种 类 门 株 棵 吨 位 床 份 宗 起 例 本 篇 款 头 艘 架 盏 " +
			"班次 课时 学位 床位 户次 家次 场次 件次 点位 片 眼 根 口 组 队 站 亩次 期",
		Area:     "平方米 平方公里 公顷 亩 立方米",
		Length:   "公里 千米 米 延米",
		Money:    "元 美元",
		Level:    "‰ 百分点 倍 番 微克/立方米 毫克/立方米 毫克/升 分贝",
		Duration: "分钟 小时 天 个月 个工作日 工作日 周",
	}
	var table []unit
	for kind, list := range words {
		for w := range strings.FieldsSeq(list) {
			table = append(table, unit{w, w, kind})
		}
	}
	for _, other := range []unit{
		{"个百分点", "百分点", Level}, {"m²", "平方米", Area}, {"m2", "平方米", Area}, {"㎡", "平方米", Area}, {"平米", "平方米", Area},
		{"km", "公里", Length}, {"万吨", "吨", Count}, {"个工作日", "工作日", Duration},
	} {
		table = slices.DeleteFunc(table, func(u unit) bool { return u.word == other.word })
		table = append(table, other)
	}
	slices.SortFunc(table, func(a, b unit) int {
		if n := utf8.RuneCountInString(b.word) - utf8.RuneCountInString(a.word); n != 0 {
			return n
		}
		return strings.Compare(a.word, b.word)
	})
	return table
}

// unitAt is the unit that stands at the beginning of the words after a numeral, and how many characters
// it takes, 余 or 多 before it included.
func unitAt(after string) (u unit, length int) {
	rest := after
	if w := prefixOf(after, vague); w != "" {
		rest, length = after[len(w):], utf8.RuneCountInString(w)
	}
	for _, u := range units {
		if strings.HasPrefix(rest, u.word) {
			return u, length + utf8.RuneCountInString(u.word)
		}
	}
	return unit{kind: Unknown}, 0
}

// vague words between a numeral and its unit make it approximate.
var vague = []string{"余", "多", "来"}
