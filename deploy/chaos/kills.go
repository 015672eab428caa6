package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

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
	readers   []schema.Reader // of the log: the ingest's consumers

	done      atomic.Int64 // kills that counted
	counted   map[string]int
	vain      int               // hit a process that had nothing to lose
	returning sync.WaitGroup    // parts that were killed and are to come back
	next      []int             // which parts are next, before all are again
	delivered map[string]uint64 // by consumer: up to which messages were delivered when the last ingest was killed
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
		strike := sent + share/2 + k.rng.IntN(share+1)/2
		if err := until(ctx, func() bool { return int(k.publisher.sent.Load()) >= strike }); err != nil {
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
	k.returning.Wait()
	return nil
}

// strike kills one part that is up, tells whether it had unacknowledged work, and lets it come back later.
func (k *killer) strike(ctx context.Context) (hit bool, err error) {
	victim, live, err := k.choose(ctx)
	if err != nil {
		return false, err
	}
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
	k.returning.Go(func() { victim.startAfter(ctx, down) })
	if victim.kind == "nats" {
		err = until(ctx, k.serverAnswers)
		hit = k.publisher.unanswered.Load() > unanswered
	}
	if hit {
		k.counted[victim.kind]++
	}
	return hit, err
}

// choose takes one of the parts, each as often as the others, once it is up and, within bounds, busy.
func (k *killer) choose(ctx context.Context) (victim *part, live process, err error) {
	if len(k.next) == 0 {
		k.next = k.rng.Perm(len(k.parts))
	}
	victim, k.next = k.parts[k.next[0]], k.next[1:]
	if err := until(ctx, victim.up); err != nil {
		return nil, nil, err
	}
	if victim.kind == "ingest" {
		if err := k.awaitFetched(ctx); err != nil {
			return nil, nil, err
		}
	}
	if err := until(ctx, k.serverAnswers); err != nil {
		return nil, nil, err
	}
	if live = victim.take(); live == nil {
		return nil, nil, errors.New(victim.kind + " is not there to be killed") // it ended by itself
	}
	return victim, live, nil
}

// awaitFetched waits until the ingest has fetched something new, but not for ever.
func (k *killer) awaitFetched(ctx context.Context) error {
	deadline := time.Now().Add(ingestOptions.AckWait)
	for time.Now().Before(deadline) {
		infos, err := k.infos(ctx)
		if err != nil || k.fetched(infos) {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
	return nil
}

// fetched tells whether messages wait for their acknowledgement that were delivered to nobody before.
func (k *killer) fetched(infos []*jetstream.ConsumerInfo) bool {
	return slices.ContainsFunc(infos, func(c *jetstream.ConsumerInfo) bool {
		return c.Delivered.Stream > max(k.delivered[c.Name], c.AckFloor.Stream)
	})
}

func (k *killer) serverAnswers() bool {
	return k.parts[natsPart].up() && k.js.Conn().IsConnected()
}

func (k *killer) hitIngest(ctx context.Context) (bool, error) {
	infos, err := k.infos(ctx)
	if err != nil {
		return false, err
	}
	hit := k.fetched(infos)
	for _, c := range infos {
		k.delivered[c.Name] = c.Delivered.Stream
	}
	return hit, nil
}

// onTheWay is how long an acknowledgement may still be under way of what was stored before the engine died.
const onTheWay = 50 * time.Millisecond

func (k *killer) hitEngine(ctx context.Context) (bool, error) {
	select {
	case <-time.After(onTheWay):
	case <-ctx.Done():
		return false, ctx.Err()
	}
	infos, err := k.infos(ctx)
	unstored := slices.ContainsFunc(infos, func(c *jetstream.ConsumerInfo) bool { return c.NumAckPending > 0 })
	return k.parts[ingestPart].up() && unstored, err
}

// infos are what the server says of the ingest's consumers, once it says something.
func (k *killer) infos(ctx context.Context) (infos []*jetstream.ConsumerInfo, err error) {
	for _, r := range k.readers {
		name := r.Consumer
		c, err := k.info(ctx, name)
		if err != nil {
			return nil, err
		}
		infos = append(infos, c)
	}
	return infos, nil
}

func (k *killer) info(ctx context.Context, name string) (*jetstream.ConsumerInfo, error) {
	for {
		asking, cancel := context.WithTimeout(ctx, time.Second)
		c, err := k.js.Consumer(asking, schema.ProgressStream, name)
		cancel()
		switch {
		case err == nil:
			return c.CachedInfo(), nil
		case errors.Is(err, jetstream.ErrConsumerNotFound):
			return &jetstream.ConsumerInfo{Name: name}, nil // not made yet
		}
		if err := pause(ctx); err != nil {
			return nil, err
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

// patience bounds the draining, once nothing is killed any more: whatever takes longer hangs.
const patience = 3 * time.Minute

// drained waits until everything that was published is settled.
func (k *killer) drained(ctx context.Context) error {
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	var last schema.Backlog
	err := until(waiting, func() bool {
		backlog, err := schema.BacklogOf(waiting, k.js, schema.ProgressStream, k.readers...)
		if err == nil {
			last = backlog
		}
		return err == nil && backlog.Pending() == 0
	})
	if err != nil {
		return fmt.Errorf("after %s %d of %d messages are settled: %w", patience, last.Settled, last.Last, err)
	}
	return nil
}
