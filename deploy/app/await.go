package app

import (
	"context"
	"fmt"
	"time"
)

const (
	storedPatience = 10 * time.Minute // how long a letter waits for the ingest
	storedLook     = time.Second
)

// awaitStored waits, within bounds, until everything that the log holds now is stored, so that a letter
// knows whatever had arrived by its moment.
func (a *App) awaitStored(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storedPatience)
	defer cancel()
	var until uint64
	for {
		b, err := a.backlog(ctx)
		if err != nil {
			return err
		}
		if until == 0 {
			until = b.Last
		}
		if b.Settled >= until {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d messages are not stored: %w", until-b.Settled, ctx.Err())
		case <-time.After(storedLook):
		}
	}
}
