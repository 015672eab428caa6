package model

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// ReadLog reads the whole log of the departments into the model.
func (m *Model) ReadLog(ctx context.Context, js jetstream.JetStream) error {
	return eachMessage(ctx, js, schema.ProgressStream, func(msg jetstream.Msg, meta *jetstream.MsgMetadata) error {
		return m.Read(Entry{Subject: msg.Subject(), Header: msg.Headers(), Body: msg.Data(), Sequence: meta.Sequence.Stream, Time: meta.Timestamp})
	})
}

// compareLetters reads every dead letter of the stream.
func (m *Model) compareLetters(ctx context.Context, js jetstream.JetStream, f *Findings) error {
	seen := map[uint64]bool{}
	err := eachMessage(ctx, js, schema.DeadLettersStream, func(msg jetstream.Msg, _ *jetstream.MsgMetadata) error {
		position, err := positionOf(msg.Headers().Get("Xushi-Stream-Sequence"), msg.Headers().Get("Xushi-Batch-Index"))
		if err != nil {
			return err
		}
		m.compareLetter(f, seen, position, msg.Headers().Get("Xushi-Reason"), msg.Data())
		return nil
	})
	if err != nil {
		return err
	}
	for position, want := range m.letters {
		if !seen[position] {
			f.lost("the stream of dead letters lacks position %d (%s)", position, want.refused)
		}
	}
	return nil
}

func (m *Model) compareLetter(f *Findings, seen map[uint64]bool, position uint64, reason string, body []byte) {
	want, expected := m.letters[position]
	switch {
	case seen[position]:
		f.doubled("a second dead letter for position %d (%s)", position, reason)
	case !expected:
		f.misjudged("a dead letter for position %d (%s), which is not to be refused: %.200s", position, reason, body)
	case reason != string(want.refused):
		f.misjudged("position %d was refused for %s, and is to be for %s: %.300s", position, reason, want.refused, body)
	case keyOf(string(body)) != want.raw:
		f.misjudged("the dead letter of position %d (%s) does not have its event's bytes: %.200s", position, reason, body)
	}
	seen[position] = true
}

func positionOf(sequence, index string) (uint64, error) {
	s, err := strconv.ParseUint(sequence, 10, 48)
	i, ierr := strconv.ParseUint(index, 10, 16)
	if err := errors.Join(err, ierr); err != nil {
		return 0, fmt.Errorf("place of a dead letter: %w", err)
	}
	return s<<16 | i, nil
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
