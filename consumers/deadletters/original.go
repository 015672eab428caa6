package deadletters

import (
	"bytes"
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// original is a refused event whole, as it is in the log.
type original struct {
	header nats.Header // of its message
	raw    []byte      // its own bytes
	alone  bool        // they are the whole message
}

// Original is the body of a refused event, whole, as it is in the log.
func Original(ctx context.Context, js jetstream.JetStream, l *Letter) ([]byte, error) {
	stream, err := js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	o, err := (&originals{stream: stream}).of(ctx, l)
	if err != nil {
		return nil, err
	}
	return o.raw, nil
}

// originals reads the log. Letters of one batch follow each other, so the message read last is kept.
type originals struct {
	stream jetstream.Stream
	last   *jetstream.RawStreamMsg
}

// of finds the original of a letter.
func (o *originals) of(ctx context.Context, l *Letter) (*original, error) {
	if sequence := l.Position.Sequence(); o.last == nil || o.last.Sequence != sequence {
		m, err := o.stream.GetMsg(ctx, sequence)
		if err != nil {
			return nil, fmt.Errorf("message %d of stream %s: %w", sequence, schema.ProgressStream, err)
		}
		o.last = m
	}
	found := original{header: o.last.Header}
	m := schema.Message{Subject: l.Subject, Header: found.header, Body: o.last.Data, Sequence: o.last.Sequence, Timestamp: o.last.Time}
	there := false
	schema.Policy{}.Open(&m, func(e *schema.Opened) {
		if e.Record.Position == l.Position {
			there, found.raw = true, bytes.Clone(e.Raw)
			found.alone = len(e.Raw) == len(m.Body)
		}
	})
	if !there {
		return nil, fmt.Errorf("message %d of stream %s has no event %d: is this the log that the store was filled from?",
			o.last.Sequence, schema.ProgressStream, l.Position.Index())
	}
	return &found, nil
}
