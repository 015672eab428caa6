package seeds_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/seeds"
)

// TestClauses: what stands between two marks is a clause, whichever way the marks are written.
func TestClauses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":         nil,
		"\n。, ，":   nil,
		"新建公园":     {"新建公园"},
		"新建公园,种树。": {"新建公园", "种树"},
		"新建公园， 种树 ；修路;架桥！": {"新建公园", "种树", "修路", "架桥"},
		"(三)提升水平\r\n完善品质。": {"(三)提升水平", "完善品质"},
		"“无废城市”、8.5公里(一期)": {"“无废城市”、8.5公里(一期)"},
		"种树1,500棵,修路":      {"种树1,500棵", "修路"},
		"面积5000,2024年建成":   {"面积5000", "2024年建成"}, // a year is no thousands
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, words(text, seeds.Clauses(text))); diff != "" {
				t.Errorf("clauses (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNumerals: a numeral is as many characters of one script as stand together.
func TestNumerals(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"新建公园":                    nil,
		"84.7万平方米":                {"84.7 arabic", "万 chinese"},
		"1,500户、３．５万户":            {"1,500 arabic", "３．５ arabic", "万 chinese"},
		"面积5000。2处":               {"5000 arabic", "2 arabic"},
		"一百二十个、两〇二五":              {"一百二十 chinese", "两〇二五 chinese"},
		"百分之八十":                   {"百 chinese", "八十 chinese"},
		"“三一照护”全覆盖":               {"三一 chinese", "全覆盖 worded"},
		"第31届,三河五岸":               {"31 arabic", "三 chinese", "五 chinese"},
		"末尾12":                    {"12 arabic"},
		"1.加强管理":                  {"1 arabic"},
		"12,345,678元,其中1,50、,100": {"12,345,678 arabic", "1 arabic", "50 arabic", "100 arabic"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, r := range seeds.Numerals(text) {
				got = append(got, words(text, []seeds.Span{r.Span})[0]+" "+string(r.Script))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("numerals (-want +got):\n%s", diff)
			}
		})
	}
}

func words(text string, spans []seeds.Span) []string {
	var all []string
	for _, s := range spans {
		all = append(all, string([]rune(text)[s.Start:s.End]))
	}
	return all
}
