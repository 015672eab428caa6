package seeds_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/seeds"
)

const (
	promise  = "新建南园等一百二十个公园,绿化三点五万平方米,种树1,500棵,每十万人口建两个站点,参保率达到百分之八十以上"
	otherOne = "一、目标\n建设。" + promise + "。"
)

// elsewhere is another district's ledger, whose report writes its numerals in Chinese.
func elsewhere(t *testing.T) *seeds.Ledger {
	t.Helper()
	at := func(words string) int {
		before, _, found := strings.Cut(otherOne, words)
		if !found {
			t.Fatalf("the text does not say %s", words)
		}
		return utf8.RuneCountInString(before)
	}
	l := seeds.Ledger{Plan: hongqiao(t).Plan, Departments: hongqiao(t).Departments, Text: otherOne}
	l.Plan.Source.SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(otherOne)))
	c := seeds.Commitment{
		ID: "all", Title: "建设任务", TitleEN: "Works", Section: "一、目标", Paragraph: "建设。", Quote: promise, QuoteOffset: at(promise),
		Done: seeds.Finished, LeadDepartment: "zhujianwei",
	}
	for i, m := range []struct{ numeral, target, unit string }{
		{"一百二十", "120", "个"}, {"三点五万", "35000", "平方米"}, {"1,500", "1500", "棵"}, {"两", "2", "个/十万人"}, {"百分之八十", "80", "%"},
	} {
		c.Measures = append(c.Measures, seeds.Measure{
			ID: fmt.Sprintf("m%d", i), Title: m.unit, TitleEN: m.unit, NumeralText: m.numeral, NumeralOffset: at(m.numeral),
			TargetValue: decimal.RequireFromString(m.target), Unit: m.unit, Comparator: seeds.AsWritten, Mode: "level", Direction: seeds.Rise,
			Definition: "口径", ReportingIntervalDays: 30, DueDate: l.Plan.End,
			Curve: &seeds.Curve{Kind: seeds.Linear, Start: l.Plan.Start, End: l.Plan.End},
		})
	}
	c.Measures[3].Ratio = &seeds.Ratio{Numerator: "站点数", Denominator: "人口数", Per: decimal.New(1, 5), PerText: "十万", PerOffset: at("十万")}
	c.Measures[4].Comparator = seeds.AtLeast
	c.Measures[0].Mode, c.Measures[0].Itemised, c.Measures[0].ItemsOpen = "to_date", true, true
	c.Measures[0].Items = []seeds.Item{{ID: "nanyuan", Name: "南园"}}
	l.Commitments = []seeds.Commitment{c}
	l.Statements = []seeds.Statement{
		{Kind: seeds.Heading, Quote: "一、目标", QuoteOffset: 0, Reason: "标题"}, {Kind: seeds.Heading, Quote: "建设", QuoteOffset: at("建设"), Reason: "标题"},
	}
	l.Numerals = []seeds.Numeral{{NumeralText: "一", NumeralOffset: 0, Reason: "序号"}}
	return &l
}

func ledgerFiles(l *seeds.Ledger) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range l.Files() {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

// TestTargetsInChineseNumerals: they are proved as those in digits, and counted by what owns them.
func TestTargetsInChineseNumerals(t *testing.T) {
	t.Parallel()
	_, got, err := seeds.Check(ledgerFiles(elsewhere(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := seeds.Coverage{
		Clauses:     seeds.Tally{Total: 7, By: map[seeds.Owner]int{seeds.OwnedByCommitment: 5, seeds.OwnedByHeading: 2}},
		Arabic:      seeds.Tally{Total: 1, By: map[seeds.Owner]int{seeds.OwnedByTarget: 1}},
		Chinese:     seeds.Tally{Total: 8, By: map[seeds.Owner]int{seeds.OwnedByTarget: 6, seeds.OwnedByDenominator: 1, seeds.OwnedByExclusion: 1}},
		Commitments: 1, Measures: 5, Departments: len(elsewhere(t).Departments),
	}
	if diff := cmp.Diff(want, got); diff != "" || !got.Complete() {
		t.Errorf("coverage (-want +got), complete: %t\n%s", got.Complete(), diff)
	}
}

func TestMisreadChineseNumeralsAreCaught(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		damage func(m []seeds.Measure)
		want   []string
	}{
		"another value":           {func(m []seeds.Measure) { m[0].TargetValue = decimal.New(102, 0) }, []string{"102 is not 一百二十 as the text says: 120"}},
		"a part of the run":       {func(m []seeds.Measure) { m[0].NumeralText = "一百" }, []string{`"一百" is only a part of the numeral "一百二十"`}},
		"without what is before":  {func(m []seeds.Measure) { m[4].NumeralText, m[4].NumeralOffset = "八十", m[4].NumeralOffset+3 }, []string{`"八十" is only a part of the numeral "百分之八十"`}},
		"without 三点":              {func(m []seeds.Measure) { m[1].NumeralText, m[1].NumeralOffset = "五万", m[1].NumeralOffset+2 }, []string{`"五万" is only a part of the numeral "三点五万"`}},
		"half of 1,500":           {func(m []seeds.Measure) { m[2].NumeralText = "1" }, []string{`"1" is only a part of the numeral "1,500"`}},
		"no percentage":           {func(m []seeds.Measure) { m[4].Unit = "户" }, []string{`"百分之八十" and the unit 户 do not go together`}},
		"per another number":      {func(m []seeds.Measure) { m[3].Ratio.Per = decimal.New(1, 4) }, []string{"10000 is not 十万 as the text says"}},
		"per a part of it":        {func(m []seeds.Measure) { m[3].Ratio.PerText = "十" }, []string{`"十" is only a part of the numeral "十万"`}},
		"per what is no numeral":  {func(m []seeds.Measure) { m[3].Ratio.PerText, m[3].Ratio.PerOffset = "每", m[3].Ratio.PerOffset-1 }, []string{`"每" is not one numeral and nothing else`, `nothing owns the numeral "十万"`}},
		"per something elsewhere": {func(m []seeds.Measure) { m[3].Ratio.PerOffset = 0 }, []string{`the quote does not say "十万" at offset 0`}},
		"以上 of another clause":    {func(m []seeds.Measure) { m[3].Comparator = seeds.AtLeast }, []string{"here as_written"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := elsewhere(t)
			test.damage(l.Commitments[0].Measures)
			_, err := seeds.Load(ledgerFiles(l))
			if err == nil {
				t.Fatal("nobody notices")
			}
			said := strings.Split(err.Error(), "\n")[1:]
			for _, want := range test.want {
				if !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, want) }) {
					t.Errorf("nothing says %q:\n%v", want, err)
				}
			}
			if len(said) != len(test.want) {
				t.Errorf("%d complaints, want %d:\n%v", len(said), len(test.want), err)
			}
		})
	}
}
