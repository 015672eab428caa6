package book

import (
	"strings"

	"xushi/schema"
	"xushi/seeds"
)

// word is one choice: what the ledger calls it, and what the office does.
type word struct{ code, label string }

// choices are the ledger's own, under their titles.
func choices[T interface {
	~string
	Title() string
}](all ...T) []word {
	words := make([]word, len(all))
	for i, code := range all {
		words[i] = word{string(code), code.Title()}
	}
	return words
}

// The ledger's choices in the office's words.
var (
	doneWords       = choices(seeds.Started, seeds.Finished, seeds.InOperation, seeds.Held, seeds.Reached, seeds.Advanced)
	comparatorWords = choices(seeds.AsWritten, seeds.AtLeast)
	modeWords       = choices(schema.Increment, schema.ToDate, schema.Level)
	directionWords  = choices(seeds.Rise, seeds.Fall)
	curveWords      = choices(seeds.Linear, seeds.Steps, seeds.Season, seeds.ByItem, seeds.ByLevel, seeds.Milestones)
	confidenceWords = choices(seeds.High, seeds.Medium, seeds.Low)
	statementWords  = choices(seeds.Directional, seeds.Heading)
	thresholdWords  = choices(seeds.AllThresholds()...)

	pointWords = []word{{"steps", "累计份额"}, {"items", "项目时限"}, {"levels", "水平值"}, {"stages", "阶段"}}
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
