package records_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/records"
	"xushi/schema"
)

func TestTheWeeksOfAMonthAreThoseWhoseMomentIsInIt(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	for _, week := range []int{30, 26, 27, 31} { // 06-24, 07-01, 07-22, 07-29: in no order
		a := lagging()
		a.AsOf = schema.Week{Year: 2024, Number: week}.Monday().Start().Add(8 * time.Hour)
		a.KnownAt = a.AsOf
		freeze(t, conn, week, a)
	}
	month := schema.Month{Year: 2024, Month: time.July}
	for _, tc := range []struct {
		name        string
		from, until time.Time
		want        []string
	}{
		{"a whole month", month.Start(), month.End(), []string{"2024-W27", "2024-W30", "2024-W31"}},
		{"from a letter's own moment on", monday, month.End(), []string{"2024-W27", "2024-W30", "2024-W31"}},
		{"until before a letter's own moment", month.Start(), monday, nil},
		{"a month without letters", month.End(), month.End().AddDate(0, 1, 0), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			weeks, err := records.WeeksBetween(t.Context(), conn, "p", tc.from, tc.until)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range weeks {
				got = append(got, w.Week.String())
				if len(w.Standings) != 1 {
					t.Errorf("week %s has %d standings", w.Week, len(w.Standings))
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("weeks (-want +got):\n%s", diff)
			}
		})
	}
}
