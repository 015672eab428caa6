package assessment_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	. "xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// metro is due by 12-31; its stages weigh 20, 30 and 50.
func metro() seeds.Measure {
	return milestone("design 2024-03-31 20", "shell 2024-06-30 30", "opened 2024-12-15 50")
}

// reached is a journal of stages that were reached on 03-20.
func reached(stages ...string) journal {
	var j journal
	for _, s := range stages {
		j.reads("2024-03-20 09:00", "1", stage(s))
	}
	return j
}

// staged is what a milestone's assessment says beyond its verdict.
type staged struct {
	Progress        Progress
	Alert           Alert
	LagDays         int
	Planned, Actual string // stages, and per cent by weight
	Done, Missing   []string
	Next            string // what is due next, and by when
	Soon            bool
}

func stagedOf(a Assessment) staged {
	return staged{
		a.Progress, a.Alert, a.LagDays,
		round(a.Planned, 1) + " " + round(a.PlannedShare, 100), actual(a) + " " + round(a.ActualShare, 100),
		a.DonePieces, a.MissingPieces, a.NextPiece + " " + a.NextDue.String(), a.DueSoon,
	}
}

func TestMilestones(t *testing.T) {
	t.Parallel()
	var undone, unknown, item1 journal
	undone.reads("2024-03-20 09:00", "1", stage("design"))
	undone.reads("2024-04-10 09:00", "0", stage("design"))
	unknown.reads("2024-03-20 09:00", "1", stage("tunnel"))
	item1.reads("2024-03-20 09:00", "1", item("design"))
	design, shell, opened := []string{"design"}, []string{"shell"}, []string{"opened"}

	for _, c := range []struct {
		name    string
		journal journal
		asOf    string
		want    staged
	}{
		{
			// 03-31 is itself the day: nothing is late before its 24:00.
			"on the morning of the first stage's date", nil, "2024-03-31 08:00",
			staged{NotDue, NoAlert, 0, "0.00 0.00", "0 0.00", nil, nil, "design 2024-03-31", true},
		},
		{
			"done before anything was due is still not due", reached("design"), "2024-03-25 08:00",
			staged{NotDue, NoAlert, 0, "0.00 0.00", "1 20.00", design, nil, "shell 2024-06-30", false},
		},
		{
			"the first day late", nil, "2024-04-01 00:00",
			staged{NotStarted, LaggingAlert, 1, "1.00 20.00", "0 0.00", nil, design, "shell 2024-06-30", false},
		},
		{
			// April has 30 days: from 03-31 to 04-30 are 30.
			"not started, 30 days late", nil, "2024-04-30 08:00",
			staged{NotStarted, LaggingAlert, 30, "1.00 20.00", "0 0.00", nil, design, "shell 2024-06-30", false},
		},
		{
			"not started, 31 days late", nil, "2024-05-01 08:00",
			staged{NotStarted, SevereAlert, 31, "1.00 20.00", "0 0.00", nil, design, "shell 2024-06-30", false},
		},
		{
			// 06-16 + 14 days = 06-30.
			"on time, and the next stage due in 14 days", reached("design"), "2024-06-16 08:00",
			staged{OnTrack, NoAlert, 0, "1.00 20.00", "1 20.00", design, nil, "shell 2024-06-30", true},
		},
		{
			"due in 15 days is not soon", reached("design"), "2024-06-15 23:59",
			staged{OnTrack, NoAlert, 0, "1.00 20.00", "1 20.00", design, nil, "shell 2024-06-30", false},
		},
		{
			"a stage that is done is not due soon", reached("design", "shell"), "2024-06-16 08:00",
			staged{OnTrack, NoAlert, 0, "1.00 20.00", "2 50.00", []string{"design", "shell"}, nil, "opened 2024-12-15", false},
		},
		{
			// 06-30 + 30 days = 07-30.
			"the second stage 30 days late", reached("design"), "2024-07-30 08:00",
			staged{Lagging, LaggingAlert, 30, "2.00 50.00", "1 20.00", design, shell, "opened 2024-12-15", false},
		},
		{
			"the second stage 31 days late", reached("design"), "2024-07-31 08:00",
			staged{Severe, SevereAlert, 31, "2.00 50.00", "1 20.00", design, shell, "opened 2024-12-15", false},
		},
		{
			// From 03-31 to 07-10: 30 of April, 31, 30 and 10 = 101 days. The oldest counts.
			"two stages missing", nil, "2024-07-10 08:00",
			staged{NotStarted, SevereAlert, 101, "2.00 50.00", "0 0.00", nil, []string{"design", "shell"}, "opened 2024-12-15", false},
		},
		{
			// 30% is more than the 20% planned, yet not what was planned.
			"a later stage done does not stand for an earlier one", reached("shell"), "2024-04-15 08:00",
			staged{Lagging, LaggingAlert, 15, "1.00 20.00", "1 30.00", shell, design, "opened 2024-12-15", false},
		},
		{
			"a stage reported undone", undone, "2024-04-15 08:00",
			staged{NotStarted, LaggingAlert, 15, "1.00 20.00", "0 0.00", nil, design, "shell 2024-06-30", false},
		},
		{
			"a stage of another ledger version is ignored", unknown, "2024-04-15 08:00",
			staged{NotStarted, LaggingAlert, 15, "1.00 20.00", "0 0.00", nil, design, "shell 2024-06-30", false},
		},
		{
			"and so is an item, from when the measure was a list", item1, "2024-04-15 08:00",
			staged{NotStarted, LaggingAlert, 15, "1.00 20.00", "0 0.00", nil, design, "shell 2024-06-30", false},
		},
		{
			"all stages done is completed, long before they were due", reached("design", "shell", "opened"), "2024-03-25 08:00",
			staged{Completed, NoAlert, 0, "0.00 0.00", "3 100.00", []string{"design", "shell", "opened"}, nil, " 2024-12-31", false},
		},
		{
			"completed on the day of the last stage", reached("design", "shell", "opened"), "2024-12-15 08:00",
			staged{Completed, NoAlert, 0, "2.00 50.00", "3 100.00", []string{"design", "shell", "opened"}, nil, " 2024-12-31", false},
		},
		{
			"completed after the due date", reached("design", "shell", "opened"), "2025-01-01 08:00",
			staged{Completed, NoAlert, 0, "3.00 100.00", "3 100.00", []string{"design", "shell", "opened"}, nil, " 2024-12-31", false},
		},
		{
			// A stage's date is not the due date. 12-31 is 15 days from 12-16: not soon.
			"the last stage late is not overdue", reached("design", "shell"), "2024-12-16 08:00",
			staged{Lagging, LaggingAlert, 1, "3.00 100.00", "2 50.00", []string{"design", "shell"}, opened, " 2024-12-31", false},
		},
		{
			"the due date is soon, 14 days ahead", reached("design", "shell"), "2024-12-17 08:00",
			staged{Lagging, LaggingAlert, 2, "3.00 100.00", "2 50.00", []string{"design", "shell"}, opened, " 2024-12-31", true},
		},
		{
			"a moment before 24:00 of the due date", reached("design", "shell"), "2024-12-31 23:59",
			staged{Lagging, LaggingAlert, 16, "3.00 100.00", "2 50.00", []string{"design", "shell"}, opened, " 2024-12-31", true},
		},
		{
			"past the due date", reached("design", "shell"), "2025-01-01 00:00",
			staged{Overdue, LaggingAlert, 17, "3.00 100.00", "2 50.00", []string{"design", "shell"}, opened, " 2024-12-31", false},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := assess(metro(), c.journal, at(c.asOf))
			if diff := cmp.Diff(c.want, stagedOf(a)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if a.Gap != nil {
				t.Errorf("a gap of %s points, want none: days speak", a.Gap.RatString())
			}
		})
	}
}

// TestAStageIsTakenBack: a void counts from its arrival, and what was known before stays answerable.
func TestAStageIsTakenBack(t *testing.T) {
	t.Parallel()
	j := reached("design")
	j.voids("2024-04-20 09:00", "e1")
	asOf := at("2024-05-05 08:00") // 35 days after 03-31
	if a := assessKnown(metro(), j, asOf, at("2024-04-19 09:00")); a.Progress != OnTrack || a.MissingPieces != nil {
		t.Errorf("before the void: %s, missing %v; want on_track", a.Progress, a.MissingPieces)
	}
	a := assess(metro(), j, asOf)
	if a.Progress != NotStarted || a.Alert != SevereAlert || a.LagDays != 35 || !slices.Equal(a.MissingPieces, []string{"design"}) {
		t.Errorf("after it: %s, %s, %d days, missing %v; want not_started, severe, 35, design", a.Progress, a.Alert, a.LagDays, a.MissingPieces)
	}
	want := []Correction{{At: at("2024-04-20 09:00"), ID: "e2", Target: "e1", Before: dec("1"), After: dec("0"), Reason: "重复计入"}}
	if diff := cmp.Diff(want, a.Corrections, exact); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	j.reads("2024-05-04 09:00", "1", stage("design"))
	if a := assess(metro(), j, asOf); a.Progress != OnTrack || !slices.Equal(ids(a.Events), []string{"e3"}) {
		t.Errorf("reported anew: %s from %v; want on_track from e3", a.Progress, ids(a.Events))
	}
}

func TestMilestonesHaveADataStatus(t *testing.T) {
	t.Parallel()
	disputed := reached("design")
	disputed.reads("2024-06-25 09:00", "0", stage("design"), by("helper"))
	disputed.unchanged("2024-06-28 09:00")
	other := reached("design")
	other.reads("2024-06-25 09:00", "0", stage("tunnel"), by("helper")) // of another ledger version
	quiet := reached("design")
	quiet.unchanged("2024-05-28 09:00")
	proven := metro()
	proven.EvidenceRequired = true
	for name, c := range map[string]struct {
		measure seeds.Measure
		journal journal
		asOf    string
		want    Data
	}{
		"before its first stage is due nothing is owed":       {metro(), nil, "2024-03-31 08:00", Fresh},
		"nothing reported of what is due":                     {metro(), nil, "2024-04-01 08:00", NeverReported},
		"a stage of another version is no report":             {metro(), other[1:], "2024-07-01 08:00", NeverReported},
		"30 days and 7 of grace, from when it was due":        {metro(), reached("design"), "2024-05-08 00:00", Fresh},
		"and a moment more":                                   {metro(), reached("design"), "2024-05-08 00:01", Stale},
		"a \"no change\" keeps it fresh, 33 days later":       {metro(), quiet, "2024-06-30 08:00", Fresh},
		"no evidence where it is needed":                      {proven, reached("design"), "2024-04-15 08:00", Unverified},
		"completed, nothing more is owed":                     {metro(), reached("design", "shell", "opened"), "2024-07-01 08:00", Fresh},
		"done, says one department; not done, says the other": {metro(), disputed, "2024-07-01 08:00", Disputed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := assess(c.measure, c.journal, at(c.asOf)); a.Data != c.want {
				t.Errorf("%s, want %s", a.Data, c.want)
			}
		})
	}
}

// TestMilestonesByDefinition holds milestones of any number of stages, done in any order, against the
// rules of the domain notes, taken literally.
func TestMilestonesByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "stages")
		m := measure(schema.ToDate, fmt.Sprint(n), &seeds.Curve{Kind: seeds.Milestones})
		var j journal
		by, left := date("2024-01-31"), 100
		asOf := by + schema.Date(rapid.IntRange(-5, 340).Draw(t, "as of"))
		due, done, late, missing := 0, 0, 0, []string(nil)
		plannedWeight, doneWeight := 0, 0
		for i := range n {
			weight := 1 + rapid.IntRange(0, left-n+i).Draw(t, "weight")
			if i == n-1 {
				weight = left
			}
			left -= weight
			s := seeds.Stage{Stage: fmt.Sprint("s", i), By: by, Weight: decimal.NewFromInt(int64(weight))}
			m.Curve.Stages = append(m.Curve.Stages, s)
			isDone := rapid.Bool().Draw(t, "done")
			if isDone {
				done++
				doneWeight += weight
				j.reads("2024-01-01 09:00", "1", stage(s.Stage))
			}
			if by < asOf {
				due++
				plannedWeight += weight
				if !isDone {
					late = max(late, int(asOf-by))
					missing = append(missing, s.Stage)
				}
			}
			by += schema.Date(rapid.IntRange(1, 15).Draw(t, "days to the next"))
		}
		m.DueDate = by

		want := OnTrack
		switch {
		case done == n:
			want = Completed
		case asOf > m.DueDate:
			want = Overdue
		case due == 0:
			want = NotDue
		case done == 0:
			want = NotStarted
		case late > 30:
			want = Severe
		case late > 0:
			want = Lagging
		}
		a := assess(m, j, asOf.Start().Add(8*time.Hour))
		got := []any{a.Progress, actual(a), round(a.Planned, 1), round(a.ActualShare, 100), round(a.PlannedShare, 100), a.LagDays, a.MissingPieces}
		if diff := cmp.Diff([]any{want, fmt.Sprint(done), fmt.Sprintf("%d.00", due), fmt.Sprintf("%d.00", doneWeight),
			fmt.Sprintf("%d.00", plannedWeight), late, missing}, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}
