package assessment_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// TestStatusesNeverContradictEachOther assesses the promises that come with the program on any day, before
// and after the plan too, with any readings.
func TestStatusesNeverContradictEachOther(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		day := l.Plan.Start + schema.Date(rapid.IntRange(-10, 400).Draw(t, "day"))
		asOf := day.Start()
		for _, a := range NewLog(l, drawReadings(t, l)).Assess(asOf, asOf) {
			calm := a.Progress == Completed || a.Progress == NotDue || a.Progress == Unknown
			behind := a.Alert == LaggingAlert || a.Alert == SevereAlert
			for rule, held := range map[string]bool{
				"unknown exactly with a reason":              (a.Progress == Unknown) == (a.Reason != ""),
				"unknown has no gap":                         a.Progress != Unknown || a.Gap == nil,
				"small counts speak in days, not in points":  !a.Measure.SmallCount() || a.Gap == nil,
				"what is missing is late, or nothing counts": len(a.MissingPieces) == 0 || a.LagDays > 0 || calm,
				"no alert where nothing can be behind":       !calm || a.Alert == NoAlert && a.LagDays == 0,
				"severe bears its alert":                     a.Progress != Severe || a.Alert == SevereAlert,
				"lagging bears its alert":                    a.Progress != Lagging || a.Alert == LaggingAlert,
				"behind by at least a day":                   a.LagDays >= 0 && (!behind || a.LagDays > 0),
				"ahead and on track are not behind":          a.Progress != Ahead && a.Progress != OnTrack || !behind,
				"stale is never green":                       a.Data != Stale || a.Shown() != Ahead && a.Shown() != OnTrack,
				"never reported is never green":              a.Data != NeverReported || a.Shown() != Ahead && a.Shown() != OnTrack,
				"only a due measure has never been reported": a.Data != NeverReported || a.Progress != NotDue,
				"overdue exactly when past due and not done": (a.Progress == Overdue) == (day > a.Measure.DueDate && a.Progress != Completed && a.Progress != Unknown),
				"severe and lagging say by which rule":       a.Progress != Severe && a.Progress != Lagging || a.Fired.Progress == a.Fired.Alert,
				"a rule fired for the status and the level":  a.Fired.Progress != "" && a.Fired.Alert != "",
				"not graded exactly where nothing is behind": (a.Fired.Alert == NotGraded) == calm,
				"an outlook on linear curves alone":          a.Forecast == nil || a.Measure.Curve.Kind == seeds.Linear && !calm,
				"an outlook does not lie in the past":        a.Forecast == nil || a.Forecast.Finish >= day,
				"the status that is shown has a name":        a.Shown().Label() != "",
			} {
				if !held {
					t.Errorf("%s on %s: %s, but %s, %s, %s, gap %s, %d days, reason %q", a.Measure.ID, day, rule,
						a.Progress, a.Alert, a.Data, round(a.Gap, 1), a.LagDays, a.Reason)
				}
			}
		}
	})
}

// drawReadings draws readings of the reporting departments, up to somewhat more than the target.
func drawReadings(t *rapid.T, l *seeds.Ledger) journal {
	measures := l.Measures()
	one := rapid.Custom(func(t *rapid.T) schema.Record {
		m := rapid.SampledFrom(measures).Draw(t, "measure")
		var r schema.Record
		r.Type, r.Plan, r.Department, r.Source = schema.Reported, l.Plan.ID, m.ReportingDepartment, "/system"
		r.Data.Commitment, r.Data.Measure = m.Commitment.ID, m.ID
		r.Time = (l.Plan.Start + schema.Date(rapid.IntRange(0, 380).Draw(t, "time"))).Start()
		r.ReceivedAt = r.Time
		share := decimal.New(rapid.Int64Range(0, 120).Draw(t, "share"), -2)
		r.Quantity = decimal.NewNullDecimal(m.TargetValue.Mul(share))
		switch {
		case m.Milestone():
			r.Data.Stage, r.Quantity = rapid.SampledFrom(m.Pieces()).Draw(t, "stage").ID, null("1")
		case m.Itemised && m.ItemsOpen:
			r.Data.Item, r.Quantity = fmt.Sprintf("item-%d", rapid.IntRange(1, 12).Draw(t, "item")), null("1")
		case m.Itemised:
			r.Data.Item, r.Quantity = rapid.SampledFrom(m.Pieces()).Draw(t, "item").ID, null("1")
		}
		if m.Ratio != nil {
			r.Denominator = null("100")
		}
		return r
	})
	j := journal(rapid.SliceOfN(one, 0, 60).Draw(t, "readings"))
	for i := range j {
		j[i].ID, j[i].Position = fmt.Sprintf("e%d", i), schema.At(uint64(i+1), 0)
	}
	return j
}
