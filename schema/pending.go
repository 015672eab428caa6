package schema

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Backlog is how far consumers are behind their stream.
type Backlog struct {
	Last    uint64 // sequence of the stream's last message
	Settled uint64 // up to which everything is acknowledged, or no longer there
}

// Pending is how many messages wait to be settled, at most.
func (b Backlog) Pending() uint64 { return b.Last - b.Settled }

// Reader is a consumer, which need not be there yet, and the subjects that it reads of its stream.
type Reader struct {
	Consumer string // its durable name
	Subjects string // "": all
}

// BacklogOf looks at a stream and those who share it; to a consumer that is not there, all its messages wait.
// It goes by ack floors and not by the server's own count (NumPending), which is 0 for a moment while a
// consumer is being made.
func BacklogOf(ctx context.Context, js jetstream.JetStream, stream string, readers ...Reader) (Backlog, error) {
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return Backlog{}, fmt.Errorf("stream %s: %w", stream, err)
	}
	state := s.CachedInfo().State
	b := Backlog{Last: state.LastSeq, Settled: state.LastSeq}
	for _, r := range readers {
		settled, err := settledBy(ctx, js, stream, r, b.Last)
		if err != nil {
			return Backlog{}, fmt.Errorf("consumer %s of stream %s: %w", r.Consumer, stream, err)
		}
		b.Settled = min(b.Settled, settled)
	}
	b.Settled = max(b.Settled, state.LastSeq-min(state.Msgs, state.LastSeq))
	return b, nil
}

// settledBy is up to where, and at most to last, a consumer has settled what is its own. Its ack floor stands
// at a message of its own; so the next one of those says more.
func settledBy(ctx context.Context, js jetstream.JetStream, stream string, r Reader, last uint64) (uint64, error) {
	var floor uint64
	c, err := js.Consumer(ctx, stream, r.Consumer)
	switch {
	case err == nil:
		floor = c.CachedInfo().AckFloor.Stream
	case !errors.Is(err, jetstream.ErrConsumerNotFound):
		return 0, err
	}
	if floor >= last || r.Subjects == "" {
		return min(floor, last), nil
	}
	next, err := nextOf(ctx, js, stream, r.Subjects, floor+1)
	if err != nil {
		return 0, err
	}
	if next == 0 {
		return last, nil
	}
	return min(next-1, last), nil
}

// nextOf is the sequence of the first message at or above from on one of the subjects, 0 if there is none. It
// asks the stream's leader: a replica that is behind would know of none where there is one.
func nextOf(ctx context.Context, js jetstream.JetStream, stream, subjects string, from uint64) (uint64, error) {
	request, err := json.Marshal(map[string]any{"seq": from, "next_by_subj": subjects})
	if err != nil {
		return 0, err
	}
	m, err := js.Conn().RequestWithContext(ctx, APIPrefix(js)+"STREAM.MSG.GET."+stream, request)
	if err != nil {
		return 0, err
	}
	var answer struct {
		Message struct {
			Sequence uint64 `json:"seq"`
		} `json:"message"`
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return 0, err
	}
	if answer.Error != nil {
		if answer.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound {
			return 0, nil
		}
		return 0, answer.Error
	}
	return answer.Message.Sequence, nil
}

// APIPrefix is where the requests of JetStream's API go, for what its client has no call for.
func APIPrefix(js jetstream.JetStream) string {
	switch o := js.Options(); {
	case o.APIPrefix != "":
		return o.APIPrefix + "."
	case o.Domain != "":
		return "$JS." + o.Domain + ".API."
	}
	return jetstream.DefaultAPIPrefix
}
