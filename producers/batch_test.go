package producers_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"xushi/producers"
	"xushi/schema"
)

// idsOf are the ids of all events of the log in order of their positions.
func idsOf(t *testing.T, messages []*schema.Message) (ids []string) {
	t.Helper()
	for _, m := range messages {
		schema.Policy{}.Open(m, func(o *schema.Opened) {
			if o.Rejection != nil {
				t.Fatalf("refused: %v", o.Rejection)
			}
			ids = append(ids, o.Record.ID)
		})
	}
	return ids
}

func TestBatchIsSplitByTheLimitsOfSize(t *testing.T) {
	t.Parallel()
	const perEvent = 8000 // bytes, more or less
	for name, tt := range map[string]struct {
		events   int
		note     int // bytes
		messages int
	}{
		"one":                   {1, 0, 1},
		"as many as a batch":    {schema.MaxBatchEvents, 0, 4}, // 10,000 events of 350 bytes are 3.5 MB
		"larger than one batch": {200, perEvent, 2},            // 1.6 MB
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			c := newClient(t, b.nc, producers.Options{})
			events := manyHouseholds(tt.events)
			for _, e := range events {
				e.Data.Note = strings.Repeat("x", tt.note)
			}
			receipts, err := c.PublishBatch(t.Context(), events)
			if err != nil {
				t.Fatal(err)
			}
			messages := b.messages(t)
			if len(receipts) != tt.messages || len(messages) != tt.messages {
				t.Errorf("%d receipts and %d messages, want %d", len(receipts), len(messages), tt.messages)
			}
			total := 0
			for i, r := range receipts {
				total += r.Events
				if size := len(messages[i].Body); size > schema.MaxBatchBytes || r.Sequence != messages[i].Sequence {
					t.Errorf("message %d: %d bytes, receipt %+v", i, size, r)
				}
			}
			ids := idsOf(t, messages)
			if total != tt.events || len(ids) != tt.events {
				t.Fatalf("receipts of %d, stored %d, want %d", total, len(ids), tt.events)
			}
			for i, id := range ids {
				if id != events[i].ID {
					t.Fatalf("event %d is %s, want %s", i, id, events[i].ID)
				}
			}
		})
	}
}

func TestBatchIsSentWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := newClient(t, b.nc, producers.Options{Register: register(t)})
	events := manyHouseholds(5)
	events[1].Data.Value = "1e3"
	events[4].Data.Unit = "场"
	_, err := c.PublishBatch(t.Context(), events)
	failures, ok := errors.AsType[producers.Failures](err)
	if !ok || len(failures) != 2 || failures[0].Index != 1 || failures[1].Index != 4 {
		t.Fatalf("got %v, want failures of 1 and 4", err)
	}
	for _, want := range []string{"2 events", "h-000001", "not_decimal", "h-000004", "wrong_unit"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not mention %s", err, want)
		}
	}
	if got := len(b.messages(t)); got != 0 {
		t.Errorf("%d messages were sent", got)
	}
}

func TestBatchIsOfOneDepartment(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := newClient(t, b.nc, producers.Options{})
	events := manyHouseholds(2)
	events[1].Department = "minzhengju"
	if _, err := c.PublishBatch(t.Context(), events); err == nil || !strings.Contains(err.Error(), "minzhengju") {
		t.Errorf("got %v", err)
	}
	if receipts, err := c.PublishBatch(t.Context(), nil); err != nil || len(receipts) != 0 {
		t.Errorf("no events: %v, %v", receipts, err)
	}
}

func TestManyFailuresAreCountedAndFewQuoted(t *testing.T) {
	t.Parallel()
	var f producers.Failures
	for i := range 8 {
		f = append(f, &producers.EventError{ID: fmt.Sprintf("id-%d", i), Err: errors.New("no")})
	}
	if text := f.Error(); !strings.Contains(text, "8 events") || !strings.Contains(text, "and 3 more") || strings.Contains(text, "id-5") {
		t.Errorf("got %q", text)
	}
}
