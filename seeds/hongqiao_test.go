package seeds_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"xushi/schema"
	"xushi/seeds"
)

func hongqiao(t *testing.T) *seeds.Ledger {
	t.Helper()
	l, err := seeds.Hongqiao2024()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// promised is what a reader finds in the text, written down by hand and not by the ledger's tools.
type promised struct {
	Numeral    string
	Unit       string
	Target     string
	Comparator seeds.Comparator
	Open       bool // the text says 等
}

var promises = map[string]promised{
	"project-completion-projects":      {"12", "个", "12", "as_written", true},
	"project-completion-floor-area":    {"55万", "平方米", "550000", "as_written", false},
	"new-construction-projects":        {"11", "个", "11", "as_written", false},
	"new-construction-floor-area":      {"84.7万", "平方米", "847000", "as_written", false},
	"municipal-infrastructure-works":   {"9", "个", "9", "as_written", true},
	"waterlogging-areas":               {"3", "个", "3", "as_written", false},
	"flood-season-pollution-reduction": {"20%", "%", "20", ">=", false},
	"sewer-misconnection-points":       {"30", "处", "30", "as_written", false},
	"zero-waste-cells":                 {"40", "个", "40", "as_written", false},
	"pocket-parks-built":               {"2", "处", "2", "as_written", false},
	"new-green-area":                   {"5000", "平方米", "5000", "as_written", false},
	"road-maintenance-roads":           {"10", "条", "10", "as_written", true},
	"road-maintenance-area":            {"6万", "平方米", "60000", "as_written", false},
	"education-reform-projects":        {"11", "个", "11", "as_written", false},
	"childcare-places-per-thousand":    {"4", "个/千人", "4", "as_written", false},
	"health-stations-added":            {"2", "个", "2", "as_written", false},
	"family-doctor-rate":               {"80%", "%", "80", ">=", false},
	"pain-clinic-coverage":             {"全覆盖", "%", "100", "as_written", false},
	"housing-support-households":       {"1500", "户", "1500", ">=", false},
	"life-circles-built":               {"2", "个", "2", "as_written", false},
	"art-troupe-performances":          {"120", "场", "120", "as_written", false},
	"fitness-sites-renewed":            {"10", "个", "10", "as_written", false},
}

func TestHongqiaoPromisesAreThoseOfTheText(t *testing.T) {
	t.Parallel()
	got := map[string]promised{}
	for _, m := range hongqiao(t).Measures() {
		got[m.ID] = promised{m.NumeralText, m.Unit, m.TargetValue.String(), m.Comparator, m.ItemsOpen}
	}
	if diff := cmp.Diff(promises, got); diff != "" {
		t.Errorf("promises (-read by hand, +ledger):\n%s", diff)
	}
}

// Slicing the text's runes is all that an offset means, so this is what every reader of the ledger may do.
func TestHongqiaoQuotesStandWhereTheLedgerSays(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	text := []rune(l.Text)
	for _, c := range l.Commitments {
		end := c.QuoteOffset + utf8.RuneCountInString(c.Quote)
		if got := string(text[c.QuoteOffset:end]); got != c.Quote {
			t.Errorf("%s: the text says %q at %d, not %q", c.ID, got, c.QuoteOffset, c.Quote)
		}
		for _, m := range c.Measures {
			numeralEnd := m.NumeralOffset + utf8.RuneCountInString(m.NumeralText)
			if m.NumeralOffset < c.QuoteOffset || numeralEnd > end {
				t.Errorf("%s: its numeral lies outside the quote", m.ID)
				continue
			}
			if got := string(text[m.NumeralOffset:numeralEnd]); got != m.NumeralText {
				t.Errorf("%s: the text says %q at %d, not %q", m.ID, got, m.NumeralOffset, m.NumeralText)
			}
		}
		headings := regexp.MustCompile(`(?m)^\([一二三四五]\).*$`).FindAllString(string(text[:c.QuoteOffset]), -1)
		if last := headings[len(headings)-1]; c.Section != last {
			t.Errorf("%s: section is %q, the text's last heading before it %q", c.ID, c.Section, last)
		}
	}
}

// Nothing quantified is left out: every numeral of the text is a target, or is no promise for a reason.
func TestHongqiaoLeavesNoNumeralOut(t *testing.T) {
	t.Parallel()
	noPromise := map[string]string{
		"15分钟便民": "the name of the life circles",
		"31届民族团": "an ordinal",
		"33届天津运": "an ordinal",
	}
	l := hongqiao(t)
	text := []rune(l.Text)
	targets := map[int]bool{}
	for _, m := range l.Measures() {
		targets[m.NumeralOffset] = true
	}
	for _, at := range regexp.MustCompile(`[0-9][0-9.]*`).FindAllStringIndex(l.Text, -1) {
		offset := utf8.RuneCountInString(l.Text[:at[0]])
		context := string(text[offset : offset+6])
		if _, excused := noPromise[context]; !targets[offset] && !excused {
			t.Errorf("the numeral at %d, %q, is no measure's target", offset, context)
		}
	}
	if n := strings.Count(l.Text, "全覆盖"); n != 1 {
		t.Errorf("the text says 全覆盖 %d times; the ledger has it once", n)
	}
}

func TestHongqiaoSaysWhatIsOurs(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	for _, word := range []string{"节选", "推断", "拟定", "未经"} {
		if !strings.Contains(l.Plan.Note, word) {
			t.Errorf("the plan's note lacks %q: %s", word, l.Plan.Note)
		}
	}
	if by, ok := l.AssignedDepartment("name"); !ok || !strings.Contains(by.AssignedBy, "未经确认") {
		t.Errorf("departments pass for confirmed: %+v", by)
	}
	for _, m := range l.Measures() {
		lead, _ := l.AssignedCommitment(m.Commitment, "lead_department")
		curve, _ := l.AssignedMeasure(m, "curve")
		if !strings.Contains(lead.AssignedBy, "未经确认") || !strings.Contains(curve.AssignedBy, "未经确认") || m.CurveConfirmedBy != "" {
			t.Errorf("%s passes for confirmed", m.ID)
		}
		if m.Mode == schema.Level && (m.Ratio == nil || m.BaselineValue != nil || m.Ratio.DenominatorValue != nil) {
			t.Errorf("%s: the text gives no baseline and no denominator, but a ratio it is", m.ID)
		}
	}
}

// The first Monday of the second half is the day on which the program shows itself.
func TestHongqiaoPlannedOnTheFirstOfJuly(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	for id, want := range map[string]string{
		"new-construction-floor-area":      "182/366",
		"new-construction-projects":        "5/11",  // 11×182/366 = 5.47
		"project-completion-projects":      "3/12",  // 11 undated × 91/275 = 3.64
		"municipal-infrastructure-works":   "5/9",   // two dated, 7 undated × 122/275 = 3.1
		"waterlogging-areas":               "1/3",   // 团结路 by 06-15
		"flood-season-pollution-reduction": "16/93", // since 06-15
		"pocket-parks-built":               "0",     // the first by 09-30
		"road-maintenance-roads":           "3/10",  // 91 of 229 days: 3.97
	} {
		m, ok := l.Measure(id)
		if !ok {
			t.Errorf("no measure %s", id)
			continue
		}
		rat(t, id, m.PlannedShare(date("2024-07-01")), want)
	}
}

func TestHongqiaoHasEveryKindOfCurve(t *testing.T) {
	t.Parallel()
	kinds := map[seeds.CurveKind]int{}
	for _, m := range hongqiao(t).Measures() {
		kinds[m.Curve.Kind]++
	}
	for _, kind := range []seeds.CurveKind{seeds.Linear, seeds.Season, seeds.Steps, seeds.ByItem} {
		if kinds[kind] < 3 {
			t.Errorf("%d curves of kind %s; the plan is to show a real mix", kinds[kind], kind)
		}
	}
}

func TestHongqiaoOnDiskIsTheOneInTheProgram(t *testing.T) {
	t.Parallel()
	onDisk, err := seeds.LoadDir("hongqiao-2024")
	if err != nil {
		t.Fatal(err)
	}
	l := hongqiao(t)
	if onDisk.Version != l.Version || !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(l.Version) {
		t.Errorf("versions %q on disk and %q in the program", onDisk.Version, l.Version)
	}
	source, err := os.ReadFile("hongqiao-2024/source.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(source, []byte(l.Text)) {
		t.Error("the text is not the source byte for byte")
	}
}

func TestLedgerFindsItsParts(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	m, ok := l.Measure("new-construction-floor-area")
	if !ok || m.Commitment.ID != "new-construction" || m.ReportingDepartment != "zhujianwei" {
		t.Fatalf("Measure() = %+v, %t", m, ok)
	}
	if c, ok := l.Commitment("new-construction"); !ok || c != m.Commitment {
		t.Errorf("Commitment() = %p, %t, want %p as its measure says", c, ok, m.Commitment)
	}
	if d, ok := l.Department("zhujianwei"); !ok || d.Name != "区住房建设委" {
		t.Errorf("Department() = %+v, %t", d, ok)
	}
	if _, ok := l.Measure("no-such"); ok {
		t.Error("found a measure that is not there")
	}
}
