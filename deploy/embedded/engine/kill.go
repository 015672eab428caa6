package engine

import (
	"slices"
	"strings"
)

// withOurIDs makes KILL QUERY WHERE query_id = 'x' (and IN) mean the ids that clients
// know, by which DBeaver and the official clients stop a query, beside libchdb's own,
// which system.processes shows. Any other statement or condition stays as it is.
func withOurIDs(text string) string {
	lex := lexer{text: text}
	for _, keyword := range []string{"KILL", "QUERY"} {
		if t, ok := lex.next(); !ok || !t.is(keyword) {
			return text
		}
	}
	tokens := slices.Collect(lex.rest)
	var b strings.Builder
	copied := 0
	for i, t := range tokens {
		if t.text != "query_id" || t.kind != wordToken && t.kind != quotedToken || i+2 >= len(tokens) {
			continue
		}
		if op := tokens[i+1]; !op.symbol('=') && !op.is("IN") {
			continue
		}
		end := operandEnd(tokens[i+2:])
		same := text[t.end:end] // " = 'x'"
		b.WriteString(text[copied:t.start] + "(query_id" + same + " OR " + idColumn + same + ")")
		copied = end
	}
	return b.String() + text[copied:]
}

// operandEnd is where the operand ends with which the tokens begin: a string, or all
// that stands between brackets, as in {id:String} and ('a', 'b').
func operandEnd(tokens []token) int {
	depth := 0
	for _, t := range tokens {
		if t.kind == symbolToken {
			depth += depthChange(t)
		}
		if depth <= 0 {
			return t.end
		}
	}
	return tokens[len(tokens)-1].end
}
