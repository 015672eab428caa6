package deadletters

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// patience is for the server's next message.
const patience = 10 * time.Second

// unjudged are the letters whose replays are in the log and not yet settled by the ingest, by the sequence of
// the replay: the store does not know of those. Only what waits is read, and of that only the headers.
func unjudged(ctx context.Context, stream jetstream.Stream) (map[schema.Position]uint64, error) {
	replays := map[schema.Position]uint64{}
	settled, err := settled(ctx, stream)
	if err != nil {
		return nil, err
	}
	last := stream.CachedInfo().State.LastSeq
	if settled >= last {
		return replays, nil
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: settled + 1, HeadersOnly: true,
	})
	if err != nil {
		return nil, fmt.Errorf("read what the ingest has not judged: %w", err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return nil, fmt.Errorf("read what the ingest has not judged: %w", err)
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextMaxWait(patience))
		if err != nil {
			return nil, fmt.Errorf("read what the ingest has not judged: %w", err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return nil, err
		}
		if of, err := strconv.ParseUint(get(m.Headers(), schema.ReplaysHeader), 10, 64); err == nil {
			replays[schema.Position(of)] = meta.Sequence.Stream
		}
		if meta.Sequence.Stream >= last || meta.NumPending == 0 {
			return replays, nil
		}
	}
}

// settled is up to where every ingest has stored the log, however many share it: theirs are the durable
// consumers that acknowledge everything below at once.
func settled(ctx context.Context, stream jetstream.Stream) (uint64, error) {
	through, ingests := stream.CachedInfo().State.LastSeq, 0
	consumers := stream.ListConsumers(ctx)
	for c := range consumers.Info() {
		if c.Config.Durable == "" || c.Config.AckPolicy != jetstream.AckAllPolicy {
			continue
		}
		ingests++
		if c.NumPending > 0 || c.NumAckPending > 0 {
			through = min(through, c.AckFloor.Stream)
		}
	}
	if err := consumers.Err(); err != nil && !errors.Is(err, jetstream.ErrEndOfData) {
		return 0, fmt.Errorf("consumers of stream %s: %w", schema.ProgressStream, err)
	}
	if ingests == 0 {
		return 0, nil
	}
	return through, nil
}
