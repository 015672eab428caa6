package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/records"
	"xushi/schema"
)

// Restore copies the state of every letter into the store again, where the store was lost. Why a letter
// failed was only there, and in the log.
func (p *Post) Restore(ctx context.Context) (letters int, err error) {
	states, err := p.JetStream.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return 0, fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	stream, err := p.JetStream.Stream(ctx, schema.MailStream)
	if err != nil {
		return 0, fmt.Errorf("stream %s: %w", schema.MailStream, err)
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter("mail.>"))
	if err != nil {
		return 0, fmt.Errorf("stream %s: %w", schema.MailStream, err)
	}
	for subject := range info.State.Subjects {
		state, err := states.Get(ctx, subject)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			continue // not sent yet
		}
		if err != nil {
			return letters, fmt.Errorf("state of letter %s: %w", subject, err)
		}
		m, err := stream.GetLastMsgForSubject(ctx, subject)
		if err != nil {
			return letters, fmt.Errorf("letter %s: %w", subject, err)
		}
		var note schema.Delivery
		if err := json.Unmarshal(state.Value(), &note); err != nil {
			return letters, fmt.Errorf("state of letter %s: %w", subject, err)
		}
		if !note.State.Settled() {
			continue
		}
		d := envelopeOf(m.Header).delivery(note.State, nil)
		d.At, d.Revision = state.Created(), state.Revision()
		if err := records.SaveDelivery(ctx, p.Store, d); err != nil {
			return letters, err
		}
		letters++
	}
	return letters, nil
}
