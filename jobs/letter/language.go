package letter

import (
	"embed"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Language is that of a letter's own words. Whatever is quoted, from the text, a department or the ledger,
// stays in Chinese, verbatim.
type Language string

// Languages of letters; the zero value is Chinese.
const (
	Chinese Language = "zh"
	English Language = "en"
)

func (l Language) check() error {
	switch l {
	case "", Chinese, English:
		return nil
	}
	return fmt.Errorf("language %q: must be %s or %s", l, Chinese, English)
}

//go:embed templates
var templates embed.FS

// wording says things in one language. Templates and code say them in Chinese; where that is not the
// letter's language, the same is looked up in a catalogue (templates/en.yaml).
type wording struct {
	Lang    string // as HTML names it
	entries map[string]string
}

var wordings = map[Language]*wording{
	Chinese: {Lang: "zh-CN"},
	English: {Lang: "en", entries: catalogue("templates/en.yaml")},
}

// speaking is the wording of a language.
func speaking(l Language) *wording {
	if l == "" {
		l = Chinese
	}
	return wordings[l]
}

// catalogue panics where it cannot be read: it is part of the program.
func catalogue(name string) map[string]string {
	content, err := templates.ReadFile(name)
	if err != nil {
		panic(err)
	}
	var entries map[string]string
	if err := yaml.Unmarshal(content, &entries); err != nil {
		panic(fmt.Errorf("%s: %w", name, err))
	}
	return entries
}

// t says something that is written in Chinese, with its arguments as of fmt.Sprintf. What the catalogue
// lacks stays Chinese; a test sees to it that it lacks nothing. An entry with "(s)" speaks of its first
// argument.
func (w *wording) t(chinese string, args ...any) string {
	format := w.entry(chinese)
	if strings.Contains(format, "(s)") {
		format = plural(format, len(args) > 0 && fmt.Sprint(args[0]) == "1")
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// one is what t says, of one.
func (w *wording) one(chinese string) string { return plural(w.entry(chinese), true) }

func (w *wording) entry(chinese string) string {
	if english, ok := w.entries[chinese]; ok {
		return english
	}
	return chinese
}

func plural(s string, one bool) string {
	if one {
		return strings.ReplaceAll(s, "(s)", "")
	}
	return strings.ReplaceAll(s, "(s)", "s")
}

// chinese tells whether things are said as they are written.
func (w *wording) chinese() bool { return w.entries == nil }

func (w *wording) language() Language {
	if w.chinese() {
		return Chinese
	}
	return English
}
