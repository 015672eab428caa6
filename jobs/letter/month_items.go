package letter

import (
	"time"

	"xushi/jobs/supervision"
)

// itemsOfMonth is what became of supervision items within a month. An item may be in several of these.
type itemsOfMonth struct {
	opened, answered, escalated, ended []*supervision.Item
	asked                              []*supervision.Item // whose answer was due or given
	open                               int                 // at the last letter
}

// touched are the items to which anything happened, by number.
func (m itemsOfMonth) touched(all []supervision.Item) []*supervision.Item {
	in := map[string]bool{}
	for _, some := range [][]*supervision.Item{m.opened, m.answered, m.escalated, m.ended} {
		for _, i := range some {
			in[i.Number] = true
		}
	}
	var touched []*supervision.Item
	for i := range all {
		if in[all[i].Number] {
			touched = append(touched, &all[i])
		}
	}
	return touched
}

// itemsOfMonth holds the month's last letter against the one before its first.
func (b *bulletin) itemsOfMonth() (m itemsOfMonth) {
	since := b.in.Month.Start()
	if b.in.Before != nil {
		since = b.in.Before.AsOf
	}
	within := func(t time.Time) bool { return t.After(since) && !t.After(b.last().AsOf) }
	before, escalated := itemsOf(b.in.Before), b.escalated()
	items := b.last().Items
	for i := range items {
		item := &items[i]
		if item.IsOpen() {
			m.open++
		}
		was, had := before[item.Number]
		if !had {
			m.opened = append(m.opened, item)
		}
		answered := !item.AnsweredAt.IsZero() && !item.AnsweredAt.Equal(was.AnsweredAt)
		if answered {
			m.answered = append(m.answered, item)
		}
		if escalated[item.Number] {
			m.escalated = append(m.escalated, item)
		}
		if !item.ClosedAt.Equal(was.ClosedAt) {
			m.ended = append(m.ended, item)
		}
		if answered || within(item.Due.End()) && (item.ClosedAt.IsZero() || item.ClosedAt.After(item.Due.End())) {
			m.asked = append(m.asked, item)
		}
	}
	return m
}

// escalated are the numbers of the items that a letter of the month found unanswered in time, and the one
// before it had not.
func (b *bulletin) escalated() map[string]bool {
	before, now := map[string]bool{}, map[string]bool{}
	for n, w := range b.letters() {
		for i := range w.Items {
			if w.Items[i].State != supervision.Escalated {
				continue
			}
			number := w.Items[i].Number
			if n == 0 && b.in.Before != nil {
				before[number] = true
			} else if !before[number] {
				now[number] = true
			}
		}
	}
	return now
}
