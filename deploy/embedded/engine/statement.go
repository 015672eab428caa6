package engine

import (
	"slices"
	"strings"
)

// statementKind decides which of libchdb's three ways a statement takes.
type statementKind int

const (
	plainStatement  statementKind = iota // run whole: DDL, SHOW, INSERT … SELECT
	selectStatement                      // streamed out
	insertStatement                      // streamed in: data follows the text
)

// statement is what the scan of a statement's text found. It is no parse: the
// engine does that, with better errors.
type statement struct {
	kind   statementKind
	format string // of the FORMAT clause, or "VALUES", or "" where there is none
	head   string // insertStatement: the text before FORMAT or VALUES
	data   int    // insertStatement: where in the text the data begins
}

// streams tells an INSERT whose data nothing but its format has to be known of.
func (st statement) streams() bool {
	return st.kind == insertStatement && st.format != "" && st.format != "Values"
}

// scanStatement classifies the first statement of text. What follows an INSERT's
// FORMAT or VALUES is data and is not looked at.
func scanStatement(text string) (statement, error) {
	tokens, st, err := scanTokens(text)
	if err != nil {
		return statement{}, err
	}
	if len(tokens) == 0 {
		return statement{}, refuse(codeSyntaxError, "SYNTAX_ERROR", "Empty query")
	}
	if st.kind != insertStatement {
		st.kind = kindOf(tokens)
		st.format = formatClause(tokens)
	}
	return st, nil
}

// scanTokens reads tokens to the end of the statement, or to where data begins.
func scanTokens(text string) (tokens []token, st statement, err error) {
	lex := lexer{text: text}
	scan := insertScan{}
	for t, ok := lex.next(); ok; t, ok = lex.next() {
		if n := len(tokens); n > 0 && tokens[n-1].symbol(';') {
			if t.symbol(';') {
				continue
			}
			return nil, st, refuse(codeSyntaxError, "SYNTAX_ERROR", "Multi-statements are not allowed")
		}
		tokens = append(tokens, t)
		if err := checkFence(tokens); err != nil {
			return nil, st, err
		}
		if !scan.step(tokens) {
			continue
		}
		if t.is("FORMAT") {
			name, ok := lex.next()
			if !ok || name.kind == symbolToken {
				return nil, st, refuse(codeSyntaxError, "SYNTAX_ERROR", "Syntax error: a format's name must follow FORMAT")
			}
			return tokens, statement{insertStatement, name.text, text[:t.start], dataAfterFormat(text, name.end)}, nil
		}
		return tokens, statement{insertStatement, "Values", text[:t.start], t.end}, nil
	}
	if len(tokens) > 0 && tokens[len(tokens)-1].symbol(';') {
		tokens = tokens[:len(tokens)-1]
	}
	if scan.open() { // INSERT INTO t (cols), and the format is the request's
		return tokens, statement{insertStatement, "", strings.TrimRight(text, "; \t\r\n"), len(text)}, nil
	}
	return tokens, st, nil
}

// insertScan finds where the data of an INSERT begins.
type insertScan struct {
	depth    int
	isInsert bool
	hasQuery bool // INSERT … SELECT: no data
	target   bool // past the table's name
}

// step looks at the last token; true when data begins behind it.
func (s *insertScan) step(tokens []token) bool {
	t := tokens[len(tokens)-1]
	switch {
	case len(tokens) == 1:
		s.isInsert = t.is("INSERT")
	case !s.isInsert:
	case t.kind == symbolToken:
		s.depth += depthChange(t)
	case s.depth > 0 || s.hasQuery:
	case !s.target: // INSERT [INTO] [TABLE] [FUNCTION] name: the first other word is the name
		s.target = !slices.ContainsFunc([]string{"INTO", "TABLE", "FUNCTION"}, t.is)
	case tokens[len(tokens)-2].symbol('.'): // second half of database.table
	case t.is("SELECT"), t.is("WITH"):
		s.hasQuery = true
	case t.is("FORMAT"), t.is("VALUES"):
		return true
	}
	return false
}

// open tells an INSERT that the text ended without saying where its rows come from.
func (s *insertScan) open() bool { return s.isInsert && s.target && !s.hasQuery && s.depth == 0 }

func depthChange(t token) int {
	switch t.text[0] {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

// dataAfterFormat skips what may stand between FORMAT Name and the data: blanks
// and one line end. A binary format begins right there.
func dataAfterFormat(text string, pos int) int {
	for pos < len(text) && strings.IndexByte(" \t\f;", text[pos]) >= 0 {
		pos++
	}
	if strings.HasPrefix(text[pos:], "\r\n") {
		return pos + 2
	}
	if strings.HasPrefix(text[pos:], "\n") {
		return pos + 1
	}
	return pos
}

// kindOf tells a SELECT, which libchdb streams, from everything else, which it does not.
func kindOf(tokens []token) statementKind {
	for len(tokens) > 0 && tokens[0].symbol('(') {
		tokens = tokens[1:]
	}
	switch {
	case len(tokens) == 0:
		return plainStatement
	case tokens[0].is("SELECT"), tokens[0].is("FROM"):
		return selectStatement
	case tokens[0].is("WITH") && !slices.ContainsFunc(tokens, func(t token) bool { return t.is("INSERT") }):
		return selectStatement
	default:
		return plainStatement
	}
}

// formatClause is the name in a trailing FORMAT clause. Only SETTINGS may follow it.
func formatClause(tokens []token) string {
	for i := len(tokens) - 2; i > 0; i-- {
		last := i+2 == len(tokens)
		if tokens[i].is("FORMAT") && tokens[i+1].kind == wordToken && (last || tokens[i+2].is("SETTINGS")) {
			return tokens[i+1].text
		}
	}
	return ""
}

// checkFence refuses the few doors out of the data folder that know no grant:
// libchdb is a client too, so INTO OUTFILE and FROM INFILE are its own; the function
// file() (not the table function) reads any file; EmbeddedRocksDB writes to any
// folder; disk(…) connects to where it likes. file also works by name alone, as in
// APPLY(file), so the scan asks no more than the name: no column can be called file.
func checkFence(tokens []token) error {
	t, before := tokens[len(tokens)-1], token{}
	if len(tokens) > 1 {
		before = tokens[len(tokens)-2]
	}
	if t.symbol('(') && before.text == "disk" {
		return closed("disk()")
	}
	if t.kind != wordToken && t.kind != quotedToken {
		return nil
	}
	if t.kind == quotedToken && strings.Contains(t.text, `\`) {
		return refuse(codeNotImplemented, "NOT_IMPLEMENTED", "Escapes in quoted identifiers are not served by the embedded engine")
	}
	if before.is("INTO") && t.is("OUTFILE") || before.is("FROM") && t.is("INFILE") {
		return closed(strings.ToUpper(t.text))
	}
	if slices.Contains(closedNames, t.text) {
		return closed(t.text)
	}
	return nil
}

func closed(name string) error {
	return refuse(codeAccessDenied, "ACCESS_DENIED", "%s is closed: the embedded engine keeps to its data folder", name)
}

// closedNames are case-sensitive in ClickHouse too.
var closedNames = []string{"file", "EmbeddedRocksDB", "Executable", "ExecutablePool", "DataLakeCatalog", "FileLog"}
