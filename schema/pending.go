package schema

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Backlog is how far a consumer is behind its stream.
type Backlog struct {
	Last    uint64 // sequence of the stream's last message
	Settled uint64 // up to which everything is acknowledged, or no longer there
}

// Pending is how many messages wait to be settled.
func (b Backlog) Pending() uint64 { return b.Last - b.Settled }

// BacklogOf looks at a stream and its consumer; to a consumer that is not there yet, all messages wait. It
// goes by the ack floor and not by the server's own count (NumPending), which is 0 for a moment while a
// consumer is being made.
func BacklogOf(ctx context.Context, js jetstream.JetStream, stream, consumer string) (Backlog, error) {
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return Backlog{}, fmt.Errorf("stream %s: %w", stream, err)
	}
	state := s.CachedInfo().State
	b := Backlog{Last: state.LastSeq, Settled: state.LastSeq - min(state.Msgs, state.LastSeq)}
	c, err := js.Consumer(ctx, stream, consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return b, nil
	}
	if err != nil {
		return Backlog{}, fmt.Errorf("consumer %s of stream %s: %w", consumer, stream, err)
	}
	b.Settled = max(b.Settled, min(c.CachedInfo().AckFloor.Stream, b.Last))
	return b, nil
}
