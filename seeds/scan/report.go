package scan

import (
	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// Report is what a text promises, as far as its words tell. Every clause of the text has one place in it:
// it holds quantities, or is a milestone, a statement or a heading. Every numeral has one place too: in a
// quantity, in a quantity's denominator, or among the names. All are in the order of the text.
type Report struct {
	Quantities []Quantity
	Names      []Name
	Milestones []Milestone
	Statements []Passage
	Headings   []Passage

	text  string
	lines []place // in which there are clauses
}

// place is a line of the text with the headings above it.
type place struct {
	start     int    // in code points
	section   string // the last heading that is a line of its own; "": none
	paragraph string // the line's first sentence
}

// Passage is a part of the text, verbatim.
type Passage struct {
	Text   string
	Offset int // in code points
}

// Quantity is a numeral that looks like a target.
type Quantity struct {
	Sentence Passage
	Clause   Passage

	NumeralText string          // with its scale: 84.7万; or 全覆盖
	Offset      int             // of NumeralText, in code points
	Scale       string          // 万, 亿, 千 …; "": none
	Value       decimal.Decimal // in Unit, exactly
	Unit        string          // base unit; "": not recognised
	Per         Passage         // of a ratio, the text's word for what it is per: 千 of 千人口4个

	Kind       Kind
	Mode       schema.Mode
	Comparator seeds.Comparator
	AtMost     bool // an upper bound, which a ledger holds as a level that is to fall
	Direction  seeds.Direction
	Items      []string // named before the numeral
	ItemsOpen  bool     // 等 stands between them and the numeral
	Shared     bool     // has its noun in common with the quantity before it: 55万 of 12个、55万平方米项目

	Unsure []Doubt
}

// Doubt is what a person must look at.
type Doubt struct {
	Field string // of a measure, by its name in a ledger's files
	Words string
}

// Kind is what sort of thing a quantity counts, as proposed.
type Kind string

// Kinds of quantities.
const (
	Count    Kind = "count"    // 个、处、户、场
	Area     Kind = "area"     // 平方米、亩
	Length   Kind = "length"   // 公里
	Money    Kind = "money"    // 元
	Level    Kind = "level"    // 率、覆盖、强度、每千人: never summed
	Duration Kind = "duration" // 小时、天
	Unknown  Kind = "unknown"  // no unit was recognised
)

// Name is a numeral that looks like part of a name, an ordinal, an idiom, a date or a range, and no target.
type Name struct {
	Text   string
	Offset int // in code points
	Clause Passage
	Reason string
	Unsure bool // the reason is weak: a person should look
}

// Milestone is a clause that promises something to be delivered, without a number.
type Milestone struct {
	Passage
	Verb   string
	Done   seeds.Done
	Unsure []Doubt
}

// Scan reads a text, which must be UTF-8; see Decode.
func Scan(text string) *Report {
	s := &scanner{text: newText(text), report: &Report{text: text}}
	for _, line := range s.paragraphs() {
		s.line(line)
	}
	return s.report
}

// scanner goes through a text once.
type scanner struct {
	*text
	report  *Report
	section string
	review  bool // the section tells of the years before
}

func (s *scanner) line(line span) {
	clauses := s.cut(line)
	if len(clauses) == 0 {
		return
	}
	first := clauses[0].sentence
	s.report.lines = append(s.report.lines, place{line.start, s.section, s.of(span{line.start, min(first.end+1, line.end)})})
	headings := s.headings(line, clauses)
	if headings == len(clauses) {
		s.section = s.of(line)
		s.review = holds(s.section, reviews) != "" || s.review && !chapter.MatchString(s.section)
	}
	if headings > 0 {
		whole := span{clauses[0].start, clauses[headings-1].end}
		s.report.Headings = append(s.report.Headings, s.passage(whole))
		for _, n := range s.numerals(whole) {
			s.name(whole, n, "标题中的数字", false)
		}
	}
	for _, c := range clauses[headings:] {
		s.clause(c)
	}
}

// clause files a clause under what it is.
func (s *scanner) clause(c clause) {
	if s.quantities(c) {
		return
	}
	if m, ok := s.milestone(c.span); ok {
		s.report.Milestones = append(s.report.Milestones, m)
		return
	}
	s.report.Statements = append(s.report.Statements, s.passage(c.span))
}

func (s *scanner) name(c span, n numeral, reason string, unsure bool) {
	s.report.Names = append(s.report.Names, Name{Text: s.of(n.span), Offset: n.start, Clause: s.passage(c), Reason: reason, Unsure: unsure})
}
