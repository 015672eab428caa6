package records_test

import (
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/assessment"
	"xushi/jobs/records"
	"xushi/jobs/supervision"
	"xushi/schema"
)

// supervised is a week in which every field of an item, an answer, an extension and a verification says something.
func supervised() *supervision.Week {
	w := &supervision.Week{
		Plan: "p", Week: schema.WeekOf(monday), AsOf: monday.UTC(), KnownAt: monday.Add(-time.Hour).UTC(),
		Standings: map[string]supervision.Standing{"area": {Standing: lagging().Standing, LaggingWeeks: 3}},
	}
	at := func(days int) time.Time { return monday.AddDate(0, 0, days).UTC() }
	answered := supervision.Item{
		Number: "2024-001", Commitment: "construction", Department: "housing", State: supervision.Answered,
		Opened: schema.Week{Year: 2024, Number: 25}, OpenedAt: at(-14), AskedAt: at(-15), Measures: []string{"area", "projects"},
		Answer:     &assessment.Explanation{Department: "housing", Source: "/s", ID: "e1", Time: at(-4), ReceivedAt: at(-3), Problem: "拆迁未完成", NextStep: "本月完成"},
		AnsweredAt: at(-5), Due: schema.Day(2024, 7, 2), Unanswered: 1,
		Extensions: []supervision.Extension{
			{At: at(-7), Measure: "area", Field: "due_date", Before: "2024-09-30", After: "2024-10-31", Approver: "李副区长", Reason: "延期申请"},
			{At: at(-2), Measure: "area", Field: "curve", Before: "原", After: "现", Approver: "区长", Reason: "议定"},
		},
	}
	verified := supervision.Item{
		Number: "2024-002", Commitment: "construction", Department: "housing", State: supervision.Verified,
		Opened: schema.Week{Year: 2024, Number: 26}, OpenedAt: at(-7), AskedAt: at(-7), Due: schema.Day(2024, 7, 10), Measures: []string{"area"},
		RecoveredAt: at(-1), ClosedAt: at(-2), ClosedBy: "督查室", Reason: "现场核查", Evidence: []string{"验收单", "照片"},
	}
	w.Items = []supervision.Item{answered, verified}
	for _, number := range []string{"2024-999", "2024-1000"} { // numbers outgrow their three digits
		other := verified
		other.Number = number
		w.Items = append(w.Items, other)
	}
	w.Verifications = []supervision.Verification{
		{Commitment: "construction", At: at(-20), By: "督查室", Reason: "核查", Evidence: []string{"照片"}, LapsedAt: at(-7)},
		{Commitment: "construction", At: at(-2), By: "督查室", Reason: "现场核查", Evidence: []string{"验收单", "照片"}},
	}
	return w
}

func saveWeek(t *testing.T, conn driver.Conn, w *supervision.Week) {
	t.Helper()
	if err := records.SaveWeek(t.Context(), conn, ledger, w, []assessment.Assessment{lagging()}, monday); err != nil {
		t.Fatal(err)
	}
}

// A frozen week comes back as it was, so that the next one can be told on from the store.
func TestAWeekComesBackAsItWas(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	if w, err := records.LatestWeek(t.Context(), conn, "p"); w != nil || err != nil {
		t.Fatalf("of an empty store: %+v, %v", w, err)
	}
	want := supervised()
	saveWeek(t, conn, want)
	other := supervised()
	other.Items = other.Items[:1]
	other.Items[0].State = supervision.Escalated
	saveWeek(t, conn, other) // a frozen week stays as it is
	want.KnownAt = lagging().KnownAt.UTC()
	for name, read := range map[string]func() (*supervision.Week, error){
		"latest": func() (*supervision.Week, error) { return records.LatestWeek(t.Context(), conn, "p") },
		"before a week": func() (*supervision.Week, error) {
			return records.WeekBefore(t.Context(), conn, "p", monday.AddDate(0, 0, 7))
		},
	} {
		got, err := read()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if w, err := records.WeekBefore(t.Context(), conn, "p", monday); w != nil || err != nil {
		t.Errorf("before the first: %+v, %v", w, err)
	}
}

// Items of a week whose freezing was interrupted are nobody's, until it is frozen.
func TestItemsOfAWeekThatIsNotFrozen(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	saveWeek(t, conn, supervised())
	if err := conn.Exec(t.Context(), "TRUNCATE TABLE weekly_assessments"); err != nil {
		t.Fatal(err)
	}
	life, err := records.ItemLife(t.Context(), conn, "p", "2024-001")
	if len(life) != 0 || err != nil {
		t.Errorf("%+v, %v", life, err)
	}
	if n := rowsOf(t, conn, "supervision_items") + rowsOf(t, conn, "commitment_verifications"); n != 0 {
		t.Errorf("%d rows in the views", n)
	}
	saveWeek(t, conn, supervised())
	if n := rowsOf(t, conn, "supervision_items"); n != 4 {
		t.Errorf("%d items, want 4", n)
	}
}

// An item's life is told letter by letter; the views have the latest alone.
func TestTheLifeOfAnItem(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	saveWeek(t, conn, supervised())
	next := supervised()
	next.Week, next.AsOf = next.Week.Next(), next.AsOf.AddDate(0, 0, 7)
	next.Items[0].State, next.Items[0].ClosedAt, next.Items[0].Reason = supervision.Recovered, next.AsOf, "滞后的指标已追上计划"
	a := lagging()
	a.AsOf = next.AsOf
	if err := records.SaveWeek(t.Context(), conn, ledger, next, []assessment.Assessment{a}, monday); err != nil {
		t.Fatal(err)
	}
	life, err := records.ItemLife(t.Context(), conn, "p", "2024-001")
	if err != nil || len(life) != 2 || life[0].State != supervision.Answered || life[1].State != supervision.Recovered ||
		life[1].Week != next.Week || !life[1].AsOf.Equal(next.AsOf) || life[0].Answer.ID != "e1" {
		t.Errorf("%+v, %v", life, err)
	}
	if other, err := records.ItemLife(t.Context(), conn, "p", "2024-007"); len(other) != 0 || err != nil {
		t.Errorf("of one that there is not: %+v, %v", other, err)
	}
	var state string
	var open bool
	if err := conn.QueryRow(t.Context(), "SELECT state, is_open FROM supervision_items WHERE number = '2024-001'").Scan(&state, &open); err != nil || state != "recovered" || open {
		t.Errorf("%s, %v, %v", state, open, err)
	}
	if n := rowsOf(t, conn, "supervision_items"); n != 4 {
		t.Errorf("%d items, want 4", n)
	}
	if n := rowsOf(t, conn, "commitment_verifications WHERE holds"); n != 1 {
		t.Errorf("%d verifications that hold, want 1", n)
	}
}

func rowsOf(t *testing.T, conn driver.Conn, from string) (n uint64) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), "SELECT count() FROM "+from).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
