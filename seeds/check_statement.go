package seeds

// statements holds every passage that is no commitment against the text.
func (c *checker) statements(at place) {
	for i := range c.Statements {
		s := &c.Statements[i]
		here := at.entry(i, "")
		c.require(oneOf(s.Kind, Directional, Heading), here.field("kind"), "unknown kind of statement %q", s.Kind)
		c.filled(here, map[string]string{"reason": s.Reason})
		if c.verbatim(here.field("quote"), s.Quote, s.QuoteOffset) && s.Kind == Heading {
			c.require(c.text.beginsLine(s.QuoteOffset), here.field("kind"), "a heading begins a line of the text; this stands inside one")
		}
	}
}

// numerals holds every numeral that is no target against the text.
func (c *checker) numerals(at place) {
	for i := range c.Numerals {
		n := &c.Numerals[i]
		here := at.entry(i, "")
		c.filled(here, map[string]string{"reason": n.Reason})
		if c.verbatim(here.field("numeral_text"), n.NumeralText, n.NumeralOffset) {
			c.wholeRuns(here.field("numeral_text"), n.NumeralText, n.NumeralOffset)
		}
	}
}
