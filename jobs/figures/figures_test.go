package figures_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"

	"xushi/jobs/figures"
	"xushi/seeds"
)

func TestFiguresRoundHalvesAwayFromZero(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		got, want string
	}{
		{figures.Percent(big.NewRat(2985, 10000)), "29.9%"}, // 29.85
		{figures.Percent(big.NewRat(298499, 1000000)), "29.8%"},
		{figures.Percent(big.NewRat(1, 1)), "100.0%"},
		{figures.Percent(nil), "—"},
		{figures.Points(big.NewRat(-1995, 100)), "-20.0"}, // -19.95
		{figures.Points(big.NewRat(-19949, 1000)), "-19.9"},
		{figures.Points(big.NewRat(1, 3)), "+0.3"},
		{figures.Points(big.NewRat(-1, 100)), "0.0"},
		{figures.Points(new(big.Rat)), "0.0"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %s, want %s", tc.got, tc.want)
		}
	}
}

func TestQuantitiesSpeakAsTheTextDoes(t *testing.T) {
	t.Parallel()
	area := &seeds.Measure{NumeralText: "84.7万", Unit: "平方米", TargetValue: decimal.NewFromInt(847000)}
	parks := &seeds.Measure{NumeralText: "2", Unit: "处", TargetValue: decimal.NewFromInt(2)}
	homes := &seeds.Measure{NumeralText: "1500", Unit: "户", TargetValue: decimal.NewFromInt(1500), Comparator: seeds.AtLeast}
	clinics := &seeds.Measure{NumeralText: "全覆盖", Unit: "%", TargetValue: decimal.NewFromInt(100)}
	clinic := &seeds.Measure{Unit: seeds.StageUnit, TargetValue: decimal.NewFromInt(3), Curve: &seeds.Curve{Kind: seeds.Milestones, Stages: make([]seeds.Stage, 3)}}
	start := &seeds.Measure{Unit: seeds.StageUnit, TargetValue: decimal.NewFromInt(1), Curve: &seeds.Curve{Kind: seeds.Milestones, Stages: make([]seeds.Stage, 1)}}
	lowered := &seeds.Measure{NumeralText: "84.7万", Unit: "平方米", TargetValue: decimal.NewFromInt(800000), Assigned: []seeds.Assignment{{Fields: []string{"target_value"}}}}
	for _, tc := range []struct {
		got, want string
	}{
		{figures.Target(area), "84.7万平方米"},
		{figures.Target(lowered), "80万平方米（原文84.7万）"},
		{figures.Target(clinic), "全部3个阶段"},
		{figures.Target(start), "1个阶段"},
		{figures.Quantity(clinic, big.NewRat(2, 1)), "2个阶段"},
		{figures.Target(homes), "1500户以上"},
		{figures.Target(clinics), "100%（全覆盖）"},
		{figures.Quantity(area, big.NewRat(421191, 1)), "42.12万平方米"},
		{figures.Quantity(area, big.NewRat(20, 1)), "20平方米"}, // not 0万平方米
		{figures.Quantity(area, new(big.Rat)), "0万平方米"},
		{figures.Quantity(parks, big.NewRat(3, 2)), "1.5处"},
		{figures.Quantity(parks, big.NewRat(10, 1)), "10处"},
		{figures.Quantity(homes, nil), "—"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %s, want %s", tc.got, tc.want)
		}
	}
}
