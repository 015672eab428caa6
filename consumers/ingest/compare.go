package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// compareEvery is how often the log and the store are held against each other.
const compareEvery = time.Minute

// compareForEver says whenever one of the two has lost what the other one has, which no trying again brings back.
// The ingest goes on all the same: what arrives now is stored.
func (i *Ingest) compareForEver(ctx context.Context) {
	for next := time.Duration(0); ; {
		select {
		case <-time.After(next):
		case <-ctx.Done():
			return
		}
		trying, cancel := context.WithTimeout(ctx, i.options.TryTimeout)
		err := i.compare(trying)
		cancel()
		next = compareEvery
		var lost *LossError
		switch {
		case errors.As(err, &lost):
			i.health.alarm("loss", lost)
		case err != nil:
			next = longestPause // a server is away, of which whoever needs it tells
		default:
			i.health.clear("loss")
		}
	}
}

// LossError says that the log or the store is not the one it was.
type LossError struct{ says string }

func (e *LossError) Error() string { return e.says }

// compare relies on two things. The store holds nothing that the log does not have; so its last position lies in the
// log. And every message leaves a row, of which the one with the lowest position outlasts merges; so the log's first
// message is in the store, once it is acknowledged. What may only grow is asked for last.
func (i *Ingest) compare(ctx context.Context) error {
	backlog, err := schema.BacklogOf(ctx, i.js, schema.ProgressStream, Readers(i.options.Partitions)...)
	if err != nil {
		return err
	}
	var rows, lowest, highest uint64
	err = i.store.QueryRow(ctx, "SELECT count(), min(position), max(position) FROM (SELECT position FROM events UNION ALL SELECT position FROM dead_letters)").
		Scan(&rows, &lowest, &highest)
	if err != nil {
		return fmt.Errorf("positions in the store: %w", err)
	}
	stream, err := i.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	return compare(stream.CachedInfo().State, backlog.Settled, rows, schema.Position(lowest), schema.Position(highest))
}

func compare(log jetstream.StreamState, settled, rows uint64, lowest, highest schema.Position) error {
	switch {
	case rows > 0 && highest.Sequence() > log.LastSeq:
		return &LossError{fmt.Sprintf("the log (stream %s) ends at sequence %d, and the store holds what came with %d: the log has lost its end, or is another one; restore it from its backup",
			schema.ProgressStream, log.LastSeq, highest.Sequence())}
	case log.Msgs > 0 && settled >= log.FirstSeq && (rows == 0 || lowest.Sequence() > log.FirstSeq):
		return &LossError{fmt.Sprintf("the store does not hold what is acknowledged of the log from sequence %d on: it has lost its rows; `xushi replay` brings them back",
			log.FirstSeq)}
	}
	return nil
}
