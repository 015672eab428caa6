package assessment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "xushi/jobs/assessment"
	"xushi/schema"
)

// Whatever is said of a measure is in its account, with what became of it.
func TestAccountLeavesNothingOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode schema.Mode
		tell func(*journal)
		want []string
	}{
		"of totals the latest counts": {schema.ToDate, func(j *journal) {
			j.reads("2024-05-01 09:00", "10")
			j.reads("2024-06-01 09:00", "20")
		}, []string{"e1 superseded by e2", "e2 counts"}},
		"increments all count": {schema.Increment, func(j *journal) {
			j.reads("2024-05-01 09:00", "10")
			j.reads("2024-06-01 09:00", "20")
		}, []string{"e1 counts", "e2 counts"}},
		"voided": {schema.Increment, func(j *journal) {
			j.reads("2024-05-01 09:00", "10")
			j.voids("2024-05-02 09:00", "e1")
		}, []string{"e1 withdrawn by e2"}},
		"voided before it arrived": {schema.Increment, func(j *journal) {
			j.voids("2024-05-02 09:00", "e2")
			j.reads("2024-05-01 09:00", "10", received("2024-05-03 09:00"))
		}, []string{"e2 withdrawn by e1"}},
		"a void that is not known yet": {schema.Increment, func(j *journal) {
			j.reads("2024-05-01 09:00", "10")
			j.voids("2024-05-02 09:00", "e1", received("2024-07-02 09:00"))
		}, []string{"e1 counts"}},
		"replaced": {schema.ToDate, func(j *journal) {
			j.reads("2024-05-01 09:00", "10")
			j.reads("2024-05-01 09:00", "9", replaces("e1"), received("2024-05-05 09:00"))
		}, []string{"e1 withdrawn by e2", "e2 counts"}},
		"another department's": {schema.ToDate, func(j *journal) {
			j.reads("2024-05-01 09:00", "10", by("helper"))
			j.unchanged("2024-05-02 09:00", by("helper"))
		}, []string{"e1 cross_check", "e2 cross_check"}},
		"later than as-of, or known later": {schema.ToDate, func(j *journal) {
			j.reads("2024-07-01 08:01", "10", received("2024-07-01 08:00"))
			j.reads("2024-06-01 09:00", "20", received("2024-07-01 08:01"))
		}, []string{"e1 happened_later", "e2 received_later"}},
		"no change, of the measure and of its whole commitment": {schema.ToDate, func(j *journal) {
			j.unchanged("2024-05-01 09:00")
			j.unchanged("2024-05-02 09:00", of(""))
		}, []string{"e1 no_change", "e2 no_change"}},
		"an item that this ledger does not have": {schema.ToDate, func(j *journal) {
			j.reads("2024-05-01 09:00", "1", item("gone"))
		}, []string{"e1 not_in_ledger"}},
		"another measure's is not in it": {schema.ToDate, func(j *journal) {
			j.reads("2024-05-01 09:00", "1", of("other"))
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := plan(measure(c.mode, "100", year()))
			m, _ := l.Measure("m")
			var j journal
			c.tell(&j)
			whole := NewLog(l, j)
			part := NewWithdrawals(j).Log(l, ofMeasure(j))
			for kind, log := range map[string]*Log{"whole": whole, "without the voids": part} {
				var got []string
				for _, e := range log.Account(m, monday, monday) {
					words := e.Record.ID + " " + string(e.Fate)
					if e.By != nil {
						words += " by " + e.By.ID
					}
					got = append(got, words)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s (-want +got)\n%s", kind, diff)
				}
			}
		})
	}
}

// ofMeasure leaves the voids out, as of another commitment.
func ofMeasure(j journal) (part []schema.Record) {
	for _, r := range j {
		if r.Type != schema.Voided {
			part = append(part, r)
		}
	}
	return part
}

func TestReportedIsWhatStandsInTheOrderOfOccurrence(t *testing.T) {
	t.Parallel()
	l := plan(measure(schema.ToDate, "100", year()))
	var j journal
	j.reads("2024-06-02 09:00", "30")
	j.reads("2024-05-01 09:00", "10", received("2024-06-05 09:00"))
	j.reads("2024-05-02 09:00", "90")
	j.voids("2024-05-03 09:00", "e3")
	j.unchanged("2024-05-04 09:00")
	j.reads("2024-05-05 09:00", "11", by("helper"))
	j.reads("2024-07-02 09:00", "40")
	var got []string
	for _, r := range NewLog(l, j).Reported("m", "lead", monday, monday) {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff([]string{"e2", "e1"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The clock is that of the data status: at its deadline the data are fresh, and a moment later they are stale.
func TestClockTellsWhenDataBecomeStale(t *testing.T) {
	t.Parallel()
	l := plan(measure(schema.ToDate, "100", year()))
	m, _ := l.Measure("m")
	said := NewLog(l, log("2024-03-01 10"))
	a := said.AssessMeasure(m, at("2024-04-01 08:00"), monday)
	clock := said.Clock(&a)
	if want := at("2024-04-07 09:00"); !clock.Running || clock.Days != 37 || !clock.Deadline.Equal(want) || clock.From != date("2024-01-02") {
		t.Fatalf("%+v, want a deadline at %s", clock, want)
	}
	for moment, want := range map[time.Time]Data{clock.Deadline: Fresh, clock.Deadline.Add(time.Microsecond): Stale} {
		if got := said.AssessMeasure(m, moment, monday).Data; got != want {
			t.Errorf("at %s: %s, want %s", moment, got, want)
		}
	}
	done := NewLog(l, log("2024-03-01 100"))
	if a := done.AssessMeasure(m, monday, monday); done.Clock(&a).Running {
		t.Error("the clock of a completed measure runs")
	}
}
