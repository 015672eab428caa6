package weekly_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/weekly"
	"xushi/schema"
)

// deliver notes how far a letter is, as the post does.
func deliver(t *testing.T, o *weekly.Office, recipient string, d schema.Delivery) {
	t.Helper()
	kv, err := o.JetStream.KeyValue(t.Context(), schema.Bucket)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	a := schema.MailAddress{Plan: o.Plan, Period: "2024-W27", Recipient: recipient, Kind: schema.WeeklyLetter}
	if _, err := kv.Put(t.Context(), a.Subject(), body); err != nil {
		t.Fatal(err)
	}
}

func warnings(t *testing.T, o *weekly.Office) (subjects []string) {
	t.Helper()
	for _, subject := range slices.Sorted(maps.Keys(letters(t, o.JetStream))) {
		if _, what, ok := strings.Cut(subject, ".warning-"); ok {
			subjects = append(subjects, what)
		}
	}
	return subjects
}

// Whatever keeps a letter from being read by everybody in time is told to the operator and to the log: once, by
// whichever process sees it first. What goes well is not.
func TestTheOperatorIsWarnedOnce(t *testing.T) {
	t.Parallel()
	in, out := monday.Add(2*time.Hour), monday.Add(2*time.Hour+time.Second)
	sent := schema.Delivery{State: schema.MailSent, At: monday}
	for _, tt := range []struct {
		name string
		now  time.Time
		b    schema.Delivery
		want []string
	}{
		{"sent", out, sent, nil},
		{"on its way, in time", in, schema.Delivery{State: schema.MailSending}, nil},
		{"on its way, late", out, schema.Delivery{State: schema.MailQueued, Error: "451 greylisted"}, []string{"late"}},
		{"refused", in, schema.Delivery{State: schema.MailFailed, Error: "550 no such user"}, []string{"failed"}},
		{"uncertain, and so late", out, schema.Delivery{State: schema.MailUncertain, Error: "line dropped"}, []string{"late", "uncertain"}},
	} {
		o := newOffice(t, "a@example.org", "b@example.org")
		o.Operator = "ops@example.org"
		log := recorded(o)
		run(t, o, monday)
		deliver(t, o, "a@example.org", sent)
		deliver(t, o, "b@example.org", tt.b)
		other := *o
		for _, process := range []*weekly.Office{o, &other, o} {
			if err := process.Watch(t.Context(), tt.now, weekly.NewDeliveries(o.JetStream)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(tt.want, warnings(t, o)); diff != "" {
			t.Errorf("%s: warnings (-want +got)\n%s", tt.name, diff)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != len(tt.want) {
			t.Errorf("%s: %d errors in the log\n%s", tt.name, n, log)
		}
		for _, what := range tt.want {
			m := letters(t, o.JetStream)["mail.hongqiao-2024.2024-W27.ops=40example=2Eorg.warning-"+what]
			if text := string(m.Data); !strings.Contains(text, "Subject: ") || m.Header.Get(schema.MailRecipientHeader) != "ops@example.org" {
				t.Errorf("%s: warned by\n%s", tt.name, text)
			}
		}
	}
}

// A letter that fails days after another one of the same week is told of as well.
func TestEveryFurtherFailureIsWarnedOf(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org", "b@example.org")
	o.Operator = "ops@example.org"
	run(t, o, monday)
	for _, step := range []struct {
		recipient string
		want      []string
	}{
		{"a@example.org", []string{"failed"}},
		{"a@example.org", []string{"failed"}},
		{"b@example.org", []string{"failed", "failed-2"}},
	} {
		deliver(t, o, step.recipient, schema.Delivery{State: schema.MailFailed, Error: "550 no such user"})
		if err := o.Watch(t.Context(), monday.Add(time.Hour), weekly.NewDeliveries(o.JetStream)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, warnings(t, o)); diff != "" {
			t.Errorf("%s failed: warnings (-want +got)\n%s", step.recipient, diff)
		}
	}
}

// A letter of a year whose holidays nobody has entered, and one that does not know everything, are told of.
func TestALesserLetterIsToldOf(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org")
	o.Operator = "ops@example.org"
	newYear := day(2025, 12, 29) // of 2026's first week
	run(t, o, newYear)
	if err := o.Watch(t.Context(), newYear, weekly.NewDeliveries(o.JetStream)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"calendar"}, warnings(t, o)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, year := range []struct {
		of   time.Time
		says bool
	}{{newYear, true}, {newYear.AddDate(0, 0, -7), false}} {
		drafts, err := o.Preview(t.Context(), year.of, year.of)
		if err != nil {
			t.Fatal(err)
		}
		if says := strings.Contains(drafts[0].Letter.Text, "2026年的法定节假日和调休尚未录入"); says != year.says {
			t.Errorf("the letter of %s says that 2026 is unknown: %t", year.of, says)
		}
	}
	if e := history(t, o, newYear); len(e) != 1 || e[0].Unknown != 2026 {
		t.Errorf("the history does not say that 2026 is unknown: %+v", e)
	}
}

func status(t *testing.T, o *weekly.Office, now time.Time) weekly.Status {
	t.Helper()
	deliveries := weekly.NewDeliveries(o.JetStream)
	if err := deliveries.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := o.Status(t.Context(), now, deliveries)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The dead man's figure moves when the last mailbox has accepted a week's letter, and not before; a fresh process
// knows it from the bucket.
func TestStatus(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "a@example.org", "b@example.org")
	run(t, o, monday.Add(-time.Hour))
	check := func(name string, now time.Time, want weekly.Status) {
		t.Helper()
		if diff := cmp.Diff(want, status(t, o, now)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	first, last := monday.Add(time.Minute).UTC(), monday.Add(time.Hour).UTC()
	check("before the first is due", monday.Add(-time.Minute), weekly.Status{})
	check("due", monday, weekly.Status{Due: monday})
	check("late, and not even written", monday.Add(3*time.Hour), weekly.Status{Due: monday, Late: true})
	run(t, o, monday)
	deliver(t, o, "a@example.org", schema.Delivery{State: schema.MailSent, At: first})
	check("one mailbox has it", monday.Add(3*time.Hour), weekly.Status{Due: monday, Late: true})
	deliver(t, o, "b@example.org", schema.Delivery{State: schema.MailSent, At: last})
	check("all have it", monday.Add(3*time.Hour), weekly.Status{Due: monday, LastSuccess: last})
	run(t, o, next)
	check("the next is on its way", next.Add(time.Minute), weekly.Status{Due: next, LastSuccess: last})
	check("the next is late", next.Add(3*time.Hour), weekly.Status{Due: next, Late: true, LastSuccess: last})
}
