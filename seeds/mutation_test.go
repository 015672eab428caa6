package seeds_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"xushi/seeds"
)

const (
	statements = "statements.yaml"
	numerals   = "numerals.yaml"
)

// complaint is where a message is due and what it says.
type complaint struct {
	file  string
	from  string // text of the damaged file that lines are counted from; "": where the first damage to it begins
	lines int    // below that
	says  string
}

// mutations are ways in which a ledger comes to say what its text does not, as authors and hurried editors
// do it. Each has all complaints that are due.
var mutations = []struct {
	name    string
	damages []damage
	want    []complaint
}{
	{"value off by ten", []damage{{commitments, "new-construction-floor-area", "847000", "84700"}},
		[]complaint{{commitments, "", 0, "84700 is not 84.7万 as the text says: 847000 平方米"}}},
	{"万 dropped", []damage{{commitments, "new-construction-floor-area", `"84.7万"`, `"84.7"`}},
		[]complaint{{commitments, "", 0, `"84.7" is only a part of the numeral "84.7万" at offset 335`}}},
	{"% dropped", []damage{{commitments, "family-doctor-rate", `"80%"`, `"80"`}},
		[]complaint{{commitments, "", 0, `"80" is only a part of the numeral "80%" at offset 1436`}}},
	{"全覆盖 for something else than 100%", []damage{{commitments, "pain-clinic-coverage", "target_value: 100", "target_value: 99"}},
		[]complaint{{commitments, "", 0, "99 is not 全覆盖 as the text says: 100 %"}}},
	{"comparator flipped to >=", []damage{{commitments, "new-construction-floor-area", "as_written", `">="`}},
		[]complaint{{commitments, "", 0, "here as_written"}}},
	{"comparator flipped from >=", []damage{{commitments, "housing-support-households", `">="`, "as_written"}},
		[]complaint{{commitments, "", 0, "here >="}}},
	{"quote altered by one character", []damage{{commitments, "new-construction", "quote: 新启动11个", "quote: 新开动11个"}},
		[]complaint{{commitments, "", 0, `does not say "新开动11个、84.7万平方米项目建设" at offset 328; it is nowhere in it`}}},
	{"quote with a full-width comma", []damage{{commitments, "pocket-parks", "公园2处口袋公园,新增", "公园2处口袋公园，新增"}},
		[]complaint{{commitments, "", 0, "it is nowhere in it"}}},
	{"quote with straight quotes", []damage{{commitments, "zero-waste", "quote: 创建40个“无废细胞”", `quote: 创建40个"无废细胞"`}},
		[]complaint{{commitments, "", 0, "it is nowhere in it"}}},
	{"quote without the text's stray blank", []damage{{statements, "", "严格落实“林长 ”工作机制", "严格落实“林长”工作机制"}},
		[]complaint{{statements, "", 0, "it is nowhere in it"}}},
	{"quote offset shifted", []damage{{commitments, "new-construction", "quote_offset: 328", "quote_offset: 329"}},
		[]complaint{{commitments, "", -1, "at offset 329; it is at 328"}}},
	{"numeral offset shifted", []damage{{commitments, "new-construction-projects", "numeral_offset: 331", "numeral_offset: 332"}},
		[]complaint{{commitments, "", -1, `the quote does not say "11" at offset 332; in the text it is at 331`}}},
	{"quote with a blank that does not break", []damage{{statements, "", "“林长 ”", "“林长\u00a0”"}},
		[]complaint{{statements, "", 0, `“林长\u00a0”工作机制`}}},
	{"quote offset beyond any text", []damage{{commitments, "new-construction", "quote_offset: 328", "quote_offset: 999999999999999999"}},
		[]complaint{
			{commitments, "", -1, "at offset 999999999999999999; it is at 328"},
			{commitments, "quote_offset: 348", 0, "in the order of the text"},
		}},
	{"quote offset in hexadecimal", []damage{{commitments, "new-construction", "quote_offset: 328", "quote_offset: 0x148"}},
		[]complaint{{commitments, "", 0, `"0x148" is not a whole number`}}},
	{"statement altered", []damage{{statements, "", "严格生态环境监督执法", "严格生态环境监督执纪"}},
		[]complaint{{statements, "", 0, "it is nowhere in it"}}},
	{"text altered", []damage{{"source.txt", "", "84.7万", "84.1万"}},
		[]complaint{{plan, "sha256:", 0, "the source text was changed"}, {commitments, "quote: 新启动11个", 0, "it is nowhere in it"}}},

	{"Arabic numeral unowned", []damage{{numerals, "", "- numeral_text: \"15\"\n  numeral_offset: 1723\n  reason: 名称“15分钟便民生活圈”的一部分，不是目标值\n\n", ""}},
		[]complaint{{"source.txt", "15分钟", 0, `nothing owns the numeral "15" at offset 1723: make it a measure's target`}}},
	{"Chinese numeral unowned", []damage{{numerals, "", "- numeral_text: \"三一\"\n  numeral_offset: 1488\n  reason: 名称“三一照护门诊”的一部分\n\n", ""}},
		[]complaint{{"source.txt", "三一照护", 0, `nothing owns the numeral "三一" at offset 1488`}}},
	{"denominator unowned", []damage{{commitments, "childcare-places-per-thousand", "        per_text: 千\n        per_offset: 1149\n", ""}},
		[]complaint{{"source.txt", "千人口", 0, `nothing owns the numeral "千" at offset 1149`}}},
	{"numeral owned twice", []damage{{numerals, "", "- numeral_text: \"15\"", "- numeral_text: 84.7万\n  numeral_offset: 335\n  reason: 名称\n\n- numeral_text: \"15\""}},
		[]complaint{
			{numerals, "", 0, `the numeral "84.7" at offset 335 is owned twice, by measure new-construction-floor-area and by numeral 21`},
			{numerals, "", 0, `the numeral "万" at offset 339 is owned twice`},
		}},
	{"15 taken as a target", []damage{
		{commitments, "life-circles-built", `"2"`, `"15"`},
		{commitments, "life-circles-built", "numeral_offset: 1719", "numeral_offset: 1723"},
		{commitments, "life-circles-built", "target_value: 2", "target_value: 15"},
	}, []complaint{
		{commitments, "", 3, `the text does not say 个 after 15, but "分钟便民生活圈"`},
		{"source.txt", "2个市级", 0, `nothing owns the numeral "2" at offset 1719`},
		{numerals, `"15"`, 0, `the numeral "15" at offset 1723 is owned twice, by measure life-circles-built and by numeral 21`},
	}},
	{"numerals swapped between measures", []damage{
		{commitments, "new-construction-projects", `"11"`, `"84.7万"`},
		{commitments, "new-construction-projects", "numeral_offset: 331", "numeral_offset: 335"},
		{commitments, "new-construction-projects", "target_value: 11", "target_value: 847000"},
		{commitments, "new-construction-floor-area", `"84.7万"`, `"11"`},
		{commitments, "new-construction-floor-area", "numeral_offset: 335", "numeral_offset: 331"},
		{commitments, "new-construction-floor-area", "target_value: 847000", "target_value: 11"},
	}, []complaint{
		{commitments, "", 3, `the text does not say 个 after 84.7万, but "平方米项目建设"`},
		{commitments, "", 20, `the text does not say 平方米 after 11, but "个、84.7万平方米项目建设"`},
	}},
	{"another unit than the text's", []damage{{commitments, "pocket-parks-built", "unit: 处", "unit: 个"}},
		[]complaint{{commitments, "", 0, `the text does not say 个 after 2, but "处口袋公园"`}}},
	{"full-width digits in the numeral", []damage{{commitments, "sewer-misconnection-points", `"30"`, `"３０"`}},
		[]complaint{{commitments, "", 0, `does not say "３０" at offset 537`}}},
	{"part of a Chinese numeral", []damage{{numerals, "", `"三一"`, `"三"`}},
		[]complaint{{numerals, "", 0, `"三" is only a part of the numeral "三一" at offset 1488`}}},
	{"more than a numeral", []damage{{numerals, "", `"三一"`, `"三一照护"`}},
		[]complaint{{numerals, "", 0, `"三一照护" is not one numeral and nothing else`}}},
	{"two numerals at once", []damage{{numerals, "", "- numeral_text: \"三\"\n  numeral_offset: 86\n  reason: 名称“三河五岸”的一部分\n\n- numeral_text: \"五\"\n  numeral_offset: 88\n", "- numeral_text: 三河五\n  numeral_offset: 86\n"}},
		[]complaint{{numerals, "", 0, `"三河五" is not one numeral and nothing else`}}},
	{"exclusion shifted", []damage{{numerals, "", "numeral_offset: 1488", "numeral_offset: 1489"}},
		[]complaint{{numerals, "", -1, `does not say "三一" at offset 1489; it is at 1488`}}},
	{"exclusion without a reason", []damage{{numerals, "", "reason: 名称“三一照护门诊”的一部分", "reason: ''"}},
		[]complaint{{numerals, "", 0, "must not be empty"}}},
	{"千 for per hundred", []damage{{commitments, "childcare-places-per-thousand", "per: 1000", "per: 100"}},
		[]complaint{{commitments, "", 0, "100 is not 千 as the text says"}}},

	{"clause unowned", []damage{{statements, "", "- kind: directional\n  quote: 严格生态环境监督执法\n  quote_offset: 573\n  reason: 常态化监管工作，无数量和完成状态\n\n", ""}},
		[]complaint{{"source.txt", "严格生态环境监督执法", 0, `nothing owns the clause "严格生态环境监督执法" at offset 573: hold it in a commitment, or in statements.yaml`}}},
	{"clause owned twice", []damage{{statements, "", "- kind: directional\n  quote: 严格生态环境监督执法", "- kind: directional\n  quote: 完成30处雨污串接混接点改造\n  quote_offset: 535\n  reason: 方向\n\n- kind: directional\n  quote: 严格生态环境监督执法"}},
		[]complaint{{statements, "", 1, `the clause "完成30处雨污串接混接点改造" at offset 535 is owned twice, by commitment sewer-misconnections and by statement 13`}}},
	{"a statement over a commitment's clause", []damage{{statements, "", "quote: 加强土壤污染源头防控\n  quote_offset: 550", "quote: 完成30处雨污串接混接点改造。加强土壤污染源头防控\n  quote_offset: 535"}},
		[]complaint{{statements, "", 0, `the clause "完成30处雨污串接混接点改造" at offset 535 is owned twice`}}},
	{"a clause passed off as a heading", []damage{{statements, "", "directional\n  quote: 严格生态环境监督执法", "heading\n  quote: 严格生态环境监督执法"}},
		[]complaint{{statements, "", 0, "a heading begins a line of the text"}}},
	{"clause cut in two", []damage{{statements, "", "quote: 严格生态环境监督执法", "quote: 严格生态环境监督"}},
		[]complaint{{statements, "", 0, `cuts the clause "严格生态环境监督执法" at offset 573 in two`}}},

	{"weights not 100", []damage{{commitments, "xiyuzhuang-design-approved", "weight: 30", "weight: 31"}},
		[]complaint{{commitments, "", -1, "must sum to 100, not to 101"}}},
	{"a weight that takes away", []damage{
		{commitments, "xiyuzhuang-design-approved", "weight: 20", "weight: -20"},
		{commitments, "xiyuzhuang-design-approved", "weight: 30", "weight: 70"},
	}, []complaint{{commitments, "", 0, "must be positive, not -20"}}},
	{"a stage without its date", []damage{{commitments, "xiyuzhuang-design-approved", ", by: 2024-06-30", ""}},
		[]complaint{{commitments, "", 0, "must be a date of the plan"}}},
	{"an item without its date", []damage{{commitments, "waterlogging-areas", ", by: 2024-06-15", ""}},
		[]complaint{{commitments, "", 0, "must be a date of the plan"}}},
	{"a measure without its date", []damage{{commitments, "health-stations-added", "due_date: 2024-12-31", "due_date:"}},
		[]complaint{
			{commitments, "", 0, "must be a date of the plan"},
			{commitments, "", 5, "is later than the due date"}, {commitments, "", 6, "is later than the due date"},
		}},
	{"stage out of order", []damage{{commitments, "xiyuzhuang-design-approved", "by: 2024-06-30", "by: 2024-03-30"}},
		[]complaint{{commitments, "", 0, "2024-03-30 is earlier than 2024-03-31 before it"}}},
	{"stage past the due date", []damage{{commitments, "xiyuzhuang-design-approved", "due_date: 2024-12-31", "due_date: 2024-12-14"}},
		[]complaint{{commitments, "", 7, "2024-12-15 is later than the due date, 2024-12-14"}}},
	{"stage twice", []damage{{commitments, "xiyuzhuang-design-approved", "stage: draft", "stage: assessment"}},
		[]complaint{{commitments, "", 0, `"assessment" is used twice`}}},
	{"stage left out of the target", []damage{{commitments, "xiyuzhuang-design-approved", "target_value: 4", "target_value: 3"}},
		[]complaint{{commitments, "", 0, "the number of its stages, 4, not 3"}}},
	{"milestone with a number", []damage{{commitments, "xiyuzhuang-design-approved", "target_value: 4", "numeral_text: 二\n      numeral_offset: 136\n      target_value: 4"}},
		[]complaint{{commitments, "", 0, "a promise without a number"}}},
	{"curve past its target", []damage{{commitments, "sewer-misconnection-points", "share: 100", "share: 110"}},
		[]complaint{{commitments, "", -3, "must end at 100, not at 110"}}},
	{"curve short of its target", []damage{{commitments, "sewer-misconnection-points", "share: 100", "share: 99"}},
		[]complaint{{commitments, "", -3, "must end at 100, not at 99"}}},
	{"curve that falls", []damage{{commitments, "sewer-misconnection-points", "share: 80", "share: 50"}},
		[]complaint{{commitments, "", 0, "50 must be over 60 before it"}}},
	{"curve past its target on the way", []damage{{commitments, "sewer-misconnection-points", "share: 80", "share: 120"}},
		[]complaint{{commitments, "", 1, "100 must be over 120 before it"}}},
	{"a percentage per thousand", []damage{{commitments, "family-doctor-rate", "per: 100", "per: 1000"}},
		[]complaint{{commitments, "", 0, "a percentage is per 100, not per 1000"}}},
	{"a baseline that could not be read", []damage{
		{commitments, "family-doctor-rate", "baseline_value: null", "baseline_value: -5"},
		{plan, "", "measure.min_value", "measure.baseline_value, measure.min_value"},
	}, []complaint{{commitments, "", 0, "-5 could not be read"}}},
	{"an item's name twice", []damage{{commitments, "waterlogging-areas", "name: 团结路", "name: 人民医院"}},
		[]complaint{{commitments, "", 0, `"人民医院" is listed twice`}}},
	{"half a day", []damage{{commitments, "waterlogging-areas", "reporting_interval_days: 14", "reporting_interval_days: 14.5"}},
		[]complaint{{commitments, "", 0, `"14.5" is not a whole number`}}},
	{"a yes of another kind", []damage{{commitments, "waterlogging-areas", "itemised: true", "itemised: yes"}},
		[]complaint{{commitments, "", 0, `"yes" is not true or false`}}},
	{"two departments of one name", []damage{{departments, "", "name: 区城市管理委", "name: 区住房建设委"}},
		[]complaint{{departments, "", 0, "is the name of another department"}}},
	{"a title that turns its line around", []damage{{commitments, "new-construction", "title: 新启动11个、84.7万平方米项目建设", `title: "\u202e新启动"`}},
		[]complaint{{commitments, "", 0, "holds U+202E"}}},
	{"a title without end", []damage{{commitments, "new-construction", "title: 新启动", "title: " + strings.Repeat("新", 2001)}},
		[]complaint{{commitments, "", 0, "at most 2000 characters"}}},
	{"a merge key", []damage{{commitments, "new-construction", "done: started", "<<: {done: started}"}},
		[]complaint{{commitments, "", 0, `unknown field "<<"`}}},
	{"unknown department", []damage{{commitments, "zero-waste", "[jiaoyuju", "[jiaoyu"}},
		[]complaint{{commitments, "", 0, `no department "jiaoyu" in departments.yaml`}}},
	{"duplicate id", []damage{{commitments, "", "id: zero-waste-cells", "id: new-construction-projects"}},
		[]complaint{{commitments, "", 0, `"new-construction-projects" is used twice`}}},
	{"unknown key", []damage{{commitments, "zero-waste-cells", "definition:", "meaning:"}},
		[]complaint{{commitments, "", 0, `unknown field "meaning"`}}},
	{"assignment missing", []damage{{plan, "", "[measure.due_date, measure.curve]", "[measure.due_date]"}},
		[]complaint{{commitments, "id: project-completion-floor-area\n", 14, "nobody is named who set this, nor that of 18 more: assign measure.curve in plan.yaml"}}},
	{"the text's own assigned to somebody", []damage{{commitments, "project-completion", "fields: [done]", "fields: [done, quote]"}},
		[]complaint{{commitments, "", 0, `"quote" is given by the text`}}},
}

func TestMutationsAreCaughtByName(t *testing.T) {
	t.Parallel()
	if _, err := seeds.Load(files(t)); err != nil {
		t.Fatalf("the undamaged ledger: %v", err)
	}
	for _, test := range mutations {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			begins := map[string]int{} // the first damage, by file
			for _, d := range test.damages {
				if line := d.apply(t, fsys); begins[d.file] == 0 {
					begins[d.file] = line
				}
			}
			_, err := seeds.Load(fsys)
			if err == nil {
				t.Fatal("nobody notices")
			}
			_, complaints, _ := strings.Cut(err.Error(), "\n")
			t.Logf("→\n%s", complaints)
			noise := strings.Split(complaints, "\n")
			for _, c := range test.want {
				line := begins[c.file] + c.lines
				if c.from != "" {
					before, _, _ := strings.Cut(string(fsys[c.file].Data), c.from)
					line = 1 + strings.Count(before, "\n") + c.lines
				}
				at := fmt.Sprintf("%s:%d: ", c.file, line)
				i := slices.IndexFunc(noise, func(s string) bool { return strings.HasPrefix(s, at) && strings.Contains(s, c.says) })
				if i < 0 {
					t.Fatalf("nothing says %q at %s", c.says, at)
				}
				noise = slices.Delete(noise, i, i+1)
			}
			if len(noise) > 0 {
				t.Errorf("says more than what is damaged:\n%s", strings.Join(noise, "\n"))
			}
		})
	}
}

// TestSoundWaysOfWriting: what looks like damage and is none.
func TestSoundWaysOfWriting(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		damages []damage
	}{
		{"weights of a hair and all the rest", []damage{
			{commitments, "family-doctor-demonstration-started", "weight: 50", "weight: 99.999999"},
			{commitments, "family-doctor-demonstration-started", "weight: 50", "weight: 0.000001"},
		}},
		{"one item id in two measures", []damage{
			{commitments, "pocket-parks-built", "id: luofulu-jianshen-gongyuan", "id: renmin-yiyuan"},
			{commitments, "pocket-parks-built", "item: luofulu-jianshen-gongyuan", "item: renmin-yiyuan"},
		}},
		{"a department that has nothing to do yet", []damage{{departments, "", "- id: zhujianwei", "- id: caizhengju\n  name: 区财政局\n  name_en: District Bureau of Finance\n\n- id: zhujianwei"}}},
		{"somebody who decided that a field stays empty", []damage{{commitments, "project-completion", "fields: [done]", "fields: [done, supporting_departments]"}}},
		{"decimals that say nothing", []damage{{commitments, "new-green-area", "target_value: 5000", "target_value: 5000.000000"}}},
		{"an anchor that nothing refers to", []damage{{commitments, "new-construction", "done: started", "done: &begun started"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			for _, d := range test.damages {
				d.apply(t, fsys)
			}
			if _, err := seeds.Load(fsys); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("Windows' own YAML", func(t *testing.T) {
		t.Parallel()
		fsys := files(t)
		for _, name := range []string{plan, departments, commitments, statements, numerals} {
			fsys[name].Data = []byte("\uFEFF" + strings.ReplaceAll(string(fsys[name].Data), "\n", "\r\n"))
		}
		l, err := seeds.Load(fsys)
		if err != nil || l.Version != hongqiao(t).Version {
			t.Errorf("%v, want the same version", err)
		}
	})
}

// TestUnitLeftOut: where the text leaves the unit out, somebody is named for it on the measure; where it
// does not, nobody can be.
func TestUnitLeftOut(t *testing.T) {
	t.Parallel()
	const ours = "\n      assigned:\n        - {fields: [unit], assigned_by: 甲, confidence: high, basis: 乙}"
	for name, test := range map[string]struct{ unit, assigned, want string }{
		"named":                    {"套", ours, ""},
		"nobody named":             {"套", "", "if it leaves the unit out, name here who set it"},
		"named for the text's own": {"处", ours, `"unit" is given by the text`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := files(t)
			damage{commitments, "sewer-misconnection-points", "unit: 处", "unit: " + test.unit + test.assigned}.apply(t, fsys)
			_, err := seeds.Load(fsys)
			if (err == nil) != (test.want == "") || err != nil && (strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("want %q, got %v", test.want, err)
			}
		})
	}
}
