package book

import (
	"strings"

	"xushi/schema"
	"xushi/seeds"
)

// word is one choice: what the ledger calls it, and what the office does.
type word struct{ code, label string }

func words[T ~string](pairs map[T]string, order ...T) []word {
	all := make([]word, len(order))
	for i, code := range order {
		all[i] = word{string(code), pairs[code]}
	}
	return all
}

// The ledger's choices in the office's words.
var (
	doneWords = words(map[seeds.Done]string{
		seeds.Started: "启动", seeds.Finished: "完成", seeds.InOperation: "投用", seeds.Held: "举办",
		seeds.Reached: "达到", seeds.Advanced: "推进（不承诺完成）",
	}, seeds.Started, seeds.Finished, seeds.InOperation, seeds.Held, seeds.Reached, seeds.Advanced)

	comparatorWords = words(map[seeds.Comparator]string{seeds.AtLeast: "以上", seeds.AsWritten: "照原文"}, seeds.AsWritten, seeds.AtLeast)

	modeWords = words(map[schema.Mode]string{
		schema.Increment: "本次新增", schema.ToDate: "累计", schema.Level: "水平值",
	}, schema.Increment, schema.ToDate, schema.Level)

	directionWords = words(map[seeds.Direction]string{seeds.Rise: "上升", seeds.Fall: "下降"}, seeds.Rise, seeds.Fall)

	curveWords = words(map[seeds.CurveKind]string{
		seeds.Linear: seeds.Linear.Title(), seeds.Steps: seeds.Steps.Title(), seeds.Season: seeds.Season.Title(),
		seeds.ByItem: seeds.ByItem.Title(), seeds.ByLevel: seeds.ByLevel.Title(), seeds.Milestones: seeds.Milestones.Title(),
	}, seeds.Linear, seeds.Steps, seeds.Season, seeds.ByItem, seeds.ByLevel, seeds.Milestones)

	pointWords = []word{{"steps", "累计份额"}, {"items", "项目时限"}, {"levels", "水平值"}, {"stages", "阶段"}}

	confidenceWords = words(map[seeds.Confidence]string{
		seeds.High: seeds.High.Title(), seeds.Medium: seeds.Medium.Title(), seeds.Low: seeds.Low.Title(),
	}, seeds.High, seeds.Medium, seeds.Low)

	statementWords = words(map[seeds.StatementKind]string{seeds.Directional: "方向性表述", seeds.Heading: "标题"}, seeds.Directional, seeds.Heading)

	yesNoWords = []word{{"true", "是"}, {"false", "否"}}
)

// labelOf is the office's word for a choice, or the choice itself where there is none.
func labelOf(words []word, code string) string {
	for _, w := range words {
		if w.code == code {
			return w.label
		}
	}
	return code
}

// codeOf reads a choice, in the office's word or the ledger's own.
func codeOf(words []word, text string) (string, bool) {
	for _, w := range words {
		if text == w.label || narrow(w.label) == text || strings.EqualFold(text, w.code) {
			return w.code, true
		}
	}
	return "", false
}

func labels(words []word) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.label
	}
	return all
}
