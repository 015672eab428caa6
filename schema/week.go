package schema

import (
	"fmt"
	"time"
)

// Week is an ISO week of an ISO year, reckoned in Asia/Shanghai. It is comparable, and its zero value is no week.
type Week struct{ Year, Number int }

// WeekOf is the week that contains t.
func WeekOf(t time.Time) Week {
	year, number := t.In(Shanghai).ISOWeek()
	return Week{year, number}
}

// ParseWeek reads "2024-W27".
func ParseWeek(s string) (Week, error) {
	var w Week
	if _, err := fmt.Sscanf(s, "%4d-W%2d", &w.Year, &w.Number); err != nil || w.String() != s {
		return Week{}, fmt.Errorf("week %q is not of the form 2024-W27", s)
	}
	if last := WeekOf(Day(w.Year, time.December, 28).Start()); w.Number < 1 || w.Number > last.Number {
		return Week{}, fmt.Errorf("there is no week %q: %d has the weeks W01 to W%02d", s, w.Year, last.Number)
	}
	return w, nil
}

// Monday is the week's first day. January 4th is always in the first week.
func (w Week) Monday() Date {
	fourth := Day(w.Year, time.January, 4)
	sinceMonday := (int(fourth.civil().Weekday()) + 6) % 7
	return fourth - Date(sinceMonday) + Date(7*(w.Number-1))
}

// Next is the week after.
func (w Week) Next() Week { return WeekOf((w.Monday() + 7).Start()) }

// Before tells whether w is earlier than other.
func (w Week) Before(other Week) bool { return w.Monday() < other.Monday() }

// String is the ISO form, 2024-W27; it sorts, and it can be a token of a subject or a file name.
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.Number) }
