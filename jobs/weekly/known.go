package weekly

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// storedLook is how often the ingest is asked whether everything is stored.
const storedLook = time.Second

// knownAt is what a letter of that moment may know: everything that was received until then, once the ingest
// has stored it. Where that takes longer than the office waits, it is the moment up to which all is stored, so
// that the letter can be composed again from the very same events.
func (o *Office) knownAt(ctx context.Context, asOf time.Time) (time.Time, error) {
	patience := time.NewTimer(o.Wait)
	defer patience.Stop()
	for {
		known, err := o.storedUntil(ctx)
		if err != nil {
			return known, err
		}
		if !known.Before(asOf) {
			return asOf, nil
		}
		select {
		case <-ctx.Done():
			return known, fmt.Errorf("wait for the ingest: %w", ctx.Err())
		case <-patience.C:
			o.Log.Warn("the letter goes out without what is not stored yet", "plan", o.Plan, "as_of", asOf, "known_at", known)
			return known, nil
		case <-time.After(storedLook):
		}
	}
}

// storedUntil is the moment up to which everything that the log received is stored: by the server's clock, which
// gives events their moments, now, or just before the oldest message that is not stored.
func (o *Office) storedUntil(ctx context.Context) (time.Time, error) {
	stream, err := o.JetStream.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return time.Time{}, fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	now := stream.CachedInfo().TimeStamp
	if o.Simulation {
		now = endOfTime // simulated events bring moments of their own
	}
	backlog, err := schema.BacklogOf(ctx, o.JetStream, schema.ProgressStream, o.Readers...)
	if err != nil {
		return time.Time{}, err
	}
	for sequence := backlog.Settled + 1; sequence <= backlog.Last; sequence++ {
		m, err := stream.GetMsg(ctx, sequence)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue // lost with a disk
		}
		if err != nil {
			return time.Time{}, fmt.Errorf("message %d of stream %s: %w", sequence, schema.ProgressStream, err)
		}
		received := m.Time
		if at, err := time.Parse(time.RFC3339Nano, m.Header.Get(schema.ReceivedAtHeader)); o.Simulation && err == nil {
			received = at
		}
		return justBefore(received), nil
	}
	return justBefore(now), nil
}

// justBefore is the last moment that the store, which counts in microseconds, tells from this one and from what
// may still arrive in the same microsecond.
func justBefore(t time.Time) time.Time { return t.Truncate(time.Microsecond).Add(-time.Microsecond) }

var endOfTime = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
