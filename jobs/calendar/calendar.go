// Package calendar knows on which days an office works: the State Council's holidays and working weekends
// of the years that come with the program (china.yaml), and those that the office has entered in a file of
// its own. So it knows on which day of a week a letter goes out.
//
// It knows days, not hours, and nothing of what was sent (package jobs/weekly does).
package calendar

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"xushi/schema"
)

// Calendar is the working days of some years. It does not change; several may read it at once.
type Calendar struct {
	years map[int]year
}

// year is what the notice of one year says: true, a day off that would be worked otherwise or is a weekend;
// false, a weekend that is worked.
type year map[schema.Date]bool

//go:embed china.yaml
var china []byte

// China is the calendar that comes with the program.
func China() *Calendar {
	years, err := parse(china)
	if err != nil {
		panic(fmt.Sprintf("calendar china.yaml, embedded: %v", err))
	}
	return &Calendar{years}
}

// Load is China with the years of the office's file, each of which takes the place of China's; "" names none.
func Load(path string) (*Calendar, error) {
	c := China()
	if path == "" {
		return c, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	years, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", path, err)
	}
	maps.Copy(c.years, years)
	return c, nil
}

// Known tells whether the holidays of a year have been entered.
func (c *Calendar) Known(year int) bool { return c.years[year] != nil }

// Works tells whether the office works on a day; of a year that is not known, it works on all but weekends.
func (c *Calendar) Works(d schema.Date) bool {
	start := d.Start()
	if off, listed := c.years[start.Year()][d]; listed {
		return !off
	}
	return start.Weekday() != time.Saturday && start.Weekday() != time.Sunday
}

// LetterDay is the day of a week on which its letter goes out: Monday, or the next day on which the office
// works; ok is false for a week in which it does not work at all.
func (c *Calendar) LetterDay(w schema.Week) (day schema.Date, ok bool) {
	for day = w.Monday(); day < w.Monday()+7; day++ {
		if c.Works(day) {
			return day, true
		}
	}
	return 0, false
}

// Unknown is the first year of a week's days that is not known; ok is false if all are.
func (c *Calendar) Unknown(w schema.Week) (year int, ok bool) {
	for _, day := range []schema.Date{w.Monday(), w.Monday() + 6} {
		if year = day.Start().Year(); !c.Known(year) {
			return year, true
		}
	}
	return 0, false
}

// entry is one year as it is written.
type entry struct {
	Off  []string `yaml:"off"`
	Work []string `yaml:"work"`
}

// parse reads a file of years and says everything that is wrong with it.
func parse(text []byte) (map[int]year, error) {
	var entries map[int]entry
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&entries); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var errs []error
	years := map[int]year{}
	for _, number := range slices.Sorted(maps.Keys(entries)) {
		y, err := entries[number].year(number)
		if err != nil {
			errs = append(errs, err)
		}
		years[number] = y
	}
	if len(years) == 0 && len(errs) == 0 {
		errs = append(errs, errors.New("no year is in it; write one as china.yaml has them (2026: {off: [2026-01-01], work: []})"))
	}
	return years, errors.Join(errs...)
}

func (e entry) year(number int) (year, error) {
	var errs []error
	days := year{}
	for _, list := range []struct {
		name string
		runs []string
		off  bool
	}{{"off", e.Off, true}, {"work", e.Work, false}} {
		for _, run := range list.runs {
			if err := days.add(number, run, list.off); err != nil {
				errs = append(errs, fmt.Errorf("%d.%s: %w", number, list.name, err))
			}
		}
	}
	if len(e.Off) == 0 {
		errs = append(errs, fmt.Errorf("%d.off: no day off is listed; every year has some", number))
	}
	return days, errors.Join(errs...)
}

// add enters a day, or a run of days with both ends.
func (y year) add(number int, run string, off bool) error {
	from, to, isRun := strings.Cut(run, "/")
	first, err := schema.ParseDate(from)
	last := first
	if err == nil && isRun {
		last, err = schema.ParseDate(to)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%q: write a day as 2024-01-01, or a run of days as 2024-02-10/2024-02-17", run)
	case last < first:
		return fmt.Errorf("%q ends before it begins", run)
	case first.Start().Year() != number || last.Start().Year() != number:
		return fmt.Errorf("%q is not of %d", run, number)
	}
	for day := first; day <= last; day++ {
		if _, listed := y[day]; listed {
			return fmt.Errorf("%s is listed twice", day)
		}
		weekday := day.Start().Weekday()
		if !off && weekday != time.Saturday && weekday != time.Sunday {
			return fmt.Errorf("%s is no weekend: it is worked anyway", day)
		}
		y[day] = off
	}
	return nil
}
