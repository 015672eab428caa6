package assessment

import (
	"errors"
	"fmt"
)

// Thresholds are the figures of the rules: percentage points of the annual target, percent, or days.
// Whoever changes them changes what a letter means, so they are configuration and not code.
type Thresholds struct {
	SevereGap         int `koanf:"severe_gap_points"`          // severe when more than so many points behind; default 30
	LaggingGap        int `koanf:"lagging_gap_points"`         // lagging from so many points behind; default 10
	WatchGap          int `koanf:"watch_gap_points"`           // watched from so many points behind; default 5
	AheadGap          int `koanf:"ahead_gap_points"`           // ahead from so many points before the plan; default 10
	SevereAttainment  int `koanf:"severe_attainment_percent"`  // severe below so much of what is planned; default 60
	SeverePlanned     int `koanf:"severe_planned_percent"`     // once so much is planned; default 20
	LaggingAttainment int `koanf:"lagging_attainment_percent"` // lagging below so much of what is planned; default 80
	LaggingPlanned    int `koanf:"lagging_planned_percent"`    // once so much is planned; default 10
	AttainmentFloor   int `koanf:"attainment_floor_points"`    // attainment is noise unless so many points behind; default 5
	SevereDays        int `koanf:"severe_days"`                // a small count is severe when more than so many days late; default 30
	DueSoonDays       int `koanf:"due_soon_days"`              // 临期 within so many days; default 14
	GraceDays         int `koanf:"grace_days"`                 // a report may come so many days after its interval; default 7
}

// Default is the thresholds of the domain notes, which give their sources.
func Default() Thresholds {
	return Thresholds{
		SevereGap: 30, LaggingGap: 10, WatchGap: 5, AheadGap: 10,
		SevereAttainment: 60, SeverePlanned: 20, LaggingAttainment: 80, LaggingPlanned: 10, AttainmentFloor: 5,
		SevereDays: 30, DueSoonDays: 14, GraceDays: 7,
	}
}

// Validate reports everything that makes the rules contradict each other.
func (t Thresholds) Validate() error {
	var errs []error
	within := func(name string, value, least, most int) {
		if value < least || value > most {
			errs = append(errs, fmt.Errorf("%s is %d: must be between %d and %d", name, value, least, most))
		}
	}
	within("severe_gap_points", t.SevereGap, 1, 100)
	within("lagging_gap_points", t.LaggingGap, 1, t.SevereGap)
	within("watch_gap_points", t.WatchGap, 1, t.LaggingGap)
	within("ahead_gap_points", t.AheadGap, 1, 100)
	within("lagging_attainment_percent", t.LaggingAttainment, 1, 100)
	within("severe_attainment_percent", t.SevereAttainment, 1, t.LaggingAttainment)
	within("severe_planned_percent", t.SeverePlanned, 1, 100)
	within("lagging_planned_percent", t.LaggingPlanned, 1, t.SeverePlanned)
	within("attainment_floor_points", t.AttainmentFloor, 0, t.LaggingGap)
	within("severe_days", t.SevereDays, 1, 366)
	within("due_soon_days", t.DueSoonDays, 0, 366)
	within("grace_days", t.GraceDays, 0, 366)
	return errors.Join(errs...)
}
