package letter_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"

	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/jobs/letter"
	"xushi/jobs/supervision"
	"xushi/seeds"
)

// What the letter says is said in English too: nothing of the catalogue is missing, and nothing in it is
// left over.
func TestCatalogueHasAllThatIsSaidAndNothingElse(t *testing.T) {
	t.Parallel()
	said := inTemplates(t)
	maps.Copy(said, inCode(t))
	for _, chinese := range inData() {
		said[chinese] = true
	}
	entries := catalogue(t)
	for _, chinese := range slices.Sorted(maps.Keys(said)) {
		if _, ok := entries[chinese]; !ok {
			t.Errorf("not in the catalogue: %q", chinese)
		}
	}
	for _, chinese := range slices.Sorted(maps.Keys(entries)) {
		if !said[chinese] {
			t.Errorf("in the catalogue, and never said: %q", chinese)
		}
	}
}

// An entry takes the arguments of what it says, in their order or by their number.
func TestCatalogueTakesTheSameArguments(t *testing.T) {
	t.Parallel()
	verb := regexp.MustCompile(`%(?:\[(\d)\])?[a-z]`)
	numbered := func(s string) []string {
		var all []string
		for i, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(s, "%%", ""), -1) {
			n := m[1]
			if n == "" {
				n = strconv.Itoa(i + 1)
			}
			all = append(all, n+m[0][len(m[0])-1:])
		}
		slices.Sort(all)
		return all
	}
	for chinese, english := range catalogue(t) {
		if want, got := numbered(chinese), numbered(english); !slices.Equal(want, got) {
			t.Errorf("%q takes %v, %q takes %v", chinese, want, english, got)
		}
	}
}

// An English letter is in English but for what is quoted: the text, names that have no English one, and what
// departments and the office wrote.
func TestEnglishLetterQuotesInChineseAndSpeaksEnglish(t *testing.T) {
	t.Parallel()
	in := input()
	in.Language = letter.English
	quoted := []string{in.Ledger.Plan.Title, in.Ledger.Plan.Note, "区政府督查室 王某", "区政府分管副区长（2024）第18号批示", "市级任务分解调整", "150场", "120场", "已取消的指标", "序时项目组（示例）", "fa-7 与 fa-6 重复计入同一栋楼", "全覆盖", "总台账", "滞后清单", "未报清单", "口径说明"}
	for _, m := range in.Ledger.Measures() {
		quoted = append(quoted, m.Commitment.Quote)
		for _, p := range m.Pieces() {
			quoted = append(quoted, p.Name)
		}
	}
	for i := range in.Now {
		quoted = append(quoted, in.Now[i].Problem, in.Now[i].NextStep)
	}
	for _, item := range in.This.Items {
		quoted = append(quoted, item.Reason)
		if item.Answer != nil {
			quoted = append(quoted, item.Answer.Problem, item.Answer.NextStep)
		}
	}
	for _, d := range in.Ledger.Departments {
		quoted = append(quoted, d.Name) // who confirmed a curve
	}
	slices.SortFunc(quoted, func(a, b string) int { return len(b) - len(a) })
	l := compose(t, in)
	for form, body := range map[string]string{"subject": l.Subject, "html": visible(t, l.HTML), "text": l.Text} {
		body = squeezed(body)
		for _, q := range quoted {
			if q != "" {
				body = strings.ReplaceAll(body, squeezed(q), "")
			}
		}
		for _, rest := range regexp.MustCompile(`.{0,20}\p{Han}+.{0,20}`).FindAllString(body, -1) {
			t.Errorf("%s is not in English: %s", form, rest)
		}
	}
}

func TestEnglishFiguresAreWrittenOut(t *testing.T) {
	t.Parallel()
	in := input()
	in.Language = letter.English
	l := compose(t, in)
	for _, want := range []string{"847,000 m²", "421,186 m²", "252,406 m²", "≥ 1,500 households", "all 3 stages", "1 week", "72 days", "1 week", "[Severe]"} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("the letter lacks %q", want)
		}
	}
	if want := "[Progress notice] Week 27 of 2024: severe 3, behind 3, overdue 1, not reported 2"; l.Subject != want {
		t.Errorf("subject %q, want %q", l.Subject, want)
	}
}

func catalogue(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile("templates/en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]string
	if err := yaml.Unmarshal(content, &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

// inTemplates is what the templates say with t.
func inTemplates(t *testing.T) map[string]bool {
	t.Helper()
	said := map[string]bool{}
	call := regexp.MustCompile(`[{( ]t ("[^"]*")`)
	files, err := filepath.Glob("templates/*.[ht]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(content), -1) {
			said[unquoted(t, m[1])] = true
		}
	}
	return said
}

// inCode is what the package's code says: literal first arguments of t, and formats that are handed on.
func inCode(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && says(call) {
				for _, arg := range call.Args {
					if text, ok := arg.(*ast.BasicLit); ok && text.Kind == token.STRING {
						said[unquoted(t, text.Value)] = true
						break
					}
				}
			}
			return true
		})
	}
	return said
}

// says tells whether a call puts something into words: t itself, or a tally that is given its format.
func says(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "t"
	case *ast.SelectorExpr:
		receiver, ok := f.X.(*ast.Ident)
		return f.Sel.Name == "t" || f.Sel.Name == "list" && ok && (receiver.Name == "assigned" || receiver.Name == "confirmed")
	}
	return false
}

// inData is what comes to be said from elsewhere: statuses, units, names of fields.
func inData() []string {
	said := []string{figures.Verified, "合计", "量化指标", "里程碑", "按天计", figures.None, "个百分点", "基期值", "计划曲线", "分母", "临期", "目标已调整", "曲线未确认", "模拟数据", "指标", "任务", "其他表述", "原文数字"}
	for _, p := range []assessment.Progress{
		assessment.Unknown, assessment.Completed, assessment.Overdue, assessment.NotDue, assessment.NotStarted, assessment.Severe,
		assessment.Lagging, assessment.Ahead, assessment.OnTrack, assessment.ShownStale,
	} {
		said = append(said, p.Label())
	}
	for _, a := range []assessment.Alert{assessment.NoAlert, assessment.Watch, assessment.LaggingAlert, assessment.SevereAlert} {
		said = append(said, a.Label())
	}
	for _, d := range []assessment.Data{assessment.Fresh, assessment.Stale, assessment.NeverReported, assessment.Disputed, assessment.Unverified} {
		said = append(said, d.Label())
	}
	for _, s := range []supervision.State{supervision.Answered, supervision.Recovered, supervision.Verified, supervision.Lapsed, supervision.Closed} {
		said = append(said, s.Label())
	}
	for _, k := range []anomaly.Kind{anomaly.PeriodEndJump, anomaly.Decrease, anomaly.ExactOnPlan, anomaly.SourcesDisagree} {
		said = append(said, k.Label())
	}
	for _, c := range []seeds.Confidence{seeds.High, seeds.Medium, seeds.Low} {
		said = append(said, c.Title())
	}
	for _, controlled := range []string{"target_value", "comparator", "direction", "curve", "due_date", "baseline_value", "commitment"} {
		said = append(said, seeds.FieldTitle(controlled))
	}
	return append(said, "%", "个", "个/千人", seeds.StageUnit, "场", "处", "平方米", "户", "条")
}

func unquoted(t *testing.T, literal string) string {
	t.Helper()
	s, err := strconv.Unquote(literal)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", literal, err))
	}
	return s
}

// squeezed is a text without its white space, which every form breaks in its own way.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
