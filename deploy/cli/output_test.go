package cli_test

import (
	"bytes"
	"strings"
	"sync"
)

// output collects what a process writes, and tells when there is more.
type output struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	more chan struct{}
	done chan struct{}
}

func newOutput() *output {
	return &output{more: make(chan struct{}, 1), done: make(chan struct{})}
}

func (r *output) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.buf.Write(p)
	select {
	case r.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (r *output) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

func (r *output) find(want string) (string, bool) {
	for line := range strings.Lines(r.String()) {
		if strings.Contains(line, want) {
			return strings.TrimSpace(line), true
		}
	}
	return "", false
}
