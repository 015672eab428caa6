// Package office follows the log of the office's acts into the store: ledgers, what changed in them, who
// confirmed what. It decides nothing, and nothing of the product waits for it: what is promised when is
// read from the log itself (seeds/office), and the store's copy is for analysts.
//
// What is written is a function of the log. Killed between two inserts, or beside another process that does
// the same, it comes to the same rows; after the database is lost it writes them again.
package office

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/seeds/office"
	"xushi/seeds/seedstore"
)

// every is how often the log is asked for new acts.
const every = time.Second

// Follower brings acts into the store. Make it with New; Run it, or let it Follow once.
type Follower struct {
	acts  *office.Acts
	store driver.Conn
	log   *slog.Logger

	following sync.Mutex
	stored    uint64 // up to which acts are known to be in the store

	mu      sync.Mutex
	trouble error
}

// New makes a follower.
func New(acts *office.Acts, store driver.Conn, log *slog.Logger) *Follower {
	return &Follower{acts: acts, store: store, log: log}
}

// Run follows until ctx ends. It outlasts absences of the stream and of the store.
func (f *Follower) Run(ctx context.Context) error {
	look := time.NewTicker(every)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
			err := f.Follow(ctx)
			if ctx.Err() != nil {
				return nil
			}
			if before := f.note(err); err != nil && before == nil {
				f.log.Warn("the office's acts do not reach the store, which is tried again", "err", err)
			}
		}
	}
}

// Follow brings every act into the store that is in the log now.
func (f *Follower) Follow(ctx context.Context) (err error) {
	f.following.Lock()
	defer f.following.Unlock()
	if f.stored == 0 {
		if f.stored, err = seedstore.LastAct(ctx, f.store); err != nil {
			return err
		}
	}
	return f.follow(ctx)
}

// Replay brings every act into the store again, whatever is there: it folds into the same rows.
func (f *Follower) Replay(ctx context.Context) (acts int, err error) {
	f.following.Lock()
	defer f.following.Unlock()
	f.stored = 0
	err = f.follow(ctx)
	return len(f.acts.Judged(0)), err
}

func (f *Follower) follow(ctx context.Context) error {
	if err := f.acts.Sync(ctx); err != nil {
		return err
	}
	for _, j := range f.acts.Judged(f.stored) {
		history, _ := f.acts.History(j.Plan) // nil where nothing of the plan holds, as then of this act
		if err := seedstore.SaveAct(ctx, f.store, history, j); err != nil {
			return err
		}
		f.stored = j.Sequence
		f.log.Info("an act of the office is in the store", "plan", j.Plan, "sequence", j.Sequence, "type", j.Type, "refused", j.Refused)
	}
	return nil
}

// note keeps what is wrong, and gives what was before.
func (f *Follower) note(err error) (before error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before, f.trouble = f.trouble, err
	return before
}

// Health is nil, or says why acts do not reach the store.
func (f *Follower) Health() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.trouble == nil {
		return nil
	}
	return fmt.Errorf("acts into the store: %w", f.trouble)
}
