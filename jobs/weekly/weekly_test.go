package weekly_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsdtest"
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

func write(t *testing.T, o *weekly.Office, asOf time.Time) weekly.Posted {
	t.Helper()
	posted, err := o.Letter(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	return posted
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
		posted := write(t, o, step.asOf)
		if first := schema.DateOf(step.asOf) - (schema.DateOf(step.asOf)-schema.DateOf(monday))%7; schema.DateOf(posted.Letter.AsOf) != first {
			t.Errorf("%s: the letter speaks of %s, want the moment at which its week was frozen", step.name, posted.Letter.AsOf)
		}
		if diff := cmp.Diff([][]string{step.queued, step.before}, [][]string{posted.Queued, posted.Before}); diff != "" {
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
	posted, err := o.Letter(t.Context(), monday)
	if err == nil || !strings.Contains(err.Error(), "督查室@example.org") {
		t.Errorf("err = %v, want one that names the address", err)
	}
	if diff := cmp.Diff([]string{"b@example.org"}, posted.Queued); diff != "" {
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
	if posted, err := o.Letter(t.Context(), monday); err == nil {
		t.Errorf("a full MAIL stream took the letter for queued: %+v", posted)
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
