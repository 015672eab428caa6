package scan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/seeds/scan"
)

// describe writes a report as the lines of testdata/*.want: one line for each finding, doubts by the field
// that they are about. What the files want was held against their texts, line by line, by people who know
// the rules; a new text's file is to be read so too before it is kept, as what the scan says may be wrong.
func describe(r *scan.Report) string {
	var b strings.Builder
	for _, q := range r.Quantities {
		fmt.Fprintf(&b, "quantity %s = %s %s | %s %s %s %s", q.NumeralText, q.Value, q.Unit, q.Kind, q.Mode, q.Comparator, q.Direction)
		if len(q.Items) > 0 {
			fmt.Fprintf(&b, " | %s", strings.Join(q.Items, "、"))
		}
		if q.ItemsOpen {
			b.WriteString("等")
		}
		for _, d := range q.Unsure {
			fmt.Fprintf(&b, " ?%s", d.Field)
		}
		b.WriteByte('\n')
	}
	for _, n := range r.Names {
		mark := ""
		if n.Unsure {
			mark = " ?"
		}
		fmt.Fprintf(&b, "name %s: %s%s\n", n.Text, n.Reason, mark)
	}
	for _, m := range r.Milestones {
		fmt.Fprintf(&b, "milestone %s %s: %s\n", m.Verb, m.Done, m.Text)
	}
	for _, h := range r.Headings {
		fmt.Fprintf(&b, "heading %s\n", h.Text)
	}
	for _, s := range r.Statements {
		fmt.Fprintf(&b, "statement %s\n", s.Text)
	}
	return b.String()
}

// TestScan: reports of other shapes than the one that the rules were first written for.
func TestScan(t *testing.T) {
	t.Parallel()
	texts, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(texts) < 3 {
		t.Fatalf("texts %v, %v", texts, err)
	}
	for _, name := range texts {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(name, ".txt") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), describe(scan.Scan(string(text)))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestScanOfOneClause: the boundary of each rule.
func TestScanOfOneClause(t *testing.T) {
	t.Parallel()
	for clause, want := range map[string]string{
		// What counts, and how it is read.
		"改造小区３，５００户。":       "quantity ３，５００ = 3500 户 | count increment as_written rise ?target_value",
		"改造小区3,500户。":       "quantity 3,500 = 3500 户 | count increment as_written rise ?target_value",
		"失业率低于5%。":          "quantity 5% = 5 % | level level as_written fall ?direction ?baseline_value",
		"失业率不低于5%。":         "quantity 5% = 5 % | level level >= rise ?baseline_value",
		"公用经费不超过500万元。":     "quantity 500万 = 5000000 元 | money level as_written fall ?direction ?baseline_value ?mode",
		"事故起数下降到12起。":       "quantity 12 = 12 起 | count level as_written fall ?direction ?baseline_value",
		"事故起数下降12起。":        "quantity 12 = 12 起 | count to_date as_written rise ?direction",
		"注册志愿者达到8万人。":       "quantity 8万 = 80000 人 | count increment as_written rise ?mode",
		"建设停车泊位两千余个。":       "quantity 两千 = 2000 个 | count increment as_written rise ?numeral_text ?target_value",
		"新建公园、绿道、广场3处。":     "quantity 3 = 3 处 | count to_date as_written rise | 公园、绿道、广场",
		"新建公园、绿道3处。":        "quantity 3 = 3 处 | count to_date as_written rise ?items",
		"新建公园、绿道等2处。":       "quantity 2 = 2 处 | count to_date as_written rise | 公园、绿道等 ?items_open",
		"PM2.5年均值39微克/立方米。": "quantity 39 = 39 微克/立方米 | level level as_written rise ?baseline_value\nname 2.5: 型号或代号",
		"送戏下乡每村不少于2场。":      "quantity 2 = 2 场 | count to_date >= rise ?target_value",
		"每月举办2场。":           "quantity 2 = 2 场 | count to_date as_written rise ?target_value",
		"引进10亿元以上项目3个。":     "quantity 10亿 = 1000000000 元 | money increment >= rise ?mode ?numeral_text\nquantity 3 = 3 个 | count to_date as_written rise",
		"办结率98%以上、满意率95%。":  "quantity 98% = 98 % | level level >= rise ?baseline_value\nquantity 95% = 95 % | level level as_written rise ?baseline_value",

		// What does not.
		"办好第31届运动会。":     "name 31: 序数\nmilestone 办好 held: 办好第31届运动会",
		"建设“5分钟圈”。":      "name 5: 书名号、引号或文号括号中的数字，属于名称\nstatement 建设“5分钟圈”",
		"打造15分钟便民生活圈。":   "name 15: 名称中的时长（生活圈一类），不是目标值\nstatement 打造15分钟便民生活圈",
		"落实“新建10所学校”要求。": "name 10: 引号中的数量，看起来属于名称 ?\nstatement 落实“新建10所学校”要求",
		"签约率由68%提高到75%。": "quantity 75% = 75 % | level level as_written rise ?baseline_value\nname 68%: 看起来是基期值，不是目标值 ?",
		"三年内居民收入翻一番。":    "quantity 一 = 1 番 | level level as_written rise ?numeral_text ?baseline_value ?target_value\nname 三: 年限，不是目标值 ?",
		"2025年底完成收官。":    "name 2025: 年份\nmilestone 完成 finished: 2025年底完成收官",
		"推动101国道改线。":     "name 101: 编号、期次或等级，属于名称\nstatement 推动101国道改线",
		"落实三年行动方案。":      "name 三: 年限，不是目标值 ?\nstatement 落实三年行动方案",
		"几十处隐患得到整治。":     "name 十: 约数，没有确数 ?\nstatement 几十处隐患得到整治",
		"实现零投诉。":         "name 零: 零：不是可以逐步完成的数 ?\nstatement 实现零投诉",
		"全年重大事故0起。":      "name 0: 零：不是可以逐步完成的数 ?\nstatement 全年重大事故0起",
		"百年老店焕发新生。":      "name 百: 年限，不是目标值 ?\nstatement 百年老店焕发新生",
		"三成立两揭牌。":        "name 三: 中文数字后没有量词，看起来是词语的一部分\nname 两: 中文数字后没有量词，看起来是词语的一部分\nmilestone 揭牌 finished: 三成立两揭牌",
		"“三河五岸”更加宜居。":    "name 三: 书名号、引号或文号括号中的数字，属于名称\nname 五: 书名号、引号或文号括号中的数字，属于名称\nstatement “三河五岸”更加宜居",
		"深化三甲医院一体化改革。":   "name 三: 编号、期次或等级，属于名称\nname 一: 中文数字后没有量词，看起来是词语的一部分\nstatement 深化三甲医院一体化改革",
	} {
		t.Run(clause, func(t *testing.T) {
			t.Parallel()
			got := strings.TrimSuffix(describe(scan.Scan("甲乡今年。"+clause)), "\n")
			_, got, _ = strings.Cut("\n"+strings.ReplaceAll(got, "heading 甲乡今年\n", ""), "\n")
			got = strings.TrimSuffix(strings.ReplaceAll(got, "\nheading 甲乡今年", ""), "\n")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestScanOfAReview: a chapter that tells of the years before promises nothing, in all of its subsections.
func TestScanOfAReview(t *testing.T) {
	t.Parallel()
	r := scan.Scan("一、2024年工作回顾\n(一)城市建设。\n新建公园3处。建成图书馆。\n二、2025年重点工作\n(一)城市建设。\n新建公园5处。建成博物馆。\n")
	doubted := map[string]bool{}
	for _, q := range r.Quantities {
		doubted[q.Clause.Text] = slices.ContainsFunc(q.Unsure, alreadyDone)
	}
	for _, m := range r.Milestones {
		doubted[m.Text] = slices.ContainsFunc(m.Unsure, alreadyDone)
	}
	want := map[string]bool{"新建公园3处": true, "建成图书馆": true, "新建公园5处": false, "建成博物馆": false}
	if diff := cmp.Diff(want, doubted); diff != "" {
		t.Errorf("whether it may be done already, -want +got:\n%s", diff)
	}
}

func alreadyDone(d scan.Doubt) bool { return strings.Contains(d.Words, "已完成") }
