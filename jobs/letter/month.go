package letter

import (
	"errors"
	"fmt"
	"slices"

	"xushi/jobs/figures"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// MonthInput is what a monthly bulletin (月度通报) depends on: nothing but what was frozen for the month's weekly
// letters, and the ledger. So it says nothing that they did not say.
type MonthInput struct {
	Ledger *seeds.Ledger // in force at the month's last letter
	Month  schema.Month
	Before *supervision.Week   // the last letter's of the month before; nil if there was none
	Weeks  []*supervision.Week // of the month's letters, oldest first

	// Revisions are the versions of the ledger that came into force after the letter before the month's first
	// and until its last, oldest first.
	Revisions []seeds.Revision

	BoardURL   string // http(s) address of the board; "": none
	Simulation bool   // simulated events are admitted, and the bulletin says so
	Language   Language
}

// ComposeMonth writes the bulletin of a month. It fails on a month without a letter.
func ComposeMonth(in MonthInput) (*Letter, error) {
	if err := in.validate(); err != nil {
		return nil, fmt.Errorf("compose bulletin: %w", err)
	}
	b := newBulletin(&in)
	l, err := b.memo().Letter()
	if err != nil {
		return nil, fmt.Errorf("compose bulletin: %w", err)
	}
	last := b.last()
	l.Counts = Counts{b.now.headlines[0], b.now.headlines[1], b.now.headlines[2], b.now.headlines[3]}
	l.WorkbookName = fmt.Sprintf("xushi-%s-%s.xlsx", in.Ledger.Plan.ID, in.Month)
	if l.Workbook, err = renderWorkbook(binding{l.Subject, b.Lang, last.AsOf}, b.sheets()); err != nil {
		return nil, fmt.Errorf("compose bulletin: workbook: %w", err)
	}
	return l, nil
}

func (in *MonthInput) validate() error {
	if in.Ledger == nil {
		return errors.New("no ledger")
	}
	errs := []error{in.Language.check(), CheckBoardURL(in.BoardURL)}
	if len(in.Weeks) == 0 {
		errs = append(errs, fmt.Errorf("no letter of %s was frozen", in.Month))
	}
	for i, w := range in.Weeks {
		if schema.MonthOf(w.AsOf) != in.Month {
			errs = append(errs, fmt.Errorf("the letter of week %s is not of %s", w.Week, in.Month))
		}
		if i > 0 && !in.Weeks[i-1].AsOf.Before(w.AsOf) {
			errs = append(errs, fmt.Errorf("week %s does not come after %s", w.Week, in.Weeks[i-1].Week))
		}
	}
	return errors.Join(errs...)
}

// bulletin is a month before it is put into words.
type bulletin struct {
	*wording
	in *MonthInput

	censuses   []census // of each letter
	first, now census   // of the first and of the last

	departments []*card     // worst first
	lagging     []*standing // now, the longest first
	recovered   []*standing
	items       itemsOfMonth
}

func newBulletin(in *MonthInput) *bulletin {
	b := &bulletin{wording: speaking(in.Language), in: in}
	for _, w := range in.Weeks {
		b.censuses = append(b.censuses, b.census(w))
	}
	b.first, b.now = b.censuses[0], b.censuses[len(b.censuses)-1]
	b.items = b.itemsOfMonth()
	b.departments = b.cards()
	b.lagging, b.recovered = b.standings()
	return b
}

func (b *bulletin) last() *supervision.Week { return b.in.Weeks[len(b.in.Weeks)-1] }

// letters are all that the month is held against: the one before it, if there was one, and its own.
func (b *bulletin) letters() []*supervision.Week {
	if b.in.Before == nil {
		return b.in.Weeks
	}
	return append([]*supervision.Week{b.in.Before}, b.in.Weeks...)
}

// census counts a week's measures, also those that the ledger has lost since.
func (b *bulletin) census(w *supervision.Week) census {
	c := census{statuses: map[class]int{}}
	verified := verifications(w)
	for id, s := range w.Standings {
		m, ok := b.in.Ledger.Measure(id)
		c.add(s.Standing, s.Milestone, ok && verified[m.Commitment.ID])
	}
	return c
}

// standing is a measure at the month's last letter.
type standing struct {
	measure *seeds.Measure
	now     supervision.Standing
	status  string // in words
	worst   int    // weeks in a row at which it was behind, at their most in the month
}

// standings are the measures that are behind at the last letter, the longest first, and those that were behind
// or overdue at any letter and are known to have caught up by it.
func (b *bulletin) standings() (lagging, recovered []*standing) {
	verified := verifications(b.last())
	for _, m := range b.in.Ledger.Measures() {
		now, ok := b.last().Standings[m.ID]
		if !ok {
			continue
		}
		s := &standing{measure: m, now: now, status: b.status(now.Standing, verified[m.Commitment.ID])}
		was := false
		for _, w := range b.letters() {
			then := w.Standings[m.ID]
			s.worst = max(s.worst, then.LaggingWeeks)
			was = was || then.Behind() || then.Overdue()
		}
		switch {
		case now.Behind() || now.Overdue():
			lagging = append(lagging, s)
		case was && now.CaughtUp():
			recovered = append(recovered, s)
		}
	}
	slices.SortStableFunc(lagging, func(a, b *standing) int {
		if d := b.now.LaggingWeeks - a.now.LaggingWeeks; d != 0 {
			return d
		}
		return b.now.LagDays - a.now.LagDays
	})
	return lagging, recovered
}

func (s *standing) lead() string { return s.measure.Commitment.LeadDepartment }

// streak is for how many weeks in a row it has been behind.
func (b *bulletin) streak(weeks int) string {
	if weeks == 0 {
		return figures.None
	}
	return b.t("%d周", weeks)
}

// month is 2024年6月, in English 2024-06.
func (w *wording) month(m schema.Month) string {
	if w.chinese() {
		return fmt.Sprintf("%d年%d月", m.Year, m.Month)
	}
	return m.String()
}
