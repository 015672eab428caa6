package deadletters

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// send puts the attempts' messages into the log, in order, and waits for the verdicts on them. Once the
// ingest is silent, no more is sent.
func (r *run) send(ctx context.Context, attempts []*attempt) {
	waiting := map[uint64]*attempt{}
	for _, sent := range r.publish(attempts) {
		if sent.Err = r.acknowledged(ctx, sent.attempt, sent.ack); sent.Err == nil {
			waiting[sent.Sequence] = sent.attempt
		}
	}
	for len(waiting) > 0 {
		v, err := r.next(ctx)
		if err != nil {
			r.silent = true
			return
		}
		a, ours := waiting[v.Sequence]
		if !ours {
			continue
		}
		if a.hear(v.Reason, v.Field, v.Message); a.Kind != Silent {
			delete(waiting, v.Sequence)
		}
	}
}

// sending is an attempt that is handed to the server.
type sending struct {
	*attempt
	ack jetstream.PubAckFuture
}

func (r *run) publish(attempts []*attempt) (all []sending) {
	for _, a := range attempts {
		switch {
		case a.message == nil || a.Err != nil:
			continue
		case r.silent:
			a.Err = ErrNoVerdict
			continue
		}
		a.message.Header.Set(schema.VerdictToHeader, r.inbox.Subject)
		ack, err := r.JetStream.PublishMsgAsync(a.message, jetstream.WithStallWait(r.Patience))
		if err != nil {
			a.Err = fmt.Errorf("publish to %s: %w", a.message.Subject, err)
			continue
		}
		all = append(all, sending{a, ack})
	}
	return all
}

// acknowledged waits until the log has the message.
func (r *run) acknowledged(ctx context.Context, a *attempt, f jetstream.PubAckFuture) error {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Patience, errors.New("no acknowledgement in time; it may be in the log all the same"))
	defer cancel()
	select {
	case ack := <-f.Ok():
		a.Kind, a.Sequence = Silent, ack.Sequence
		return nil
	case err := <-f.Err():
		return fmt.Errorf("publish to %s: %w", a.message.Subject, err)
	case <-ctx.Done():
		return fmt.Errorf("publish to %s: %w", a.message.Subject, context.Cause(ctx))
	}
}

// next is the next verdict.
func (r *run) next(ctx context.Context) (v schema.Verdict, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.Patience)
	defer cancel()
	m, err := r.inbox.NextMsgWithContext(ctx)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(m.Data, &v); err != nil {
		return v, fmt.Errorf("verdict %q: %w", m.Data, err)
	}
	return v, nil
}
