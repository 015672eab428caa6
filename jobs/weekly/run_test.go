package weekly_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/calendar"
	"xushi/jobs/weekly"
	"xushi/schema"
)

func run(t *testing.T, o *weekly.Office, now time.Time) {
	t.Helper()
	if err := o.Run(t.Context(), now); err != nil {
		t.Fatalf("at %s: %v", now, err)
	}
}

// states are the weeks and their states so far.
func states(t *testing.T, o *weekly.Office, now time.Time) map[string]weekly.State {
	t.Helper()
	all := map[string]weekly.State{}
	for _, e := range history(t, o, now) {
		all[e.Week.String()] = e.State
	}
	return all
}

// recorded makes the office's log readable.
func recorded(o *weekly.Office) *strings.Builder {
	var log strings.Builder
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	return &log
}

// An office that begins on a Monday at nine owes nothing of eight o'clock; from then on every week is owed.
func TestLettersAreOwedSinceTheOfficeFirstRan(t *testing.T) {
	t.Parallel()
	for first, want := range map[time.Time]map[string]weekly.State{
		monday.Add(-time.Hour): {"2024-W27": weekly.Queued, "2024-W28": weekly.Queued},
		monday:                 {"2024-W27": weekly.Queued, "2024-W28": weekly.Queued},
		monday.Add(time.Hour):  {"2024-W28": weekly.Queued},
		day(2023, 6, 1):        {}, // before the plan begins
	} {
		o := newOffice(t, "a@example.org")
		run(t, o, first)
		if len(want) == 0 {
			run(t, o, day(2024, 1, 1))
			if diff := cmp.Diff(map[string]weekly.State{"2024-W01": ""}, states(t, o, day(2024, 1, 1))); diff != "" {
				t.Errorf("first at %s, on the plan's first day (-want +got)\n%s", first, diff)
			}
			continue
		}
		run(t, o, monday)
		run(t, o, next)
		if diff := cmp.Diff(want, states(t, o, next)); diff != "" {
			t.Errorf("first at %s (-want +got)\n%s", first, diff)
		}
	}
}

// Whoever was away on Monday writes the letter within the grace period, of Monday's moment. After that it is
// missed: that is an error, and a letter to the operator, once; and the next week's letter comes as ever.
func TestALetterIsCaughtUpOrMissed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		back time.Time
		want weekly.State
	}{
		{"on the last moment of grace", next.Add(96 * time.Hour), weekly.Queued},
		{"just after it", next.Add(96*time.Hour + time.Second), weekly.Missed},
	} {
		o := newOffice(t, "a@example.org")
		o.Operator = "ops@example.org"
		log := recorded(o)
		run(t, o, monday)
		run(t, o, tt.back)
		run(t, o, tt.back.Add(time.Hour))
		third := next.AddDate(0, 0, 7)
		run(t, o, third)
		want := map[string]weekly.State{"2024-W27": weekly.Queued, "2024-W28": tt.want, "2024-W29": weekly.Queued}
		if diff := cmp.Diff(want, states(t, o, third)); diff != "" {
			t.Errorf("back %s (-want +got)\n%s", tt.name, diff)
		}
		all := letters(t, o.JetStream)
		written, warned := all["mail.hongqiao-2024.2024-W28.a=40example=2Eorg.weekly"], all["mail.hongqiao-2024.2024-W28.ops=40example=2Eorg.warning-missed"]
		if missed := tt.want == weekly.Missed; missed != (warned != nil) || missed == (written != nil) || len(all) != 3 || strings.Count(log.String(), "cause=missed") != map[bool]int{true: 1}[missed] {
			t.Errorf("back %s: %d letters, written %t, warned %t; log\n%s", tt.name, len(all), written != nil, warned != nil, log)
		}
		if written != nil && written.Header.Get(schema.MailAsOfHeader) != next.UTC().Format(time.RFC3339) {
			t.Errorf("back %s: the letter speaks of %s", tt.name, written.Header.Get(schema.MailAsOfHeader))
		}
	}
}

// A missed week can be written by hand until a later one has gone out: that one rests on the weeks before it.
func TestAMissedWeekIsWrittenByHandUntilALaterOneIs(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	run(t, o, monday)
	run(t, o, next.AddDate(0, 0, 6)) // Sunday
	if got := states(t, o, next)["2024-W28"]; got != weekly.Missed {
		t.Fatalf("2024-W28 is %q", got)
	}
	write(t, o, next)
	if got := states(t, o, next)["2024-W28"]; got != weekly.Queued {
		t.Errorf("written by hand, 2024-W28 is %q", got)
	}
	fourth := next.AddDate(0, 0, 14)
	run(t, o, fourth)
	_, err := o.Issue(t.Context(), schema.WeekOf(next.AddDate(0, 0, 7)))
	if err == nil || !strings.Contains(err.Error(), "2024-W30 has gone out") || !strings.Contains(err.Error(), "weekly preview --week 2024-W29") {
		t.Errorf("a week before one that has gone out: %v", err)
	}
}

// A week in which nobody works has no letter, and is not missed.
func TestAWeekWithoutWorkHasNoLetter(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "calendar.yaml")
	if err := os.WriteFile(file, []byte("2024: {off: [2024-07-08/2024-07-14]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, "a@example.org")
	var err error
	if o.Calendar, err = calendar.Load(file); err != nil {
		t.Fatal(err)
	}
	third := next.AddDate(0, 0, 7)
	for now := monday; !now.After(third); now = now.AddDate(0, 0, 1) {
		run(t, o, now)
	}
	want := map[string]weekly.State{"2024-W27": weekly.Queued, "2024-W28": "", "2024-W29": weekly.Queued}
	if diff := cmp.Diff(want, states(t, o, third)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if e := history(t, o, third)[1]; !e.Due.IsZero() {
		t.Errorf("the week without work has a letter due at %s", e.Due)
	}
	if _, err := o.Issue(t.Context(), schema.WeekOf(next)); err == nil || !strings.Contains(err.Error(), "nobody works") {
		t.Errorf("its letter by hand: %v", err)
	}
}

// What is not stored by the letter's moment, and by when the office has waited, is not in the letter; and the
// claim says so, for whoever composes it again. That is decided once.
func TestALetterKnowsWhatIsStored(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	o.Simulation = true
	log := recorded(o)
	run(t, o, monday.Add(-time.Hour))
	received := monday.Add(-2*time.Hour + 5*time.Microsecond)
	for _, at := range []time.Time{received, received.Add(time.Minute)} {
		m := nats.NewMsg("progress.hongqiao-2024.zhujianwei.new-construction")
		m.Header.Set(schema.ReceivedAtHeader, at.Format(time.RFC3339Nano))
		if _, err := o.JetStream.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	o.Readers = []schema.Reader{{Consumer: "nobody"}}
	run(t, o, monday)
	o.Readers = nil // the ingest has caught up: too late for this letter
	write(t, o, monday)
	run(t, o, next)
	for i, want := range []time.Time{received.Add(-time.Microsecond), next} {
		if e := history(t, o, next)[i]; !e.KnownAt.Equal(want) || e.State != weekly.Queued {
			t.Errorf("%s knows what was received by %s, want %s", e.Week, e.KnownAt, want)
		}
	}
	m := letters(t, o.JetStream)["mail.hongqiao-2024.2024-W27.a=40example=2Eorg.weekly"]
	if got := m.Header.Get(schema.MailKnownAtHeader); got != received.Add(-time.Microsecond).UTC().Format(time.RFC3339Nano) {
		t.Errorf("the letter says that it knows what was received by %s", got)
	}
	if n := strings.Count(log.String(), "not stored yet"); n != 1 {
		t.Errorf("%d warnings, want 1:\n%s", n, log)
	}
}

// A process whose clock is ahead writes no letter as if nothing could arrive any more until its moment.
func TestALetterKnowsNothingOfTheServersFuture(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	year, number := time.Now().AddDate(0, 0, 14).In(schema.Shanghai).ISOWeek()
	week := schema.Week{Year: year, Number: number}
	if _, err := o.Issue(t.Context(), week); err != nil {
		t.Fatal(err)
	}
	entries := history(t, o, time.Now())
	if got := entries[len(entries)-1]; got.Week != week || got.KnownAt.After(time.Now()) || got.KnownAt.Before(time.Now().Add(-time.Hour)) {
		t.Errorf("the letter of %s knows what is received by %s", got.Week, got.KnownAt)
	}
	if got := entries[len(entries)-1].KnownAt; !got.Equal(got.Truncate(time.Microsecond)) {
		t.Errorf("it knows what is received by %s, and the store counts in microseconds", got)
	}
}

// A store that has lost the weeks before would make of the next letter the plan's first one.
func TestNoLetterRestsOnALostWeek(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	run(t, o, monday)
	o.Store = enginetest.Store(t)
	if err := o.Run(t.Context(), next); err == nil || !strings.Contains(err.Error(), "xushi replay") {
		t.Errorf("err = %v, want one that says what to do", err)
	}
	if _, err := o.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	run(t, o, next)

	o.Store, o.Recipients = enginetest.Store(t), append(o.Recipients, "b@example.org")
	if issued, err := o.Issue(t.Context(), schema.WeekOf(next)); err == nil || !strings.Contains(err.Error(), "xushi replay") {
		t.Errorf("a week that had gone out, for one more recipient: %+v, err = %v", issued, err)
	}
}

// Who reads English gets the same letter in English; a department that leads something gets its own, another
// none.
func TestLettersByLanguageAndDepartment(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "督查室 <a@example.org>", "b@example.org")
	o.English = []string{"B@example.org"}
	o.Departments = map[string][]string{"zhujianwei": {"c@example.org", "a@example.org"}, "elsewhere": {"d@example.org"}}
	issued := write(t, o, monday)
	want := []weekly.Addressed{
		{"督查室 <a@example.org>", "weekly"}, {"b@example.org", "weekly"},
		{"c@example.org", "department-zhujianwei"}, {"a@example.org", "department-zhujianwei"},
	}
	if diff := cmp.Diff(want, issued.Queued); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	drafts, err := o.PreviewWeek(t.Context(), schema.WeekOf(monday), monday)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drafts {
		if english := strings.HasPrefix(d.Letter.Subject, "["); english != (d.Recipient == "b@example.org") {
			t.Errorf("to %q: %s", d.Recipient, d.Letter.Subject)
		}
	}
}
