package anomaly

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// point is the measure's figure after one reading: the sum of increments, or the reading itself.
type point struct {
	*schema.Record
	day    schema.Date // on which it happened
	figure decimal.Decimal
}

// series follows the readings of one piece, or of a measure that is reported as a whole.
func series(m *seeds.Measure, readings []*schema.Record, piece string) []point {
	var points []point
	sum := decimal.Zero
	for _, r := range readings {
		if r.Data.Piece() != piece {
			continue
		}
		figure := r.Quantity.Decimal
		if m.Mode == schema.Increment {
			sum = sum.Add(figure)
			figure = sum
		}
		points = append(points, point{r, schema.DateOf(r.Time), figure})
	}
	return points
}

// pieces are those that are spoken of, in the order of their first readings; "" is the measure as a whole.
func pieces(readings []*schema.Record) []string {
	var all []string
	seen := map[string]bool{}
	for _, r := range readings {
		if p := r.Data.Piece(); !seen[p] {
			seen[p] = true
			all = append(all, p)
		}
	}
	return all
}

// from is the index of the first point on the day or later.
func from(points []point, day schema.Date) int {
	i, _ := slices.BinarySearchFunc(points, day, func(p point, day schema.Date) int { return cmp.Compare(p.day, day) })
	return i
}

// lastPlace is what the last digit of a reading is worth, as it was written: of "23.35" 万平方米 100 m². A
// reading may be off by half of it without being wrong. A ratio is computed here and rounded by nobody.
func lastPlace(m *seeds.Measure, r *schema.Record) decimal.Decimal {
	if r.Numerator.Valid {
		return decimal.Zero
	}
	_, decimals, _ := strings.Cut(r.Data.Value, ".")
	factor, ok := m.UnitFactor(r.Data.Unit)
	if !ok {
		factor = decimal.NewFromInt(1)
	}
	return factor.Shift(-int32(len(decimals)))
}

// counted tells whether the measure is a growing amount that is reported as a whole: neither a level, which
// may move either way, nor pieces, which come one by one.
func counted(m *seeds.Measure) bool { return m.Mode != schema.Level && !m.SmallCount() }

// ofTarget is so many hundredths of the annual target.
func ofTarget(m *seeds.Measure, percent int64) decimal.Decimal {
	return m.TargetValue.Mul(decimal.New(percent, -2)).Abs()
}
