package letter

import (
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"xushi/seeds"
)

func TestFiguresRoundHalvesAwayFromZero(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		got, want string
	}{
		{percent(big.NewRat(2985, 10000)), "29.9%"}, // 29.85
		{percent(big.NewRat(298499, 1000000)), "29.8%"},
		{percent(big.NewRat(1, 1)), "100.0%"},
		{percent(nil), "—"},
		{points(big.NewRat(-1995, 100)), "-20.0"}, // -19.95
		{points(big.NewRat(-19949, 1000)), "-19.9"},
		{points(big.NewRat(1, 3)), "+0.3"},
		{points(big.NewRat(-1, 100)), "0.0"},
		{points(new(big.Rat)), "0.0"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %s, want %s", tc.got, tc.want)
		}
	}
}

func TestQuantitiesSpeakAsTheTextDoes(t *testing.T) {
	t.Parallel()
	area := &seeds.Measure{NumeralText: "84.7万", Unit: "平方米", Target: decimal.NewFromInt(847000)}
	parks := &seeds.Measure{NumeralText: "2", Unit: "处", Target: decimal.NewFromInt(2)}
	homes := &seeds.Measure{NumeralText: "1500", Unit: "户", Target: decimal.NewFromInt(1500), Comparator: seeds.AtLeast}
	clinics := &seeds.Measure{NumeralText: "全覆盖", Unit: "%", Target: decimal.NewFromInt(100)}
	for _, tc := range []struct {
		got, want string
	}{
		{target(area), "84.7万平方米"},
		{target(homes), "1500户以上"},
		{target(clinics), "100%（全覆盖）"},
		{quantity(area, big.NewRat(421191, 1)), "42.12万平方米"},
		{quantity(area, big.NewRat(20, 1)), "20平方米"}, // not 0万平方米
		{quantity(area, new(big.Rat)), "0万平方米"},
		{quantity(parks, big.NewRat(3, 2)), "1.5处"},
		{quantity(parks, big.NewRat(10, 1)), "10处"},
		{quantity(homes, nil), "—"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %s, want %s", tc.got, tc.want)
		}
	}
}

func TestWrapFitsTheColumnsAndKeepsPunctuationUp(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("推进项目建设，", 20) + "\n\n第二段"
	lines := strings.Split(wrap(16, text), "\n")
	if len(lines) < 4 {
		t.Fatalf("only %d lines", len(lines))
	}
	for i, line := range lines {
		width := cells.StringWidth(line)
		if i == 0 {
			width += 16
		} else if !strings.HasPrefix(line, strings.Repeat(" ", 16)) {
			t.Errorf("line %d is not indented: %q", i, line)
		}
		if width > columns+2 { // one hanging comma
			t.Errorf("line %d is %d columns wide", i, width)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "，") {
			t.Errorf("line %d begins with a comma", i)
		}
	}
}
