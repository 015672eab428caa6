package seeds

import (
	"slices"
	"strings"
)

// lowerBounds are the words that make a numeral the least that was promised, if they stand just before it.
var lowerBounds = []string{"不少于", "不低于", "不小于", "超过", "至少", "突破", "高于", "多于"}

// ComparatorOf is how a text words the target that a numeral is, from what its clause says before and after
// the numeral: 以上, up to the next numeral, or a word such as 不少于 just before it.
func ComparatorOf(before, after string) Comparator {
	after = strings.ReplaceAll(after, "百分点", "") // whose 百 is no numeral
	if i := strings.IndexAny(after, "0123456789"+ChineseDigits); i >= 0 {
		after = after[:i] // what follows belongs to the next numeral
	}
	if strings.Contains(after, "以上") {
		return AtLeast
	}
	bound := func(word string) bool {
		rest, ends := strings.CutSuffix(before, word)
		return ends && !strings.HasSuffix(rest, "不") // 不超过 is the contrary
	}
	if slices.ContainsFunc(lowerBounds, bound) {
		return AtLeast
	}
	return AsWritten
}
