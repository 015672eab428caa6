package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// began is when the run began; child processes are told.
var began = time.Now()

// say tells what is being done, and how long the run has taken so far.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench %4.0fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// meter says now and then how far something long is.
type meter struct {
	what  string
	total int
	next  time.Time
}

const meterEvery = 10 * time.Second

func newMeter(what string, total int) *meter {
	return &meter{what: what, total: total, next: time.Now().Add(meterEvery)}
}

func (m *meter) at(done int) {
	if now := time.Now(); now.After(m.next) {
		m.next = now.Add(meterEvery)
		say("… %d of %d %s", done, m.total, m.what)
	}
}
