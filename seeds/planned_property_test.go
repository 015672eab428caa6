package seeds_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"xushi/schema"
	"xushi/seeds"
)

// anyMeasure draws a measure with any well-formed curve over some days of 2024.
func anyMeasure(t *rapid.T) *seeds.Measure {
	first := date("2024-01-01") + schema.Date(rapid.IntRange(0, 300).Draw(t, "first day"))
	days := rapid.IntRange(1, 60).Draw(t, "days")
	m := &seeds.Measure{DueDate: first + schema.Date(days-1), TargetValue: decimal.NewFromInt(rapid.Int64Range(1, 40).Draw(t, "target"))}
	m.Mode = rapid.SampledFrom([]schema.Mode{schema.Increment, schema.ToDate, schema.Level}).Draw(t, "mode")
	m.Curve = &seeds.Curve{Kind: rapid.SampledFrom([]seeds.CurveKind{seeds.Linear, seeds.Steps, seeds.Season, seeds.ByItem, seeds.ByLevel, seeds.Milestones}).Draw(t, "kind")}
	if m.Curve.Kind == seeds.Linear || m.Curve.Kind == seeds.Season {
		m.Curve.Start, m.Curve.End = first, m.DueDate
	}
	inside := rapid.SampledFrom([]seeds.CurveKind{seeds.Linear, seeds.Steps, seeds.ByLevel}).Draw(t, "inside a season")
	switch {
	case m.Curve.Kind == seeds.ByItem:
		drawItems(t, m, first)
	case m.Curve.Kind == seeds.Milestones:
		drawStages(t, m, first)
	case m.Curve.Kind == seeds.Steps, m.Curve.Kind == seeds.Season && inside == seeds.Steps:
		drawSteps(t, m, first)
	case m.Curve.Kind == seeds.ByLevel, m.Curve.Kind == seeds.Season && inside == seeds.ByLevel:
		drawLevels(t, m, first)
	}
	return m
}

// dates draws rising dates of which the last is the due date.
func dates(t *rapid.T, m *seeds.Measure, first schema.Date) []schema.Date {
	var all []schema.Date
	for d := first; d < m.DueDate; d++ {
		if rapid.IntRange(0, 9).Draw(t, "dated") == 0 {
			all = append(all, d)
		}
	}
	return append(all, m.DueDate)
}

func drawSteps(t *rapid.T, m *seeds.Measure, first schema.Date) {
	by := dates(t, m, first)
	for i, d := range by {
		share := decimal.NewFromInt(int64(100*(i+1))).DivRound(decimal.NewFromInt(int64(len(by))), 3)
		m.Curve.Steps = append(m.Curve.Steps, seeds.Step{By: d, Share: share})
	}
}

func drawLevels(t *rapid.T, m *seeds.Measure, first schema.Date) {
	m.Mode, m.Direction = schema.Level, rapid.SampledFrom([]seeds.Direction{seeds.Rise, seeds.Fall}).Draw(t, "direction")
	by := dates(t, m, first)
	stride := decimal.NewFromInt(1)
	if m.Direction == seeds.Fall {
		stride = stride.Neg()
	}
	for i, d := range by {
		back := stride.Mul(decimal.NewFromInt(int64(len(by) - 1 - i)))
		m.Curve.Levels = append(m.Curve.Levels, seeds.LevelDate{By: d, Value: m.TargetValue.Sub(back)})
	}
	m.BaselineValue = new(m.Curve.Levels[0].Value.Sub(stride))
}

func drawItems(t *rapid.T, m *seeds.Measure, first schema.Date) {
	m.Mode, m.Itemised = schema.ToDate, true
	n := int(m.TargetValue.IntPart())
	dated := rapid.IntRange(1, n).Draw(t, "items with a date")
	for i := range dated {
		by := first + schema.Date(rapid.IntRange(0, int(m.DueDate-first)).Draw(t, "by"))
		m.Curve.Items = append(m.Curve.Items, seeds.ItemDate{Item: fmt.Sprint(i), By: by})
	}
	if dated < n {
		m.Curve.Start, m.Curve.End = first, m.DueDate
	}
}

// drawStages draws a milestone, now and then with more stages than a small count has pieces.
func drawStages(t *rapid.T, m *seeds.Measure, first schema.Date) {
	by := dates(t, m, first)
	m.Mode, m.TargetValue = schema.ToDate, decimal.NewFromInt(int64(len(by)))
	left := 100 - len(by) // every stage weighs at least 1
	for i, d := range by {
		more := rapid.IntRange(0, left).Draw(t, "weight")
		if d == m.DueDate {
			more = left
		}
		left -= more
		m.Curve.Stages = append(m.Curve.Stages, seeds.Stage{Stage: fmt.Sprint(i), By: d, Weight: decimal.NewFromInt(int64(1 + more))})
	}
}

// year2024 is a span of days that begins before and ends after every drawn measure.
func year2024(visit func(day schema.Date)) {
	for day := date("2023-12-25"); day <= date("2025-01-05"); day++ {
		visit(day)
	}
}

func TestPlannedSharesRiseFromNothingToAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMeasure(t)
		before := new(big.Rat)
		if share := m.PlannedShare(date("2024-01-01")); share.Sign() != 0 {
			t.Fatalf("%s planned before the first day is over", share)
		}
		year2024(func(day schema.Date) {
			share := m.PlannedShare(day)
			if share.Cmp(before) < 0 {
				t.Fatalf("planned falls from %s to %s on %s", before, share, day)
			}
			if day > m.DueDate && share.Cmp(big.NewRat(1, 1)) != 0 {
				t.Fatalf("only %s planned on %s, after the due date %s", share, day, m.DueDate)
			}
			before = share
		})
	})
}

func TestSmallCountsArePlannedInWholePieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.Custom(anyMeasure).Filter((*seeds.Measure).SmallCount).Draw(t, "measure")
		year2024(func(day schema.Date) {
			if planned := m.Planned(day); !planned.IsInt() {
				t.Fatalf("%s pieces planned on %s", planned, day)
			}
		})
	})
}

// The dates that are found by halving are those that walking day by day would find.
func TestDueDatesAreThoseOfTheCurve(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMeasure(t)
		pieces := 0
		started := false
		year2024(func(day schema.Date) {
			if !started && m.PlannedShare(day).Sign() > 0 {
				started = true
				if from, ok := m.DueFrom(); !ok || from != day {
					t.Fatalf("DueFrom() = %s, %t, but something is planned from %s", from, ok, day)
				}
			}
			for m.SmallCount() && m.Planned(day).Cmp(big.NewRat(int64(pieces+1), 1)) >= 0 {
				pieces++
				if due, ok := m.DueDateOf(pieces); !ok || due != day-1 {
					t.Fatalf("DueDateOf(%d) = %s, %t, but it is planned first on %s", pieces, due, ok, day)
				}
			}
		})
		if m.SmallCount() && pieces != int(m.TargetValue.IntPart()) {
			t.Fatalf("%d pieces became due of %s", pieces, m.TargetValue)
		}
	})
}
