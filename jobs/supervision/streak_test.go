package supervision_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, schema.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// count is the ledger of one measure that is to reach a target evenly over 2024, and is called by an id.
func count(id, target string) *seeds.Ledger {
	first, last := schema.Day(2024, 1, 1), schema.Day(2024, 12, 31)
	l := &seeds.Ledger{
		Plan: seeds.Plan{ID: "p-2024", Start: first, End: last},
		Commitments: []seeds.Commitment{{ID: "c", LeadDepartment: "lead", Measures: []seeds.Measure{{
			ID: id, TargetValue: decimal.RequireFromString(target), Mode: schema.ToDate, Direction: seeds.Rise,
			ReportingIntervalDays: 30, DueDate: last, Curve: &seeds.Curve{Kind: seeds.Linear, Start: first, End: last},
		}}}},
	}
	l.Index()
	return l
}

// event is one of department lead on the measure m.
func event(id string, position uint64, kind schema.Type, happened, received string) schema.Record {
	r := schema.Record{Position: schema.At(position, 0), ReceivedAt: at(received)}
	r.ID, r.Type, r.Plan, r.Department, r.Source, r.Time = id, kind, "p-2024", "lead", "/system", at(happened)
	r.Data.Commitment, r.Data.Measure = "c", "m"
	return r
}

func reading(id string, position uint64, value, happened, received string) schema.Record {
	r := event(id, position, schema.Reported, happened, received)
	r.Quantity = decimal.NewNullDecimal(decimal.RequireFromString(value))
	return r
}

// streaks are the lagging weeks of the measure m by the Monday, when a letter went out on every Monday of the
// plan until a day, each held against the ledger that was in force then.
func streaks(records []schema.Record, until string, inForce func(time.Time) *seeds.Ledger) map[string]int {
	all := map[string]int{}
	var week *supervision.Week
	for monday := at("2024-01-01 08:00"); !monday.After(at(until)); monday = monday.AddDate(0, 0, 7) {
		l := inForce(monday)
		week = supervision.Next(week, supervision.Input{
			Ledger: l, Week: schema.WeekOf(monday), AsOf: monday, KnownAt: monday, Now: assessment.NewLog(l, records).Assess(monday, monday),
		})
		all[monday.Format(time.DateOnly)] = week.Standings["m"].LaggingWeeks
	}
	return all
}

func always(l *seeds.Ledger) func(time.Time) *seeds.Ledger {
	return func(time.Time) *seeds.Ledger { return l }
}

func TestLaggingWeeks(t *testing.T) {
	t.Parallel()
	// 400 of 1000 on 06-03: planned 42.08% on that day (154/366), gap −2.1. A week later 161 days,
	// −4.0; on 06-17 168 days, 45.90%, −5.9: watched; on 06-24 175 days, 47.81%, −7.8; on 07-01 −9.73;
	// on 07-08 189 days, 51.64%: −11.64 and attainment 77.5%: lagging, the first week; 07-15 the second.
	withdrawn := event("e3", 3, schema.Voided, "2024-07-25 09:00", "2024-07-25 09:00")
	withdrawn.Data.Voids, withdrawn.Data.Reason = "e2", "重复计入"
	got := streaks([]schema.Record{
		reading("e1", 1, "400", "2024-06-03 09:00", "2024-06-03 09:00"),
		reading("e2", 2, "700", "2024-07-17 09:00", "2024-07-18 09:00"),
		withdrawn,
	}, "2024-08-05 08:00", always(count("m", "1000")))
	for monday, want := range map[string]int{
		"2024-06-10": 0, "2024-07-01": 0, "2024-07-08": 1, "2024-07-15": 2,
		"2024-07-22": 0, // 70% against 55.46%
		"2024-07-29": 1, // withdrawn; but a week ago it was known as caught up
		"2024-08-05": 2,
	} {
		if got[monday] != want {
			t.Errorf("%s: %d weeks, want %d", monday, got[monday], want)
		}
	}
	// Never anything: not_started since the first days of the year. The gap is −10 from the 37th day
	// on (36.6 days are 10%), planned 10% from then too: on Mondays from 02-12 (42 days in; 02-05 is
	// 35 days in, 9.56%) to 07-01: 21 Mondays (02-12 + 20 × 7 days = 07-01).
	never := streaks(nil, "2024-07-01 08:00", always(count("m", "1000")))
	if never["2024-02-05"] != 0 || never["2024-02-12"] != 1 || never["2024-07-01"] != 21 {
		t.Errorf("never started: %d, %d, %d weeks, want 0, 1, 21", never["2024-02-05"], never["2024-02-12"], never["2024-07-01"])
	}
}

// A target that was raised makes a measure lag from then on: the weeks before are those of the target before.
func TestLaggingWeeksGoByTheVersionOfEachWeek(t *testing.T) {
	t.Parallel()
	events := []schema.Record{reading("e1", 1, "500", "2024-05-01 09:00", "2024-05-01 09:00")}
	low, high, other := count("m", "1000"), count("m", "2000"), count("other", "1000") // 49.7% are planned on 07-01
	since := func(before *seeds.Ledger, day string) func(time.Time) *seeds.Ledger {
		return func(monday time.Time) *seeds.Ledger {
			if monday.Before(at(day + " 00:00")) {
				return before
			}
			return high
		}
	}
	for name, tt := range map[string]struct {
		inForce func(time.Time) *seeds.Ledger
		want    int
	}{
		"always 1000":               {always(low), 0},
		"always 2000":               {always(high), 21}, // since 02-12: nothing on record, and then a quarter
		"2000 since three Mondays":  {since(low, "2024-06-17"), 3},
		"new three Mondays ago":     {since(other, "2024-06-17"), 3},
		"2000 since the day before": {since(low, "2024-06-30"), 1},
	} {
		if got := streaks(events, "2024-07-01 08:00", tt.inForce)["2024-07-01"]; got != tt.want {
			t.Errorf("%s: %d weeks, want %d", name, got, tt.want)
		}
	}
}

// A level of alert that is overdue or not started counts as well; a measure that is only past its date does not.
func TestWhatMakesAStreak(t *testing.T) {
	t.Parallel()
	s := begin()
	for _, tt := range []struct {
		stands string
		want   int
	}{{"lagging", 1}, {"severe", 2}, {"not_started", 3}, {"watched", 0}, {"severe", 1}, {"overdue", 0}, {"lagging", 1}, {"silent", 0}} {
		if s.stands("km " + tt.stands).letter(); s.last().Standings["km"].LaggingWeeks != tt.want {
			t.Errorf("%s: %d weeks, want %d", tt.stands, s.last().Standings["km"].LaggingWeeks, tt.want)
		}
	}
}
