package ingest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// health is what is wrong now, by part.
type health struct {
	mu       sync.Mutex
	troubles map[string]error
}

// note says that a part is in trouble, and tells whether that is news.
func (h *health) note(part string, err error) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.troubles == nil {
		h.troubles = map[string]error{}
	}
	_, known := h.troubles[part]
	h.troubles[part] = err
	return !known
}

// clear says that a part is well.
func (h *health) clear(part string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.troubles, part)
}

func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []error
	for _, part := range slices.Sorted(maps.Keys(h.troubles)) {
		all = append(all, fmt.Errorf("%s: %w", part, h.troubles[part]))
	}
	return errors.Join(all...)
}
