package records

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// Assess reads a plan's events, assesses it and asks what they give rise to asking, commitment by commitment, so
// that a province's year never stands in memory as a whole. The results are those of assessment.Log.Assess and
// anomaly.AskAll over all of them.
func Assess(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, asOf, knownAt time.Time) ([]assessment.Assessment, []anomaly.Question, error) {
	measures := ledger.Measures()
	place := make(map[*seeds.Measure]int, len(measures))
	for i, m := range measures {
		place[m] = i
	}
	all, asked := make([]assessment.Assessment, len(measures)), make([][]anomaly.Question, len(measures))
	err := EachCommitment(ctx, conn, ledger, knownAt, func(c *seeds.Commitment, log *assessment.Log) error {
		for i := range c.Measures {
			m := &c.Measures[i]
			all[place[m]] = log.AssessMeasure(m, asOf, knownAt)
			asked[place[m]] = anomaly.Ask(ledger, log, m, asOf, knownAt)
		}
		return nil
	})
	return all, slices.Concat(asked...), err
}

// EachCommitment hands every commitment of the ledger to each, one at a time and in no order to rely on, with
// the log of what had been received by knownAt of it and of its measures. While one is being looked at, the
// next ones are read. Whoever keeps a record of a log keeps all of that log's records in memory.
func EachCommitment(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, knownAt time.Time, each func(*seeds.Commitment, *assessment.Log) error) error {
	ahead, err := readAhead(ctx, conn, ledger, knownAt)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	parts := make(chan part, 64)
	group.Go(func() error {
		defer close(parts)
		return ahead.read(ctx, conn, knownAt, parts)
	})
	group.Go(func() error {
		for p := range parts {
			if err := each(p.commitment, ahead.withdrawals.Log(ledger, p.records)); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// LogOf is the log of one commitment, as EachCommitment has it.
func LogOf(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, c *seeds.Commitment, knownAt time.Time) (*assessment.Log, error) {
	ahead, err := readAhead(ctx, conn, ledger, knownAt)
	if err != nil {
		return nil, err
	}
	own := ahead.strays[c.ID]
	err = read(ctx, conn, ledger.Plan.ID, knownAt, "AND commitment = ?", func(r *schema.Record) error {
		own = append(own, *r)
		return nil
	}, c.ID)
	return ahead.withdrawals.Log(ledger, own), err
}

// part is a commitment with the events that speak of it.
type part struct {
	commitment *seeds.Commitment
	records    []schema.Record
}

// ahead is what must be known before any commitment can be looked at alone.
type ahead struct {
	ledger      *seeds.Ledger
	withdrawals assessment.Withdrawals
	strays      map[string][]schema.Record // by the commitment that their measure is of
}

// The ids alone are looked for first, since the view settles identity over everything that it is asked for.
const aheadOf = `
AND (department, source, id) IN (
    SELECT department, source, id FROM events WHERE plan = ? AND (voids != '' OR replaces != '' OR has(?, measure)))
AND (voids != '' OR replaces != '' OR has(?, measure))`

// readAhead reads what withdraws something, under whatever commitment that was sent, and what was sent of a
// measure while it was of another commitment than it is in this ledger.
func readAhead(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, knownAt time.Time) (*ahead, error) {
	moved, err := movedMeasures(ctx, conn, ledger)
	if err != nil {
		return nil, fmt.Errorf("measures of plan %s that moved: %w", ledger.Plan.ID, err)
	}
	a := &ahead{ledger: ledger, strays: map[string][]schema.Record{}}
	var withdrawing []schema.Record
	err = read(ctx, conn, ledger.Plan.ID, knownAt, aheadOf, func(r *schema.Record) error {
		if r.Data.Voids != "" || r.Data.Replaces != "" {
			withdrawing = append(withdrawing, *r)
		}
		if m, known := ledger.Measure(r.Data.Measure); known && m.Commitment.ID != r.Data.Commitment {
			a.strays[m.Commitment.ID] = append(a.strays[m.Commitment.ID], *r)
		}
		return nil
	}, ledger.Plan.ID, moved, moved)
	a.withdrawals = assessment.NewWithdrawals(withdrawing)
	return a, err
}

// movedMeasures are those of the ledger that events were sent of under another commitment.
func movedMeasures(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger) (moved []string, err error) {
	rows, err := conn.Query(ctx, "SELECT DISTINCT commitment, measure FROM events WHERE plan = ? AND measure != ''", ledger.Plan.ID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var commitment, measure string
		if err := rows.Scan(&commitment, &measure); err != nil {
			return nil, err
		}
		if m, known := ledger.Measure(measure); known && m.Commitment.ID != commitment {
			moved = append(moved, measure)
		}
	}
	return moved, rows.Err()
}

// read reads the events in the order of their commitments and sends on each commitment of the ledger, at last
// those that no event speaks of.
func (a *ahead) read(ctx context.Context, conn driver.Conn, knownAt time.Time, parts chan<- part) error {
	var records []schema.Record
	sent := map[string]bool{}
	send := func(id string) error {
		c, known := a.ledger.Commitment(id)
		if !known || sent[id] {
			return nil
		}
		sent[id] = true
		select {
		case parts <- part{c, append(records, a.strays[id]...)}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	current := ""
	err := read(ctx, conn, a.ledger.Plan.ID, knownAt, "ORDER BY commitment", func(r *schema.Record) (err error) {
		if r.Data.Commitment != current {
			err = send(current)
			current, records = r.Data.Commitment, make([]schema.Record, 0, len(records))
		}
		records = append(records, *r)
		return err
	})
	if err == nil {
		err = send(current)
	}
	records = nil
	for i := range a.ledger.Commitments {
		if err == nil {
			err = send(a.ledger.Commitments[i].ID)
		}
	}
	return err
}
