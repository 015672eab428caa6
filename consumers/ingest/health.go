package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Trouble is a part of the ingest that waits for something, and since when. The moment carries the monotonic
// clock's reading, so that a jump of the wall clock does not change how long ago it is.
type Trouble struct {
	Part  string // what waits, e.g. "store"
	Since time.Time
	Err   error // the latest
}

func (t Trouble) Error() string {
	return fmt.Sprintf("%s: for %s: %v", t.Part, time.Since(t.Since).Round(time.Second), t.Err)
}

func (t Trouble) Unwrap() error { return t.Err }

// health is what is in trouble now, by part. It logs one line when a trouble begins and one when it ends, of the same
// level, so that whoever is told of the one is told of the other, however often something is tried in between.
type health struct {
	log      *slog.Logger
	many     atomic.Int32 // troubles; clear is called for every message, and has mostly nothing to do
	mu       sync.Mutex
	troubles map[string]Trouble
}

func newHealth(log *slog.Logger) *health { return &health{log: log, troubles: map[string]Trouble{}} }

// note says that a part is in trouble.
func (h *health) note(part string, err error) {
	if h.begins(part, err) {
		h.log.Warn("trouble begins; it is tried again until it ends, and nothing is lost", "part", part, "err", err)
	}
}

// alarm says that a part is in trouble that no trying again ends.
func (h *health) alarm(part string, err error) {
	if h.begins(part, err) {
		h.log.Error("trouble begins; an operator has to end it", "part", part, "err", err)
	}
}

// begins keeps what is wrong with a part, and tells whether it was well before.
func (h *health) begins(part string, err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	t, known := h.troubles[part]
	if !known {
		t = Trouble{Part: part, Since: time.Now()}
	}
	t.Err = err
	h.troubles[part] = t
	h.many.Store(int32(len(h.troubles)))
	return !known
}

// clear says that a part is well.
func (h *health) clear(part string) {
	if h.many.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if t, known := h.troubles[part]; known {
		delete(h.troubles, part)
		h.many.Store(int32(len(h.troubles)))
		h.log.Warn("trouble is over", "part", part, "after", time.Since(t.Since).Round(time.Millisecond))
	}
}

// all are the troubles of now, by name.
func (h *health) all() []Trouble {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []Trouble
	for _, t := range h.troubles {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Trouble) int { return cmp.Compare(a.Part, b.Part) })
	return all
}

func (h *health) err() error {
	var errs []error
	for _, t := range h.all() {
		errs = append(errs, t)
	}
	return errors.Join(errs...)
}
