package letter_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"xushi/jobs/letter"
)

// everyLetter is what the rules of mail clients and of completeness are held against.
func everyLetter() map[string]letter.Input {
	english, department, cutShort, board, longWords := input(), input(), input(), input(), crowd(100)
	english.Language, department.Department = letter.English, "zhujianwei"
	cutShort.KnownAt = asOf.Add(-3600e9)
	board.BoardURL = "https://board.example.gov.cn/xushi/"
	for i := range longWords.Now { // as long as an event may say, and of what HTML writes longest
		longWords.Now[i].Problem, longWords.Now[i].NextStep = strings.Repeat(`"<前期手续>&'`, 600), strings.Repeat(`"倒排工期"`, 800)
	}
	englishFirst, englishQuiet := first(), quiet()
	englishFirst.Language, englishQuiet.Language = letter.English, letter.English
	return map[string]letter.Input{
		"week": input(), "first": first(), "quiet": quiet(), "english": english, "department": department, "cut short": cutShort, "board": board,
		"long": crowd(60), "province": crowd(10_000), "long words": longWords, "english first": englishFirst, "english quiet": englishQuiet,
	}
}

func TestMailClientsShowTheLetter(t *testing.T) {
	t.Parallel()
	for name, in := range everyLetter() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, _ := forms(t, in)
			if len(page) >= 100_000 {
				t.Errorf("%d bytes: mail clients cut at 100 KB", len(page))
			}
			lang := "zh-CN"
			if in.Language == letter.English {
				lang = "en"
			}
			if !strings.Contains(page, `<html lang="`+lang+`">`) || !strings.Contains(page, "<title>") || !strings.Contains(page, `<meta charset="utf-8">`) {
				t.Error("language, title or character set is missing")
			}
			if !strings.Contains(page, `content="Xushi letter `+letter.RenderVersion+`"`) {
				t.Error("the version of the renderer is missing")
			}
			check(t, parse(t, page), look{color: "#000000", background: "#ffffff"})
		})
	}
}

// Bulletins, warnings and reminders have the letter's page, and its limits.
func TestMailClientsShowMemos(t *testing.T) {
	t.Parallel()
	warning, err := letter.ComposeWarning(uncertain())
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]*letter.Letter{
		"month": composeMonth(t, juneOf2024()), "month of a province": composeMonth(t, province()), "warning": warning,
	} {
		if len(l.HTML) >= 100_000 {
			t.Errorf("%s: %d bytes: mail clients cut at 100 KB", name, len(l.HTML))
		}
		check(t, parse(t, l.HTML), look{color: "#000000", background: "#ffffff"})
	}
}

// forms leave the workbook out, which takes longest.
func forms(t *testing.T, in letter.Input) (page, text string) {
	t.Helper()
	page, text, err := letter.Forms(in)
	if err != nil {
		t.Fatal(err)
	}
	return page, text
}

func parse(t *testing.T, page string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// look is what an element hands on to those within it.
type look struct {
	color, background string
	decoration        bool // what the words beside it say as well
}

// elements are those that every client knows; style may help phones and printers, and nothing depends on it.
var elements = []string{"html", "head", "meta", "title", "style", "body", "table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "p", "span", "b", "i", "br", "a"}

// properties are those that the Word engine of Outlook honours, or that do no harm where they are not.
var properties = []string{
	"margin", "margin-top", "padding", "padding-bottom", "padding-left", "padding-right", "width", "max-width", "background-color", "color", "border", "border-top", "border-bottom", "border-collapse",
	"font-family", "font-size", "font-weight", "line-height", "text-align", "vertical-align", "white-space", "text-decoration", "display", "mso-hide",
}

func check(t *testing.T, n *html.Node, in look) {
	t.Helper()
	if n.Type == html.ElementNode {
		if !slices.Contains(elements, n.Data) {
			t.Errorf("<%s>", n.Data)
		}
		in = in.within(t, n)
		checkAttributes(t, n)
	}
	if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" && n.Parent.Data != "style" && n.Parent.Data != "title" {
		ratio := contrast(t, in.color, in.background)
		if !in.decoration && ratio < 4.5 {
			t.Errorf("%q has a contrast of %.2f (%s on %s)", n.Data, ratio, in.color, in.background)
		}
		if in.decoration && strings.Trim(n.Data, "▓░│·") != "" {
			t.Errorf("%q is hidden from who cannot see the bar", n.Data)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		check(t, c, in)
	}
}

func (l look) within(t *testing.T, n *html.Node) look {
	t.Helper()
	for name, value := range style(n) {
		if !slices.Contains(properties, name) {
			t.Errorf("style %s: %s", name, value)
		}
		for _, bad := range []string{"auto", "var(", "url(", "calc(", "flex", "grid", "!important"} {
			if strings.Contains(value, bad) {
				t.Errorf("style %s: %s", name, value)
			}
		}
		switch name {
		case "color":
			l.color = value
		case "background-color":
			l.background = value
		case "display":
			if value != "none" || style(n)["mso-hide"] != "all" {
				t.Errorf("display: %s lays something out", value)
			}
		}
	}
	l.decoration = l.decoration || attribute(n, "aria-hidden") == "true"
	return l
}

func checkAttributes(t *testing.T, n *html.Node) {
	t.Helper()
	for _, a := range n.Attr {
		if a.Key == "src" || a.Key == "background" || a.Key == "id" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
		}
		if a.Key == "href" && !strings.HasPrefix(a.Val, "https://board.example.gov.cn/") {
			t.Errorf("a link to %q", a.Val)
		}
	}
	if n.Data == "table" {
		if attribute(n, "width") == "" || attribute(n, "cellpadding") == "" || attribute(n, "cellspacing") == "" {
			t.Error("a table without its width or spacing as attributes")
		}
		if heads := strings.Contains(attribute(n, "class"), "cards") || find(n, "th"); !heads && attribute(n, "role") != "presentation" {
			t.Error("a table for layout that does not say so")
		}
	}
	if width := style(n)["width"]; width != "" && attribute(n, "width") == "" {
		t.Errorf("<%s> has its width in its style alone", n.Data)
	}
}

func find(n *html.Node, element string) bool {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == element {
			return true
		}
	}
	return false
}

func style(n *html.Node) map[string]string {
	all := map[string]string{}
	for declaration := range strings.SplitSeq(attribute(n, "style"), ";") {
		if name, value, ok := strings.Cut(declaration, ":"); ok {
			all[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return all
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// contrast is that of WCAG 2, from 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(t *testing.T, color string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 32)
	if err != nil || len(color) != 7 {
		t.Fatalf("color %q is not of the form #1f2933", color)
	}
	linear := func(shift int) float64 {
		c := float64(rgb>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}

// The plain text is no summary: whatever the page says stands in it as well.
func TestPlainTextSaysAllThatThePageSays(t *testing.T) {
	t.Parallel()
	for name, in := range everyLetter() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, text := forms(t, in)
			text = squeezed(text)
			for _, said := range pieces(t, page) {
				if !strings.Contains(text, said) {
					t.Errorf("the text lacks %q", said)
				}
			}
		})
	}
}

// labels are words of the page's layout, which the text says otherwise or need not say.
var labels = regexp.MustCompile(`^[：:，,。.]$`)

// pieces are the texts of the page, each without white space; headings of columns are none.
func pieces(t *testing.T, page string) []string {
	t.Helper()
	var all []string
	for n := range parse(t, page).Descendants() {
		if n.Type != html.TextNode || within(n, "th") || within(n, "style") || within(n, "title") || hidden(n) {
			continue
		}
		said := n.Data
		if within(n, "a") { // in the text an address speaks for itself
			said = attribute(n.Parent, "href")
		}
		for piece := range strings.SplitSeq(strings.ReplaceAll(squeezed(said), "−", "-"), "|") {
			if piece = strings.TrimPrefix(piece, "："); piece != "" && !labels.MatchString(piece) {
				all = append(all, piece)
			}
		}
	}
	return all
}

// visible is all of the page's text as it is shown.
func visible(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	for n := range parse(t, page).Descendants() {
		if n.Type == html.TextNode && !within(n, "style") && !hidden(n) {
			fmt.Fprintln(&b, n.Data)
		}
	}
	return b.String()
}

func within(n *html.Node, element string) bool {
	for p := range n.Ancestors() {
		if p.Data == element {
			return true
		}
	}
	return false
}

// hidden tells of the labels that only a phone shows, and of bars.
func hidden(n *html.Node) bool {
	for p := range n.Ancestors() {
		if attribute(p, "aria-hidden") == "true" || attribute(p, "class") == "l" {
			return true
		}
	}
	return false
}
