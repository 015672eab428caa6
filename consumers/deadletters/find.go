package deadletters

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema"
)

// Filter chooses refused events; a field's zero value chooses any.
type Filter struct {
	Plan, Department string
	Reason           string
	Since, Until     time.Time // received from the one on, and before the other
	State            State
	Letters          []schema.Position
}

// where is the filter as a condition, with its parameters.
func (f Filter) where() (condition string, parameters []any) {
	conditions := []string{"true"}
	add := func(condition string, parameter any) {
		conditions = append(conditions, condition)
		parameters = append(parameters, parameter)
	}
	for _, c := range []struct{ column, value string }{
		{"plan", f.Plan}, {"department", f.Department}, {"reason", f.Reason}, {"state", string(f.State)},
	} {
		if c.value != "" {
			add(c.column+" = ?", c.value)
		}
	}
	if !f.Since.IsZero() {
		add("received_at >= fromUnixTimestamp64Micro(?)", f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		add("received_at < fromUnixTimestamp64Micro(?)", f.Until.UnixMicro())
	}
	if len(f.Letters) > 0 {
		positions := make([]uint64, len(f.Letters))
		for i, l := range f.Letters {
			positions[i] = uint64(l)
		}
		add("has(?, position)", positions)
	}
	return strings.Join(conditions, " AND "), parameters
}

// Counted is how many refused events have a reason.
type Counted struct {
	Reason schema.Reason
	Count  uint64
}

// Count counts refused events by their reasons, the most frequent first.
func Count(ctx context.Context, conn driver.Conn, f Filter) (all []Counted, total int, err error) {
	where, parameters := f.where()
	rows, err := conn.Query(ctx, "SELECT reason, count() AS n FROM refusals WHERE "+where+" GROUP BY reason ORDER BY n DESC, reason", parameters...)
	if err != nil {
		return nil, 0, fmt.Errorf("count refused events: %w", err)
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var reason string
		var n uint64
		if err := rows.Scan(&reason, &n); err != nil {
			return nil, 0, err
		}
		all = append(all, Counted{schema.Reason(reason), n})
		total += int(n)
	}
	return all, total, rows.Err()
}

// Find hands over refused events in the order of the log; at most limit of them, the newest, unless it is 0.
func Find(ctx context.Context, conn driver.Conn, f Filter, limit int, each func(*Letter) error) error {
	where, parameters := f.where()
	chosen := "SELECT * FROM refusals WHERE " + where
	if limit > 0 {
		chosen += fmt.Sprintf(" ORDER BY position DESC LIMIT %d", limit)
	}
	rows, err := conn.Query(ctx, `
		SELECT plan, department, commitment, position, received_at, subject, reason, field, message, body, length, sha256,
		       header_names, header_values, replays, state, replayed_by, replay_outcome, replay_edited, replayed_at,
		       dropped_by, dropped_at, dropped_because
		FROM (`+chosen+`) ORDER BY position`, parameters...)
	if err != nil {
		return fmt.Errorf("find refused events: %w", err)
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		l, err := scan(rows)
		if err != nil {
			return fmt.Errorf("find refused events: %w", err)
		}
		if err := each(l); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scan(rows driver.Rows) (*Letter, error) {
	var l Letter
	var position, replays, replayedBy uint64
	var reason, body, state string
	var edited uint8
	var names, values []string
	err := rows.Scan(&l.Plan, &l.Department, &l.Commitment, &position, &l.ReceivedAt, &l.Subject, &reason, &l.Refusal.Field, &l.Refusal.Message,
		&body, &l.Length, &l.SHA256, &names, &values, &replays, &state, &replayedBy, &l.ReplayOutcome, &edited, &l.ReplayedAt,
		&l.DroppedBy, &l.DroppedAt, &l.DroppedBecause)
	if err != nil {
		return nil, err
	}
	l.Position, l.Replays, l.ReplayedBy = schema.Position(position), schema.Position(replays), schema.Position(replayedBy)
	l.Refusal.Reason, l.State, l.ReplayEdited, l.Body = schema.Reason(reason), State(state), edited != 0, []byte(body)
	for i, name := range names {
		l.Header = append(l.Header, Header{name, values[i]})
	}
	return &l, nil
}
