package assessment

// Rule names the rule of the domain notes that gave a status, so that whoever asks why can be told.
type Rule string

// Rules of the progress status alone, in their order.
const (
	LacksInput     Rule = "lacks_input"     // unknown: a baseline, a denominator or a curve is missing
	LacksReading   Rule = "lacks_reading"   // unknown: a level that is due without a reading
	TargetReached  Rule = "target_reached"  // completed
	PastDue        Rule = "past_due"        // overdue
	NothingPlanned Rule = "nothing_planned" // not_due
	NothingDone    Rule = "nothing_done"    // not_started
	ReachedEarly   Rule = "reached_early"   // ahead: a level at its target, before its final reading
	AheadGap       Rule = "ahead_gap"       // ahead: so many points before the plan
	Otherwise      Rule = "otherwise"       // on_track
)

// Rules of the alert level, and of the progress statuses severe and lagging, which follow it.
const (
	SevereGap         Rule = "severe_gap"         // so many points behind
	SevereAttainment  Rule = "severe_attainment"  // a small part of what is planned, once enough is planned
	SevereDays        Rule = "severe_days"        // the oldest missing piece of a small count is so many days late
	LaggingGap        Rule = "lagging_gap"        //
	LaggingAttainment Rule = "lagging_attainment" //
	LaggingDays       Rule = "lagging_days"       //
	WatchGap          Rule = "watch_gap"          //
	NoneBehind        Rule = "none_behind"        // none: nothing of the above
	NotGraded         Rule = "not_graded"         // none: completed, not due or unknown, whatever the gap
)

// Fired is the rules that gave an assessment its statuses.
type Fired struct {
	Progress, Alert Rule
}
