package model

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// compareEvents reads every event that the store shows.
func (m *Model) compareEvents(ctx context.Context, store driver.Conn, f *Findings) error {
	seen := make(map[key]bool, len(m.accepted))
	err := eachRow(ctx, store, func(r *row) {
		k := r.identity()
		contents, expected := m.accepted[k]
		switch {
		case seen[k]:
			f.doubled("events_clean shows %s twice, here of position %d", r, r.position)
			return
		case !expected:
			f.misjudged("events_clean shows %s of position %d, which is not to be accepted", r, r.position)
			return
		}
		seen[k] = true
		switch c := &contents[0]; {
		case r.position != c.position:
			f.misjudged("events_clean shows %s of position %d, and %d wins", r, r.position, c.position)
		case r.received.UnixMicro() != c.received:
			f.misjudged("%s is said to be received at %s, and was at %s", r, r.received, time.UnixMicro(c.received).UTC())
		case r.content() != c.content:
			f.misjudged("%s says something else than what was sent: %+v", r, *r)
		}
	})
	if err != nil {
		return err
	}
	for k, contents := range m.accepted {
		if !seen[k] {
			f.lost("events_clean lacks the event of position %d (sequence %d, element %d)", contents[0].position, contents[0].position>>16, contents[0].position&0xffff)
		}
	}
	return nil
}

// eachRow streams events_clean.
func eachRow(ctx context.Context, store driver.Conn, each func(*row)) error {
	rows, err := store.Query(ctx, `
		SELECT position, received_at, plan, department, source, toString(type), id, occurred_at,
		       commitment, measure, item, toString(mode), value, numerator, denominator, reported_value, unit, stage,
		       replaces, voids, reason, evidence, note, name, ifNull(toString(planned_date), ''), problem, next_step,
		       ledger_version, simulated
		FROM events_clean`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var r row
		err := rows.Scan(&r.position, &r.received, &r.plan, &r.department, &r.source, &r.kind, &r.id, &r.occurred,
			&r.commitment, &r.measure, &r.item, &r.mode, &r.value, &r.numerator, &r.denominator, &r.reported, &r.unit, &r.stage,
			&r.replaces, &r.voids, &r.reason, &r.evidence, &r.note, &r.name, &r.planned, &r.problem, &r.nextStep,
			&r.ledgerVersion, &r.simulated)
		if err != nil {
			return err
		}
		each(&r)
	}
	return rows.Err()
}

// String names the event.
func (r *row) String() string {
	return r.plan + "/" + r.department + r.source + "#" + r.id
}

// compareConflicts reads every content of an identity that has several.
func (m *Model) compareConflicts(ctx context.Context, store driver.Conn, f *Findings) error {
	want := map[uint64]bool{} // by position: whether it wins
	for _, contents := range m.accepted {
		for i := range contents {
			if len(contents) > 1 {
				want[contents[i].position] = i == 0
			}
		}
	}
	rows, err := store.Query(ctx, "SELECT plan, department, source, id, position, wins FROM conflicts")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var r row
		var wins bool
		if err := rows.Scan(&r.plan, &r.department, &r.source, &r.id, &r.position, &wins); err != nil {
			return err
		}
		if w, expected := want[r.position]; !expected || w != wins {
			f.misjudged("conflicts shows %s of position %d (wins: %t), which is not so", &r, r.position, wins)
		}
		delete(want, r.position)
	}
	for position := range want {
		f.lost("conflicts lacks the content of position %d", position)
	}
	return rows.Err()
}

// compareCurrent reads what the store says that every measure comes to.
func (m *Model) compareCurrent(ctx context.Context, store driver.Conn, f *Findings) error {
	figures := m.current()
	rows, err := store.Query(ctx, `
		SELECT measure, toInt64(ifNull(actual, 0) * 1000000), isNull(actual), readings, toUnixTimestamp64Micro(ifNull(last_reported_at, toDateTime64(0, 6, 'UTC')))
		FROM progress_current WHERE plan = ?`, m.ledger.Plan.ID)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	seen := 0
	for rows.Next() {
		var measure string
		var got figure
		var unknown bool
		if err := rows.Scan(&measure, &got.actual, &unknown, &got.readings, &got.last); err != nil {
			return err
		}
		seen++
		if want := figures[measure]; got != want || unknown != (want.readings == 0) {
			f.misjudged("progress_current says of %s %+v (unknown: %t), and it is %+v", measure, got, unknown, want)
		}
	}
	if all := len(m.ledger.Measures()); seen != all {
		f.lost("progress_current has %d of %d measures", seen, all)
	}
	return rows.Err()
}
