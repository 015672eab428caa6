package seeds

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Owner is what a clause or a numeral of the text belongs to.
type Owner string

// Owners: the first three of clauses, the others of numerals.
const (
	OwnedByCommitment  Owner = "commitment"
	OwnedByDirectional Owner = "directional" // a statement of this kind
	OwnedByHeading     Owner = "heading"     // a statement of this kind
	OwnedByTarget      Owner = "target"      // a measure's numeral
	OwnedByScale       Owner = "scale"       // 万 after a measure's digits
	OwnedByDenominator Owner = "denominator" // 千 of 千人口
	OwnedByExclusion   Owner = "exclusion"   // an entry of the numerals that are no target
)

// part is what of the text needs an owner.
type part string

const (
	aClause  part = "clause"
	aNumeral part = "numeral"
)

// Title is the part in Chinese.
func (p part) Title() string { return map[part]string{aClause: "分句", aNumeral: "数字"}[p] }

// remedy is how a part gets an owner.
type remedy struct{ english, chinese string }

func (r remedy) String() string { return r.english }

// Title is the remedy in Chinese.
func (r remedy) Title() string { return r.chinese }

var remedies = map[part]remedy{
	aClause: {"hold it in a commitment, or in statements.yaml with the reason why it is none",
		"请列为任务，或列入“方向性表述”并写明理由"},
	aNumeral: {"make it a measure's target, or enter it in numerals.yaml with the reason why it is none",
		"请作为指标的目标值，或列入“数字”并写明理由"},
}

// claim is an entry's hold on a stretch of the text.
type claim struct {
	Span
	owner Owner
	name  string // of the entry, for complaints
	at    place

	// proven: the text says there what the entry says. Else the span is where the entry most likely
	// belongs: it owns nothing, but what it would own is not reported missing as well.
	proven bool
}

func (c *checker) claim(owner Owner, name string, at place, words string, offset int) claim {
	proven := words != "" && c.text.has(words, offset)
	if !proven {
		if likely := c.text.nearest(words, offset); likely >= 0 {
			offset = likely
		}
	}
	return claim{spanOf(words, offset), owner, name, at, proven}
}

// ownership requires that every clause and every numeral of the text has one owner, and counts them.
func (c *checker) ownership(at places) {
	passages := c.passages(at)
	for _, clause := range c.clauses {
		owner, owned := c.owner(clause, aClause, passages)
		c.coverage.Clauses.count(owner.owner, owned)
	}
	figures := c.quantities(at)
	for _, r := range c.runs {
		owner, owned := c.owner(r.Span, aNumeral, figures)
		kind := owner.owner
		if kind == OwnedByTarget && r.Script == Chinese && owner.Start < r.Start && isDigit(c.text[r.Start-1]) {
			kind = OwnedByScale
		}
		c.coverage.numerals(r.Script).count(kind, owned)
	}
}

// passages are the claims on clauses, in the order of the text.
func (c *checker) passages(at places) []claim {
	var all []claim
	for i, t := range c.Commitments {
		here := at.commitments.entry(i, t.ID).field("quote")
		all = append(all, c.claim(OwnedByCommitment, "commitment "+t.ID, here, t.Quote, t.QuoteOffset))
	}
	for i, s := range c.Statements {
		here := at.statements.entry(i, "").field("quote")
		all = append(all, c.claim(Owner(s.Kind), fmt.Sprintf("statement %d", i), here, s.Quote, s.QuoteOffset))
	}
	return inOrder(all)
}

// quantities are the claims on numerals, in the order of the text.
func (c *checker) quantities(at places) []claim {
	var all []claim
	for i, t := range c.Commitments {
		quote := spanOf(t.Quote, t.QuoteOffset)
		for j, m := range t.Measures {
			here := at.commitments.entry(i, t.ID).field("measures").entry(j, m.ID)
			if !m.Milestone() {
				target := c.claim(OwnedByTarget, "measure "+m.ID, here.field("numeral_text"), m.NumeralText, m.NumeralOffset)
				figure := c.figure(target.Span)
				target.proven = target.proven && quote.covers(figure) && figure == target.Span
				target.Span = figure
				all = append(all, target)
			}
			if m.Ratio != nil && m.Ratio.PerText != "" {
				all = append(all, c.claim(OwnedByDenominator, "ratio of measure "+m.ID, here.field("ratio").field("per_text"), m.Ratio.PerText, m.Ratio.PerOffset))
			}
		}
	}
	for i, n := range c.Numerals {
		here := at.numerals.entry(i, "").field("numeral_text")
		all = append(all, c.claim(OwnedByExclusion, fmt.Sprintf("numeral %d", i), here, n.NumeralText, n.NumeralOffset))
	}
	return inOrder(all)
}

func inOrder(claims []claim) []claim {
	slices.SortStableFunc(claims, func(a, b claim) int { return a.Start - b.Start })
	return claims
}

// owner finds the one claim on a part of the text, and complains if there is none, or another one, or
// one that takes only a piece of it.
func (c *checker) owner(span Span, what part, claims []claim) (sole claim, ok bool) {
	var owners []claim
	presumed := false
	for _, o := range claims {
		if o.overlaps(span) && o.proven {
			owners = append(owners, o)
		}
		presumed = presumed || o.overlaps(span) && !o.proven
	}
	words := c.text.words(span)
	if len(owners) == 0 {
		c.require(presumed, c.inText(span.Start), "nothing owns the %s %q at offset %d: %s", what, words, span.Start, remedies[what])
		return claim{}, false
	}
	for i, o := range owners[1:] {
		if before := owners[i]; o.overlaps(before.Span) {
			c.require(false, o.at, "the %s %q at offset %d is owned twice, by %s and by %s: only one of them can be right", what, words, span.Start, before.name, o.name)
			return claim{}, false
		}
	}
	for _, o := range owners {
		c.require(o.covers(span) || what == aNumeral, o.at, "cuts the %s %q at offset %d in two: take in all of it, or nothing", what, words, span.Start)
	}
	return owners[0], len(owners) == 1 && owners[0].covers(span)
}

// inText is a spot of the source text, by its line.
func (c *checker) inText(offset int) place {
	return place{file: c.Plan.Source.File, node: &yaml.Node{Line: 1 + strings.Count(string(c.text[:offset]), "\n")}}
}
