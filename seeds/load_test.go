package seeds_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"xushi/seeds"
)

// files is a copy of the Hongqiao ledger in memory, to be damaged.
func files(t *testing.T) fstest.MapFS {
	t.Helper()
	copied := fstest.MapFS{}
	for _, name := range []string{"plan.yaml", "departments.yaml", "commitments.yaml", "statements.yaml", "numerals.yaml", "source.txt"} {
		data, err := os.ReadFile(filepath.Join("hongqiao-2024", name))
		if err != nil {
			t.Fatal(err)
		}
		copied[name] = &fstest.MapFile{Data: data}
	}
	return copied
}

// damage replaces the first old after the line that names the entry; old must be there.
type damage struct {
	file  string
	entry string // "" for the file's beginning
	old   string
	new   string
}

// apply returns the number of the line on which the damage begins.
func (d damage) apply(t *testing.T, fsys fstest.MapFS) (line int) {
	t.Helper()
	text := string(fsys[d.file].Data)
	from := 0
	if d.entry != "" {
		from = strings.Index(text, "id: "+d.entry+"\n")
	}
	at := strings.Index(text[max(from, 0):], d.old)
	if from < 0 || at < 0 {
		t.Fatalf("%s has no %q after %q", d.file, d.old, d.entry)
	}
	at += from
	fsys[d.file] = &fstest.MapFile{Data: []byte(text[:at] + d.new + text[at+len(d.old):])}
	return 1 + strings.Count(text[:at], "\n")
}

const (
	plan        = "plan.yaml"
	departments = "departments.yaml"
	commitments = "commitments.yaml"
)

// Each damage is caught, with a message that names the file, the line and what is wrong there.
func TestLoadCatchesDamage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		damage
		lines int    // how many lines below the damage's beginning the message points
		want  string // part of the message
	}{
		{"a doubled key", damage{commitments, "new-construction", "done: started", "done: started\n  done: started"}, 1, "already defined"},
		{"an unknown field", damage{commitments, "new-construction", "lead_department:", "leader:"}, 0, `commitments.yaml`},
		{"an unknown field, deep down", damage{commitments, "new-construction-floor-area", "kind: linear", "kind: linear\n        pace: 3"}, 1, `unknown field "pace"`},
		{"text where a number is due", damage{commitments, "new-construction", "quote_offset: 328", "quote_offset: 三百二十八"}, 0, "is not a whole number"},
		{"an exponent", damage{commitments, "new-construction-floor-area", "847000", "8.47e5"}, 0, `"8.47e5" is not a plain decimal`},
		{"seven decimals", damage{commitments, "new-construction-floor-area", "847000", `"847000.0000001"`}, 0, "not a plain decimal"},
		{"a list where a number is due", damage{commitments, "new-construction-floor-area", "847000", "[847000]"}, 0, "a single value is due"},
		{"a day that is none", damage{commitments, "new-construction-floor-area", "due_date: 2024-12-31", "due_date: 2024-12-32"}, 0, `date "2024-12-32"`},
		{"an entry that says nothing", damage{commitments, "", "- id: new-construction\n", "-\n\n- id: new-construction\n"}, 0, "an entry that says nothing"},
		{"a word that says nothing", damage{commitments, "new-construction", "[guiziju", "[null, guiziju"}, 0, "an entry that says nothing"},
		{"an alias", damage{commitments, "new-construction", "done: started\n  lead_department: zhujianwei", "done: &done started\n  lead_department: *done"}, 1, "no YAML aliases"},

		{"a quote that the text does not say", damage{commitments, "new-construction", "quote: 新启动11个", "quote: 启动了11个"}, 0, "nowhere in it"},
		{"a full-width comma for the text's own", damage{commitments, "pocket-parks", "公园,新增", "公园，新增"}, 0, "nowhere in it"},
		{"a wrong offset", damage{commitments, "new-construction", "quote_offset: 328", "quote_offset: 329"}, -1, "it is at 328"},
		{"an offset in bytes, past the end", damage{commitments, "new-construction", "quote_offset: 328", "quote_offset: 98400"}, -1, "at offset 98400"},
		{"a negative offset", damage{commitments, "new-construction", "quote_offset: 328", "quote_offset: -1"}, -1, "at offset -1"},
		{"another section", damage{commitments, "new-construction", "section: (三)", "section: (二)"}, 0, "not a line of the text"},
		{"another paragraph", damage{commitments, "new-construction", "完善城区功能品质。", "优化城区生态环境治理。"}, 0, "does not begin with"},
		{"out of the text's order", damage{commitments, "fitness-sites", "quote_offset: 2043", "quote_offset: 1043"}, 0, "in the order of the text"},
		{"a numeral elsewhere", damage{commitments, "new-construction-projects", "numeral_offset: 331", "numeral_offset: 313"}, -1, `does not say "11" at offset 313`},
		{"half a numeral", damage{commitments, "new-construction-projects", `"11"`, `"1"`}, 0, "only a part of the numeral"},
		{"a numeral without its 万", damage{commitments, "new-construction-floor-area", `"84.7万"`, `"84.7"`}, 0, "only a part of the numeral"},
		{"the name's 15 for the target's 2", damage{commitments, "life-circles-built", `"2"`, `"个市级"`}, 0, "does not say"},
		{"a wrong target", damage{commitments, "new-construction-floor-area", "847000", "84700"}, 0, "84700 is not 84.7万 as the text says: 847000 平方米"},
		{"a share for a percentage", damage{commitments, "family-doctor-rate", "target_value: 80", "target_value: 0.8"}, 0, "0.8 is not 80%"},
		{"a target of nothing", damage{commitments, "new-construction-floor-area", "847000", "0"}, 0, "must be positive"},
		{"a target in 万", damage{commitments, "new-construction-floor-area", "unit: 平方米", "unit: 万平方米"}, 0, "not a base unit"},
		{"a percentage without its unit", damage{commitments, "family-doctor-rate", `unit: "%"`, "unit: 户"}, -3, "do not go together"},
		{"full coverage of things", damage{commitments, "pain-clinic-coverage", `unit: "%"`, "unit: 个"}, -3, "do not go together"},
		{">= without 以上", damage{commitments, "new-construction-floor-area", "as_written", `">="`}, 0, "with 以上"},
		{"以上 without >=", damage{commitments, "housing-support-households", `">="`, "as_written"}, 0, "with 以上"},
		{"a closed list where the text says 等", damage{commitments, "road-maintenance-roads", "items_open: true", "items_open: false"}, 0, "等"},
		{"an open list where it does not", damage{commitments, "waterlogging-areas", "definition:", "items_open: true\n      definition:"}, 0, "等"},
		{"an invented item", damage{commitments, "road-maintenance-roads", "name: 青年路", "name: 光荣道"}, 0, "does not name"},

		{"a commitment twice", damage{commitments, "", "id: new-construction\n", "id: project-completion\n"}, 0, "used twice"},
		{"a measure twice, in different commitments", damage{commitments, "", "id: zero-waste-cells", "id: new-construction-projects"}, 0, "used twice"},
		{"the reserved commitment", damage{commitments, "", "id: new-construction\n", "id: batch\n"}, 0, `"batch" is reserved`},
		{"an id that no subject takes", damage{commitments, "", "id: new-construction\n", "id: 新启动\n"}, 0, "lower-case ASCII"},
		{"a department twice", damage{departments, "", "id: jiaoyuju", "id: zhujianwei"}, 0, "used twice"},
		{"an id of 65 characters", damage{departments, "", "id: xuanchuanbu", "id: " + strings.Repeat("x", 65)}, 0, "at most 64"},
		{"a department without a name", damage{departments, "zhujianwei", "name: 区住房建设委", "name: ' '"}, 0, "must not be empty"},
		{"an unknown lead", damage{commitments, "new-construction", "lead_department: zhujianwei", "lead_department: jianwei"}, 0, `no department "jianwei"`},
		{"an unknown supporter", damage{commitments, "new-construction", "[guiziju", "[guihuaju"}, 0, `no department "guihuaju"`},
		{"a lead that supports itself", damage{commitments, "new-construction", "[guiziju", "[zhujianwei"}, 0, "leads already"},
		{"a reporter from outside", damage{commitments, "new-construction-floor-area", "mode:", "reporting_department: jiaoyuju\n      mode:"}, 0, "neither leads nor supports"},
		{"a commitment of nothing", damage{commitments, "", "- id: fitness-sites\n", "- id: nothing\n  measures: []\n- id: fitness-sites\n"}, 0, "has no measure"},

		{"an unknown done", damage{commitments, "new-construction", "done: started", "done: begun"}, 0, `"begun"`},
		{"an unknown mode", damage{commitments, "new-construction-floor-area", "mode: to_date", "mode: total"}, 0, `"total"`},
		{"an unknown comparator", damage{commitments, "new-construction-floor-area", "as_written", `">"`}, 0, `">"`},
		{"an unknown direction", damage{commitments, "new-construction-floor-area", "rise", "up"}, 0, `"up"`},
		{"a count that falls", damage{commitments, "new-construction-floor-area", "rise", "fall"}, 0, "only a level can fall"},
		{"no reporting interval", damage{commitments, "new-construction-floor-area", "reporting_interval_days: 30", "reporting_interval_days: 0"}, 0, "1 to 92 days"},
		{"due after the plan", damage{commitments, "new-construction-floor-area", "due_date: 2024-12-31", "due_date: 2025-01-31"}, 0, "outside the plan"},
		{"a target out of its bounds", damage{commitments, "family-doctor-rate", "max_value: 100", "max_value: 79.9"}, 0, "lies above 79.9"},
		{"a target below its bounds", damage{commitments, "family-doctor-rate", "min_value: 0", "min_value: 81"}, 0, "lies below 81"},
		{"a count with a baseline", damage{commitments, "new-construction-floor-area", "mode:", "baseline_value: 5\n      mode:"}, 0, "only a level has a baseline"},
		{"a rising level that starts at its target", damage{commitments, "family-doctor-rate", "baseline_value: null", "baseline_value: 80"}, 0, "cannot start at 80"},
		{"a count that is a ratio", damage{commitments, "family-doctor-rate", "mode: level", "mode: to_date"}, 6, "only a level is a ratio"},
		{"a ratio per nothing", damage{commitments, "family-doctor-rate", "per: 100", "per: 0"}, 0, "must be positive"},
		{"a denominator of nothing", damage{commitments, "family-doctor-rate", "denominator_value: null", "denominator_value: 0"}, 0, "must be positive"},
		{"a nameless denominator", damage{commitments, "family-doctor-rate", "denominator: 重点人群总人数", "denominator:"}, 0, "must not be empty"},

		{"items that are added up", damage{commitments, "waterlogging-areas", "mode: to_date", "mode: increment"}, 0, "read to_date"},
		{"items of what is not itemised", damage{commitments, "waterlogging-areas", "itemised: true\n      items:", "itemised: false\n      items:"}, 2, "not itemised"},
		{"an open list of what is not itemised", damage{commitments, "new-construction-projects", "mode:", "items_open: true\n      mode:"}, 0, "no list to be open"},
		{"three and a half items", damage{commitments, "waterlogging-areas", "target_value: 3", "target_value: 3.5"}, 0, "3.5 items cannot be"},
		{"more items than promised", damage{commitments, "municipal-infrastructure-works", "target_value: 9", "target_value: 1"}, 7, "2 items named of 1"},
		{"a closed list that lacks one", damage{commitments, "waterlogging-areas", "        - {id: tuanjie-lu, name: 团结路}\n", ""}, -2, "must name all 3"},
		{"more items than anybody follows one by one", damage{commitments, "municipal-infrastructure-works", "target_value: 9", "target_value: 999999999"}, 0, "at most 1000 items"},
		{"an item twice", damage{commitments, "waterlogging-areas", "id: tuanjie-lu", "id: renmin-yiyuan"}, 0, "used twice"},

		{"an unknown kind of curve", damage{commitments, "new-construction-floor-area", "kind: linear", "kind: sigmoid"}, 0, `"sigmoid"`},
		{"a linear curve without a window", damage{commitments, "new-construction-floor-area", "        start: 2024-01-01\n        end: 2024-12-31\n", ""}, -1, "needs this"},
		{"a linear curve with steps", damage{commitments, "sewer-misconnection-points", "kind: steps", "kind: linear\n        start: 2024-01-01\n        end: 2024-12-31"}, 4, "does not take this"},
		{"a window from end to start", damage{commitments, "flood-season-pollution-reduction", "start: 2024-06-15", "start: 2024-09-16"}, 0, "not after the end"},
		{"a window before the plan", damage{commitments, "new-construction-floor-area", "start: 2024-01-01", "start: 2023-12-31"}, 0, "must lie in the plan"},
		{"a curve that is whole only after the due date", damage{commitments, "pocket-parks-built", "by: 2024-10-31", "by: 2024-12-01"}, 0, "later than the due date"},
		{"a window that ends after the due date", damage{commitments, "flood-season-pollution-reduction", "end: 2024-09-15", "end: 2024-10-01"}, 0, "later than the due date"},
		{"steps out of order", damage{commitments, "sewer-misconnection-points", "by: 2024-06-14", "by: 2024-03-31"}, 0, "must be later than"},
		{"steps that do not rise", damage{commitments, "sewer-misconnection-points", "share: 60", "share: 20"}, 0, "cumulative"},
		{"steps that end short", damage{commitments, "sewer-misconnection-points", "share: 100", "share: 99.9"}, -3, "must end at 100"},
		{"a step out of season", damage{commitments, "new-green-area", "by: 2024-05-31", "by: 2024-03-14"}, 0, "outside the season"},
		{"a step before the plan", damage{commitments, "sewer-misconnection-points", "by: 2024-03-31", "by: 2023-12-31"}, 0, "outside the plan"},
		{"a season by steps and by levels", damage{commitments, "new-green-area", "steps:", "levels: [{by: 2024-11-15, value: 5000}]\n        steps:"}, -3, "not both"},
		{"dates for items of what is not itemised", damage{commitments, "fitness-sites-renewed", "kind: season", "kind: items\n        items: [{item: a, by: 2024-05-01}]"}, 0, "only an itemised measure"},
		{"a date for an unknown item", damage{commitments, "waterlogging-areas", "item: tuanjie-lu", "item: tuanjie"}, 0, `no item "tuanjie"`},
		{"two dates for an item", damage{commitments, "waterlogging-areas", "item: tuanjie-lu", "item: renmin-yiyuan"}, 2, "dated twice"},
		{"undated items without a window", damage{commitments, "waterlogging-areas", "          - {item: tuanjie-lu, by: 2024-06-15}\n", ""}, -2, "1 items have no date"},
		{"a window with nothing to spread", damage{commitments, "waterlogging-areas", "kind: items", "kind: items\n        start: 2024-01-01\n        end: 2024-05-01"}, 1, "every item has its date"},
		{"levels for a count", damage{commitments, "sewer-misconnection-points", "kind: steps\n        steps:", "kind: level\n        levels:\n          - {by: 2024-12-31, value: 30}\n        steps:"}, 2, "only a level is planned by levels"},
		{"levels that end short", damage{commitments, "family-doctor-rate", "kind: linear\n        start: 2024-01-01\n        end: 2024-12-31", "kind: level\n        levels:\n          - {by: 2024-12-31, value: 79}"}, 2, "must end at the target, 80"},
		{"levels that turn back", damage{commitments, "family-doctor-rate", "kind: linear\n        start: 2024-01-01\n        end: 2024-12-31", "kind: level\n        levels:\n          - {by: 2024-06-30, value: 81}\n          - {by: 2024-12-31, value: 80}"}, 3, "does not rise from 81"},

		{"an assignment of nothing", damage{plan, "", "fields: [measure.items]", "fields: []"}, 0, "names no field"},
		{"an assignment of an unknown object", damage{plan, "", "[measure.items]", "[item.id]"}, 0, `"item.id" is no field`},
		{"an assignment of an unknown field", damage{commitments, "project-completion", "fields: [done]", "fields: [finished]"}, 0, `"finished" is no field`},
		{"an assignment of another object's field", damage{commitments, "pain-clinic-coverage", "fields: [target_value, unit]", "fields: [target_value, done]"}, 0, `"done" is no field`},
		{"a field assigned twice", damage{plan, "", "[measure.items]", "[measure.items, measure.id]"}, 0, `"measure.id" is assigned twice`},
		{"an assignment by nobody", damage{commitments, "project-completion", "assigned_by: 序时项目组（示例）", "assigned_by:"}, 0, "must not be empty"},
		{"an assignment that is somehow sure", damage{commitments, "project-completion", "confidence: medium", "confidence: fairly"}, 0, `"fairly"`},
		{"an assignment without a ground", damage{plan, "", "basis: 名称照录原文；id 系拟定", "basis:"}, 0, "must not be empty"},

		{"a plan that ends before it starts", damage{plan, "", "end: 2024-12-31", "end: 2023-12-31"}, 0, "later than the start"},
		{"a plan of a thousand years, every day of which would be kept", damage{plan, "", "end: 2024-12-31", "end: 3024-12-31"}, 0, "at most 3653 days"},
		{"a plan of the middle ages", damage{plan, "", "start: 2024-01-01", "start: 1024-01-01"}, 0, "must be a date of this century"},
		{"a title that a terminal obeys", damage{commitments, "new-construction-floor-area", "title: ", `title: "\e[2J" #`}, 0, "holds U+001B"},
		{"a plan without a start", damage{plan, "", "start: 2024-01-01", "start:"}, 0, "must be a date"},
		{"a source without a title", damage{plan, "", "title: 红桥区政府工作报告（节选：第三、四部分及第五部分开头）", "title:"}, 0, "must not be empty"},
		{"a plan of another text", damage{plan, "", "sha256: 3f", "sha256: 4f"}, 0, "the source text was changed"},
		{"a source that is not there", damage{plan, "", "file: source.txt", "file: report.txt"}, 0, "report.txt"},
		{"a source outside the ledger", damage{plan, "", "file: source.txt", "file: ../source.txt"}, 0, `"../source.txt" is no name for the source text`},
		{"a source that is the plan", damage{plan, "", "file: source.txt", "file: plan.yaml"}, 0, `"plan.yaml" is no name for the source text`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			line := test.apply(t, fsys) + test.lines
			l, err := seeds.Load(fsys)
			if err == nil {
				t.Fatalf("loaded version %s", l.Version)
			}
			at := fmt.Sprintf("%s:%d:", test.file, line)
			if !slices.ContainsFunc(strings.Split(err.Error(), "\n"), func(s string) bool {
				return strings.HasPrefix(s, at) && strings.Contains(s, test.want)
			}) {
				t.Errorf("no message begins with %q and says %q:\n%v", at, test.want, err)
			}
		})
	}
}

func TestLoadCatchesAChangedSourceText(t *testing.T) {
	t.Parallel()
	fsys := files(t)
	damage{"source.txt", "", "84.7万", "84.1万"}.apply(t, fsys)
	damage{"source.txt", "", "平安红桥", "平安\xff红桥"}.apply(t, fsys)
	_, err := seeds.Load(fsys)
	for _, want := range []string{"source.sha256: source.txt has SHA-256", "new-construction.quote", "source.txt is not UTF-8"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no message says %q: %v", want, err)
		}
	}
}

// TestLoadNamesWhatShiftsOffsets: a text from Windows says why every quote is somewhere else.
func TestLoadNamesWhatShiftsOffsets(t *testing.T) {
	t.Parallel()
	for name, shift := range map[string]func(text string) string{
		"Windows line ends": func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") },
		"a byte-order mark": func(text string) string { return "\uFEFF" + text },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			text := shift(string(fsys["source.txt"].Data))
			sum := fmt.Sprintf("%x", sha256.Sum256(fsys["source.txt"].Data))
			fsys["source.txt"] = &fstest.MapFile{Data: []byte(text)}
			damage{plan, "", sum, fmt.Sprintf("%x", sha256.Sum256([]byte(text)))}.apply(t, fsys)
			_, err := seeds.Load(fsys)
			if err == nil || !strings.Contains(err.Error(), "plan.yaml:10: source.file: source.txt has Windows line ends or a byte-order mark") {
				t.Errorf("want the reason first: %v", err)
			}
		})
	}
}

func TestLoadReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	for name, damages := range map[string][]damage{
		"form": {
			{plan, "", "start: 2024-01-01", "start: 1 January"},
			{departments, "", "name_en:", "english:"},
			{commitments, "new-construction-floor-area", "847000", "NaN"},
			{commitments, "zero-waste", "quote_offset:", "position:"},
			{plan, "", "file: source.txt", "file: report.txt"},
		},
		"sense": {
			{plan, "", "jurisdiction: 天津市红桥区", "jurisdiction: ''"},
			{departments, "", "id: tiyuju", "id: Tiyuju"},
			{commitments, "new-construction-floor-area", "847000", "847001"},
			{commitments, "zero-waste-cells", "kind: linear", "kind: line"},
		},
		"sense, without the text": {
			{plan, "", "file: source.txt", "file: report.txt"},
			{departments, "", "id: tiyuju", "id: Tiyuju"},
			{commitments, "zero-waste-cells", "kind: linear", "kind: line"},
			{numerals, "", "reason: 章节序号“(三)”", "reason: ''"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			var places []string
			for _, d := range damages {
				places = append(places, fmt.Sprintf("%s:%d:", d.file, d.apply(t, fsys)))
			}
			_, err := seeds.Load(fsys)
			for _, at := range places {
				if err == nil || !strings.Contains(err.Error(), at) {
					t.Errorf("nothing reported at %s:\n%v", at, err)
				}
			}
		})
	}
}

func TestLoadNeedsEveryFile(t *testing.T) {
	t.Parallel()
	for name, damaged := range map[string]func(fstest.MapFS){
		"missing":       func(fsys fstest.MapFS) { delete(fsys, commitments) },
		"empty":         func(fsys fstest.MapFS) { fsys[commitments] = &fstest.MapFile{} },
		"only comments": func(fsys fstest.MapFS) { fsys[commitments] = &fstest.MapFile{Data: []byte("# nothing\n")} },
		"no entries":    func(fsys fstest.MapFS) { fsys[commitments] = &fstest.MapFile{Data: []byte("[]\n")} },
		"no YAML":       func(fsys fstest.MapFS) { fsys[commitments] = &fstest.MapFile{Data: []byte("- id: \"a\n")} },
		"a mapping":     func(fsys fstest.MapFS) { fsys[commitments] = &fstest.MapFile{Data: []byte("id: a\n")} },
		"null entries":  func(fsys fstest.MapFS) { fsys[commitments] = &fstest.MapFile{Data: []byte("- \n- measures: [null]\n")} },
		"two documents": func(fsys fstest.MapFS) {
			fsys[commitments] = &fstest.MapFile{Data: append(slices.Clone(fsys[commitments].Data), "---\n[]\n"...)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			damaged(fsys)
			if _, err := seeds.Load(fsys); err == nil || !strings.Contains(err.Error(), commitments) {
				t.Errorf("Load() = %v, want an error that names %s", err, commitments)
			}
		})
	}
}

// Every line of the ledger is held by some rule: taking any one away is noticed, but for what may be
// absent.
func TestLoadMissesEveryLine(t *testing.T) {
	t.Parallel()
	optional := []string{
		"supporting_departments:", "min_value:", "max_value:", "baseline_value:", "denominator_value:", "evidence_required:",
		"reporting_department:",          // then the lead reports
		"- {by:",                         // a step between others
		"- {item:",                       // then it is one of the undated
		"- {id: qingnian-lu, name: 青年路}", // then departments register it, as the list is open
	}
	l := hongqiao(t)
	for i := range l.Commitments {
		t.Run(l.Commitments[i].ID, func(t *testing.T) {
			t.Parallel()
			fsys := alone(l, &l.Commitments[i])
			if _, err := seeds.Load(fsys); err != nil {
				t.Fatalf("a commitment alone with its part of the text is a ledger of its own: %v", err)
			}
			_, entry, _ := strings.Cut(string(fsys[commitments].Data), "\n\n") // after the head comment
			lines := strings.Split(strings.TrimSpace(entry), "\n")
			for n, line := range lines {
				line = strings.TrimSpace(line)
				if slices.ContainsFunc(optional, func(o string) bool { return strings.HasPrefix(line, o) }) {
					continue
				}
				fsys[commitments] = &fstest.MapFile{Data: []byte(strings.Join(slices.Delete(slices.Clone(lines), n, n+1), "\n"))}
				if _, err := seeds.Load(fsys); err == nil {
					t.Errorf("nobody misses the line %q", line)
				}
			}
		})
	}
}

// alone is the ledger of one commitment: its own words and the headings of the text at their places, and
// blanks for all the rest.
func alone(whole *seeds.Ledger, c *seeds.Commitment) fstest.MapFS {
	l := seeds.Ledger{Plan: whole.Plan, Departments: whole.Departments, Commitments: []seeds.Commitment{*c}}
	text := []rune(whole.Text)
	blank := func(r rune) rune {
		if strings.ContainsRune(",。\n", r) {
			return r
		}
		return ' '
	}
	left := []rune(strings.Map(blank, whole.Text))
	keep := func(quote string, offset int) {
		copy(left[offset:], text[offset:offset+utf8.RuneCountInString(quote)])
	}
	keep(c.Quote, c.QuoteOffset)
	for _, s := range whole.Statements {
		if s.Kind == seeds.Heading {
			keep(s.Quote, s.QuoteOffset)
			l.Statements = append(l.Statements, s)
		}
	}
	for _, n := range whole.Numerals {
		if left[n.NumeralOffset] != ' ' {
			l.Numerals = append(l.Numerals, n)
		}
	}
	l.Text = string(left)
	l.Plan.Source.SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(l.Text)))
	fsys := fstest.MapFS{}
	for name, data := range l.Files() {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func TestLoadKeepsDecimalsExactly(t *testing.T) {
	t.Parallel()
	const exact = "123456789012345678.123457" // as a float64 it would be 123456789012345680
	for _, written := range []string{exact, `"` + exact + `"`} {
		fsys := files(t)
		damage{commitments, "new-construction-floor-area", "mode:", "max_value: " + written + "\n      mode:"}.apply(t, fsys)
		l, err := seeds.Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := l.Measure("new-construction-floor-area"); m.MaxValue.String() != exact {
			t.Errorf("max_value: %s became %s", written, m.MaxValue)
		}
	}
}

func TestLoadTakesLevelsAndSeasonsOfLevels(t *testing.T) {
	t.Parallel()
	const window = "kind: linear\n        start: 2024-01-01\n        end: 2024-12-31"
	for name, curve := range map[string]string{
		"level":            "kind: level\n        levels: [{by: 2024-06-30, value: 70}, {by: 2024-12-31, value: 80}]",
		"season of levels": "kind: season\n        start: 2024-03-01\n        end: 2024-09-30\n        levels: [{by: 2024-06-30, value: 70}, {by: 2024-09-30, value: 80}]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			damage{commitments, "family-doctor-rate", window, curve}.apply(t, fsys)
			damage{commitments, "family-doctor-rate", "baseline_value: null", "baseline_value: 60"}.apply(t, fsys)
			damage{plan, "", "measure.ratio", "measure.ratio, measure.baseline_value"}.apply(t, fsys)
			l, err := seeds.Load(fsys)
			if err != nil {
				t.Fatal(err)
			}
			m, _ := l.Measure("family-doctor-rate")
			rat(t, "(70−60)/(80−60)", m.PlannedShare(date("2024-07-01")), "1/2")
		})
	}
}

func TestVersionChangesWithEveryFile(t *testing.T) {
	t.Parallel()
	versions := map[string]string{hongqiao(t).Version: "intact"}
	for _, d := range []damage{
		{plan, "", "title: 红桥区", "title: 天津市红桥区"},
		{departments, "", "name_en: District", "name_en: Hongqiao District"},
		{commitments, "", "title: 完工项目", "title: 完工的项目"},
	} {
		fsys := files(t)
		d.apply(t, fsys)
		l, err := seeds.Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		if other, same := versions[l.Version]; same {
			t.Errorf("a change of %s has the version of %s", d.file, other)
		}
		versions[l.Version] = d.file
	}
}
