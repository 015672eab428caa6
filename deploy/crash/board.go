package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// board mirrors the key-value bucket, where the office notes how far it is.
type board struct {
	mu    sync.Mutex
	notes map[string]string
}

// newBoard follows the bucket until ctx ends.
func newBoard(ctx context.Context, js jetstream.JetStream) (*board, error) {
	kv, err := js.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return nil, err
	}
	watch, err := kv.WatchAll(ctx)
	if err != nil {
		return nil, err
	}
	b := &board{notes: map[string]string{}}
	go func() {
		for entry := range watch.Updates() {
			if entry != nil {
				b.mu.Lock()
				b.notes[entry.Key()] = string(entry.Value())
				b.mu.Unlock()
			}
		}
	}()
	return b, nil
}

func (b *board) note(key string) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.notes[key]
	return s, ok
}

func (b *board) has(key string) bool {
	_, ok := b.note(key)
	return ok
}

// is tells whether a note's state is this one.
func (b *board) is(key, state string) bool {
	text, _ := b.note(key)
	var n struct{ State string }
	return json.Unmarshal([]byte(text), &n) == nil && n.State == state
}

// settled tells whether nothing more is done about a letter by itself.
func (b *board) settled(subject string) bool {
	text, _ := b.note(subject)
	var d schema.Delivery
	return json.Unmarshal([]byte(text), &d) == nil && d.State.Settled()
}

// deliveries are the notes of all letters.
func (b *board) deliveries() (map[string]schema.Delivery, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string]schema.Delivery{}
	for key, text := range b.notes {
		if !strings.HasPrefix(key, "mail.") {
			continue
		}
		var d schema.Delivery
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return nil, fmt.Errorf("note of %s: %w", key, err)
		}
		all[key] = d
	}
	return all, nil
}
