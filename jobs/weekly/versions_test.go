package weekly_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/natsdtest"
	"xushi/jobs/weekly"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds/office"
	"xushi/seeds/seedstore"
)

var (
	changed = time.Date(2024, 7, 3, 9, 0, 0, 0, schema.Shanghai) // a Wednesday
	next    = monday.AddDate(0, 0, 7)
)

// raised is an office whose floor area has 420,000 m² on record on the first Monday; raise
// raises its target on the Wednesday between two letters.
func raised(t *testing.T) *weekly.Office {
	t.Helper()
	o := newOffice(t, "a@example.org")
	insertReading(t, o.Store, o.Plan)
	return o
}

func insertReading(t *testing.T, conn driver.Conn, plan string) {
	t.Helper()
	value := decimal.NewFromInt(420000)
	err := store.Insert(t.Context(), conn, "events", []store.Row{{
		"plan", plan, "department", "zhujianwei", "source", "/z", "type", string(schema.Reported), "id", "e-1",
		"content_hash", "0123456789abcdef", "position", uint64(65536), "occurred_at", monday.AddDate(0, 0, -1), "received_at", monday.AddDate(0, 0, -1),
		"commitment", "new-construction", "measure", natsdtest.Floor, "mode", string(schema.ToDate), "value", &value, "reported_value", "420000", "unit", "平方米",
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func raise(t *testing.T, o *weekly.Office) {
	t.Helper()
	natsdtest.Apply(t, o.Acts, office.Application{Ledger: natsdtest.Raised(t), At: changed})
}

// row is what an assessment and the status view say of the floor area.
type row struct{ Version, Target, ActualPct, GapPP string }

func floor(t *testing.T, o *weekly.Office, asOf, knownAt time.Time) row {
	t.Helper()
	all, err := o.Assess(t.Context(), asOf, knownAt)
	if err != nil {
		t.Fatal(err)
	}
	history, err := o.Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var kept row
	err = o.Store.QueryRow(t.Context(), `
		SELECT ledger_version, toString(target_value), toString(round(actual_pct, 3)), toString(round(gap_pp, 3)) FROM assessments FINAL
		WHERE measure = ? AND as_of = fromUnixTimestamp64Micro(?, 'UTC') AND known_at = fromUnixTimestamp64Micro(?, 'UTC')`,
		natsdtest.Floor, asOf.UnixMicro(), knownAt.UnixMicro()).Scan(&kept.Version, &kept.Target, &kept.ActualPct, &kept.GapPP)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if a.Measure.ID == natsdtest.Floor && (a.Target.String() != kept.Target || history.At(knownAt).Version != kept.Version) {
			t.Errorf("as of %s, known at %s: assessed against %s, kept as %+v", asOf, knownAt, a.Target, kept)
		}
	}
	return kept
}

// After a target was changed, what was known before is what it was, byte for byte of the store's row, and
// what is known after is held against the new target. The status view shows the newest.
func TestAChangedTargetLeavesWhatWasKnownBefore(t *testing.T) {
	t.Parallel()
	o := raised(t)
	one, two := natsdtest.Hongqiao(t).Version, natsdtest.Raised(t).Version
	before := floor(t, o, monday, monday)
	raise(t, o)
	for _, tt := range []struct {
		name          string
		asOf, knownAt time.Time
		want          row
	}{
		{"as of and known at the Monday before", monday, monday, before},
		{"as of that Monday, known just before the change", monday, changed.Add(-time.Microsecond), before},
		{"as of that Monday, known at the change", monday, changed, row{two, "900000", "46.667", "-3.06"}},
		{"the Monday after", next, next, row{two, "900000", "46.667", "-4.973"}},
	} {
		if diff := cmp.Diff(tt.want, floor(t, o, tt.asOf, tt.knownAt)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
	if want := (row{one, "847000", "49.587", "-0.14"}); before != want {
		t.Errorf("before the change %+v, want %+v", before, want)
	}
	history, err := o.Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range o.Acts.Judged(0) {
		if err := seedstore.SaveAct(t.Context(), o.Store, history, j); err != nil {
			t.Fatal(err)
		}
	}
	var version, target string
	err = o.Store.QueryRow(t.Context(), "SELECT ledger_version, toString(target_value) FROM status WHERE measure = ?", natsdtest.Floor).Scan(&version, &target)
	if err != nil || version != two || target != "900000" {
		t.Errorf("status shows %s of version %s, %v", target, version, err)
	}
}

// The letter after a change says what changed; the one after that does not say it again. A week that was
// frozen before stays as it was.
func TestTheNextLetterSaysWhatChanged(t *testing.T) {
	t.Parallel()
	o := raised(t)
	first := write(t, o, monday)
	raise(t, o)
	again := write(t, o, monday.AddDate(0, 0, 4)) // the same week, after the change
	second := write(t, o, next)
	third := write(t, o, next.AddDate(0, 0, 7))
	if first.Letter.HTML != again.Letter.HTML || first.Letter.Text != again.Letter.Text {
		t.Error("the letter of a frozen week changed with the ledger")
	}
	for name, tt := range map[string]struct {
		text string
		want bool
	}{
		"before": {first.Letter.Text, false}, "next": {second.Letter.Text, true}, "after": {third.Letter.Text, false},
	} {
		if got := strings.Contains(tt.text, "区长"); got != tt.want { // who approved it
			t.Errorf("the letter %s the change names its approver: %v, want %v", name, got, tt.want)
		}
	}
	var frozen string
	if err := o.Store.QueryRow(t.Context(), "SELECT toString(any(target_value)) FROM weekly_assessments FINAL WHERE iso_week = '2024-W27' AND measure = ?",
		natsdtest.Floor).Scan(&frozen); err != nil || frozen != "847000" {
		t.Errorf("the frozen week says %s, %v", frozen, err)
	}
}

// A plan that nobody applied a ledger for has no letter, and says what to do.
func TestNoLetterWithoutAVersion(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	o.Plan = "elsewhere-2025"
	if _, err := o.Issue(t.Context(), schema.WeekOf(monday)); err == nil || !strings.Contains(err.Error(), "xushi seeds apply") {
		t.Errorf("err = %v", err)
	}
	if _, ok := o.Acts.History(o.Plan); ok {
		t.Error("a plan came from nowhere")
	}
}
