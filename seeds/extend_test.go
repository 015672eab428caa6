package seeds_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/seeds"
)

// floodCurves are curves that the flood-season measure might have: it is due by 09-30, its season ends on 09-15.
var floodCurves = map[string]string{
	"season":             `{"kind":"season","start":"2024-06-15","end":"2024-09-15"}`,
	"season with steps":  `{"kind":"season","start":"2024-06-15","end":"2024-09-15","steps":[{"by":"2024-07-15","share":"50"},{"by":"2024-08-31","share":"100"}]}`,
	"season with levels": `{"kind":"season","start":"2024-06-15","end":"2024-09-15","levels":[{"by":"2024-07-15","value":"5"},{"by":"2024-09-15","value":"20"}]}`,
	"level":              `{"kind":"level","levels":[{"by":"2024-06-30","value":"10"},{"by":"2024-09-15","value":"20"}]}`,
	"none":               ``,
}

// withFloodCurve is the built-in ledger with one of these curves.
func withFloodCurve(t *testing.T, curve string) *seeds.Ledger {
	t.Helper()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	member := func(c string) string {
		if c == "" {
			return ""
		}
		return `,"curve":` + c
	}
	text := strings.Replace(string(l.JSON()), member(floodCurves["season"]), member(floodCurves[curve]), 1)
	changed, err := seeds.Parse("changed.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

const (
	floodMeasure = "flood-season-pollution-reduction"
	itemised     = "waterlogging-areas"
	sewers       = "sewer-misconnection-points"
	approver     = "李副区长"
)

// An extension moves the end of what is planned, and the due date where it would be earlier; everything else of
// the curve stays.
func TestExtend(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		curve, measure, piece, until string
		shorten                      bool
		due, want                    string
	}{
		"linear":                 {"season", "zero-waste-cells", "", "2024-12-20", false, "2024-12-31", "按日均匀 2024-03-01—2024-12-20"},
		"linear, shortened":      {"season", "zero-waste-cells", "", "2024-10-31", true, "2024-10-31", "按日均匀 2024-03-01—2024-10-31"},
		"season":                 {"season", floodMeasure, "", "2024-10-15", false, "2024-10-15", "季节性 2024-06-15—2024-10-15"},
		"season, within the due": {"season", floodMeasure, "", "2024-09-20", false, "2024-09-30", "季节性 2024-06-15—2024-09-20"},
		"season with steps":      {"season with steps", floodMeasure, "", "2024-09-10", false, "2024-09-30", "季节性 2024-06-15—2024-09-15、2024-07-15前50%、2024-09-10前100%"},
		"and past its end":       {"season with steps", floodMeasure, "", "2024-10-10", false, "2024-10-10", "季节性 2024-06-15—2024-10-10、2024-07-15前50%、2024-10-10前100%"},
		"season with levels":     {"season with levels", floodMeasure, "", "2024-10-10", false, "2024-10-10", "季节性 2024-06-15—2024-10-10、2024-07-15前5%、2024-10-10前20%"},
		"level":                  {"level", floodMeasure, "", "2024-10-10", false, "2024-10-10", "按水平值 2024-06-30前10%、2024-10-10前20%"},
		"no curve":               {"none", floodMeasure, "", "2024-11-30", false, "2024-11-30", ""},
		"steps":                  {"season", sewers, "", "2024-12-25", false, "2024-12-31", "分步 2024-03-31前20%、2024-06-14前60%、2024-10-31前80%、2024-12-25前100%"},
		"items, the whole":       {"season", itemised, "", "2024-12-10", false, "2024-12-31", "逐项 2024-06-15前团结路、2024-09-30前煤建东大道、2024-12-10前人民医院"},
		"one item":               {"season", itemised, "tuanjie-lu", "2024-07-31", false, "2024-12-31", "逐项 2024-07-31前团结路、2024-09-30前煤建东大道、2024-11-30前人民医院"},
		"one item, shortened":    {"season", itemised, "renmin-yiyuan", "2024-10-31", true, "2024-12-31", "逐项 2024-06-15前团结路、2024-09-30前煤建东大道、2024-10-31前人民医院"},
		"milestone, the whole":   {"season", "xiyuzhuang-design-approved", "", "2024-12-28", false, "2024-12-31", "分阶段 2024-03-31前原方案评估和优化方向确定（20%）、2024-06-30前优化方案初稿完成（30%）、2024-09-30前专家评审和意见征求完成（30%）、2024-12-28前优化方案按程序审定（20%）"},
		"one stage":              {"season", "xiyuzhuang-design-approved", "draft", "2024-08-15", false, "2024-12-31", "分阶段 2024-03-31前原方案评估和优化方向确定（20%）、2024-08-15前优化方案初稿完成（30%）、2024-09-30前专家评审和意见征求完成（30%）、2024-12-15前优化方案按程序审定（20%）"},
	} {
		l := withFloodCurve(t, tt.curve)
		version := l.Version
		extended, err := l.Extend(seeds.Extension{Measure: tt.measure, Piece: tt.piece, Until: date(tt.until), Shorten: tt.shorten, Approver: approver, Reason: "政府专题会议纪要"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, _ := extended.Measure(tt.measure)
		if diff := cmp.Diff([]string{tt.due, tt.want}, []string{m.DueDate.String(), m.Curve.Words(m)}); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		for _, c := range seeds.Diff(l, extended) {
			if c.ID != tt.measure || c.Field != "due_date" && c.Field != "curve" && c.Field != "assigned" {
				t.Errorf("%s: %s changed, too", name, c)
			}
			if by, _ := extended.AssignedMeasure(m, c.Field); c.Controlled && (by.AssignedBy != approver || by.Basis != "政府专题会议纪要") {
				t.Errorf("%s: %s was set by %+v", name, c.Field, by)
			}
		}
		if again, _ := l.Measure(tt.measure); l.Version != version || again.Curve.Words(again) == tt.want && tt.curve != "none" {
			t.Errorf("%s: the ledger that was extended has changed", name)
		}
	}
}

// Extended again, the measure names the later decision, and nobody twice.
func TestExtendTwice(t *testing.T) {
	t.Parallel()
	l := withFloodCurve(t, "season")
	for _, by := range []string{"李副区长", "王区长"} {
		var err error
		m, _ := l.Measure(floodMeasure)
		l, err = l.Extend(seeds.Extension{Measure: floodMeasure, Until: m.DueDate + 10, Approver: by, Reason: "议定"})
		if err != nil {
			t.Fatal(err)
		}
		m, _ = l.Measure(floodMeasure)
		for _, field := range []string{"due_date", "curve"} {
			if a, _ := l.AssignedMeasure(m, field); a.AssignedBy != by {
				t.Errorf("%s was set by %s, want %s", field, a.AssignedBy, by)
			}
		}
	}
}

func TestWhatIsNoExtension(t *testing.T) {
	t.Parallel()
	l := withFloodCurve(t, "season")
	for want, e := range map[string]seeds.Extension{
		`no measure "nothing"`:                                   {Measure: "nothing", Until: date("2024-10-01")},
		"2025-01-01 is out of the plan's reach":                  {Measure: floodMeasure, Until: date("2025-01-01")},
		"2023-12-31 is out of the plan's reach":                  {Measure: floodMeasure, Until: date("2023-12-31"), Shorten: true},
		"is planned by 2024-09-15 already":                       {Measure: floodMeasure, Until: date("2024-09-15")},
		"would be earlier, which is no extension":                {Measure: floodMeasure, Until: date("2024-09-14")},
		`no stage or item "nothing" with a date`:                 {Measure: itemised, Piece: "nothing", Until: date("2024-10-01")},
		"have one: renmin-yiyuan, meijian-dongdadao, tuanjie-lu": {Measure: itemised, Piece: "none", Until: date("2024-10-01")},
		"extend the whole":                                       {Measure: floodMeasure, Piece: "a", Until: date("2024-10-01")},
		"draft would come after stage review":                    {Measure: "xiyuzhuang-design-approved", Piece: "draft", Until: date("2024-10-01")},
		"tuanjie-lu of measure " + itemised + " is planned":      {Measure: itemised, Piece: "tuanjie-lu", Until: date("2024-06-14")},
		"2024-06-20 must be later than 2024-10-31 before it":     {Measure: sewers, Until: date("2024-06-20"), Shorten: true},
	} {
		e.Approver, e.Reason = "李副区长", "议定"
		if _, err := l.Extend(e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", e, err, want)
		}
	}
}
