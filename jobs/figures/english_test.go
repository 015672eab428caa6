package figures_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"

	"xushi/jobs/figures"
	"xushi/seeds"
)

func TestEnglishWritesNumbersOut(t *testing.T) {
	t.Parallel()
	area, households := &seeds.Measure{NumeralText: "84.7万"}, &seeds.Measure{NumeralText: "1500"}
	for want, got := range map[string]string{
		"421,191":   figures.Full(area, big.NewRat(4211913, 10)),
		"421,192":   figures.Full(area, big.NewRat(4211915, 10)), // a half goes away from zero
		"745.9":     figures.Full(households, big.NewRat(7459, 10)),
		"1,500":     figures.Full(households, big.NewRat(1500, 1)),
		"-1,234.5":  figures.Full(households, big.NewRat(-12345, 10)),
		"999":       figures.Full(households, big.NewRat(999, 1)),
		"1,000,000": figures.Exact(decimal.NewFromInt(1_000_000)),
		"0.25":      figures.Exact(decimal.New(25, -2)),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
