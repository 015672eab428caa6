package model

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// letters holds the dead letters of one place, the stream or the store, against the model's.
type letters struct {
	*Model
	*Findings
	place string
	seen  map[uint64]bool
}

func (m *Model) letterCheck(f *Findings, place string) letters {
	return letters{Model: m, Findings: f, place: place, seen: map[uint64]bool{}}
}

func (l letters) check(position uint64, reason string, body []byte) {
	want, expected := l.refused[position]
	switch {
	case l.seen[position]:
		l.doubled("%s: a second letter for position %d (%s)", l.place, position, reason)
	case !expected:
		l.misjudged("%s: position %d was refused for %s, and is not to be: %.300s", l.place, position, reason, body)
	case reason != string(want.refused):
		l.misjudged("%s: position %d was refused for %s, and is to be for %s: %.300s", l.place, position, reason, want.refused, body)
	case keyOf(string(body)) != want.raw:
		l.misjudged("%s: the letter of position %d (%s) does not have its event's bytes: %.300s", l.place, position, reason, body)
	}
	l.seen[position] = true
}

// end finds what is not there.
func (l letters) end() {
	for position, want := range l.refused {
		if !l.seen[position] {
			l.lost("%s: no letter for position %d (%s)", l.place, position, want.refused)
		}
	}
}

// compareRefused reads every refused event of the store.
func (m *Model) compareRefused(ctx context.Context, store driver.Conn, f *Findings) error {
	l := m.letterCheck(f, "dead_letters")
	rows, err := store.Query(ctx, "SELECT position, reason, body FROM dead_letters FINAL")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		var position uint64
		var reason, body string
		if err := rows.Scan(&position, &reason, &body); err != nil {
			return err
		}
		l.check(position, reason, []byte(body))
	}
	l.end()
	return rows.Err()
}

// compareLetters reads every dead letter of the stream.
func (m *Model) compareLetters(ctx context.Context, js jetstream.JetStream, f *Findings) error {
	l := m.letterCheck(f, "stream of dead letters")
	err := eachMessage(ctx, js, schema.DeadLettersStream, func(msg jetstream.Msg, _ *jetstream.MsgMetadata) error {
		position, err := positionOf(msg.Headers().Get("Xushi-Stream-Sequence"), msg.Headers().Get("Xushi-Batch-Index"))
		if err == nil {
			l.check(position, msg.Headers().Get("Xushi-Reason"), msg.Data())
		}
		return err
	})
	l.end()
	return err
}

func positionOf(sequence, index string) (uint64, error) {
	s, err := strconv.ParseUint(sequence, 10, 48)
	i, ierr := strconv.ParseUint(index, 10, 16)
	if err := errors.Join(err, ierr); err != nil {
		return 0, fmt.Errorf("place of a dead letter: %w", err)
	}
	return s<<16 | i, nil
}
