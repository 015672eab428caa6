package seeds

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Thresholds are the figures of the status rules, which package jobs/assessment applies: percentage points of
// the annual target, percent, days or weeks. Whoever changes them changes what a letter means, so they stand in
// the ledger, where every version is kept with its approver; DefaultThresholds hold where it says nothing.
type Thresholds struct {
	SevereGap         int // severe when more than so many points behind
	LaggingGap        int // lagging from so many points behind
	WatchGap          int // watched from so many points behind
	AheadGap          int // ahead from so many points before the plan
	SevereAttainment  int // severe below so much of what is planned,
	SeverePlanned     int // once so much is planned
	LaggingAttainment int // lagging below so much of what is planned,
	LaggingPlanned    int // once so much is planned
	AttainmentFloor   int // attainment is noise unless so many points behind
	SevereDays        int // a small count is severe when more than so many days late
	DueSoonDays       int // 临期 within so many days
	GraceDays         int // a report may come so many days after its interval
	ForecastPlanned   int // an outlook is given once so much is planned
	EscalateWeeks     int // a supervision item is escalated when unanswered for so many weeks
}

// DefaultThresholds are those of the domain notes, which give their sources.
func DefaultThresholds() Thresholds {
	return Thresholds{
		SevereGap: 30, LaggingGap: 10, WatchGap: 5, AheadGap: 10,
		SevereAttainment: 60, SeverePlanned: 20, LaggingAttainment: 80, LaggingPlanned: 10, AttainmentFloor: 5,
		SevereDays: 30, DueSoonDays: 14, GraceDays: 7, ForecastPlanned: 15, EscalateWeeks: 2,
	}
}

// Overrides are thresholds that a plan or a measure sets for itself, by their names in the ledger.
type Overrides map[string]int

// named is every threshold by its name in the ledger.
func (t *Thresholds) named() map[string]*int {
	return map[string]*int{
		"severe_gap_points":          &t.SevereGap,
		"lagging_gap_points":         &t.LaggingGap,
		"watch_gap_points":           &t.WatchGap,
		"ahead_gap_points":           &t.AheadGap,
		"severe_attainment_percent":  &t.SevereAttainment,
		"severe_planned_percent":     &t.SeverePlanned,
		"lagging_attainment_percent": &t.LaggingAttainment,
		"lagging_planned_percent":    &t.LaggingPlanned,
		"attainment_floor_points":    &t.AttainmentFloor,
		"severe_days":                &t.SevereDays,
		"due_soon_days":              &t.DueSoonDays,
		"grace_days":                 &t.GraceDays,
		"forecast_planned_percent":   &t.ForecastPlanned,
		"escalate_weeks":             &t.EscalateWeeks,
	}
}

// With is the thresholds with some of them set anew. Names that are none change nothing; Validate of the
// ledger refuses them.
func (t Thresholds) With(o Overrides) Thresholds {
	named := t.named()
	for name, value := range o {
		if threshold, ok := named[name]; ok {
			*threshold = value
		}
	}
	return t
}

// Validate reports everything that makes the rules contradict each other.
func (t Thresholds) Validate() error {
	var errs []error
	named := t.named()
	limits := map[string][2]int{
		"severe_gap_points": {1, 100}, "lagging_gap_points": {1, t.SevereGap}, "watch_gap_points": {1, t.LaggingGap}, "ahead_gap_points": {1, 100},
		"lagging_attainment_percent": {1, 100}, "severe_attainment_percent": {1, t.LaggingAttainment},
		"severe_planned_percent": {1, 100}, "lagging_planned_percent": {1, t.SeverePlanned}, "attainment_floor_points": {0, t.LaggingGap},
		"severe_days": {1, 366}, "due_soon_days": {0, 366}, "grace_days": {0, 366},
		"forecast_planned_percent": {1, 100}, "escalate_weeks": {1, 52},
	}
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		if value, limit := *named[name], limits[name]; value < limit[0] || value > limit[1] {
			errs = append(errs, fmt.Errorf("%s is %d: must be between %d and %d", name, value, limit[0], limit[1]))
		}
	}
	return errors.Join(errs...)
}

// Thresholds are those of the plan, for what is not of one measure.
func (l *Ledger) Thresholds() Thresholds { return DefaultThresholds().With(l.Plan.Thresholds) }

// ThresholdsOf are those by which a measure of the ledger is assessed.
func (l *Ledger) ThresholdsOf(m *Measure) Thresholds {
	if len(m.Thresholds) == 0 {
		return l.thresholds
	}
	return l.thresholds.With(m.Thresholds)
}
