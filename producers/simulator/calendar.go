package simulator

import (
	"math/rand/v2"
	"slices"
	"time"

	"xushi/schema"
)

// works tells whether offices work on the day: Monday to Friday, but for the holidays that have a fixed
// date. The simulated year does not need the State Council's notice.
func works(d schema.Date) bool {
	at := d.Start()
	switch weekday := at.Weekday(); {
	case weekday == time.Saturday, weekday == time.Sunday:
		return false
	case at.Month() == time.January && at.Day() == 1, at.Month() == time.May && at.Day() == 1:
		return false
	case at.Month() == time.October && at.Day() <= 3:
		return false
	}
	return true
}

// lastOfMonth tells whether the day is the last working day of its month: the day of monthly statistics.
func lastOfMonth(d schema.Date) bool {
	month := d.Start().Month()
	for next := d + 1; next.Start().Month() == month; next++ {
		if works(next) {
			return false
		}
	}
	return works(d)
}

// officeHour is some moment of a working day, between 08:45 and 17:45 in Shanghai.
func officeHour(rng *rand.Rand, d schema.Date) time.Time {
	return d.Start().Add(8*time.Hour + 45*time.Minute + time.Duration(rng.IntN(9*60*60))*time.Second)
}

// laterAtWork is some moment in office hours, so many days after t or as soon as the office works then.
func laterAtWork(rng *rand.Rand, t time.Time, days int) time.Time {
	d := schema.DateOf(t) + schema.Date(days)
	for !works(d) {
		d++
	}
	return officeHour(rng, d)
}

// moments are those at which a measure's people sit down to report: perWeek of them in a week on
// average, from the first to the last day, and one at the end of every month.
func moments(rng *rand.Rand, first, last schema.Date, perWeek float64) []time.Time {
	var all []time.Time
	for d := first; d <= last; d++ {
		if !works(d) {
			continue
		}
		day := make([]time.Time, 0, 4)
		for n := perWeek / 5; n > 0; n-- {
			if at := officeHour(rng, d); rng.Float64() < n {
				day = append(day, at)
			}
		}
		slices.SortFunc(day, time.Time.Compare)
		if lastOfMonth(d) {
			day = append(day, d.Start().Add(17*time.Hour+50*time.Minute))
		}
		all = append(all, day...)
	}
	return all
}
