package engine

import "strings"

// tokenKind is as coarse as the statement scan allows.
type tokenKind int

const (
	wordToken   tokenKind = iota // bare identifier or keyword, number
	quotedToken                  // "identifier" or `identifier`, text is without the quotes
	stringToken                  // 'string' or $tag$heredoc$tag$
	symbolToken                  // any other single character
)

type token struct {
	kind       tokenKind
	text       string
	start, end int
}

// is compares a bare word with an upper-case keyword.
func (t token) is(keyword string) bool {
	return t.kind == wordToken && strings.EqualFold(t.text, keyword)
}

func (t token) symbol(c byte) bool { return t.kind == symbolToken && t.text[0] == c }

// lexer splits SQL the way ClickHouse's lexer does, as far as it matters for
// where a string, a quoted name or a comment begins and ends.
type lexer struct {
	text string
	pos  int
}

// quotes maps what opens a quoted piece to what closes it. ClickHouse also takes
// typographic quotes.
var quotes = []struct {
	open, close string
	kind        tokenKind
}{
	{"'", "'", stringToken},
	{`"`, `"`, quotedToken},
	{"`", "`", quotedToken},
	{"‘", "’", stringToken},
	{"“", "”", quotedToken},
}

// next returns the next token; false at the end of the text.
func (l *lexer) next() (token, bool) {
	l.skipBlank()
	if l.pos >= len(l.text) {
		return token{}, false
	}
	start, rest := l.pos, l.text[l.pos:]
	for _, q := range quotes {
		if strings.HasPrefix(rest, q.open) {
			l.pos += len(q.open) + quotedLength(rest[len(q.open):], q.close)
			inner := strings.TrimSuffix(l.text[start+len(q.open):l.pos], q.close)
			return token{q.kind, inner, start, l.pos}, true
		}
	}
	if n := heredocLength(rest); n > 0 {
		l.pos += n
		return token{stringToken, rest[:n], start, l.pos}, true
	}
	for l.pos < len(l.text) && isWordByte(l.text[l.pos]) {
		l.pos++
	}
	if l.pos > start {
		return token{wordToken, l.text[start:l.pos], start, l.pos}, true
	}
	l.pos++
	return token{symbolToken, rest[:1], start, l.pos}, true
}

// rest yields the tokens that are left.
func (l *lexer) rest(yield func(token) bool) {
	for t, ok := l.next(); ok && yield(t); t, ok = l.next() {
	}
}

// skipBlank skips white space and comments. Comments do not nest.
func (l *lexer) skipBlank() {
	for l.pos < len(l.text) {
		rest := l.text[l.pos:]
		switch {
		case strings.IndexByte(" \t\r\n\f\v\x00", rest[0]) >= 0:
			l.pos++
		case strings.HasPrefix(rest, "\u00a0"), strings.HasPrefix(rest, "\ufeff"), strings.HasPrefix(rest, "\u3000"):
			l.pos += len(rest) - len(strings.TrimLeft(rest, "\u00a0\ufeff\u3000"))
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "#!"), strings.HasPrefix(rest, "# "):
			l.pos += lengthThrough(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			l.pos += 2 + lengthThrough(rest[2:], "*/")
		default:
			return
		}
	}
}

// lengthThrough is the length of s up to and with the first end, or all of s.
func lengthThrough(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i + len(end)
	}
	return len(s)
}

// quotedLength is the length of the rest of a quoted piece with its closing quote.
// A backslash escapes the next byte; a doubled quote is a quote.
func quotedLength(s, closing string) int {
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\\':
			i += 2
		case strings.HasPrefix(s[i:], closing+closing):
			i += 2 * len(closing)
		case strings.HasPrefix(s[i:], closing):
			return i + len(closing)
		default:
			i++
		}
	}
	return len(s)
}

// heredocLength is the length of $tag$…$tag$ at the start of s, or 0.
func heredocLength(s string) int {
	if s[0] != '$' {
		return 0
	}
	end := 1
	for end < len(s) && isWordByte(s[end]) && s[end] != '$' {
		end++
	}
	if end >= len(s) || s[end] != '$' {
		return 0
	}
	tag := s[:end+1]
	if i := strings.Index(s[len(tag):], tag); i >= 0 {
		return len(tag) + i + len(tag)
	}
	return 0
}

func isWordByte(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
