package supervision_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xushi/jobs/supervision"
)

// happen lets something happen before the next letter.
func happen(t *rapid.T, s *story, id int) {
	days := rapid.IntRange(-2, 6).Draw(t, "days")
	commitment := rapid.SampledFrom([]string{"roads", "parks"}).Draw(t, "commitment")
	switch rapid.IntRange(0, 6).Draw(t, "what") {
	case 0, 1:
		measure := rapid.SampledFrom([]string{"km", "bridges", "park"}).Draw(t, "measure")
		how := rapid.SampledFrom([]string{"fine", "lagging", "severe", "overdue", "silent", "unknown", "completed", "completed"}).Draw(t, "how")
		s.stands(measure + " " + how)
	case 2:
		s.explains(commitment, fmt.Sprint("e", id), max(days, 0))
	case 3:
		s.withdraws(commitment)
	case 4:
		s.closes(fmt.Sprintf("2024-%03d", rapid.IntRange(1, 6).Draw(t, "item")), days)
	case 5:
		s.verifies(commitment, days)
	case 6:
		s.revises(max(days, 0), "km due_date", "park curve")
	}
}

// Whatever happens: the same weeks come of the same story, also when it is told on from a week that was kept;
// no week is changed by a later one; numbers are given in order and for ever; what is closed is never open
// again, and a commitment has one open item at most.
func TestAStoryToldAnyWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := begin()
		var inputs []supervision.Input
		var told []string // every week as it was when it was told
		for week := range rapid.IntRange(1, 14).Draw(t, "weeks") {
			for range rapid.IntRange(0, 4).Draw(t, "happenings") {
				happen(t, s, week)
			}
			inputs = append(inputs, s.input())
			s.letter()
			told = append(told, fmt.Sprintf("%+v", *s.last()))
			grows(t, s)
		}
		from := rapid.IntRange(0, len(inputs)-1).Draw(t, "from")
		var again *supervision.Week
		if from > 0 {
			again = s.weeks[from-1]
		}
		for i := from; i < len(inputs); i++ {
			again = supervision.Next(again, inputs[i])
			if diff := cmp.Diff(s.weeks[i], again); diff != "" {
				t.Fatalf("week %d, told again from %d (-want +got)\n%s", i, from, diff)
			}
		}
		for i, w := range s.weeks {
			if is := fmt.Sprintf("%+v", *w); is != told[i] {
				t.Fatalf("week %d was\n%s\nand is\n%s", i, told[i], is)
			}
		}
	})
}

// grows checks the newest week against the one before.
func grows(t *rapid.T, s *story) {
	var before []supervision.Item
	if len(s.weeks) > 1 {
		before = s.weeks[len(s.weeks)-2].Items
	}
	open := map[string]int{}
	for i, item := range s.last().Items {
		if item.Number != fmt.Sprintf("2024-%03d", i+1) {
			t.Fatalf("item %d is called %s", i, item.Number)
		}
		if item.IsOpen() != item.ClosedAt.IsZero() || (item.State == supervision.Answered) != (item.Answer != nil) && item.IsOpen() {
			t.Fatalf("%+v", item)
		}
		if open[item.Commitment] += map[bool]int{true: 1}[item.IsOpen()]; open[item.Commitment] > 1 {
			t.Fatalf("two open items of %s: %v", item.Commitment, s.states())
		}
		if i < len(before) && (before[i].Commitment != item.Commitment || !before[i].OpenedAt.Equal(item.OpenedAt) || !before[i].IsOpen() && item.IsOpen()) {
			t.Fatalf("item %s was\n%+v\nand is\n%+v", item.Number, before[i], item)
		}
	}
	if len(s.last().Items) < len(before) {
		t.Fatal("an item is gone")
	}
}
