package reminder_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/embedded/natsdtest"
	"xushi/jobs/calendar"
	"xushi/jobs/reminder"
	"xushi/schema"
)

// desk reminds of the fixture's reports of 10 June, which are due by 10 July, a Wednesday.
func desk(js jetstream.JetStream) *reminder.Desk {
	return &reminder.Desk{
		Plan: "hongqiao-2024", Calendar: calendar.China(), JetStream: js, Log: slog.New(slog.DiscardHandler),
		At: 8 * time.Hour, Ahead: 3, From: "xushi@hongqiao.example",
		Departments: map[string][]string{"housing": {"a@housing.example", "b@housing.example"}},
		Stand: func(_ context.Context, asOf time.Time) (reminder.Stand, error) {
			l := ledger()
			return reminder.Stand{Ledger: l, Now: reported(l, schema.DateOf(asOf), map[string]int{"area": 10, "projects": 30, "doctors": 10})}, nil
		},
	}
}

// queued are the subjects of the MAIL stream.
func queued(t *testing.T, js jetstream.JetStream) []string {
	t.Helper()
	stream, err := js.Stream(t.Context(), schema.MailStream)
	if err != nil {
		t.Fatal(err)
	}
	info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter("mail.>"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for subject := range info.State.Subjects {
		a, ok := schema.ParseMailSubject(subject)
		if !ok {
			t.Fatalf("subject %q", subject)
		}
		all = append(all, a.Period+" "+a.Recipient+" "+a.Kind)
	}
	slices.Sort(all)
	return all
}

func at(day, hour, minute int) time.Time {
	return time.Date(2024, time.July, day, hour, minute, 0, 0, schema.Shanghai)
}

// 7 July, three days before, is a Sunday: Monday speaks of it. 11 July is the day after.
func TestEveryMailboxIsRemindedOnceOfADay(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	for _, now := range []time.Time{
		at(5, 8, 0), at(6, 8, 0), at(7, 8, 0), at(8, 7, 59), at(8, 8, 0), at(8, 15, 0), at(9, 8, 0), at(10, 8, 0), at(11, 9, 30), at(12, 8, 0),
	} {
		for range 2 { // two processes
			if err := desk(js).Run(t.Context(), now); err != nil {
				t.Fatalf("%s: %v", now, err)
			}
		}
	}
	want := []string{
		"2024-07-08 a@housing.example reminder-housing", "2024-07-08 b@housing.example reminder-housing",
		"2024-07-11 a@housing.example reminder-housing", "2024-07-11 b@housing.example reminder-housing",
	}
	if diff := cmp.Diff(want, queued(t, js)); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
}

func TestDaysOnWhichNothingRanAreMadeUpFor(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	for _, now := range []time.Time{at(5, 8, 0), at(15, 8, 0)} {
		if err := desk(js).Run(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"2024-07-15 a@housing.example reminder-housing", "2024-07-15 b@housing.example reminder-housing"}
	if diff := cmp.Diff(want, queued(t, js)); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
}

func TestADayThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	away := desk(js)
	away.Stand = func(context.Context, time.Time) (reminder.Stand, error) {
		return reminder.Stand{}, errors.New("the store is away")
	}
	if err := desk(js).Run(t.Context(), at(5, 8, 0)); err != nil {
		t.Fatal(err)
	}
	if err := away.Run(t.Context(), at(8, 8, 0)); err == nil {
		t.Fatal("no word of the store that is away")
	}
	if err := desk(js).Run(t.Context(), at(8, 8, 5)); err != nil {
		t.Fatal(err)
	}
	if got := queued(t, js); len(got) != 2 {
		t.Errorf("letters %v, want two", got)
	}
}

func TestNobodyIsRemindedWhoWantsNoReminder(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	never, nobody := desk(js), desk(js)
	never.Ahead, nobody.Departments = 0, nil
	for _, d := range []*reminder.Desk{never, nobody} {
		if err := d.Run(t.Context(), at(11, 8, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if got := queued(t, js); len(got) != 0 {
		t.Errorf("letters %v", got)
	}
}
