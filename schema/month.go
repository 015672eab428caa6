package schema

import (
	"fmt"
	"time"
)

// Month is a calendar month in Asia/Shanghai. It is comparable, and its zero value is no month.
type Month struct {
	Year  int
	Month time.Month
}

// MonthOf is the month that contains t.
func MonthOf(t time.Time) Month {
	year, month, _ := t.In(Shanghai).Date()
	return Month{year, month}
}

// ParseMonth reads "2024-06".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return Month{}, fmt.Errorf("month %q is not of the form 2024-06", s)
	}
	return Month{t.Year(), t.Month()}, nil
}

// Start is 00:00 of its first day in Shanghai, End that of the next month's.
func (m Month) Start() time.Time { return time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, Shanghai) }

// End is the first moment after the month.
func (m Month) End() time.Time { return m.Start().AddDate(0, 1, 0) }

// Before is the month before.
func (m Month) Before() Month { return MonthOf(m.Start().AddDate(0, -1, 0)) }

// String is 2024-06; it sorts, and it can be a token of a subject.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }
