package scan_test

import (
	"slices"
	"testing"

	"xushi/seeds"
	"xushi/seeds/scan"
)

func hongqiao(t testing.TB) *seeds.Ledger {
	t.Helper()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestHongqiaoQuantities holds the scan of the real text against the ledger that was made by hand: not one
// promise may be missed, and what is found must be read as the ledger reads it.
func TestHongqiaoQuantities(t *testing.T) {
	t.Parallel()
	ledger := hongqiao(t)
	found := map[int]scan.Quantity{}
	for _, q := range scan.Scan(ledger.Text).Quantities {
		found[q.Offset] = q
	}
	promised, right := 0, 0
	for _, m := range ledger.Measures() {
		if m.Milestone() {
			continue
		}
		promised++
		q, ok := found[m.NumeralOffset]
		if !ok {
			t.Errorf("%s: %q at %d is not found", m.ID, m.NumeralText, m.NumeralOffset)
			continue
		}
		right++
		if q.NumeralText != m.NumeralText || !q.Value.Equal(m.TargetValue) || q.Unit != m.Unit || q.Comparator != m.Comparator || q.ItemsOpen != m.ItemsOpen {
			t.Errorf("%s: read as %q = %s %s %s, open %t; the ledger says %q = %s %s %s, open %t", m.ID, q.NumeralText, q.Value, q.Unit, q.Comparator, q.ItemsOpen,
				m.NumeralText, m.TargetValue, m.Unit, m.Comparator, m.ItemsOpen)
		}
		if (q.Mode == "level") != (m.Mode == "level") {
			t.Errorf("%s: mode %s, the ledger says %s", m.ID, q.Mode, m.Mode)
		}
		if names := itemNames(m); m.Itemised && !slices.Equal(q.Items, names) {
			t.Errorf("%s: items %q, the ledger says %q", m.ID, q.Items, names)
		}
		if r := m.Ratio; r != nil && (q.Per != scan.Passage{Text: r.PerText, Offset: r.PerOffset}) {
			t.Errorf("%s: per %v, the ledger says %q at %d", m.ID, q.Per, r.PerText, r.PerOffset)
		}
	}
	t.Logf("quantities: recall %d/%d, precision %d/%d", right, promised, right, len(found))
	if len(found) > promised+2 {
		t.Errorf("%d quantities for %d promises: too many that are none", len(found), promised)
	}
}

func itemNames(m *seeds.Measure) []string {
	var names []string
	for _, i := range m.Items {
		names = append(names, i.Name)
	}
	return names
}

// TestHongqiaoNames: every numeral that the ledger excludes is seen as a name, 15分钟 and 第31届 among them.
func TestHongqiaoNames(t *testing.T) {
	t.Parallel()
	ledger := hongqiao(t)
	names := map[int]scan.Name{}
	right := 0
	for _, n := range scan.Scan(ledger.Text).Names {
		names[n.Offset] = n
	}
	for _, n := range ledger.Numerals {
		if got, ok := names[n.NumeralOffset]; !ok || got.Text != n.NumeralText {
			t.Errorf("%q at %d is no target (%s), but is not among the names: %v", n.NumeralText, n.NumeralOffset, n.Reason, got)
			continue
		}
		right++
		delete(names, n.NumeralOffset)
	}
	for _, n := range names {
		t.Errorf("%q at %d is called a name (%s), and the ledger does not exclude it", n.Text, n.Offset, n.Reason)
	}
	t.Logf("names: recall %d/%d, precision %d/%d", right, len(ledger.Numerals), right, right+len(names))
}

// TestHongqiaoMilestones measures how many deliverables without a number the scan proposes: it may miss
// one whose words promise nothing by themselves (优化…设计方案), and propose one that a person drops.
func TestHongqiaoMilestones(t *testing.T) {
	t.Parallel()
	ledger := hongqiao(t)
	promised := map[int]*seeds.Commitment{}
	for _, m := range ledger.Measures() {
		if m.Milestone() {
			promised[m.Commitment.QuoteOffset] = m.Commitment
		}
	}
	found := scan.Scan(ledger.Text).Milestones
	right, sameDone := 0, 0
	for _, m := range found {
		c, ok := promised[m.Offset]
		if !ok {
			t.Logf("proposed, but not in the ledger: %s", m.Text)
			continue
		}
		right++
		if m.Done == c.Done {
			sameDone++
		} else {
			t.Logf("%s: done means %s, the ledger says %s", m.Text, m.Done, c.Done)
		}
		delete(promised, m.Offset)
	}
	for _, c := range promised {
		t.Logf("missed: %s", c.Quote)
	}
	all := right + len(promised)
	t.Logf("milestones: recall %d/%d, precision %d/%d, the same meaning of done %d", right, all, right, len(found), sameDone)
	if right*10 < all*9 || right*10 < len(found)*9 {
		t.Error("recall and precision of milestones must be at least 90%")
	}
}
