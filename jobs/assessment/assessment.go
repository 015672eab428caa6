// Package assessment holds a plan's promises against what its departments reported. It is a pure
// function of ledger, records, as-of and known-at: NewLog orders the records once, Log.Assess gives one
// Assessment per measure for any moment, and the same input gives the same output. It reads no clock, no
// store and no network. The words and rules are those of the project's domain notes; every status rule
// of the product is in this package and nowhere else.
package assessment

import (
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// Progress is the progress_status; the first rule that matches wins.
type Progress string

// Progress statuses, in the order of the rules.
const (
	Unknown    Progress = "unknown"     // 未知
	Completed  Progress = "completed"   // 已完成
	Overdue    Progress = "overdue"     // 逾期
	NotDue     Progress = "not_due"     // 未到期
	NotStarted Progress = "not_started" // 未启动
	Severe     Progress = "severe"      // 严重滞后
	Lagging    Progress = "lagging"     // 滞后
	Ahead      Progress = "ahead"       // 快于序时
	OnTrack    Progress = "on_track"    // 符合序时
)

// ShownStale (数据超期未报) is what Shown gives in place of OnTrack and Ahead; it is never a Progress
// that an Assessment holds.
const ShownStale Progress = "stale"

// Alert is the alert_level, a field of its own: a measure that is not_started or overdue carries the
// level that its gap or its days of delay give.
type Alert string

// Alert levels, mildest first.
const (
	NoAlert      Alert = "none"
	Watch        Alert = "watch"   // 关注
	LaggingAlert Alert = "lagging" // 滞后
	SevereAlert  Alert = "severe"  // 严重滞后
)

// Data is the data_status.
type Data string

// Data statuses.
const (
	Fresh         Data = "fresh"
	Stale         Data = "stale"          // 数据超期未报
	NeverReported Data = "never_reported" // 从未报送
	Disputed      Data = "disputed"       // 数据有争议
	Unverified    Data = "unverified"     // 待核实
)

// Assessment is what is known of one measure at one moment. Shares are exact (Rat), nil where they
// cannot be known; percentages of the annual target are shares × 100.
type Assessment struct {
	Measure       *seeds.Measure
	AsOf, KnownAt time.Time

	Standing
	Fired Fired // the rules that gave its progress status and its alert level

	Target  decimal.Decimal     // of a milestone, as are the next two, in stages; the shares are of their weights
	Actual  decimal.NullDecimal // actual_to_date, or the level's latest value; invalid if unknown
	Planned *big.Rat            // planned_to_date in the measure's unit (a level: the planned value); nil if unknown

	PlannedShare *big.Rat // planned_pct ÷ 100
	ActualShare  *big.Rat // actual_pct ÷ 100
	Gap          *big.Rat // gap_pp: percentage points; nil for a small count, whose delay speaks in days
	Attainment   *big.Rat // actual ÷ planned; nil while nothing is planned

	Reason                    string      // of unknown, in Chinese; "" otherwise
	DueSoon                   bool        // 临期: due, with something missing, within so many days
	NextDue                   schema.Date // by when the next missing piece of a small count is due, or the whole of anything else
	NextPiece                 string      // that piece, an item or a stage; "" for one without a name and for the whole
	Unconfirmed               bool        // nobody has confirmed the curve
	Simulated                 bool        // computed from simulated readings
	LastReported              *time.Time  // occurred_at of the newest reading or "no change" that counts
	DonePieces, MissingPieces []string    // items or stages: done, and planned by now but not done

	Forecast *Forecast // an outlook and no fact; nil where none is allowed

	Explained         *Explanation // newest explanation of the commitment; nil: none
	Problem, NextStep string       // what it says
	Events            []Event      // that Actual was computed from, in log order
	Corrections       []Correction
}

// Event names an event of the plan; Log.Evidence gives the whole of it.
type Event struct {
	ID, Source string
	Position   schema.Position
}

// EventsOf names records.
func EventsOf(records []*schema.Record) []Event {
	var all []Event
	for _, r := range records {
		all = append(all, Event{r.ID, r.Source, r.Position})
	}
	return all
}

// Explanation is what a department said of a commitment's existing problem and next step
// (progress.explained.v1).
type Explanation struct {
	Department, Source, ID string    // of the event
	Time, ReceivedAt       time.Time // when it was given, and when it arrived
	Problem, NextStep      string
}

// Correction is a void or replacement that took back some of what had been known of a measure.
type Correction struct {
	At            time.Time       // received_at of the void or the replacing reading
	ID, Target    string          // its id, and the id it withdrew
	Before, After decimal.Decimal // actual_to_date just before and just after
	Reason        string
}
