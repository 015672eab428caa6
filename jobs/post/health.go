package post

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Parts that may be in trouble.
const (
	streamPart = "stream MAIL"
	serverPart = "mail server"
	copyPart   = "copies of deliveries in the store"
)

// health says once that trouble begins and once that it is over, and knows what there is now.
type health struct {
	log   *slog.Logger
	clock func() time.Time

	mu       sync.Mutex
	troubles map[string]trouble
}

type trouble struct {
	since time.Time
	err   error
}

func newHealth(log *slog.Logger, clock func() time.Time) *health {
	return &health{log: log, clock: clock, troubles: map[string]trouble{}}
}

// begin says that a part is in trouble; the level, how much it needs a person.
func (h *health) begin(part string, err error, level slog.Level) {
	h.mu.Lock()
	t, known := h.troubles[part]
	if !known {
		t.since = h.clock()
	}
	t.err = err
	h.troubles[part] = t
	h.mu.Unlock()
	if !known {
		h.log.Log(context.Background(), level, "trouble with letters begins; they wait, and it is tried again", "part", part, "err", err)
	}
}

func (h *health) end(part string) {
	h.mu.Lock()
	t, known := h.troubles[part]
	delete(h.troubles, part)
	h.mu.Unlock()
	if known {
		h.log.Warn("trouble with letters is over", "part", part, "after", h.clock().Sub(t.since).Round(time.Second))
	}
}

func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var errs []error
	for _, part := range []string{streamPart, serverPart, copyPart} {
		if t, ok := h.troubles[part]; ok {
			errs = append(errs, fmt.Errorf("%s: since %s: %w", part, t.since.Format(time.RFC3339), t.err))
		}
	}
	return errors.Join(errs...)
}
