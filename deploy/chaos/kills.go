package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/ingest"
	"xushi/schema"
)

// killer kills parts while events are published. Only what hits unacknowledged work counts:
//
//   - ingest: messages that were delivered to this very process and to none before, and that are not
//     acknowledged once it is dead;
//   - nats: publishes that were under way and whose acknowledgement never came;
//   - engine: messages that the ingest has in hand and that are still not acknowledged a moment later: they
//     were not stored when the engine died.
type killer struct {
	parts     []*part
	publisher *publisher
	js        jetstream.JetStream
	rng       *rand.Rand
	events    int
	want      int

	done      atomic.Int64 // kills that counted
	counted   map[string]int
	vain      int    // hit a process that had nothing to lose
	delivered uint64 // up to which messages were delivered when the last ingest was killed
}

// run kills until enough kills counted. Each has a share of the events, somewhere within which it strikes.
func (k *killer) run(ctx context.Context) error {
	for done := 0; done < k.want; done = int(k.done.Load()) {
		sent := int(k.publisher.sent.Load())
		share := (k.events - sent) / (k.want - done + 1)
		if share < 1 {
			return errors.New("too few events for so many kills")
		}
		k.publisher.allowed.Store(int64(sent + share))
		if err := until(ctx, func() bool { return int(k.publisher.sent.Load()) >= sent+k.rng.IntN(share)/2 }); err != nil {
			return err
		}
		hit, err := k.strike(ctx)
		if err != nil {
			return err
		}
		if hit {
			k.done.Add(1)
		} else {
			k.vain++
		}
	}
	k.publisher.allowed.Store(int64(k.events))
	return nil
}

// strike kills one part that is up, tells whether it had unacknowledged work, and lets it come back later.
func (k *killer) strike(ctx context.Context) (hit bool, err error) {
	if err := until(ctx, k.serverAnswers); err != nil {
		return false, err
	}
	victim, live := k.choose()
	unanswered := k.publisher.unanswered.Load()
	live.kill()
	down := time.Duration(k.rng.IntN(300)) * time.Millisecond
	if k.rng.IntN(20) == 0 {
		down += ingestOptions.AckWait
	}
	switch victim.kind {
	case "ingest":
		hit, err = k.hitIngest(ctx)
	case "engine":
		hit, err = k.hitEngine(ctx)
	}
	go victim.startAfter(ctx, down)
	if victim.kind == "nats" {
		err = until(ctx, k.serverAnswers)
		hit = k.publisher.unanswered.Load() > unanswered
	}
	if hit {
		k.counted[victim.kind]++
	}
	return hit, err
}

// choose takes one of the parts that are up, of which the server is one.
func (k *killer) choose() (victim *part, live process) {
	for live == nil {
		victim = k.parts[k.rng.IntN(len(k.parts))]
		live = victim.take()
	}
	return victim, live
}

func (k *killer) serverAnswers() bool {
	return k.parts[natsPart].up() && k.js.Conn().IsConnected()
}

func (k *killer) hitIngest(ctx context.Context) (bool, error) {
	c, err := k.consumer(ctx)
	if err != nil {
		return false, err
	}
	before := k.delivered
	k.delivered = c.Delivered.Stream
	return c.Delivered.Stream > max(before, c.AckFloor.Stream), nil
}

// onTheWay is how long an acknowledgement may still be under way of what was stored before the engine died.
const onTheWay = 50 * time.Millisecond

func (k *killer) hitEngine(ctx context.Context) (bool, error) {
	select {
	case <-time.After(onTheWay):
	case <-ctx.Done():
		return false, ctx.Err()
	}
	c, err := k.consumer(ctx)
	return err == nil && k.parts[ingestPart].up() && c.NumAckPending > 0, err
}

// consumer is what the server says of the ingest's consumer, once it says something.
func (k *killer) consumer(ctx context.Context) (info *jetstream.ConsumerInfo, err error) {
	for {
		asking, cancel := context.WithTimeout(ctx, time.Second)
		c, err := k.js.Consumer(asking, schema.ProgressStream, ingest.Consumer)
		cancel()
		switch {
		case err == nil:
			return c.CachedInfo(), nil
		case errors.Is(err, jetstream.ErrConsumerNotFound):
			return &jetstream.ConsumerInfo{}, nil // not made yet
		}
		if err := pause(ctx); err != nil {
			return nil, errors.Join(err, ctx.Err())
		}
	}
}

// until waits until something is so.
func until(ctx context.Context, so func() bool) error {
	for !so() {
		if err := pause(ctx); err != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}
