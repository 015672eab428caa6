package seeds

// Statement is a passage of the text that is no commitment. Commitments and statements together own
// every clause of the text, each exactly once, so that nothing promised can be left out unseen.
type Statement struct {
	Kind        StatementKind `yaml:"kind" json:"kind"`
	Quote       string        `yaml:"quote" json:"quote,omitzero"`      // verbatim
	QuoteOffset int           `yaml:"quote_offset" json:"quote_offset"` // in the source text, in code points
	Reason      string        `yaml:"reason" json:"reason,omitzero"`    // why it is not held as a commitment
}

// StatementKind is what a passage is, if no commitment.
type StatementKind string

// Kinds of statements.
const (
	Directional StatementKind = "directional" // 方向性表述: work is promised, but no number and no state that is done or not
	Heading     StatementKind = "heading"     // 标题: of a section or a paragraph
)

// Title is the kind in Chinese, as offices read it.
func (k StatementKind) Title() string {
	return map[StatementKind]string{Directional: "方向性表述", Heading: "标题"}[k]
}

// Numeral is a numeral of the text, Arabic or Chinese, that is no target: an ordinal, a part of a name,
// an idiom. Measures, scale words and these own every numeral, each exactly once, by position.
type Numeral struct {
	NumeralText   string `yaml:"numeral_text" json:"numeral_text,omitzero"`     // the whole run: 三一
	NumeralOffset int    `yaml:"numeral_offset" json:"numeral_offset,omitzero"` // in the source text, in code points
	Reason        string `yaml:"reason" json:"reason,omitzero"`                 // why it is no target
}
