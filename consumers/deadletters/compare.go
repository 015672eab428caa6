package deadletters

import (
	"context"
	"fmt"

	"xushi/schema"
)

// identity is what an event is known by for ever.
type identity struct{ plan, department, source, id string }

// event is what decides which content of an identity counts.
type event struct {
	identity
	hash     schema.ContentHash
	position schema.Position // of one that is stored
}

func eventOf(r *schema.Record) *event {
	return &event{identity: identity{r.Plan, r.Department, r.Source, r.ID}, hash: r.ContentHash}
}

// compare tells of what was accepted whether it had come before another way, and then which content counts.
func (r *run) compare(ctx context.Context, attempts []*attempt) error {
	var accepted []*event
	for _, a := range attempts {
		if a.Kind == Accepted {
			accepted = append(accepted, a.events...)
		}
	}
	first, err := r.first(ctx, accepted)
	if err != nil {
		return err
	}
	for _, a := range attempts {
		if a.Kind != Accepted {
			continue
		}
		for i, e := range a.events {
			before := first[e.identity]
			if before == nil && r.DryRun {
				before, r.met[e.identity] = r.met[e.identity], e
			}
			switch {
			case before == nil || !r.DryRun && before.position >= schema.At(a.Sequence, i):
			case before.hash != e.hash:
				a.Kind = Conflict
			case a.Kind == Accepted:
				a.Kind = Duplicate
			}
		}
	}
	return nil
}

// first finds of each event the content that counts by now.
func (r *run) first(ctx context.Context, events []*event) (map[identity]*event, error) {
	found := map[identity]*event{}
	if len(events) == 0 {
		return found, nil
	}
	var columns [4][]string
	for _, e := range events {
		for i, v := range [4]string{e.plan, e.department, e.source, e.id} {
			columns[i] = append(columns[i], v)
		}
	}
	rows, err := r.Store.Query(ctx, `
		SELECT plan, department, source, id, min(position), argMin(content_hash, position)
		FROM events
		WHERE (plan, department, source, id) IN (SELECT e.1, e.2, e.3, e.4 FROM (SELECT arrayJoin(arrayZip(?, ?, ?, ?)) AS e))
		GROUP BY plan, department, source, id`, columns[0], columns[1], columns[2], columns[3])
	if err != nil {
		return nil, fmt.Errorf("what had come before: %w", err)
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var e event
		var position uint64
		var hash string
		if err := rows.Scan(&e.plan, &e.department, &e.source, &e.id, &position, &hash); err != nil {
			return nil, fmt.Errorf("what had come before: %w", err)
		}
		e.position = schema.Position(position)
		copy(e.hash[:], hash)
		found[e.identity] = &e
	}
	return found, rows.Err()
}
