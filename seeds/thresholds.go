package seeds

import "slices"

// Thresholds are the figures of the status rules, which package jobs/assessment applies: percentage points of
// the annual target, percent, days or weeks. Whoever changes them changes what a letter means, so they stand in
// the ledger, where every version is kept with its approver; DefaultThresholds hold where it says nothing.
type Thresholds struct {
	SevereGap         int // severe when more than so many points behind
	LaggingGap        int // lagging from so many points behind
	WatchGap          int // watched from so many points behind
	AheadGap          int // ahead from so many points before the plan
	SevereAttainment  int // severe below so many percent of what is planned, once enough is planned
	SeverePlanned     int // enough for that: so many percent of the target
	LaggingAttainment int // lagging below so many percent of what is planned, once enough is planned
	LaggingPlanned    int // enough for that: so many percent of the target
	AttainmentFloor   int // attainment is noise unless so many points behind
	SevereDays        int // a small count is severe when more than so many days late
	DueSoonDays       int // 临期 within so many days
	GraceDays         int // a report may come so many days after its interval
	ForecastPlanned   int // an outlook is given once so many percent of the target are planned
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

// Threshold is the name of one of the thresholds in the ledger's files.
type Threshold string

// Title is the threshold's name for readers, with its unit.
func (t Threshold) Title() string {
	if d := thresholdNamed(t); d != nil {
		return d.title
	}
	return string(t)
}

// Limits are the least and the most that the threshold may be in any ledger.
func (t Threshold) Limits() (least, most int) {
	if d := thresholdNamed(t); d != nil {
		return d.least, d.most
	}
	return 0, 0
}

// AllThresholds are their names, in the order in which readers see them.
func AllThresholds() []Threshold {
	all := make([]Threshold, len(thresholds))
	for i := range thresholds {
		all[i] = thresholds[i].name
	}
	return all
}

// Overrides are thresholds that a plan or a measure sets for itself.
type Overrides map[Threshold]int

// threshold says what a threshold may be.
type threshold struct {
	name        Threshold
	title       string
	least, most int
	within      Threshold // another that it must not exceed; "": none
	ofPlan      bool      // it is of no single measure
	of          func(*Thresholds) *int
}

// thresholds are all of them, in the order in which readers see them.
var thresholds = []threshold{
	{"severe_gap_points", "严重滞后起点（百分点）", 1, 100, "", false, func(t *Thresholds) *int { return &t.SevereGap }},
	{"lagging_gap_points", "滞后起点（百分点）", 1, 100, "severe_gap_points", false, func(t *Thresholds) *int { return &t.LaggingGap }},
	{"watch_gap_points", "关注起点（百分点）", 1, 100, "lagging_gap_points", false, func(t *Thresholds) *int { return &t.WatchGap }},
	{"ahead_gap_points", "快于序时起点（百分点）", 1, 100, "", false, func(t *Thresholds) *int { return &t.AheadGap }},
	{"severe_attainment_percent", "严重滞后的时序完成率（%）", 1, 100, "lagging_attainment_percent", false, func(t *Thresholds) *int { return &t.SevereAttainment }},
	{"severe_planned_percent", "严重滞后看时序完成率的序时起点（%）", 1, 100, "", false, func(t *Thresholds) *int { return &t.SeverePlanned }},
	{"lagging_attainment_percent", "滞后的时序完成率（%）", 1, 100, "", false, func(t *Thresholds) *int { return &t.LaggingAttainment }},
	{"lagging_planned_percent", "滞后看时序完成率的序时起点（%）", 1, 100, "severe_planned_percent", false, func(t *Thresholds) *int { return &t.LaggingPlanned }},
	{"attainment_floor_points", "看时序完成率的最小进度差（百分点）", 0, 100, "lagging_gap_points", false, func(t *Thresholds) *int { return &t.AttainmentFloor }},
	{"severe_days", "逐项晚于时限多少天以上为严重滞后（天）", 1, 366, "", false, func(t *Thresholds) *int { return &t.SevereDays }},
	{"due_soon_days", "临期提示（天）", 0, 366, "", false, func(t *Thresholds) *int { return &t.DueSoonDays }},
	{"grace_days", "报送宽限（天）", 0, 366, "", false, func(t *Thresholds) *int { return &t.GraceDays }},
	{"forecast_planned_percent", "给出预计完成日的序时起点（%）", 1, 100, "", false, func(t *Thresholds) *int { return &t.ForecastPlanned }},
	{"escalate_weeks", "督办升级（周）", 1, 52, "", true, func(t *Thresholds) *int { return &t.EscalateWeeks }},
}

func thresholdNamed(name Threshold) *threshold {
	i := slices.IndexFunc(thresholds, func(d threshold) bool { return d.name == name })
	if i < 0 {
		return nil
	}
	return &thresholds[i]
}

// With is the thresholds with some of them set anew. Names that are none change nothing; a loaded ledger has
// none.
func (t Thresholds) With(o Overrides) Thresholds {
	for name, value := range o {
		if d := thresholdNamed(name); d != nil {
			*d.of(&t) = value
		}
	}
	return t
}

// value is one of the thresholds by its name.
func (t Thresholds) value(name Threshold) int { return *thresholdNamed(name).of(&t) }

// Thresholds are those of the plan, for what is not of one measure.
func (l *Ledger) Thresholds() Thresholds { return DefaultThresholds().With(l.Plan.Thresholds) }

// ThresholdsOf are those by which a measure of the ledger is assessed.
func (l *Ledger) ThresholdsOf(m *Measure) Thresholds {
	if len(m.Thresholds) == 0 {
		return l.thresholds
	}
	return l.thresholds.With(m.Thresholds)
}
