package schema_test

import (
	"testing"
	"time"

	"xushi/schema"
)

// Weeks belong to ISO years, which begin on a Monday and need not begin with the calendar's.
func TestWeek(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ day, week, monday, next string }{
		{"2024-07-01", "2024-W27", "2024-07-01", "2024-W28"},
		{"2024-12-30", "2025-W01", "2024-12-30", "2025-W02"},
		{"2023-12-31", "2023-W52", "2023-12-25", "2024-W01"},
		{"2026-12-31", "2026-W53", "2026-12-28", "2027-W01"},
		{"2024-02-18", "2024-W07", "2024-02-12", "2024-W08"},
	} {
		day, err := schema.ParseDate(tt.day)
		if err != nil {
			t.Fatal(err)
		}
		w := schema.WeekOf(day.Start().Add(8 * time.Hour))
		if w.String() != tt.week || w.Monday().String() != tt.monday || w.Next().String() != tt.next {
			t.Errorf("%s: week %s from %s, then %s; want %s from %s, then %s", tt.day, w, w.Monday(), w.Next(), tt.week, tt.monday, tt.next)
		}
		if back, err := schema.ParseWeek(tt.week); err != nil || back != w || !w.Before(w.Next()) || w.Next().Before(w) {
			t.Errorf("%s reads as %v, %v", tt.week, back, err)
		}
	}
	// The last instant of a Sunday in Shanghai is still Sunday in London, and the first of a Monday too.
	if w := schema.WeekOf(time.Date(2024, 6, 30, 16, 0, 0, 0, time.UTC)); w.String() != "2024-W27" {
		t.Errorf("Monday 00:00 in Shanghai is in %s", w)
	}
	for _, bad := range []string{"", "2024-W7", "2024-W54", "2025-W53", "2024W27", "2024-W00", "2024-W271", "24-W27"} {
		if w, err := schema.ParseWeek(bad); err == nil {
			t.Errorf("%q reads as %s", bad, w)
		}
	}
}
