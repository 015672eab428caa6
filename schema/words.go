package schema

import (
	"unicode"
	"unicode/utf8"
)

// Unseen tells of a character that readers do not see, but that a terminal, or whatever orders and breaks
// lines, obeys. A line feed is one.
func Unseen(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
