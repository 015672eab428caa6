package letter

import (
	"fmt"
	"html/template"
	"strings"
)

// styles is the one place that says how the page looks. They go inline, element by element, because
// mail clients drop style sheets; layout is by tables, because Outlook knows nothing else. Where a sheet
// is honoured, the page's own turns rows into cards on a narrow screen; each figure then shows its label.
var styles = map[string]template.CSS{
	"page":   "margin:0;padding:0;background-color:#f3f5f7;",
	"sheet":  "width:100%;max-width:920px;background-color:#ffffff;border-collapse:collapse;font-family:'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif;font-size:14px;line-height:1.6;color:#1f2933;text-align:left;",
	"banner": "padding:8px 24px;background-color:#fff7e0;color:#7a5200;font-size:13px;font-weight:bold;border-bottom:1px solid #f0d999;",
	"head":   "padding:22px 24px 16px;border-top:4px solid #9b2226;border-bottom:1px solid #e4e7eb;",
	"title":  "margin:0;font-size:22px;line-height:1.4;font-weight:bold;color:#1f2933;",
	"plan":   "margin:2px 0 12px;font-size:15px;color:#52606d;",
	"facts":  "margin:0;font-size:13px;color:#52606d;",
	"link":   "color:#1d4e89;text-decoration:underline;",
	"body":   "padding:4px 24px 20px;",
	"h2":     "margin:24px 0 10px;font-size:16px;line-height:1.4;font-weight:bold;color:#1f2933;",
	"small":  "font-size:12px;font-weight:normal;color:#6b7785;",
	"p":      "margin:0 0 8px;",
	"quiet":  "margin:0 0 8px;padding:12px 16px;background-color:#eef6f0;color:#22543d;",
	"grid":   "width:100%;border-collapse:collapse;font-size:13px;",
	"tile":   "padding:12px 14px;border:1px solid #e4e7eb;vertical-align:top;font-size:14px;",
	"figure": "font-size:28px;line-height:1.2;font-weight:bold;",
	"keep":   "white-space:nowrap;",
	"th":     "background-color:#f3f5f7;border-bottom:1px solid #cbd2d9;font-size:12px;color:#52606d;",
	"td":     "border-top:1px solid #e4e7eb;",
	"label":  "display:none;mso-hide:all;",
	"more":   "font-size:12px;line-height:1.7;color:#3e4c59;",
	"quote":  "color:#1f2933;",
	"key":    "color:#6b7785;",
	"code":   "font-family:Consolas,monospace;color:#3e4c59;",
	"foot":   "padding:16px 24px 22px;border-top:1px solid #e4e7eb;background-color:#fafbfc;font-size:12px;line-height:1.7;color:#6b7785;",

	"severe":     "font-weight:bold;color:#9b2226;",
	"lagging":    "font-weight:bold;color:#9a5b00;",
	"overdue":    "font-weight:bold;color:#6b2d73;",
	"unreported": "font-weight:bold;color:#3e5c76;",
	"calm":       "font-weight:bold;color:#22643d;",
}

var page = template.Must(template.New("letter.html").Funcs(template.FuncMap{
	"css": func(name string) (template.CSS, error) {
		s, ok := styles[name]
		if !ok {
			return "", fmt.Errorf("no style %q", name)
		}
		return s, nil
	},
	"join": strings.Join,
	"inc":  func(i int) int { return i + 1 },
	"sign": sign,
}).ParseFS(templates, "templates/letter.html"))

func renderHTML(v *view) (string, error) {
	var b strings.Builder
	if err := page.ExecuteTemplate(&b, "letter.html", v); err != nil {
		return "", err
	}
	return b.String(), nil
}

// sign sets a typographic minus, which a proportional font draws as wide as a plus.
func sign(s string) string {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return "−" + rest
	}
	return s
}
