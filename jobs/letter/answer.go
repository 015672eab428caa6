package letter

import (
	"strings"

	"xushi/jobs/supervision"
	"xushi/schema"
)

// Problem is what the department says of a row's task, in its own words.
func (r row) Problem() string { return r.said(r.now.Problem, r.v.t("未说明")) }

// Next is what it says that it is going to do.
func (r row) Next() string { return r.said(r.now.NextStep, r.v.t("未说明")) }

// Silent tells that nothing is said at all.
func (r row) Silent() bool { return oneLine(r.now.Problem+r.now.NextStep) == "" }

func (r row) said(words, otherwise string) string {
	return clip(oneLine(orElse(words, otherwise)), r.v.room.text)
}

// Said tells in brackets who explained it and when: before an item was opened, that is no answer to it.
func (r row) Said() string {
	e := r.now.Explained
	switch {
	case e == nil:
		return ""
	case r.item != nil && r.item.Answer == nil:
		return r.v.t("（%s %s，立项前）", r.v.department(r.v.in.Ledger, e.Department), onDay(&e.ReceivedAt))
	}
	return r.v.t("（%s %s）", r.v.department(r.v.in.Ledger, e.Department), onDay(&e.ReceivedAt))
}

// Item is the supervision item of its commitment and how far that is; "" if there is none.
func (r row) Item() string {
	if r.item == nil {
		return ""
	}
	return r.item.Number + " " + r.v.state(r.item)
}

// Sentence says in one how far behind it is, since when, and what its department says.
func (r row) Sentence() string {
	s := r.v.t("应完成%s，实际%s", r.Planned(), r.Actual())
	switch missing := r.Missing(); {
	case missing != "":
		s += r.v.t("，应完未完：%s", missing)
	case r.now.Gap != nil && r.now.Gap.Sign() < 0 && !r.measure.SmallCount():
		s += r.v.t("，落后%s个百分点", strings.TrimPrefix(r.Gap(), "-"))
	}
	s += r.v.t("，滞后%d天", r.now.LagDays)
	if r.streak > 1 {
		s += r.v.t("、连续%d周", r.streak)
	}
	return s + r.v.t("。") + r.answer()
}

// answer is what the department says, in short. Whoever has only said what it will do has answered too.
func (r row) answer() string {
	const short = 60
	switch problem, next := oneLine(r.now.Problem), oneLine(r.now.NextStep); {
	case problem != "":
		return r.v.t("存在问题%s：%s", r.Said(), clip(problem, short))
	case next != "":
		return r.v.t("未说明存在问题。下一步措施%s：%s", r.Said(), clip(next, short))
	case r.item != nil && r.item.State == supervision.Escalated:
		return r.v.t("逾期未答复，已升级督办。")
	case r.item != nil && r.item.State == supervision.Open:
		return r.v.t("尚未答复，应于%s前答复。", r.item.Due)
	}
	return r.v.t("单位未说明原因。")
}

// state says how far an item is: what is late is said to be so.
func (w *wording) state(i *supervision.Item) string {
	switch i.State {
	case supervision.Open:
		return w.t("待答复（%s前）", i.Due)
	case supervision.Escalated:
		return w.t("升级：逾期未答复（应于%s前）", i.Due)
	}
	return w.t(i.State.Label())
}

// supervised is what the letter says of the supervision items (督办事项).
type supervised struct {
	Open, Waiting, Answered, Escalated int // of those that are open, how many there are of each state
	Opened, Ended                      int // by this letter, and since the previous one

	Listed list[item] // open ones: the escalated first, then those that wait for an answer
	Over   list[item] // those that ended
}

// None tells whether there is nothing to say of them.
func (s supervised) None() bool { return s.Open == 0 && s.Ended == 0 }

// item is a supervision item in words.
type item struct {
	*supervision.Item
	v *view
	e *entry // the worst of its commitment's measures in the lag table; nil: none is in it
}

// supervised lists the items that the letter concerns.
func (v *view) supervised() supervised {
	worst := map[string]*entry{}
	for _, e := range v.lagging {
		if c := e.measure.Commitment.ID; worst[c] == nil {
			worst[c] = e
		}
	}
	var s supervised
	byState := map[supervision.State][]*supervision.Item{}
	before := itemsOf(v.in.Before)
	var ended []*supervision.Item
	for i := range v.in.This.Items {
		item := &v.in.This.Items[i]
		switch {
		case !v.concerns(item):
		case item.IsOpen():
			byState[item.State] = append(byState[item.State], item)
			if item.Opened == v.in.This.Week {
				s.Opened++
			}
		case !item.ClosedAt.Equal(before[item.Number].ClosedAt):
			ended = append(ended, item)
		}
	}
	s.Waiting, s.Answered, s.Escalated, s.Ended = len(byState[supervision.Open]), len(byState[supervision.Answered]), len(byState[supervision.Escalated]), len(ended)
	s.Open = s.Waiting + s.Answered + s.Escalated
	inWords := func(i *supervision.Item) item { return item{i, v, worst[i.Commitment]} }
	open := append(append(byState[supervision.Escalated], byState[supervision.Open]...), byState[supervision.Answered]...)
	s.Listed, s.Over = cut(v, open, inWords), cut(v, ended, inWords)
	return s
}

// itemsOf are the items of a letter by number; none of no letter. What is new since then is told by what that letter
// said, and not by its moment: it may have been written without all that had happened until then.
func itemsOf(w *supervision.Week) map[string]supervision.Item {
	items := map[string]supervision.Item{}
	if w != nil {
		for i := range w.Items {
			items[w.Items[i].Number] = w.Items[i]
		}
	}
	return items
}

// concerns tells whether the letter speaks of an item: one to a department only of those that it answers.
func (v *view) concerns(i *supervision.Item) bool {
	return v.Department == "" || i.Department == v.in.Department
}

// Task is the commitment; one that the ledger no longer has is known by its ID.
func (i item) Task() string {
	if c, ok := i.v.in.Ledger.Commitment(i.Commitment); ok {
		return clip(i.v.task(c), titleRunes)
	}
	return i.Commitment
}

// Who is the department that is to answer.
func (i item) Who() string { return clip(i.v.department(i.v.in.Ledger, i.Department), titleRunes) }

// Since says in which week it was opened, and how long ago.
func (i item) Since() string {
	weeks := int(i.v.in.This.Week.Monday()-i.Opened.Monday()) / 7
	if weeks == 0 {
		return i.v.t("本周立项")
	}
	return i.v.t("%[2]s立项，已%[1]d周", weeks, i.v.week(i.Opened))
}

// Words says how far it is.
func (i item) Words() string { return i.v.state(i.Item) }

// Tone names the look of its state.
func (i item) Tone() string {
	switch i.State {
	case supervision.Escalated:
		return "severe"
	case supervision.Open:
		return "lagging"
	}
	return "calm"
}

// Reply is when it was answered, by whom if not by the department that was to, and in what words, unless they stand
// in the lag table; without an answer, how often it was asked for since.
func (i item) Reply() string {
	a := i.Answer
	switch {
	case a == nil && i.Unanswered == 0:
		return i.v.t("首次提示")
	case a == nil:
		return i.v.t("已催%d次", i.Unanswered)
	}
	who := onDay(&a.ReceivedAt)
	if a.Department != i.Department {
		who = i.v.t("%s于%s答复", i.v.department(i.v.in.Ledger, a.Department), onDay(&a.ReceivedAt))
	}
	if i.e != nil && i.e.rank <= len(i.v.Lagging) {
		at := i.e.rank
		if i.e.explainedAt > 0 {
			at = i.e.explainedAt
		}
		return who + i.v.t("，见清单第%d项", at)
	}
	text := i.v.room.text
	return who + i.v.t("。存在问题：%s 下一步措施：%s", clip(oneLine(orElse(a.Problem, i.v.t("未说明"))), text), clip(oneLine(orElse(a.NextStep, i.v.t("未说明"))), text))
}

// Ended is what it is now called that it is over.
func (i item) Ended() string { return i.v.t(i.State.Label()) }

// How says how it ended: by the rule, or by whom and why.
func (i item) How() string {
	words := ""
	if i.ClosedBy != "" {
		words += i.v.t("（%s）", i.ClosedBy)
	}
	if i.Reason != "" {
		words += i.v.t("：%s", clip(oneLine(i.Reason), i.v.room.text))
	}
	if len(i.Evidence) > 0 {
		words += i.v.t("；佐证：%s", clip(oneLine(i.v.list(i.Evidence)), i.v.room.text))
	}
	return words
}

// On is the day on which it ended.
func (i item) On() string { return schema.DateOf(i.ClosedAt).String() }
