package ingest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Bounds of waiting between tries, and of how far the time for one try grows.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
	mostTime     = 16 // times TryTimeout
)

// patience is how long each part may take for one try: TryTimeout, until it was seen that it needs longer.
type patience struct {
	mu    sync.Mutex
	least time.Duration
	parts map[string]time.Duration
}

func (p *patience) of(part string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(p.least, p.parts[part])
}

// fit gives a part twice the time that it took, be it to answer or to run out of it.
func (p *patience) fit(part string, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts[part] = min(2*took, mostTime*p.least)
}

// persist does one step until it succeeds or ctx ends, at growing intervals, telling health what it waits for.
//
// No try lasts for ever: a server that was stopped, or a cable that was pulled, does not close its connections. What
// a try has done may be done, so a step must bear repetition. A server that is merely slow is given twice the time
// after each try that ran out of it, so that a large batch gets through in the end.
func (i *Ingest) persist(ctx context.Context, part string, step func(context.Context) error) error {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval, policy.MaxInterval = firstPause, longestPause
	_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, i.try(ctx, part, step) },
		backoff.WithBackOff(policy), backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, _ time.Duration) {
			i.metrics.retries.WithLabelValues(part).Inc()
			i.health.note(part, err)
		}))
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	i.health.clear(part)
	return nil
}

// try does one step within the time that its part may take.
func (i *Ingest) try(ctx context.Context, part string, step func(context.Context) error) error {
	limit, began := i.patience.of(part), time.Now()
	trying, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	err := step(trying)
	switch {
	case err == nil:
		i.patience.fit(part, time.Since(began))
	case trying.Err() != nil && ctx.Err() == nil:
		i.patience.fit(part, limit)
		return fmt.Errorf("%w: %w", context.Cause(trying), err)
	}
	return err
}
