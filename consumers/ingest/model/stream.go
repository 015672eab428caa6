package model

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// ReadLog reads the whole log of the departments into the model.
func (m *Model) ReadLog(ctx context.Context, js jetstream.JetStream) error {
	return eachMessage(ctx, js, schema.ProgressStream, func(msg jetstream.Msg, meta *jetstream.MsgMetadata) error {
		return m.Read(Entry{Subject: schema.PublishedSubject(msg.Subject()), Header: msg.Headers(), Body: msg.Data(), Sequence: meta.Sequence.Stream, Time: meta.Timestamp})
	})
}

// eachMessage reads a stream from its first to its last message.
func eachMessage(ctx context.Context, js jetstream.JetStream, name string, each func(jetstream.Msg, *jetstream.MsgMetadata) error) error {
	stream, err := js.Stream(ctx, name)
	if err != nil {
		return fmt.Errorf("stream %s: %w", name, err)
	}
	state := stream.CachedInfo().State
	if state.Msgs == 0 {
		return nil
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return fmt.Errorf("read stream %s: %w", name, err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(5000))
	if err != nil {
		return fmt.Errorf("read stream %s: %w", name, err)
	}
	defer messages.Stop()
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("read stream %s: %w", name, err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("read stream %s: %w", name, err)
		}
		if err := each(msg, meta); err != nil {
			return err
		}
		if meta.Sequence.Stream >= state.LastSeq {
			return nil
		}
	}
}
