package producers_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/nats-io/nats.go"

	"xushi/deploy/embedded/natsdtest"
	"xushi/producers"
	"xushi/schema"
)

var withoutWords = cmpopts.IgnoreFields(schema.Verdict{}, "Message")

func TestVerdictTellsWhatBecameOfAnEvent(t *testing.T) {
	t.Parallel()
	b := newBench(t, nats.CustomInboxPrefix("_INBOX.zhujianwei"))
	natsdtest.Judge(t, b.js, register(t))
	c := newClient(t, b.nc, producers.Options{})
	wrongUnit := households("h-2")
	wrongUnit.Data.Unit = "场"
	for i, tt := range []struct {
		event *schema.Event
		want  schema.Verdict
	}{
		{households("h-1"), schema.Verdict{Sequence: 1, ID: "h-1", Accepted: true}},
		{wrongUnit, schema.Verdict{Sequence: 2, ID: "h-2", Reason: schema.WrongUnit, Field: "data.unit"}},
	} {
		got, err := c.PublishAndWait(t.Context(), tt.event)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got, withoutWords); diff != "" || got.Accepted == (got.Message != "") {
			t.Errorf("%d: message %q (-want +got):\n%s", i, got.Message, diff)
		}
	}
}

func TestVerdictsOfABatchAreInItsOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	natsdtest.Judge(t, b.js, register(t))
	c := newClient(t, b.nc, producers.Options{})
	events := manyHouseholds(3)
	events[1].Data.Measure = "nothing"
	got, err := c.PublishBatchAndWait(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	want := []schema.Verdict{
		{Sequence: 1, Index: 0, ID: "h-000000", Accepted: true},
		{Sequence: 1, Index: 1, ID: "h-000001", Reason: schema.UnknownMeasure, Field: "data.measure"},
		{Sequence: 1, Index: 2, ID: "h-000002", Accepted: true},
	}
	if diff := cmp.Diff(want, got, withoutWords); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoVerdictIsNoLoss(t *testing.T) {
	t.Parallel()
	b := newBench(t) // nobody judges
	c := newClient(t, b.nc, producers.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	got, err := c.PublishBatchAndWait(ctx, manyHouseholds(2))
	none, ok := errors.AsType[*producers.NoVerdictError](err)
	if !ok || none.Missing != 2 || none.Sequence != 1 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if want := []schema.Verdict{{Sequence: 1}, {Sequence: 1, Index: 1}}; !cmp.Equal(want, got) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
