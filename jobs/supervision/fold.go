package supervision

import (
	"slices"
	"time"

	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// fold is a week in the making.
type fold struct {
	Input
	before *Week
	next   *Week
	now    map[string]*assessment.Assessment // by measure
	newest map[string]int                    // index in next.Items of each commitment's newest item
}

// Next is the week after before, which is nil for a plan's first letter. It changes nothing of before.
func Next(before *Week, in Input) *Week {
	if before == nil {
		before = &Week{}
	}
	f := &fold{
		Input: in, before: before, now: make(map[string]*assessment.Assessment, len(in.Now)), newest: map[string]int{},
		next: &Week{
			Plan: in.Ledger.Plan.ID, Week: in.Week, AsOf: in.AsOf, KnownAt: in.KnownAt,
			Standings: standings(before, in.Now), Items: slices.Clone(before.Items), Verifications: slices.Clone(before.Verifications),
		},
	}
	for i := range in.Now {
		f.now[in.Now[i].Measure.ID] = &in.Now[i]
	}
	for i := range f.next.Items {
		f.newest[f.next.Items[i].Commitment] = i
	}
	f.extend()
	f.lapse()
	f.heed()
	f.follow()
	f.open()
	return f.next
}

// standings are the measures' of this week, with the streaks of the week before carried on. A measure that the
// week before did not have begins anew.
func standings(before *Week, now []assessment.Assessment) map[string]Standing {
	all := make(map[string]Standing, len(now))
	for i := range now {
		a := &now[i]
		s := Standing{Standing: a.Standing, Milestone: a.Measure.Milestone()}
		if a.Behind() {
			s.LaggingWeeks = before.Standings[a.Measure.ID].LaggingWeeks + 1
		}
		all[a.Measure.ID] = s
	}
	return all
}

// item is a commitment's newest; nil if it never had one.
func (f *fold) item(commitment string) *Item {
	if i, ok := f.newest[commitment]; ok {
		return &f.next.Items[i]
	}
	return nil
}

// measuresOf are a commitment's, as they are assessed now; none where the ledger has it no more.
func (f *fold) measuresOf(commitment string) (all []*assessment.Assessment) {
	c, ok := f.Ledger.Commitment(commitment)
	if !ok {
		return nil
	}
	for i := range c.Measures {
		if a := f.now[c.Measures[i].ID]; a != nil {
			all = append(all, a)
		}
	}
	return all
}

// completed tells whether all of a commitment is.
func (f *fold) completed(commitment string) bool {
	all := f.measuresOf(commitment)
	unfinished := func(a *assessment.Assessment) bool { return a.Progress != assessment.Completed }
	return len(all) > 0 && !slices.ContainsFunc(all, unfinished)
}

// behind are the measures for which an item is opened.
func (f *fold) behind(commitment string) (all []*seeds.Measure) {
	for _, a := range f.measuresOf(commitment) {
		if a.Behind() || a.Overdue() {
			all = append(all, a.Measure)
		}
	}
	return all
}

// follow sees what became of every item. One that was closed by hand is watched until it has recovered, because
// no new one is opened before.
func (f *fold) follow() {
	for i := range f.next.Items {
		switch item := &f.next.Items[i]; {
		case item.IsOpen():
			f.carryOn(item)
		case item.awaitsRecovery() && f.caughtUp(item):
			item.RecoveredAt = f.AsOf
		}
	}
}

// carryOn takes an open item from the letter before to this one.
func (f *fold) carryOn(item *Item) {
	f.involve(item)
	switch {
	case f.gone(item):
		f.close(item, Closed, "任务或指标已不在台账中")
	case f.caughtUp(item):
		item.RecoveredAt = f.AsOf
		f.close(item, Recovered, f.recovery(item))
	default:
		f.await(item)
	}
}

// involve notes which measures are behind, and who is to answer.
func (f *fold) involve(item *Item) {
	if c, ok := f.Ledger.Commitment(item.Commitment); ok {
		item.Department = c.LeadDepartment
	}
	for _, m := range f.behind(item.Commitment) {
		if !slices.Contains(item.Measures, m.ID) {
			item.Measures = append(slices.Clip(item.Measures), m.ID)
		}
	}
}

// gone tells whether nothing of what was behind is in the ledger any more.
func (f *fold) gone(item *Item) bool {
	return !slices.ContainsFunc(item.Measures, func(id string) bool {
		m, ok := f.Ledger.Measure(id)
		return ok && m.Commitment.ID == item.Commitment
	})
}

// caughtUp tells whether nothing of the commitment is behind, and of what once was it is known: silence is no
// recovery. What was never known and never behind keeps no item open.
func (f *fold) caughtUp(item *Item) bool {
	return !slices.ContainsFunc(f.measuresOf(item.Commitment), func(a *assessment.Assessment) bool {
		return a.Behind() || a.Overdue() || slices.Contains(item.Measures, a.Measure.ID) && !a.CaughtUp()
	})
}

// recovery says why nothing is behind any more: that a plan was moved is none of the department's doing.
func (f *fold) recovery(item *Item) string {
	n := len(item.Extensions)
	switch {
	case f.completed(item.Commitment):
		return "各项指标均已完成"
	case n > 0 && item.Extensions[n-1].At.After(f.before.KnownAt):
		return "延期调整计划后不再滞后"
	}
	return "滞后的指标已追上计划"
}

// close closes an item by the rule, at this letter.
func (f *fold) close(item *Item, as State, reason string) {
	item.State, item.ClosedAt, item.Reason = as, f.AsOf, reason
}

// extend shows on the items that were open what was allowed since the letter before.
func (f *fold) extend() {
	for _, r := range f.Revisions {
		for _, c := range r.Changes {
			m, ok := f.Ledger.Measure(c.ID)
			if !ok || c.Field != "due_date" && c.Field != "curve" { // which measures alone have
				continue
			}
			if item := f.item(m.Commitment.ID); item != nil && item.IsOpen() {
				item.Extensions = append(slices.Clip(item.Extensions), Extension{
					At: r.At, Measure: c.ID, Field: c.Field, Before: c.Before, After: c.After, Approver: r.Approver, Reason: r.Reason,
				})
			}
		}
	}
}

// acts are those that became known since the letter before.
func (f *fold) acts() []schema.Act {
	return slices.DeleteFunc(slices.Clone(f.Acts), func(a schema.Act) bool {
		return !a.At.After(f.before.KnownAt) || a.At.After(f.KnownAt)
	})
}

// heed does what the office's acts say, in their order.
func (f *fold) heed() {
	for _, act := range f.acts() {
		switch {
		case act.Closed != nil:
			f.closeByHand(act.At, act.Closed)
		case act.Verified != nil:
			f.verify(act.At, act.Verified)
		}
	}
}

func (f *fold) closeByHand(at time.Time, c *schema.Closing) {
	i := slices.IndexFunc(f.next.Items, func(item Item) bool { return item.Number == c.Item })
	if i < 0 {
		f.note(Note{At: at, By: c.By, Item: c.Item, Reason: "没有这一督办事项"})
		return
	}
	item := &f.next.Items[i]
	if !item.IsOpen() {
		f.note(Note{At: at, By: c.By, Item: c.Item, Commitment: item.Commitment, Reason: "该督办事项此前" + item.State.Label()})
		return
	}
	item.State, item.ClosedAt, item.ClosedBy, item.Reason = Closed, at, c.By, c.Reason
}

func (f *fold) note(n Note) { f.next.Notes = append(f.next.Notes, n) }
