package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Bounds of waiting between tries, and of how far the deadline of one try grows.
const (
	firstPause     = 100 * time.Millisecond
	longestPause   = 5 * time.Second
	deadlineGrowth = 16
)

// persist does one step until it succeeds or ctx ends, at growing intervals, telling health what it waits for.
//
// No try lasts for ever: a server that was stopped, or a cable that was pulled, does not close its connections. What
// a try has done may be done, so a step must bear repetition. A server that is merely slow is given twice the time
// after each try that ran out of it, so that a large batch gets through in the end.
func (i *Ingest) persist(ctx context.Context, part string, step func(context.Context) error) error {
	deadline := i.options.TryTimeout
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval, policy.MaxInterval = firstPause, longestPause
	_, err := backoff.Retry(ctx, func() (none struct{}, err error) {
		trying, cancel := context.WithTimeoutCause(ctx, deadline, fmt.Errorf("no answer within %s", deadline))
		defer cancel()
		err = step(trying)
		if err != nil && trying.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("%w: %w", context.Cause(trying), err)
			deadline = min(2*deadline, deadlineGrowth*i.options.TryTimeout)
		}
		return none, err
	}, backoff.WithBackOff(policy), backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, _ time.Duration) {
		i.metrics.retries.WithLabelValues(part).Inc()
		i.health.note(part, err)
	}))
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	i.health.clear(part)
	return nil
}
