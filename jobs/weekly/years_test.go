package weekly_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/jobs/calendar"
	"xushi/jobs/weekly"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/office"
)

// house is the servers that several processes share: one NATS, one store.
type house struct{ nats, clickhouse string }

// newHouse has a small plan in force, which runs for two years.
func newHouse(t *testing.T) house {
	t.Helper()
	h := house{natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL(), enginetest.Database(t)}
	if err := store.Migrate(t.Context(), h.clickhouse); err != nil {
		t.Fatal(err)
	}
	js := natsdtest.Connect(t, h.nats)
	natsdtest.EnsureStreams(t, js)
	natsdtest.Apply(t, natsdtest.Acts(t, js), office.Application{Ledger: twoYears(t), At: day(2024, 1, 1)})
	return h
}

func twoYears(t *testing.T) *seeds.Ledger {
	t.Helper()
	small, err := seeds.BuiltIn(seeds.Example)
	if err != nil {
		t.Fatal(err)
	}
	return natsdtest.Changed(t, small, `"start":"2025-01-01"`, `"start":"2024-01-01"`)
}

// process is the office as one process has it, over connections of its own.
func (h house) process(t *testing.T, name string) *weekly.Office {
	t.Helper()
	conn, err := store.Open(t.Context(), h.clickhouse)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // a test that is over has nothing to lose
	js := natsdtest.Connect(t, h.nats)
	return &weekly.Office{
		Plan: seeds.Example, Acts: natsdtest.Acts(t, js), Store: conn, JetStream: js,
		Log: slog.New(slog.DiscardHandler), Clock: time.Now, By: name,
		Calendar: calendar.China(), At: 8 * time.Hour, Grace: 96 * time.Hour, LateAfter: 2 * time.Hour,
		From: "xushi@example.org", Recipients: []string{"a@example.org", "督查室 <b@example.org>"}, Simulation: true,
	}
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 8, 0, 0, 0, schema.Shanghai)
}

// letters are the messages of the MAIL stream by their subjects.
func letters(t *testing.T, js jetstream.JetStream) map[string]*jetstream.RawStreamMsg {
	t.Helper()
	stream, err := js.Stream(t.Context(), schema.MailStream)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*jetstream.RawStreamMsg{}
	for sequence := uint64(1); sequence <= stream.CachedInfo().State.LastSeq; sequence++ {
		m, err := stream.GetMsg(t.Context(), sequence)
		if err != nil {
			t.Fatal(err)
		}
		all[m.Subject] = m
	}
	return all
}

// Two processes against one NATS, day by day through two years: every week each recipient has one letter, of
// Monday or of the next day on which the office works.
func TestTwoProcessesThroughTwoYears(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one, two := h.process(t, "one"), h.process(t, "two")
	for now := day(2024, 1, 1); now.Before(day(2026, 1, 1)); now = now.AddDate(0, 0, 1) {
		runs, ctx := errgroup.WithContext(t.Context())
		for _, o := range []*weekly.Office{one, two} {
			runs.Go(func() error { return o.Run(ctx, now) })
		}
		if err := runs.Wait(); err != nil {
			t.Fatalf("%s: %v", now, err)
		}
	}
	moved := map[string]string{
		"2024-01-01": "2024-01-02", "2024-02-12": "2024-02-18", "2024-06-10": "2024-06-11", "2024-09-16": "2024-09-18", "2024-10-07": "2024-10-08",
		"2025-02-03": "2025-02-05", "2025-05-05": "2025-05-06", "2025-06-02": "2025-06-03", "2025-10-06": "2025-10-09",
	}
	want := map[string]string{} // of each letter, of which moment it speaks
	for monday := day(2024, 1, 1); monday.Before(day(2026, 1, 1)); monday = monday.AddDate(0, 0, 7) {
		on := monday.Format(time.DateOnly)
		if later, ok := moved[on]; ok {
			on = later
		}
		for _, recipient := range []string{"a@example.org", "b@example.org"} {
			a := schema.MailAddress{Plan: seeds.Example, Period: schema.WeekOf(monday).String(), Recipient: recipient, Kind: schema.WeeklyLetter}
			want[a.Subject()] = on + " 08:00"
		}
	}
	got := map[string]string{}
	for subject, m := range letters(t, one.JetStream) {
		asOf, err := time.Parse(time.RFC3339Nano, m.Header.Get(schema.MailAsOfHeader))
		if err != nil {
			t.Fatal(err)
		}
		got[subject] = asOf.In(schema.Shanghai).Format("2006-01-02 15:04")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("letters and their moments (-want +got)\n%s", diff)
	}
	issued, err := two.Issue(t.Context(), schema.WeekOf(day(2024, 12, 30)))
	if err != nil || !strings.HasPrefix(issued.Letter.Subject, "【督查进度提示】2025年第1周:") || len(issued.Queued) != 0 {
		t.Errorf("the letter of 2024-12-30 once more: %+v, %v", issued, err)
	}
	for _, e := range history(t, one, day(2026, 1, 1)) {
		if e.State != weekly.Queued || e.Moved != (moved[e.Week.Monday().String()] != "") {
			t.Errorf("week %s is %q, moved %t", e.Week, e.State, e.Moved)
		}
	}
}

func history(t *testing.T, o *weekly.Office, now time.Time) []weekly.Entry {
	t.Helper()
	deliveries := weekly.NewDeliveries(o.JetStream)
	if err := deliveries.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := o.History(t.Context(), now, deliveries)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
