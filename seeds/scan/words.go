package scan

import (
	"strings"
	"unicode/utf8"
)

// prefixOf is the first of the words that the text begins with.
func prefixOf(text string, words []string) string {
	for _, w := range words {
		if strings.HasPrefix(text, w) {
			return w
		}
	}
	return ""
}

// suffixOf is the first of the words that the text ends with.
func suffixOf(text string, words []string) string {
	for _, w := range words {
		if strings.HasSuffix(text, w) {
			return w
		}
	}
	return ""
}

// holds is the first of the words that the text has anywhere.
func holds(text string, words []string) string {
	for _, w := range words {
		if strings.Contains(text, w) {
			return w
		}
	}
	return ""
}

// skip takes n characters off the beginning.
func skip(s string, n int) string {
	for range n {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}

// firstRunes are the n characters at the beginning.
func firstRunes(s string, n int) string { return s[:len(s)-len(skip(s, n))] }

// lastRunes are the n characters at the end.
func lastRunes(s string, n int) string {
	end := len(s)
	for range n {
		_, size := utf8.DecodeLastRuneInString(s[:end])
		end -= size
	}
	return s[end:]
}
