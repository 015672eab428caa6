package seeds

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xushi/schema"
)

// checker collects everything that is wrong with a ledger, so that its author mends it in one go.
type checker struct {
	*Ledger
	text       source
	lines      []string // of the text, made when first asked for
	lineStarts []int    // in code points
	unread     bool     // the text is not there: nothing can be held against it
	malformed  []lines  // entries whose form is complained of already
	restored   bool     // it was proved before: only what computing relies on is checked, see expect
	runs       []Run
	figures    []Span
	clauses    []Span
	coverage   Coverage
	errs       []error
}

// require is for what everything relies on that computes with a ledger, for ever. What is added here must
// hold of every version that was ever in force.
func (c *checker) require(ok bool, at place, format string, args ...any) {
	malformed := func(l lines) bool { return l.file == at.file && l.from <= at.node.Line && at.node.Line <= l.to }
	if !ok && !slices.ContainsFunc(c.malformed, malformed) {
		c.errs = append(c.errs, at.errorf(format, args...))
	}
}

// expect is for what a ledger that is to come into force must be besides: complete, in good words, and
// true to the text.
func (c *checker) expect(ok bool, at place, format string, args ...any) {
	c.require(ok || c.restored, at, format, args...)
}

// filled expects that the mapping's text fields say something that letters and workbooks can show.
func (c *checker) filled(at place, texts map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		text, here := texts[key], at.field(key)
		c.expect(strings.TrimSpace(text) != "", here, "must not be empty")
		c.expect(text != Undecided, here, "is still to be decided by a person (%s)", Undecided)
		c.expect(utf8.RuneCountInString(text) <= maxText, here, "must be at most %d characters", maxText)
		unseen := strings.IndexFunc(text, func(r rune) bool { return schema.Unseen(r) && (r != '\n' || !slices.Contains(prose, key)) })
		if unseen >= 0 {
			r, _ := utf8.DecodeRuneInString(text[unseen:])
			c.expect(false, here, "holds %U, which readers do not see or which breaks the line", r)
		}
	}
}

// maxText is far over what a reader takes in, and under what a workbook's cell holds.
const maxText = 2000

// prose are the fields that may run over several lines.
var prose = []string{"note", "definition", "basis", "reason"}

// id requires a token that subjects and other entries can use, once.
func (c *checker) id(at place, id string, seen map[string]bool) {
	c.token(at.field("id"), id, seen)
	c.require(!slices.Contains(reserved, id), at.field("id"), "%q is reserved", id)
}

// token requires a name that fits a subject, once.
func (c *checker) token(at place, name string, seen map[string]bool) {
	c.require(schema.IsToken(name), at, "%q must be lower-case ASCII letters, digits and inner hyphens, at most %d", name, schema.MaxTokenBytes)
	c.require(!seen[name], at, "%q is used twice", name)
	seen[name] = true
}

// reserved are tokens with a meaning of their own in subjects: a batch stands for its commitments, and
// dead letters whose sender cannot be told are filed under "unknown".
var reserved = []string{schema.BatchToken, "unknown"}

// check proves a ledger. Where the text could not be read, because of unread, it proves what stands
// without it.
func check(l *Ledger, at places, unread error, malformed []lines) (Coverage, error) {
	text := newSource(l.Text)
	c := &checker{Ledger: l, text: text, unread: unread != nil, malformed: malformed, runs: text.runs(), figures: text.figures(), clauses: text.clauses()}
	if unread != nil {
		c.errs = append(c.errs, unread)
	}
	c.promises(at)
	c.statements(at.statements)
	c.numerals(at.numerals)
	c.everyAssigned(at)
	c.coverage.holds(l)
	if !c.unread {
		c.ownership(at)
	}
	return c.coverage, errors.Join(c.errs...)
}

// sound checks of a ledger that was proved before what computing relies on.
func sound(l *Ledger, at places) error {
	c := &checker{Ledger: l, unread: true, restored: true}
	c.promises(at)
	return errors.Join(c.errs...)
}

// promises checks what is promised, by whom and by when.
func (c *checker) promises(at places) {
	c.plan(at.plan)
	c.require(len(c.Commitments) > 0, at.commitments, "holds no commitment")
	seen, names := map[string]bool{}, map[string]bool{}
	for i := range c.Departments {
		d := &c.Departments[i]
		here := at.departments.entry(i, d.ID)
		c.id(here, d.ID, seen)
		c.filled(here, map[string]string{"name": d.Name, "name_en": d.NameEN})
		c.expect(!names[d.Name], here.field("name"), "%q is the name of another department: readers could not tell them apart", d.Name)
		names[d.Name] = true
	}
	c.commitments(at.commitments)
}

// longestPlan is ten years and their leap days, in days; plans are of a year, or of five.
const longestPlan = 3653

func (c *checker) plan(at place) {
	p := &c.Plan
	c.id(at, p.ID, map[string]bool{})
	c.filled(at, map[string]string{"title": p.Title, "jurisdiction": p.Jurisdiction, "note": p.Note})
	c.require(p.Start >= schema.Day(2000, time.January, 1) && p.Start < schema.Day(2100, time.January, 1), at.field("start"), "must be a date of this century")
	c.require(p.End > p.Start, at.field("end"), "must be later than the start, %s", p.Start)
	c.require(p.End < p.Start+longestPlan, at.field("end"), "a plan lasts at most %d days: every day of it is kept", longestPlan)
	c.thresholds(p.Thresholds, DefaultThresholds(), nil, at.field("thresholds"))
	c.assignments(p.Assigned, at.field("assigned"), "")
	source := at.field("source")
	sum := sha256.Sum256([]byte(c.Text))
	c.filled(source, map[string]string{"title": p.Source.Title})
	c.require(c.unread || p.Source.SHA256 == hex.EncodeToString(sum[:]), source.field("sha256"),
		"%s has SHA-256 %x: the source text was changed, or the ledger is of another text", p.Source.File, sum)
	c.expect(textFile(p.Source.File), source.field("file"), "%q is no name for the source text: a file of the ledger's own folder, other than its YAML", p.Source.File)
	c.expect(utf8.ValidString(c.Text), source.field("file"), "%s is not UTF-8", p.Source.File)
	c.expect(!strings.ContainsAny(c.Text, "\r\uFEFF"), source.field("file"),
		"%s has Windows line ends or a byte-order mark, which count as characters and shift every offset: take them out", p.Source.File)
}

func (c *checker) commitments(at place) {
	commitments, measures := map[string]bool{}, map[string]bool{}
	last := -1
	for i := range c.Commitments {
		t := &c.Commitments[i]
		here := at.entry(i, t.ID)
		c.id(here, t.ID, commitments)
		c.commitment(t, here)
		c.expect(t.QuoteOffset > last, here.field("quote_offset"), "commitments stand in the order of the text: %d must be over %d", t.QuoteOffset, last)
		last = t.QuoteOffset
		quoted := c.quoted(t, here)
		for j := range t.Measures {
			m := &t.Measures[j]
			there := here.field("measures").entry(j, m.ID)
			c.id(there, m.ID, measures)
			c.measure(m, there)
			if quoted {
				c.inQuote(m, there)
			}
		}
	}
}

func (c *checker) inQuote(m *Measure, at place) {
	if !m.Milestone() {
		c.numeral(m, at)
	}
	c.denominator(m, at)
}

func (c *checker) commitment(t *Commitment, at place) {
	c.filled(at, map[string]string{"title": t.Title, "title_en": t.TitleEN})
	c.require(oneOf(t.Done, Started, Finished, InOperation, Held, Reached, Advanced), at.field("done"), "unknown meaning of done %q", t.Done)
	c.department(at.field("lead_department"), t.LeadDepartment)
	involved := map[string]bool{t.LeadDepartment: true}
	for i, s := range t.SupportingDepartments {
		here := at.field("supporting_departments").entry(i, s)
		c.department(here, s)
		c.require(!involved[s], here, "%q is named twice, or leads already", s)
		involved[s] = true
	}
	c.assignments(t.Assigned, at.field("assigned"), "commitment")
	c.require(len(t.Measures) > 0, at, "has no measure: nothing of it could be assessed")
}

func (c *checker) department(at place, id string) {
	_, ok := c.Department(id)
	c.require(ok, at, "no department %q in departments.yaml", id)
}

func oneOf[T comparable](v T, known ...T) bool { return slices.Contains(known, v) }
