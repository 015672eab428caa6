package weekly_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsdtest"
	"xushi/jobs/calendar"
	"xushi/jobs/weekly"
	"xushi/schema"
	"xushi/seeds/office"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

var monday = time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)

func newOffice(t *testing.T, recipients ...string) *weekly.Office {
	t.Helper()
	js := natsdtest.JetStream(t)
	acts := natsdtest.Acts(t, js)
	natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Hongqiao(t), At: time.Date(2024, 1, 1, 0, 0, 0, 0, schema.Shanghai)})
	return &weekly.Office{
		Plan: "hongqiao-2024", Acts: acts, Store: enginetest.Store(t), JetStream: js,
		Log:  slog.New(slog.DiscardHandler),
		From: "xushi@example.org", Recipients: recipients, Clock: func() time.Time { return monday },
		Calendar: calendar.China(), At: 8 * time.Hour, Grace: 96 * time.Hour, LateAfter: 2 * time.Hour,
	}
}

func queued(t *testing.T, o *weekly.Office) uint64 {
	t.Helper()
	stream, err := o.JetStream.Stream(t.Context(), schema.MailStream)
	if err != nil {
		t.Fatal(err)
	}
	return stream.CachedInfo().State.Msgs
}

// write issues the letter of the week that contains a moment.
func write(t *testing.T, o *weekly.Office, moment time.Time) *weekly.Issued {
	t.Helper()
	issued, err := o.Issue(t.Context(), schema.WeekOf(moment))
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

func to(letters []weekly.Addressed) (recipients []string) {
	for _, l := range letters {
		recipients = append(recipients, l.Recipient)
	}
	return recipients
}

func TestOneLetterPerRecipientAndISOWeek(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	for _, step := range []struct {
		name       string
		asOf       time.Time
		recipients []string
		queued     []string
		before     []string
	}{
		{"the week's first", monday, []string{"a@example.org"}, []string{"a@example.org"}, nil},
		{"the same moment again", monday, []string{"a@example.org"}, nil, []string{"a@example.org"}},
		{"later in the week, one more recipient", monday.AddDate(0, 0, 3), []string{"督查室 <A@example.org>", "b@example.org"},
			[]string{"b@example.org"}, []string{"督查室 <A@example.org>"}},
		{"Sunday is the same ISO week", monday.AddDate(0, 0, 6), []string{"b@example.org"}, nil, []string{"b@example.org"}},
		{"the next Monday", monday.AddDate(0, 0, 7), []string{"b@example.org"}, []string{"b@example.org"}, nil},
	} {
		o.Recipients = step.recipients
		issued := write(t, o, step.asOf)
		if want := monday.AddDate(0, 0, 7*int((schema.DateOf(step.asOf)-schema.DateOf(monday))/7)); !issued.Letter.AsOf.Equal(want) {
			t.Errorf("%s: the letter speaks of %s, want the moment at which it was due, %s", step.name, issued.Letter.AsOf, want)
		}
		if diff := cmp.Diff([][]string{step.queued, step.before}, [][]string{to(issued.Queued), to(issued.Before)}); diff != "" {
			t.Errorf("%s: queued and before (-want +got):\n%s", step.name, diff)
		}
	}
	if n := queued(t, o); n != 3 {
		t.Errorf("the MAIL stream holds %d letters, want 3", n)
	}
}

// One who cannot have a letter keeps it from nobody else.
func TestABadRecipientKeepsNobodyElsesLetter(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "督查室@example.org", "b@example.org")
	issued, err := o.Issue(t.Context(), schema.WeekOf(monday))
	if err == nil || !strings.Contains(err.Error(), "督查室@example.org") {
		t.Errorf("err = %v, want one that names the address", err)
	}
	if diff := cmp.Diff([]string{"b@example.org"}, to(issued.Queued)); diff != "" {
		t.Errorf("queued (-want +got):\n%s", diff)
	}
}

// A letter that fails to be queued must be an error, not taken for one that was there before.
func TestAStreamThatRefusesIsNotALetterSentBefore(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	full := schema.DefaultStreamOptions()
	full.MailBytes = 1024
	if err := schema.EnsureStreams(t.Context(), o.JetStream, full); err != nil {
		t.Fatal(err)
	}
	if issued, err := o.Issue(t.Context(), schema.WeekOf(monday)); err == nil {
		t.Errorf("a full MAIL stream took the letter for queued: %+v", issued)
	}
}

func TestAssessmentsAreKeptForTheViews(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	all, err := o.Assess(t.Context(), monday, monday)
	if err != nil {
		t.Fatal(err)
	}
	var kept uint64
	if err := o.Store.QueryRow(t.Context(), "SELECT count() FROM status").Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if want := uint64(len(natsdtest.Hongqiao(t).Measures())); kept != want || len(all) != int(want) {
		t.Errorf("the status view has %d rows of %d assessments, want one per measure: %d", kept, len(all), want)
	}
}
