package traffic

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

const million = 1_000_000

// fresh begins an event that nobody has sent yet.
func (g *Generator) fresh(kind schema.Type, department, commitment string) Element {
	g.ids++
	return Element{Event: schema.Event{
		ID:     fmt.Sprintf("e%d-%07d", g.seed, g.ids),
		Source: fmt.Sprintf("/%s/system-%d", department, 1+g.rng.IntN(2)),
		Type:   kind, Time: g.moment(), Plan: g.ledger.Plan.ID, Department: department,
		Data: schema.Data{Commitment: commitment},
	}}
}

// moment is some time of the plan's period, to the microsecond; some are round, so that readings tie.
func (g *Generator) moment() time.Time {
	begin := g.ledger.Plan.Start.Start()
	days := int64(g.ledger.Plan.End.End().Sub(begin).Hours() / 24)
	day := begin.AddDate(0, 0, int(g.rng.Int64N(days)))
	if g.chance(10) {
		return day.UTC()
	}
	return day.Add(time.Duration(g.rng.Int64N(24*3600*million)) * time.Microsecond).UTC()
}

// reading is a good reading of the measure, mostly by the department whose readings count.
func (g *Generator) reading(m *seeds.Measure) Element {
	department := m.ReportingDepartment
	if others := m.Commitment.SupportingDepartments; len(others) > 0 && g.chance(10) {
		department = others[g.rng.IntN(len(others))]
	}
	return g.readingBy(department, m)
}

func (g *Generator) readingBy(department string, m *seeds.Measure) Element {
	e := g.fresh(schema.Reported, department, m.Commitment.ID)
	e.Event.Data.Measure, e.Event.Data.Mode, e.Event.Data.Unit = m.ID, m.Mode, m.Unit
	if g.chance(50) {
		e.Event.Data.Note = "现场核实，第" + strconv.Itoa(g.rng.IntN(1000)) + "号"
	}
	if g.chance(30) {
		e.Event.Data.Evidence = []string{"津红验〔2024〕" + strconv.Itoa(g.rng.IntN(1000)) + "号", "https://example.com/" + e.Event.ID}[:1+g.rng.IntN(2)]
	}
	switch {
	case m.Milestone():
		e.Event.Data.Stage = m.Curve.Stages[g.rng.IntN(len(m.Curve.Stages))].Stage
		g.done(&e)
	case m.Itemised:
		e.Event.Data.Item = g.item(m)
		g.done(&e)
	case m.Ratio != nil && g.chance(70):
		g.ratio(&e, m)
	default:
		g.value(&e, m)
	}
	return e
}

// done says of a piece that it is done, or not.
func (g *Generator) done(e *Element) {
	n := g.rng.IntN(2)
	e.Event.Data.Value, e.Quantity = strconv.Itoa(n), millionths(int64(n)*million)
}

func (g *Generator) item(m *seeds.Measure) string {
	if len(m.Items) > 0 && (!m.ItemsOpen || g.chance(50)) {
		return m.Items[g.rng.IntN(len(m.Items))].ID
	}
	return fmt.Sprintf("moni-%02d", g.rng.IntN(20))
}

// ratio reports what is above and below the line; what comes out is rounded half up.
func (g *Generator) ratio(e *Element, m *seeds.Measure) {
	per := m.Ratio.Per.IntPart()
	under := 1 + g.rng.Int64N(100_000)
	over := g.rng.Int64N(under*whole(m.MaxValue, per)/per + 1)
	e.Event.Data.Numerator, e.Event.Data.Denominator = strconv.FormatInt(over, 10), strconv.FormatInt(under, 10)
	e.Numerator, e.Denominator = millionths(over*million), millionths(under*million)
	e.Quantity = millionths((2*over*per*million + under) / (2 * under))
}

// value reports a number within the measure's bounds, with up to six decimals, some in 万 of the unit.
func (g *Generator) value(e *Element, m *seeds.Measure) {
	least, greatest := whole(m.MinValue, 0), whole(m.MaxValue, 5000)
	decimals, scale := g.rng.IntN(4), int64(1)
	if m.MaxValue == nil && m.Mode != schema.Level && g.chance(25) {
		e.Event.Data.Unit, scale = "万"+m.Unit, 10_000
	}
	power := int64(1)
	for range decimals {
		power *= 10
	}
	n := least*power + g.rng.Int64N((greatest-least)*power+1)
	e.Event.Data.Value = fixed(n, decimals)
	e.Quantity = millionths(n * scale * (million / power))
}

// fixed writes n with the last digits behind the point.
func fixed(n int64, decimals int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := fmt.Sprintf("%0*d", decimals+1, n)
	if decimals == 0 {
		return sign + digits
	}
	cut := len(digits) - decimals
	return strings.Join([]string{sign + digits[:cut], digits[cut:]}, ".")
}

func whole(d *decimal.Decimal, otherwise int64) int64 {
	if d == nil {
		return otherwise
	}
	return d.IntPart()
}
