package seeds

import (
	"strings"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// maxIntervalDays is a quarter: a measure that reports more rarely could not be followed week by week.
const maxIntervalDays = 92

// mostItems bounds what an assessment looks at piece by piece.
var mostItems = decimal.NewFromInt(1000)

func (c *checker) measure(m *Measure, at place) {
	c.filled(at, map[string]string{
		"title": m.Title, "title_en": m.TitleEN, "unit": m.Unit,
		"definition": m.Definition,
	})
	c.require(m.TargetValue.IsPositive(), at.field("target_value"), "must be positive, not %s", m.TargetValue)
	c.expect(baseUnit(m.Unit), at.field("unit"), "%q is not a base unit: write the target in 平方米, not in 万平方米 or m²", m.Unit)
	c.require(oneOf(m.Comparator, AtLeast, AsWritten), at.field("comparator"), "unknown comparator %q", m.Comparator)
	c.require(oneOf(m.Mode, schema.Increment, schema.ToDate, schema.Level), at.field("mode"), "unknown reading mode %q", m.Mode)
	c.require(oneOf(m.Direction, Rise, Fall), at.field("direction"), "unknown direction %q", m.Direction)
	c.require(m.Direction != Fall || m.Mode == schema.Level, at.field("direction"), "only a level can fall")
	c.require(m.ReportingIntervalDays >= 1 && m.ReportingIntervalDays <= maxIntervalDays, at.field("reporting_interval_days"), "must be 1 to %d days, not %d", maxIntervalDays, m.ReportingIntervalDays)
	c.due(m, at.field("due_date"), m.DueDate)
	c.require(m.Commitment.Involves(m.ReportingDepartment), at.field("reporting_department"), "%q neither leads nor supports the commitment", m.ReportingDepartment)
	c.bounds(m, at)
	c.level(m, at)
	c.items(m, at)
	c.milestone(m, at)
	c.curve(m, at.field("curve"))
	c.thresholds(m.Thresholds, c.Thresholds(), m, at.field("thresholds"))
	c.assignments(m.Assigned, at.field("assigned"), m.object())
}

func baseUnit(unit string) bool {
	for _, s := range scales {
		if strings.HasPrefix(unit, s.word) {
			return false
		}
	}
	return canonical(unit) == unit
}

func (c *checker) inPlan(d schema.Date) bool { return d >= c.Plan.Start && d <= c.Plan.End }

func (c *checker) bounds(m *Measure, at place) {
	least := decimal.Zero
	if m.MinValue != nil {
		least = *m.MinValue
	}
	c.require(m.TargetValue.GreaterThanOrEqual(least), at.field("min_value"), "the target %s lies below %s", m.TargetValue, least)
	c.require(m.MaxValue == nil || m.TargetValue.LessThanOrEqual(*m.MaxValue), at.field("max_value"), "the target %s lies above %s", m.TargetValue, m.MaxValue)
	if b := m.BaselineValue; b != nil {
		c.expect(b.GreaterThanOrEqual(least) && (m.MaxValue == nil || b.LessThanOrEqual(*m.MaxValue)), at.field("baseline_value"), "%s could not be read: it lies out of min_value and max_value", b)
	}
}

// level checks what only a level has: where it starts from, and what it is a ratio of.
func (c *checker) level(m *Measure, at place) {
	if b := m.BaselineValue; b != nil {
		c.require(m.Mode == schema.Level, at.field("baseline_value"), "only a level has a baseline")
		c.require(m.Direction == Fall && b.GreaterThan(m.TargetValue) || m.Direction == Rise && b.LessThan(m.TargetValue),
			at.field("baseline_value"), "a level that is to %s cannot start at %s to reach %s", m.Direction, b, m.TargetValue)
	}
	if r := m.Ratio; r != nil {
		here := at.field("ratio")
		c.require(m.Mode == schema.Level, here, "only a level is a ratio")
		c.filled(here, map[string]string{"numerator": r.Numerator, "denominator": r.Denominator})
		c.require(r.Per.IsPositive(), here.field("per"), "must be positive, not %s", r.Per)
		c.expect(m.Unit != "%" || r.Per.Equal(hundred), here.field("per"), "a percentage is per 100, not per %s", r.Per)
		c.require(r.DenominatorValue == nil || r.DenominatorValue.IsPositive(), here.field("denominator_value"), "must be positive, not %s", r.DenominatorValue)
	}
}

// items checks the list of an itemised measure: each done or not done, as many as the target, and
// none invented where the list is closed.
func (c *checker) items(m *Measure, at place) {
	here := at.field("items")
	if !m.Itemised {
		c.require(len(m.Items) == 0, here, "a measure that is not itemised has no items")
		c.require(!m.ItemsOpen, at.field("items_open"), "a measure that is not itemised has no list to be open")
		return
	}
	c.require(m.Mode == schema.ToDate, at.field("mode"), "an itemised measure is read to_date, 0 or 1 per item, not %s", m.Mode)
	c.require(m.TargetValue.IsInteger(), at.field("target_value"), "%s items cannot be", m.TargetValue)
	c.require(m.TargetValue.LessThanOrEqual(mostItems), at.field("target_value"), "at most %s items are followed one by one, not %s: count them instead", mostItems, m.TargetValue)
	n := decimal.NewFromInt(int64(len(m.Items)))
	if m.ItemsOpen {
		c.require(n.LessThanOrEqual(m.TargetValue), here, "%s items named of %s", n, m.TargetValue)
	} else {
		c.require(n.Equal(m.TargetValue), here, "a closed list must name all %s items, not %s", m.TargetValue, n)
	}
	seen, names := map[string]bool{}, map[string]bool{}
	for i, item := range m.Items {
		there := here.entry(i, item.ID)
		c.id(there, item.ID, seen)
		c.expect(item.Name != "" && strings.Contains(m.Commitment.Quote, item.Name), there.field("name"), "the quote does not name %q", item.Name)
		c.expect(!names[item.Name], there.field("name"), "%q is listed twice", item.Name)
		names[item.Name] = true
	}
}
