package schema

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Pending is how many messages of a stream lie above its consumer's ack floor; to a consumer that is not
// there yet, all do. It is not the server's own count (NumPending), which is 0 for a moment while a
// consumer is being made.
func Pending(ctx context.Context, js jetstream.JetStream, stream, consumer string) (uint64, error) {
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return 0, fmt.Errorf("stream %s: %w", stream, err)
	}
	state := s.CachedInfo().State
	c, err := js.Consumer(ctx, stream, consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return state.Msgs, nil
	}
	if err != nil {
		return 0, fmt.Errorf("consumer %s of stream %s: %w", consumer, stream, err)
	}
	floor := min(c.CachedInfo().AckFloor.Stream, state.LastSeq)
	return min(state.Msgs, state.LastSeq-floor), nil
}
