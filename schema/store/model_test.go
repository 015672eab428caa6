package store_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// A model of what the views must say of one plan's log, told from the rules alone. It reads events as the
// tests write them, with the ledger of ledgerInForce, and says the rows of the views as text.
type model struct {
	contents map[identity]map[string]event // the first arrival of every content
	clean    map[identity]event
	stands   []event
}

type identity struct{ department, source, id string }

func (e event) identity() identity { return identity{e.department, e.source, e.id} }

func (id identity) compare(other identity) int {
	return cmp.Or(cmp.Compare(id.department, other.department), cmp.Compare(id.source, other.source), cmp.Compare(id.id, other.id))
}

// modelOf reads a log in any order.
func modelOf(log []event) *model {
	m := &model{contents: map[identity]map[string]event{}, clean: map[identity]event{}}
	for _, e := range log {
		id := e.identity()
		if m.contents[id] == nil {
			m.contents[id] = map[string]event{}
		}
		if first, seen := m.contents[id][e.content]; !seen || e.position < first.position {
			m.contents[id][e.content] = e
		}
		if winner, seen := m.clean[id]; !seen || e.position < winner.position {
			m.clean[id] = e
		}
	}
	withdrawn := map[identity]bool{}
	for _, e := range m.clean {
		if target := e.voids + e.replaces; target != "" {
			withdrawn[identity{e.department, e.source, target}] = true
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(m.clean), identity.compare) {
		if e := m.clean[id]; e.typ == schema.Voided || !withdrawn[id] {
			m.stands = append(m.stands, e)
		}
	}
	return m
}

func (m *model) cleanRows() (rows []string) {
	for _, id := range slices.SortedFunc(maps.Keys(m.clean), identity.compare) {
		rows = append(rows, m.clean[id].words())
	}
	return rows
}

func (m *model) effectiveRows() (rows []string) {
	for _, e := range m.stands {
		rows = append(rows, e.words())
	}
	return rows
}

func (m *model) conflictRows() (rows []string) {
	byPosition := func(a, b event) int { return cmp.Compare(a.position, b.position) }
	for _, id := range slices.SortedFunc(maps.Keys(m.contents), identity.compare) {
		if len(m.contents[id]) == 1 {
			continue
		}
		for i, e := range slices.SortedFunc(maps.Values(m.contents[id]), byPosition) {
			rows = append(rows, e.words()+[]string{" wins", ""}[min(i, 1)])
		}
	}
	return rows
}

func (e event) words() string {
	return fmt.Sprintf("%s%s/%s %s @%d", e.department, e.source, e.id, cmp.Or(e.value, "-"), e.position)
}

// counts tells whether a reading makes the figure of its measure.
func (e event) counts() bool {
	switch {
	case e.department != "housing":
		return false
	case e.measure == "parks":
		return e.item != "" && e.stage == ""
	case e.measure == "metro":
		return e.item == "" && (e.stage == "shell" || e.stage == "opened")
	}
	return e.item == "" && e.stage == ""
}

// pile is readings that are looked at together.
type pile struct {
	sum  decimal.Decimal
	last event
	n    int
}

func (p *pile) add(e event) {
	p.sum = p.sum.Add(decimal.RequireFromString(e.value))
	later := cmp.Or(cmp.Compare(e.occurred, p.last.occurred), cmp.Compare(e.received, p.last.received), cmp.Compare(e.position, p.last.position))
	if p.n == 0 || later > 0 {
		p.last = e
	}
	p.n++
}

// piles sorts the readings that stand into piles by key; those without a key are left out.
func (m *model) piles(key func(event) string) map[string]*pile {
	piles := map[string]*pile{}
	for _, e := range m.stands {
		if e.typ != schema.Reported || key(e) == "" {
			continue
		}
		if piles[key(e)] == nil {
			piles[key(e)] = &pile{}
		}
		piles[key(e)].add(e)
	}
	return piles
}

func (m *model) dailyRows() (rows []string) {
	days := m.piles(func(e event) string {
		return fmt.Sprintf("%s/%s/%s %s %t 2024-%s", e.measure, e.item, e.stage, e.department, e.counts(), e.occurred[:5])
	})
	for _, day := range slices.Sorted(maps.Keys(days)) {
		p := days[day]
		figure := "=" + p.last.value
		if p.last.mode == schema.Increment {
			figure = "+" + p.sum.String()
		}
		rows = append(rows, fmt.Sprintf("%s %s of %d", day, figure, p.n))
	}
	return rows
}

func (m *model) currentRows() (rows []string) {
	for _, measure := range measures {
		pieces := m.piles(func(e event) string {
			if e.measure != measure.id || !e.counts() {
				return ""
			}
			return "piece " + e.item + "/" + e.stage
		})
		actual, last, n := decimal.Zero, m.lastUnchanged(measure.id), 0
		for _, p := range pieces {
			figure := decimal.RequireFromString(p.last.value)
			if measure.mode == schema.Increment {
				figure = p.sum
			}
			actual, last, n = actual.Add(figure), max(last, p.last.occurred), n+p.n
		}
		figure := actual.String()
		if n == 0 {
			figure = "unknown"
		}
		rows = append(rows, fmt.Sprintf("%s %s of %d, last %s", measure.id, figure, n, cmp.Or(last, "never")))
	}
	return rows
}

// lastUnchanged is when the reporting department last said that nothing changed.
func (m *model) lastUnchanged(measure string) (last string) {
	for _, e := range m.stands {
		if e.typ == schema.Unchanged && e.department == "housing" && (e.wholeCommitment || e.measure == measure) {
			last = max(last, e.occurred)
		}
	}
	return last
}

// measures of the plan that ledgerInForce applies.
var measures = []struct {
	id   string
	mode schema.Mode
}{{"area", schema.Increment}, {"metro", schema.ToDate}, {"parks", schema.ToDate}, {"rate", schema.Level}}

// moment is one of few, in Shanghai; some are of another day in UTC.
func moment(n int) string {
	return time.Date(2024, 3, 1+n/3, []int{1, 9, 23}[n%3], 0, 0, 0, time.UTC).Format("01-02 15:04")
}

func sameContent(e event) string {
	return strings.Join([]string{string(e.typ), e.measure, e.item, e.stage, e.value, e.voids, e.replaces, e.occurred, fmt.Sprint(e.wholeCommitment)}, "|")
}
