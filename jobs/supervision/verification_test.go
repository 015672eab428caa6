package supervision_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/supervision"
)

var (
	next      = supervision.Next
	allStates = []supervision.State{supervision.Open, supervision.Answered, supervision.Escalated, supervision.Recovered,
		supervision.Verified, supervision.Lapsed, supervision.Closed}
)

// A commitment is 已销号 from the letter on by which all of it is completed and verified.
func TestVerification(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tell     func(s *story)
		verified bool
		states   []string
		notes    []string
	}{
		"completed, and verified by nobody": {func(s *story) { s.stands("park completed").letter() }, false, nil, nil},
		"completed and verified": {func(s *story) {
			s.stands("park completed").letter().verifies("parks", 1).letter()
		}, true, nil, nil},
		"it stays so": {func(s *story) {
			s.stands("park completed").verifies("parks", 1).letter().letter().letter()
		}, true, nil, nil},
		"not completed": {func(s *story) { s.stands("park fine").verifies("parks", 1).letter() }, false, nil,
			[]string{"截至本期尚有指标未完成，未予销号"}},
		"verified twice": {func(s *story) {
			s.stands("park completed").verifies("parks", 2).letter().verifies("parks", 1).letter()
		}, true, nil, []string{"此前已核实销号"}},
		"after it lagged": {func(s *story) {
			s.stands("park severe").letter().stands("park completed").letter().verifies("parks", 1).letter()
		}, true, []string{"001 parks verified"}, nil},
		"with the letter that finds it completed": {func(s *story) {
			s.stands("park severe").letter().stands("park completed").verifies("parks", 1).letter()
		}, true, []string{"001 parks verified"}, nil},
		"what was closed by hand stays closed": {func(s *story) {
			s.stands("park severe").letter().closes("2024-001", 2).stands("park completed").verifies("parks", 1).letter()
		}, true, []string{"001 parks closed"}, nil},
		"also when the verification lapses": {func(s *story) {
			s.stands("park severe").letter().closes("2024-001", 2).stands("park completed").verifies("parks", 1).letter().stands("park fine").letter()
		}, false, []string{"001 parks closed"}, nil},
		"corrected below the target": {func(s *story) {
			s.stands("park completed").verifies("parks", 1).letter().stands("park fine").letter()
		}, false, nil, nil},
		"corrected, after it had lagged": {func(s *story) {
			s.stands("park severe").letter().stands("park completed").verifies("parks", 1).letter().stands("park fine").letter()
		}, false, []string{"001 parks lapsed"}, nil},
		"corrected so far that it lags": {func(s *story) {
			s.stands("park severe").letter().stands("park completed").verifies("parks", 1).letter().stands("park severe").letter()
		}, false, []string{"001 parks lapsed", "002 parks open"}, nil},
		"completed again, it wants to be verified again": {func(s *story) {
			s.stands("park completed").verifies("parks", 1).letter().stands("park fine").letter().stands("park completed").letter()
		}, false, nil, nil},
		"and is": {func(s *story) {
			s.stands("park severe").letter().stands("park completed").verifies("parks", 1).letter().stands("park fine").letter().
				stands("park completed").verifies("parks", 1).letter()
		}, true, []string{"001 parks verified"}, nil},
		"gone from the ledger, it stays as it was": {func(s *story) {
			s.stands("park completed").verifies("parks", 1).letter().without("parks").letter()
		}, true, nil, nil},
		"of another commitment": {func(s *story) {
			s.stands("park completed", "km completed", "bridges completed").verifies("roads", 1).letter()
		}, false, nil, nil},
	} {
		s := begin()
		tt.tell(s)
		var notes []string
		for _, n := range s.last().Notes {
			notes = append(notes, n.Reason)
		}
		if s.last().Verified("parks") != tt.verified {
			t.Errorf("%s: verified is %v", name, !tt.verified)
		}
		if diff := cmp.Diff(tt.states, s.states()); diff != "" {
			t.Errorf("%s: items (-want +got)\n%s", name, diff)
		}
		if diff := cmp.Diff(tt.notes, notes); diff != "" {
			t.Errorf("%s: notes (-want +got)\n%s", name, diff)
		}
	}
}

// The commitment of two measures is completed when both are.
func TestAllMeasuresMustBeCompleted(t *testing.T) {
	t.Parallel()
	s := begin().stands("km completed").verifies("roads", 1).letter()
	if s.last().Verified("roads") {
		t.Error("verified with half of it")
	}
	if s.stands("bridges completed").letter(); s.last().Verified("roads") {
		t.Error("an act that was not followed is followed later")
	}
	if s.verifies("roads", 1).letter(); !s.last().Verified("roads") {
		t.Error("not verified with all of it")
	}
}

// A verification keeps who, why and on what evidence, and the letter at which it lapses says so once.
func TestWhatAVerificationSays(t *testing.T) {
	t.Parallel()
	s := begin().stands("park severe").letter()
	at := s.before(1)
	s.stands("park completed").verifies("parks", 1).letter()
	item, v := s.last().Items[0], s.last().Verifications[0]
	if !v.At.Equal(at) || v.By != "督查室" || v.Reason != "现场核查" || !cmp.Equal(v.Evidence, []string{"验收单"}) || !v.LapsedAt.IsZero() {
		t.Errorf("%+v", v)
	}
	if !item.ClosedAt.Equal(at) || item.ClosedBy != "督查室" || !cmp.Equal(item.Evidence, v.Evidence) || !item.RecoveredAt.Equal(s.last().AsOf) {
		t.Errorf("%+v", item)
	}
	if s.stands("park fine").letter(); len(s.last().Lapsed()) != 1 || !s.last().Verifications[0].LapsedAt.Equal(s.last().AsOf) {
		t.Errorf("lapsed: %+v", s.last().Verifications)
	}
	if s.letter(); len(s.last().Lapsed()) != 0 || !s.weeks[1].Verifications[0].LapsedAt.IsZero() {
		t.Error("it lapses again, or did so in the week before")
	}
}

// A closing counts from its own moment, with who and why.
func TestWhatAClosingSays(t *testing.T) {
	t.Parallel()
	s := begin().stands("km lagging").letter()
	at := s.before(2)
	s.closes("2024-001", 2).letter()
	if item := s.last().Items[0]; !item.ClosedAt.Equal(at) || item.ClosedBy != "督查室" || item.Reason != "区长办公会议定" || !item.RecoveredAt.IsZero() {
		t.Errorf("%+v", item)
	}
	if s.stands("km fine").letter(); !s.last().Items[0].RecoveredAt.Equal(s.last().AsOf) || !s.last().Items[0].ClosedAt.Equal(at) {
		t.Errorf("recovered since: %+v", s.last().Items[0])
	}
}

// What an act asks of an item that cannot be closed changes nothing, and is said once.
func TestClosingsThatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	s := begin().stands("km lagging").letter().closes("2024-007", 3).closes("2024-001", 2).closes("2024-001", 1).letter()
	var got []string
	for _, n := range s.last().Notes {
		got = append(got, n.Item+" "+n.Commitment+" "+n.By+" "+n.Reason)
	}
	if diff := cmp.Diff([]string{"2024-007  督查室 没有这一督办事项", "2024-001 roads 督查室 该督办事项此前已办结"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if s.letter(); len(s.last().Notes) != 0 {
		t.Errorf("the next letter says it again: %+v", s.last().Notes)
	}
}
