package weekly_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/schema"
)

// On the month's first working day the bulletin of the month before is queued, once for each recipient, when all
// letters of that month are written, and not any more after the grace period.
func TestABulletinOfEveryMonth(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org", "b@example.org")
	o.English, o.Monthly = []string{"b@example.org"}, true
	if _, err := o.Begin(t.Context(), day(2024, 9, 2)); err != nil {
		t.Fatal(err)
	}
	for now := day(2024, 9, 2); now.Before(day(2024, 9, 30)); now = now.AddDate(0, 0, 1) {
		run(t, o, now)
	}
	first := day(2024, 10, 8) // after the national holiday
	if err := o.RunMonth(t.Context(), first); err == nil || !strings.Contains(err.Error(), "2024-W40") {
		t.Errorf("before the letter of 30 September is written: %v", err)
	}
	write(t, o, day(2024, 9, 30))
	for _, now := range []time.Time{first.Add(-time.Second), first, first.Add(time.Minute), day(2024, 11, 6)} {
		if err := o.RunMonth(t.Context(), now); err != nil {
			t.Fatalf("%s: %v", now, err)
		}
		var got []string
		for _, subject := range slices.Sorted(maps.Keys(letters(t, o.JetStream))) {
			if a, ok := schema.ParseMailSubject(subject); ok && a.Kind == schema.MonthlyLetter {
				got = append(got, a.Period+" "+a.Recipient)
			}
		}
		want := []string{"2024-09 a@example.org", "2024-09 b@example.org"}
		if now.Before(first) {
			want = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: bulletins (-want +got)\n%s", now, diff)
		}
	}
}

// A bulletin that was not queued within the grace period is told to the operator, once; one of a month in which
// nobody asked for bulletins is not.
func TestAMissedBulletinIsToldOf(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	o.Operator, o.Monthly = "ops@example.org", true
	for _, step := range []struct {
		now  time.Time
		want []string
	}{
		{day(2024, 7, 20), nil},                 // June's is over, and was not asked for
		{day(2024, 8, 1), nil},                  // July's, which had no letter
		{day(2024, 9, 7), []string{"missed"}},   // August's: due on the 2nd, and 96 hours are over
		{day(2024, 9, 8), []string{"missed"}},   // told once
		{day(2024, 11, 20), []string{"missed"}}, // September's went by unseen: October's is not known to be owed
	} {
		if err := o.RunMonth(t.Context(), step.now); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, warnings(t, o)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", step.now, diff)
		}
	}
}
