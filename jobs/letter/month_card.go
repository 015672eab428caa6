package letter

import (
	"cmp"
	"slices"

	"xushi/jobs/supervision"
)

// card is how one department stands at the month's last letter: counts side by side, never one score. Square
// metres, households and performances have no sum.
type card struct {
	department string // id
	census     census // of the measures that it leads; what it has not reported is of those that it reports
	owed       int    // reports that it owes

	asked, answered, onTime int // items whose answer was due or given in the month, and those answered by their date
}

// cards are the departments that lead or report anything, worst first: by severe, then lagging, then overdue,
// then owed reports, then in the ledger's order.
func (b *bulletin) cards() []*card {
	byID := map[string]*card{}
	var all []*card
	for i := range b.in.Ledger.Departments {
		c := &card{department: b.in.Ledger.Departments[i].ID, census: census{statuses: map[class]int{}}}
		byID[c.department] = c
		all = append(all, c)
	}
	verified := verifications(b.last())
	for _, m := range b.in.Ledger.Measures() {
		s, ok := b.last().Standings[m.ID]
		if !ok {
			continue
		}
		if c := byID[m.Commitment.LeadDepartment]; c != nil {
			c.census.add(s.Standing, s.Milestone, verified[m.Commitment.ID])
		}
		if c := byID[m.ReportingDepartment]; c != nil && s.Unreported() {
			c.owed++
		}
	}
	for _, i := range b.items.asked {
		if c := byID[i.Department]; c != nil {
			c.ask(i)
		}
	}
	all = slices.DeleteFunc(all, func(c *card) bool { return c.measures() == 0 && c.owed == 0 && c.asked == 0 })
	slices.SortStableFunc(all, func(a, b *card) int {
		for i := range a.counts() {
			if d := cmp.Compare(b.counts()[i], a.counts()[i]); d != 0 {
				return d
			}
		}
		return 0
	})
	return all
}

// counts are the four figures by which departments are ranked, one after the other.
func (c *card) counts() [4]int {
	return [4]int{c.census.headlines[0], c.census.headlines[1], c.census.headlines[2], c.owed}
}

func (c *card) measures() int { return c.of(total) }

// of is how many of its measures and milestones are of a status.
func (c *card) of(status string) int {
	return c.census.statuses[class{status, false}] + c.census.statuses[class{status, true}]
}

func (c *card) ask(i *supervision.Item) {
	c.asked++
	if i.AnsweredAt.IsZero() {
		return
	}
	c.answered++
	if !i.AnsweredAt.After(i.Due.End()) {
		c.onTime++
	}
}
