package schedule_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/schedule"
	"xushi/schema"
)

// In a synctest bubble time starts at 2000-01-01 00:00 UTC, which is Saturday 08:00 in Shanghai.
func TestJobsRunInShanghai(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 8*24*time.Hour)
		defer cancel()
		var ran []time.Time
		err := schedule.Run(ctx, slog.New(slog.DiscardHandler), time.Now, schedule.Job{
			Name: "letter", Spec: "0 8 * * 1",
			Run: func(_ context.Context, now time.Time) error { ran = append(ran, now); return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		want := time.Date(2000, 1, 3, 8, 0, 0, 0, schema.Shanghai)
		if len(ran) != 1 || !ran[0].Equal(want) {
			t.Errorf("ran at %v, want once, at %v", ran, want)
		}
	})
}

func TestAFailureOrAPanicDoesNotEndTheSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 210*time.Second)
		defer cancel()
		var log strings.Builder
		tries := 0
		err := schedule.Run(ctx, slog.New(slog.NewTextHandler(&log, nil)), time.Now, schedule.Job{
			Name: "assess", Spec: "* * * * *",
			Run: func(context.Context, time.Time) error {
				tries++
				if tries == 1 {
					panic("out of ideas")
				}
				return errors.New("the store is away")
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if tries != 3 {
			t.Errorf("%d tries in three minutes, want 3", tries)
		}
		for _, want := range []string{"out of ideas", "the store is away", "job=assess"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, log.String())
			}
		}
	})
}

// A job that catches up runs at once; one that is done again after an error has growing waits in between, and its
// own times are skipped meanwhile: it never runs beside itself.
func TestAJobIsDoneAgainUntilItSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		start := time.Now()
		var after []time.Duration
		err := schedule.Run(ctx, slog.New(slog.DiscardHandler), time.Now, schedule.Job{
			Name: "letters", Spec: "* * * * *", AtStart: true, Again: true,
			Run: func(context.Context, time.Time) error {
				if len(after) < 9 {
					after = append(after, time.Since(start))
					return errors.New("the store is away")
				}
				cancel()
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		var waits []time.Duration
		for i := range after[1:] {
			waits = append(waits, after[i+1]-after[i])
		}
		s := time.Second
		want := []time.Duration{5 * s, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 320 * s, 600 * s}
		if diff := cmp.Diff(want, waits); diff != "" || after[0] != 0 {
			t.Errorf("first after %s; waits (-want +got)\n%s", after[0], diff)
		}
	})
}

func TestABadSpecIsAnError(t *testing.T) {
	t.Parallel()
	err := schedule.Run(t.Context(), slog.New(slog.DiscardHandler), time.Now, schedule.Job{Name: "letter", Spec: "every Monday"})
	if err == nil || !strings.Contains(err.Error(), "letter") {
		t.Errorf("err = %v, want one that names the job", err)
	}
}
