package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// notes are the deliveries in the key-value bucket.
type notes struct{ kv jetstream.KeyValue }

// note is a delivery as it was read: it can be changed while it has this revision.
type note struct {
	schema.Delivery
	revision uint64 // 0: there is none yet
}

func openNotes(ctx context.Context, js jetstream.JetStream) (notes, error) {
	kv, err := js.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return notes{}, fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	return notes{kv}, nil
}

// read gives a letter's delivery. What a replica has read may be old; whoever changes that is told.
func (n notes) read(ctx context.Context, key string) (note, error) {
	entry, err := n.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return note{Delivery: schema.Delivery{State: schema.MailQueued}}, nil
	}
	if err != nil {
		return note{}, fmt.Errorf("read %s: %w", key, err)
	}
	d, err := delivery(entry)
	return note{d, entry.Revision()}, err
}

func delivery(entry jetstream.KeyValueEntry) (d schema.Delivery, err error) {
	if err := json.Unmarshal(entry.Value(), &d); err != nil {
		return d, fmt.Errorf("read %s: %w", entry.Key(), err)
	}
	return d, nil
}

// write changes a delivery that is still as it was read. After errMoved it is not; after another error it may be
// changed or not.
func (n notes) write(ctx context.Context, key string, was note, d schema.Delivery) (note, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return was, err
	}
	var revision uint64
	if was.revision == 0 {
		revision, err = n.kv.Create(ctx, key, body) // also where somebody deleted the note
	} else {
		revision, err = n.kv.Update(ctx, key, body, was.revision)
	}
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) || errors.Is(err, jetstream.ErrKeyExists) {
		return was, errMoved
	}
	if err != nil {
		return was, fmt.Errorf("note %s as %s: %w", key, d.State, err)
	}
	return note{d, revision}, nil
}

// errMoved says that another process changed the delivery, or this one with a word that it did not hear back.
var errMoved = errors.New("the letter's delivery was changed by another")

// record notes an event until it is noted, or changes nothing, or ctx ends. It tells what stands then.
func (n notes) record(ctx context.Context, key string, e event) (note, error) {
	wait := &backoff.ExponentialBackOff{InitialInterval: 20 * time.Millisecond, Multiplier: 2, MaxInterval: 2 * time.Second}
	return backoff.Retry(ctx, func() (note, error) {
		was, err := n.read(ctx, key)
		if err != nil {
			return was, err
		}
		d, ok := next(was.Delivery, e)
		if !ok {
			return was, nil
		}
		return n.write(ctx, key, was, d)
	}, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(0))
}
