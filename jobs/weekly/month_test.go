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
