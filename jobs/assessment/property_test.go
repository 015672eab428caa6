package assessment_test

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// exact compares numbers by value and nothing else with tolerance.
var exact = gocmp.Options{
	gocmp.Comparer(func(a, b *big.Rat) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 }),
	gocmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) }),
	gocmp.Comparer(func(a, b *seeds.Measure) bool { return a == b }),
}

// TestDeliveryDoesNotMatter: the assessment depends on the log alone, neither on the order in which its
// records are read nor on how often each is read or was sent again.
func TestDeliveryDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawPlan(t)
		j := drawJournal(t)
		asOf, knownAt := drawTime(t, "as of"), drawTime(t, "known at")

		again := slices.Clone(j)
		for _, r := range rapid.SliceOf(rapid.SampledFrom(append(j, schema.Record{}))).Draw(t, "delivered again") {
			if rapid.Bool().Draw(t, "sent again") {
				r.Position += 1 << 40 // a log entry of its own, later than all
			}
			again = append(again, r)
		}
		again = rapid.Permutation(again).Draw(t, "delivery")

		one, two := NewLog(l, j), NewLog(l, again)
		if diff := gocmp.Diff(one.Assess(asOf, knownAt), two.Assess(asOf, knownAt), exact); diff != "" {
			t.Fatalf("(-log +delivery)\n%s", diff)
		}
		if diff := gocmp.Diff(one.OpenVoids(knownAt), two.OpenVoids(knownAt)); diff != "" {
			t.Fatalf("open voids (-log +delivery)\n%s", diff)
		}
	})
}

// TestActualByDefinition compares the figure and its corrections with the rules of the event contract
// taken literally, record by record and without any replay.
func TestActualByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawPlan(t)
		j := drawJournal(t)
		asOf, knownAt := drawTime(t, "as of"), drawTime(t, "known at")
		for _, a := range NewLog(l, j).Assess(asOf, knownAt) {
			d := definition{a.Measure, winners(j), asOf}
			known := func(r schema.Record) bool { return !r.ReceivedAt.After(knownAt) }
			if want := d.actual(known); want.Valid != a.Actual.Valid || !want.Decimal.Equal(a.Actual.Decimal) {
				t.Fatalf("%s: %v, by definition %v", a.Measure.ID, a.Actual, want)
			}
			if diff := gocmp.Diff(d.corrections(known), a.Corrections, exact); diff != "" {
				t.Fatalf("%s: corrections (-definition +got)\n%s", a.Measure.ID, diff)
			}
		}
	})
}

// definition is the contract, taken literally.
type definition struct {
	measure *seeds.Measure
	winners []schema.Record // in order of knowledge
	asOf    time.Time
}

func winners(j journal) []schema.Record {
	type identity struct{ department, source, id string }
	first := map[identity]schema.Record{}
	for _, r := range j {
		i := identity{r.Department, r.Source, r.ID}
		if w, ok := first[i]; !ok || r.Position < w.Position {
			first[i] = r
		}
	}
	var all []schema.Record
	for _, r := range first {
		all = append(all, r)
	}
	slices.SortFunc(all, knowledge)
	return all
}

func knowledge(a, b schema.Record) int {
	return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.Position, b.Position))
}

// withdraws tells whether v voids or replaces r.
func withdraws(v, r schema.Record) bool {
	same := v.Department == r.Department && v.Source == r.Source
	return same && (v.Data.Voids == r.ID || v.Data.Replaces == r.ID) && r.Type != schema.Voided
}

// counts tells whether r is something the measure's reporting department has said and not withdrawn.
func (d definition) counts(r schema.Record, known func(schema.Record) bool) bool {
	if r.Data.Measure != d.measure.ID || r.Department != d.measure.ReportingDepartment || r.Type == schema.Voided {
		return false
	}
	if d.measure.Milestone() && r.Type == schema.Reported && r.Data.Stage == "of-another-ledger" {
		return false
	}
	return known(r) && !r.Time.After(d.asOf) && !slices.ContainsFunc(d.winners, func(v schema.Record) bool {
		return known(v) && withdraws(v, r)
	})
}

func (d definition) actual(known func(schema.Record) bool) decimal.NullDecimal {
	var live []schema.Record
	for _, r := range d.winners {
		if r.Type == schema.Reported && d.counts(r, known) {
			live = append(live, r)
		}
	}
	slices.SortStableFunc(live, func(a, b schema.Record) int { return a.Time.Compare(b.Time) })
	sum := decimal.NullDecimal{Valid: d.measure.Mode != schema.Level || len(live) > 0}
	if d.measure.Mode == schema.Increment {
		for _, r := range live {
			sum.Decimal = sum.Decimal.Add(r.Quantity.Decimal)
		}
		return sum
	}
	latest := map[string]decimal.Decimal{}
	for _, r := range live {
		latest[r.Data.Stage] = r.Quantity.Decimal
	}
	for _, v := range latest {
		sum.Decimal = sum.Decimal.Add(v)
	}
	return sum
}

func (d definition) corrections(known func(schema.Record) bool) []Correction {
	var all []Correction
	for _, v := range d.winners {
		if !known(v) {
			continue
		}
		before := func(r schema.Record) bool { return knowledge(r, v) < 0 }
		after := func(r schema.Record) bool { return knowledge(r, v) <= 0 }
		for _, r := range d.winners {
			if !withdraws(v, r) || !d.counts(r, before) {
				continue
			}
			was, is := d.actual(before), d.actual(after)
			if !was.Valid || !is.Valid || !is.Decimal.LessThan(was.Decimal) {
				continue
			}
			all = append(all, Correction{v.ReceivedAt, v.ID, r.ID, was.Decimal, is.Decimal, v.Data.Reason})
		}
	}
	return all
}

func drawPlan(t *rapid.T) *seeds.Ledger {
	modes := rapid.SliceOfN(rapid.SampledFrom([]schema.Mode{schema.Increment, schema.ToDate, schema.Level}), 2, 2).Draw(t, "modes")
	m := measure(modes[0], "100", year(), baseline("0"))
	n := measure(modes[1], "100", half(), baseline("0"), evidenced)
	n.ID, n.ReportingDepartment = "n", "helper"
	s := milestone("design 2024-06-03 20", "shell 2024-06-06 30", "opened 2024-06-08 50")
	s.ID = "s"
	return plan(m, n, s)
}

// drawJournal draws so few ids, values and moments that they clash: conflicts, voids of voids, voids of
// what is not there, chains and ties.
func drawJournal(t *rapid.T) journal {
	var j journal
	one := rapid.Custom(func(t *rapid.T) schema.Record {
		id := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("e%d", rapid.IntRange(1, 12).Draw(t, "n")) })
		var r schema.Record
		r.Plan, r.Data.Commitment = "p-2024", "c"
		r.ID = id.Draw(t, "id")
		r.Source = rapid.SampledFrom([]string{"/system", "/system", "/other"}).Draw(t, "source")
		r.Department = rapid.SampledFrom([]string{"lead", "lead", "helper"}).Draw(t, "department")
		r.Time, r.ReceivedAt = drawTime(t, "time"), drawTime(t, "received")
		r.Data.Measure = rapid.SampledFrom([]string{"m", "m", "n", "s"}).Draw(t, "measure")
		r.Type = rapid.SampledFrom([]schema.Type{schema.Reported, schema.Reported, schema.Reported, schema.Unchanged, schema.Voided, schema.Explained}).Draw(t, "type")
		switch r.Type {
		case schema.Reported:
			r.Quantity = decimal.NewNullDecimal(decimal.NewFromInt(rapid.Int64Range(0, 20).Draw(t, "value")))
			if r.Data.Measure == "s" {
				r.Data.Stage = rapid.SampledFrom([]string{"design", "shell", "opened", "of-another-ledger"}).Draw(t, "stage")
				r.Quantity.Decimal = decimal.NewFromInt(rapid.Int64Range(0, 1).Draw(t, "done"))
			}
			if rapid.IntRange(0, 3).Draw(t, "replacement") == 0 {
				r.Data.Replaces = id.Draw(t, "replaces")
			}
		case schema.Voided:
			r.Data.Voids, r.Data.Reason = id.Draw(t, "voids"), "误报"
		case schema.Explained:
			r.Data.Problem = id.Draw(t, "problem")
		}
		return r
	})
	for i, r := range rapid.SliceOfN(one, 0, 25).Draw(t, "records") {
		if r.Data.Voids == r.ID || r.Data.Replaces == r.ID {
			continue // refused at the door
		}
		r.Position = schema.At(uint64(i+1), 0)
		j = append(j, r)
	}
	return j
}

func drawTime(t *rapid.T, label string) time.Time {
	return at("2024-06-01 00:00").AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, label))
}
