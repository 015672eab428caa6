package schema

import (
	"fmt"
	"time"
	_ "time/tzdata" // Asia/Shanghai must exist on machines without a zone database
)

// Shanghai is the zone of every date, week and deadline of a plan.
var Shanghai = mustLoad("Asia/Shanghai")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(fmt.Sprintf("zone %s, embedded by time/tzdata: %v", name, err))
	}
	return loc
}

// Date is a calendar day in Shanghai, as a number of days since 1970-01-01. A deadline on a date
// binds at 24:00 of it, which is the next date's Start.
type Date int32

const secondsPerDay = 24 * 60 * 60

// DateOf is the Shanghai day that contains t.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Shanghai).Date()
	return Day(y, m, d)
}

// Day makes a Date of its parts.
func Day(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// ParseDate reads "2024-06-30".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("date %q is not of the form 2024-06-30", s)
	}
	return Date(t.Unix() / secondsPerDay), nil
}

// Start is 00:00 of the day in Shanghai.
func (d Date) Start() time.Time {
	y, m, day := d.civil().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, Shanghai)
}

// End is 24:00 of the day in Shanghai: the moment at which a deadline on it binds.
func (d Date) End() time.Time { return (d + 1).Start() }

func (d Date) civil() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String is the ISO form, 2024-06-30.
func (d Date) String() string { return d.civil().Format(time.DateOnly) }

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
