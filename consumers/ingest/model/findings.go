package model

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"
)

// Findings are what is not as it must be.
type Findings struct {
	Lost      int // acknowledged and not in the log, or accepted and not in the store, or refused without a dead letter
	Doubled   int // in the store, or among the dead letters, more than once
	Misjudged int // there, and not as it must be: another content, verdict, place in the log or figure
	Examples  []string
}

const mostExamples = 20

// None tells whether everything is as it must be.
func (f *Findings) None() bool { return f.Lost == 0 && f.Doubled == 0 && f.Misjudged == 0 }

func (f *Findings) add(count *int, format string, args ...any) {
	*count++
	if len(f.Examples) < mostExamples {
		f.Examples = append(f.Examples, fmt.Sprintf(format, args...))
	}
}

func (f *Findings) lost(format string, args ...any) { f.add(&f.Lost, "lost: "+format, args...) }
func (f *Findings) doubled(format string, args ...any) {
	f.add(&f.Doubled, "doubled: "+format, args...)
}
func (f *Findings) misjudged(format string, args ...any) {
	f.add(&f.Misjudged, "misjudged: "+format, args...)
}

// Compare looks whether log, store and dead letters are as they must be. Everything has been read (Read),
// and the store's views have been refreshed.
func (m *Model) Compare(ctx context.Context, store driver.Conn, js jetstream.JetStream) (*Findings, error) {
	f := &Findings{}
	m.compareLog(f)
	for _, step := range []struct {
		what    string
		compare func() error
	}{
		{"events_clean", func() error { return m.compareEvents(ctx, store, f) }},
		{"conflicts", func() error { return m.compareConflicts(ctx, store, f) }},
		{"progress_current", func() error { return m.compareCurrent(ctx, store, f) }},
		{"dead_letters", func() error { return m.compareRefused(ctx, store, f) }},
		{"the stream of dead letters", func() error { return m.compareLetters(ctx, js, f) }},
	} {
		if err := step.compare(); err != nil {
			return nil, fmt.Errorf("compare %s: %w", step.what, err)
		}
	}
	return f, nil
}

// compareLog holds every acknowledgement against the log.
func (m *Model) compareLog(f *Findings) {
	for sequence, k := range m.acks {
		if m.log[sequence] != k {
			f.lost("the log acknowledged a message as %d, and does not hold it there", sequence)
		}
	}
}
