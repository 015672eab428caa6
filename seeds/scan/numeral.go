package scan

import (
	"slices"
	"strings"

	"xushi/seeds"
)

// numeral is a numeral of the text, Arabic or Chinese, with its scale words and its sign of a percentage.
type numeral struct {
	span
	chinese bool
	scale   string
}

// numerals finds every numeral of a part of the text, in order: the runs of package seeds, joined to what
// it reads as one number: 84.7万, 1亿5000万, 10余万, 百分之八十, 三点五, 八成.
func (t *text) numerals(part span) []numeral {
	var all []numeral
	i, _ := slices.BinarySearchFunc(t.runs, part.start, func(r seeds.Run, start int) int { return r.Start - start })
	for i < len(t.runs) && t.runs[i].End <= part.end {
		n, next := t.join(i, part.end)
		all = append(all, n)
		i = next
	}
	return all
}

// join extends a numeral from its first run, and tells which run follows it.
func (t *text) join(i, end int) (n numeral, next int) {
	first := t.runs[i]
	n = numeral{span: span{first.Start, first.End}, chinese: first.Script == seeds.Chinese}
	next = i + 1
	run, ok := t.runAt(next, first.Start+len([]rune(outOfHundred)), end)
	switch {
	case first.Script == seeds.Worded:
		return n, next
	case ok && first.End == first.Start+1 && t.says(first.Start, end, outOfHundred):
		n.chinese, n.end, next = run.Script == seeds.Chinese, run.End, next+1
	}
	for {
		run, ok = t.continued(n, next, end)
		if !ok {
			break
		}
		if run.Script == seeds.Chinese && !n.chinese {
			n.scale = t.of(span{run.Start, run.End})
		}
		n.end, next = run.End, next+1
	}
	tenths := n.chinese && n.end == n.start+1 && t.says(n.end, end, "成") && !t.begins(n.end, end, otherThanTenths)
	if tenths || t.says(n.end, end, "%") || t.says(n.end, end, "％") {
		n.end++
	}
	return n, next
}

// outOfHundred begins a percentage.
const outOfHundred = "百分之"

// continued is the next run if the numeral goes on with it: with a scale word, after 余 or 多 too, with
// smaller digits after the scale word, or with decimals after 点.
func (t *text) continued(n numeral, next, end int) (seeds.Run, bool) {
	if run, ok := t.runAt(next, n.end, end); ok {
		return run, !t.says(run.Start, end, percentagePoint)
	}
	run, ok := t.runAt(next, n.end+1, end)
	if !ok || run.Script != seeds.Chinese {
		return run, false
	}
	switch t.runes[n.end] {
	case '余', '多':
		return run, isScale(t.runes[run.Start])
	case '点':
		return run, n.chinese
	}
	return run, false
}

// percentagePoint is a unit that begins like a numeral.
const percentagePoint = "百分点"

// runAt is a run if it begins at a position and ends in time.
func (t *text) runAt(i, at, end int) (seeds.Run, bool) {
	if i < len(t.runs) && t.runs[i].Start == at && t.runs[i].End <= end {
		return t.runs[i], true
	}
	return seeds.Run{}, false
}

// otherThanTenths are words that 成 begins; 八成 before them is no percentage.
var otherThanTenths = []string{"成立", "成员", "成为", "成果", "成效", "成本", "成就", "成长", "成都", "成功", "成套", "成片"}

// says tells whether the text has the words at a position.
func (t *text) says(at, end int, words string) bool {
	return at < end && strings.HasPrefix(t.of(span{at, min(end, at+reach)}), words)
}

func (t *text) begins(at, end int, words []string) bool {
	return prefixOf(t.of(span{min(at, end), min(end, at+reach)}), words) != ""
}

func isScale(r rune) bool { return strings.ContainsRune("百千万亿", r) }
