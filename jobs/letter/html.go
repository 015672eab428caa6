package letter

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"
)

// styles is the one place that says how the page looks. They go inline, element by element, because
// mail clients drop style sheets; layout is by tables, because Outlook knows nothing else. Where a sheet
// is honoured, the page's own turns rows into cards on a narrow screen; each figure then shows its label.
var styles = map[string]template.CSS{
	"page":    "margin:0;padding:0;background-color:#eef0f3;",
	"sheet":   "width:100%;max-width:920px;background-color:#ffffff;border-collapse:collapse;font-family:'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif;font-size:14px;line-height:1.6;color:#1f2933;text-align:left;",
	"banner":  "padding:8px 24px;background-color:#fff4d6;color:#6b4700;font-size:13px;font-weight:bold;border-bottom:1px solid #e8cf94;",
	"head":    "padding:20px 24px 14px;border-top:4px solid #9b2226;border-bottom:1px solid #d5dae0;",
	"title":   "margin:0;font-size:22px;line-height:1.4;font-weight:bold;color:#1f2933;",
	"plan":    "margin:2px 0 8px;font-size:15px;color:#46525f;",
	"facts":   "margin:0;font-size:12px;line-height:1.7;color:#46525f;",
	"link":    "color:#1d4e89;text-decoration:underline;",
	"body":    "padding:6px 24px 22px;",
	"h2":      "margin:26px 0 8px;padding:0 0 4px;font-size:16px;line-height:1.4;font-weight:bold;color:#1f2933;border-bottom:2px solid #1f2933;",
	"small":   "font-size:12px;color:#596673;",
	"p":       "margin:0 0 8px;",
	"worst":   "margin:0 0 6px;font-size:14px;line-height:1.65;",
	"quiet":   "margin:14px 0 8px;padding:12px 16px;background-color:#eef6f0;border:1px solid #b9d8c3;color:#1d4d34;font-size:15px;",
	"silent":  "margin:14px 0 8px;padding:12px 16px;background-color:#fff4d6;border:1px solid #e8cf94;color:#6b4700;font-size:15px;",
	"grid":    "width:100%;border-collapse:collapse;font-size:13px;",
	"tile":    "padding:10px 14px 8px;border:1px solid #c5ccd4;vertical-align:top;font-size:14px;",
	"gap":     "padding-left:16px;",
	"beside":  "padding-right:14px;",
	"figure":  "font-size:30px;line-height:1.2;font-weight:bold;",
	"keep":    "white-space:nowrap;",
	"th":      "border-bottom:1px solid #789;color:#46525f;",
	"td":      "border-bottom:1px solid #ddd;",
	"aside":   "font-size:12px;font-weight:normal;color:#596673;",
	"label":   "display:none;mso-hide:all;",
	"more":    "padding-bottom:10px;border-bottom:1px solid #9ab;font-size:13px;line-height:1.65;color:#323f4b;",
	"key":     "color:#596673;",
	"command": "margin:8px 0;padding:8px 12px;border:1px solid #c5ccd4;background-color:#f7f8fa;font-family:Consolas,monospace;font-size:12px;line-height:1.6;color:#1f2933;",
	"code":    "font-family:Consolas,monospace;font-size:12px;color:#46525f;",
	"foot":    "padding:14px 24px 20px;border-top:1px solid #d5dae0;background-color:#f7f8fa;font-size:12px;line-height:1.7;color:#52606d;",

	"severe":     "font-weight:bold;color:#9b2226;",
	"lagging":    "font-weight:bold;color:#8a4b00;",
	"overdue":    "font-weight:bold;color:#6b2d73;",
	"unreported": "font-weight:bold;color:#35536d;",
	"calm":       "font-weight:bold;color:#22643d;",

	// Of a bar. A part has the colour of its characters for its background, so that what is left where
	// backgrounds are stripped or not printed is the same bar.
	"bar":   "border-collapse:collapse;font-family:SimSun,'Noto Sans CJK SC','PingFang SC',monospace;font-size:10px;line-height:12px;white-space:nowrap;",
	"done":  "padding:0;border:1px solid #1f2933;background-color:#46525f;color:#46525f;",
	"short": "padding:0;border:1px dashed #1f2933;background-color:#f4e1df;color:#b5797a;",
	"mark":  "padding:0;background-color:#1f2933;color:#1f2933;",
	"rest":  "padding:0;border:1px solid #c5ccd4;background-color:#ffffff;color:#9aa5b1;",
}

// maxHTML is below the 100 KB at which mail clients cut a letter.
const maxHTML = 98_000

// pages are the template in each language.
var pages = map[Language]*template.Template{Chinese: pageIn(Chinese), English: pageIn(English)}

func pageIn(l Language) *template.Template {
	return template.Must(template.New("letter.html").Funcs(template.FuncMap{
		"t":    speaking(l).t,
		"css":  css,
		"join": strings.Join,
		"num":  ordinal,
		"inc":  func(i int) int { return i + 1 },
		"sign": sign,
		"keep": keep,
	}).ParseFS(templates, "templates/frame.html", "templates/department.html", "templates/letter.html"))
}

func css(name string) (template.CSS, error) {
	s, ok := styles[name]
	if !ok {
		return "", fmt.Errorf("no style %q", name)
	}
	return s, nil
}

// html fills the view with as much as a mail client shows whole, whatever departments wrote.
func (v *view) html() (string, error) {
	for r := roomy; ; r = r.less() {
		v.fill(r)
		var b strings.Builder
		if err := pages[v.language()].ExecuteTemplate(&b, "letter.html", v); err != nil {
			return "", err
		}
		if b.Len() <= maxHTML || r == r.less() {
			return b.String(), nil
		}
	}
}

// keep lets no line break within a figure or a date, nor between a figure and its unit.
func keep(s string) template.HTML {
	const span = `<span style="white-space:nowrap;">$0</span>`
	return template.HTML(figure.ReplaceAllString(template.HTMLEscapeString(s), span)) //nolint:gosec // escaped just here
}

// figure does not look into character references (&#34;).
var figure = regexp.MustCompile(`\d{4}-\d\d-\d\d|(?:\b|[+-])\d[\d.,]*%?[万亿]?(?:个百分点|平方米|个阶段|[个户处场项条天周次月日年])`)

// sign sets a typographic minus, which a proportional font draws as wide as a plus.
func sign(s string) string {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return "−" + rest
	}
	return s
}
