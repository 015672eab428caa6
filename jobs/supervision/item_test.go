package supervision_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/schema"
	"xushi/seeds"
)

// What becomes of items, as the last of some letters says it.
func TestStates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tell func(s *story)
		want []string
	}{
		"nothing is behind": {func(s *story) { s.letter() }, nil},
		"what is watched, silent or unknown is not behind": {func(s *story) {
			s.stands("km watched", "bridges silent", "park unknown").letter()
		}, nil},
		"the first letter opens what is behind": {func(s *story) { s.stands("km lagging").letter() }, []string{"001 roads open"}},
		"an overdue measure is behind":          {func(s *story) { s.stands("km overdue").letter() }, []string{"001 roads open"}},
		"never begun is behind":                 {func(s *story) { s.stands("park not_started").letter() }, []string{"001 parks open"}},
		"two measures of a commitment have one item": {func(s *story) {
			s.stands("km lagging", "bridges severe").letter()
		}, []string{"001 roads open"}},
		"one letter opens in the order of the text": {func(s *story) {
			s.stands("park severe", "bridges lagging").letter()
		}, []string{"001 roads open", "002 parks open"}},
		"another measure of the commitment opens nothing": {func(s *story) {
			s.stands("km lagging").letter().stands("km fine", "bridges lagging").letter()
		}, []string{"001 roads open"}},

		"explained before the letter that opens it": {func(s *story) {
			s.stands("km lagging").explains("roads", "e1", 1).letter().letter()
		}, []string{"001 roads open"}},
		"explained after it": {func(s *story) {
			s.stands("km lagging").letter().explains("roads", "e1", 1).letter()
		}, []string{"001 roads answered"}},
		"an answer stands for as long as it lags": {func(s *story) {
			s.stands("km lagging").letter().explains("roads", "e1", 1).letter().letter().letter().letter()
		}, []string{"001 roads answered"}},
		"unanswered for a week": {func(s *story) { s.stands("km lagging").letter().letter() }, []string{"001 roads open"}},
		"unanswered for as many weeks as are allowed": {func(s *story) {
			s.stands("km lagging").letter().letter().letter()
		}, []string{"001 roads escalated"}},
		"answered late": {func(s *story) {
			s.stands("km lagging").letter().letter().letter().explains("roads", "e1", 1).letter()
		}, []string{"001 roads answered"}},
		"an answer withdrawn is asked for until the next letter": {func(s *story) {
			s.stands("km lagging").letter().explains("roads", "e1", 1).letter().letter().withdraws("roads").letter()
		}, []string{"001 roads open"}},
		"and then it is late": {func(s *story) {
			s.stands("km lagging").letter().explains("roads", "e1", 1).letter().letter().withdraws("roads").letter().letter()
		}, []string{"001 roads escalated"}},

		"caught up": {func(s *story) {
			s.stands("km lagging").letter().stands("km fine").letter()
		}, []string{"001 roads recovered"}},
		"one of two that were behind": {func(s *story) {
			s.stands("km lagging", "bridges lagging").letter().stands("km fine").letter()
		}, []string{"001 roads open"}},
		"both, one after the other": {func(s *story) {
			s.stands("km lagging", "bridges lagging").letter().stands("km fine").letter().stands("bridges watched").letter()
		}, []string{"001 roads recovered"}},
		"silence is no recovery": {func(s *story) {
			s.stands("km lagging").letter().stands("km silent").letter()
		}, []string{"001 roads open"}},
		"nor is not knowing": {func(s *story) {
			s.stands("km lagging").letter().stands("km unknown").letter()
		}, []string{"001 roads open"}},
		"what was never known keeps none open": {func(s *story) {
			s.stands("km lagging", "bridges unknown").letter().stands("km fine").letter()
		}, []string{"001 roads recovered"}},
		"an escalated one recovers": {func(s *story) {
			s.stands("km lagging").letter().letter().letter().stands("km completed").letter()
		}, []string{"001 roads recovered"}},
		"behind again has a new number": {func(s *story) {
			s.stands("km lagging").letter().stands("km fine").letter().stands("km severe").letter()
		}, []string{"001 roads recovered", "002 roads open"}},
		"an answer to the one before is none to the next": {func(s *story) {
			s.stands("km lagging").letter().explains("roads", "e1", 1).letter().stands("km fine").letter().stands("km severe").letter().letter()
		}, []string{"001 roads recovered", "002 roads open"}},

		"closed by hand": {func(s *story) {
			s.stands("km lagging").letter().closes("2024-001", 2).letter()
		}, []string{"001 roads closed"}},
		"and nothing is opened while it goes on lagging": {func(s *story) {
			s.stands("km lagging").letter().closes("2024-001", 2).letter().stands("bridges severe").letter().stands("km silent", "bridges fine").letter()
		}, []string{"001 roads closed"}},
		"nor when it lags again before it has recovered": {func(s *story) {
			s.stands("km lagging").letter().closes("2024-001", 2).letter().stands("km silent").letter().stands("km severe").letter()
		}, []string{"001 roads closed"}},
		"but after it has": {func(s *story) {
			s.stands("km lagging").letter().closes("2024-001", 2).letter().stands("km fine").letter().stands("km severe").letter()
		}, []string{"001 roads closed", "002 roads open"}},
		"closed by hand in the week in which it recovers": {func(s *story) {
			s.stands("km lagging").letter().closes("2024-001", 2).stands("km fine").letter().stands("km lagging").letter()
		}, []string{"001 roads closed", "002 roads open"}},
		"closed by hand after this letter": {func(s *story) {
			s.stands("km lagging").letter().closes("2024-001", -1).letter()
		}, []string{"001 roads open"}},

		"gone from the ledger": {func(s *story) {
			s.stands("km lagging", "park severe").letter().without("parks").letter()
		}, []string{"001 roads open", "002 parks closed"}},
		"and back again, which the office has not settled": {func(s *story) {
			s.stands("park severe").letter().without("parks").letter().with("park severe").letter()
		}, []string{"001 parks closed", "002 parks open"}},
		"and others are numbered on": {func(s *story) {
			s.stands("park severe").letter().without("parks").stands("km severe").letter()
		}, []string{"001 parks closed", "002 roads open"}},
	} {
		s := begin()
		tt.tell(s)
		if diff := cmp.Diff(tt.want, s.states()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// An item tells its whole life: when it was opened and answered, by whom, who is asked until when.
func TestWhatAnItemSays(t *testing.T) {
	t.Parallel()
	s := begin().stands("bridges lagging").letter()
	opened := s.last().Items[0]
	if opened.Number != "2024-001" || opened.Department != "zhujianwei" || opened.Opened.String() != "2024-W27" ||
		!opened.OpenedAt.Equal(s.last().AsOf) || opened.Due.String() != "2024-07-14" || opened.Unanswered != 0 || opened.Answer != nil {
		t.Errorf("opened: %+v", opened)
	}
	s.stands("km severe").letter()
	if got := s.last().Items[0]; got.Unanswered != 1 || got.Due != opened.Due || !cmp.Equal([]string{"bridges", "km"}, got.Measures) {
		t.Errorf("unanswered for a week: %+v", got)
	}
	s.letter()
	if got := s.last().Items[0]; got.Unanswered != 2 || got.State != "escalated" {
		t.Errorf("unanswered for two: %+v", got)
	}
	first := s.before(3)
	s.explains("roads", "e1", 3).letter()
	s.explains("roads", "e2", 3).letter()
	got := s.last().Items[0]
	if got.Answer == nil || got.Answer.ID != "e2" || !got.AnsweredAt.Equal(first) || got.Unanswered != 2 {
		t.Errorf("answered twice: %+v", got)
	}
	s.withdraws("roads").letter()
	got = s.last().Items[0]
	if got.Answer != nil || !got.AnsweredAt.IsZero() || got.Unanswered != 2 || got.Due != schema.DateOf(s.last().AsOf)+6 {
		t.Errorf("withdrawn: %+v", got)
	}
	s.stands("km fine", "bridges fine").letter()
	got = s.last().Items[0]
	if at := s.last().AsOf; got.ClosedBy != "" || !got.ClosedAt.Equal(at) || !got.RecoveredAt.Equal(at) || got.Reason != "滞后的指标已追上计划" {
		t.Errorf("recovered: %+v", got)
	}
	if s.weeks[0].Items[0].State != "open" || len(s.weeks[0].Items[0].Measures) != 1 {
		t.Errorf("the first week was changed by later ones: %+v", s.weeks[0].Items[0])
	}
}

// What arrived after the moment up to which the letter knew everything is an answer to it.
func TestAnAnswerThatTheOpeningLetterDidNotKnow(t *testing.T) {
	t.Parallel()
	s := begin().stands("km lagging")
	in := s.input()
	in.KnownAt = in.AsOf.Add(-48 * 60 * 60 * 1e9) // the ingest was behind
	s.weeks = append(s.weeks, next(nil, in))
	s.explains("roads", "e1", 1)
	s.monday = s.monday.AddDate(0, 0, 7)
	if s.letter(); s.last().Items[0].State != "answered" {
		t.Errorf("%+v", s.last().Items[0])
	}
	exactly := begin().stands("km lagging").letter()
	exactly.explains("roads", "e1", 0)
	exactly.explained["roads"].ReceivedAt = exactly.last().KnownAt
	if exactly.letter(); exactly.last().Items[0].State != "open" {
		t.Errorf("what it just knew is an answer: %+v", exactly.last().Items[0])
	}
}

// Of one week two different weeks can be told on, and neither hears of the other.
func TestAWeekIsNoPartOfTheNext(t *testing.T) {
	t.Parallel()
	s := begin().stands("km lagging").letter().revises(3, "km due_date", "km curve", "bridges curve").letter()
	one := next(s.last(), s.revises(2, "km due_date").input())
	s.revisions = nil
	other := next(s.last(), s.revises(1, "bridges due_date").input())
	if a, b := one.Items[0].Extensions[3], other.Items[0].Extensions[3]; a.Measure != "km" || b.Measure != "bridges" {
		t.Errorf("%+v and %+v", a, b)
	}
}

// A measure's own threshold makes its commitment's item due earlier.
func TestTheStrictestMeasureSaysWhenAnAnswerIsDue(t *testing.T) {
	t.Parallel()
	s := begin()
	s.ledger.Plan.Thresholds = seeds.Overrides{"escalate_weeks": 3}
	s.ledger.Commitments[0].Measures[1].Thresholds = seeds.Overrides{"escalate_weeks": 1}
	s.ledger.Index()
	s.stands("km lagging", "bridges lagging", "park severe").letter()
	if roads, parks := s.last().Items[0].Due.String(), s.last().Items[1].Due.String(); roads != "2024-07-07" || parks != "2024-07-21" {
		t.Errorf("due %s and %s", roads, parks)
	}
}

// What an approver allowed shows on the item that was open then, and on no other.
func TestExtensionsShowOnTheOpenItem(t *testing.T) {
	t.Parallel()
	s := begin().stands("km lagging").revises(2, "km due_date").letter() // before it was opened
	s.revises(2, "km due_date", "km curve", "km definition", "park due_date", "nothing curve").letter()
	at := s.monday
	s.revises(3, "bridges curve").closes("2024-001", 1).letter().revises(1, "km curve").letter()
	var got []string
	for _, e := range s.last().Items[0].Extensions {
		got = append(got, e.Measure+" "+e.Field+" "+e.Approver+" "+e.At.Format("01-02"))
	}
	want := []string{"km due_date 李副区长 07-06", "km curve 李副区长 07-06", "bridges curve 李副区长 " + at.AddDate(0, 0, -3).Format("01-02")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(s.weeks[0].Items[0].Extensions) != 0 {
		t.Error("the week of the opening has extensions")
	}
}

// Why an item is not followed any more: the department's doing, an extension, or the ledger's.
func TestWhyAnItemRecovers(t *testing.T) {
	t.Parallel()
	for want, tell := range map[string]func(s *story){
		"滞后的指标已追上计划":  func(s *story) { s.revises(2, "km curve").letter().stands("km fine").letter() },
		"延期调整计划后不再滞后": func(s *story) { s.letter().stands("km fine").revises(2, "km curve").letter() },
		"各项指标均已完成":    func(s *story) { s.revises(2, "km curve").stands("km completed", "bridges completed").letter() },
		"任务或指标已不在台账中": func(s *story) { s.without("roads").letter() },
	} {
		s := begin().stands("km lagging").letter()
		if tell(s); s.last().Items[0].Reason != want || s.last().Items[0].IsOpen() {
			t.Errorf("%+v, want %s", s.last().Items[0], want)
		}
	}
}

// A department sees its own open items, the office all.
func TestOpenItems(t *testing.T) {
	t.Parallel()
	s := begin().stands("km lagging", "park severe").letter().stands("park fine").letter()
	if w := s.weeks[0]; len(w.OpenItems("")) != 2 || len(w.OpenItems("lvhuaju")) != 1 || len(w.OpenItems("nobody")) != 0 {
		t.Errorf("%+v", w.Items)
	}
	if w := s.weeks[1]; len(w.OpenItems("")) != 1 || len(w.OpenItems("lvhuaju")) != 0 || w.ItemOf("parks").State != "recovered" || w.ItemOf("nothing") != nil {
		t.Errorf("%+v", w.Items)
	}
}

// Every state has its words.
func TestStatesHaveWords(t *testing.T) {
	t.Parallel()
	for _, s := range allStates {
		if s.Label() == "" {
			t.Errorf("%s has none", s)
		}
	}
}
