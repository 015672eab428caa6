package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Stops is a stack of named steps that undo a start. Stop takes them last first, runs every one, and
// joins their errors; a second Stop finds nothing to do. A start that fails half-way stops through the
// same stack.
type Stops struct {
	mu    sync.Mutex
	steps []stop
}

type stop struct {
	name string
	run  func(context.Context) error
}

// On puts a step on the stack.
func (s *Stops) On(name string, run func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, stop{name, run})
}

// Stop undoes everything; ctx bounds all of it.
func (s *Stops) Stop(ctx context.Context) error {
	s.mu.Lock()
	steps := s.steps
	s.steps = nil
	s.mu.Unlock()
	var errs []error
	for _, step := range slices.Backward(steps) {
		if err := step.run(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", step.name, err))
		}
	}
	return errors.Join(errs...)
}
