package producers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// NoVerdictError says that events are in the log, and safe there, but that the ingest has not said
// what became of them: it may be stopped or behind. Their verdicts will be given all the same; refused
// ones are found among the dead letters.
type NoVerdictError struct {
	Missing  int    // events without a verdict
	Sequence uint64 // of the last message
	Err      error  // why the waiting ended
}

func (e *NoVerdictError) Error() string {
	return fmt.Sprintf("%d events are in the log (up to sequence %d), but no verdict has come: is the ingest running? %v", e.Missing, e.Sequence, e.Err)
}

func (e *NoVerdictError) Unwrap() error { return e.Err }

// PublishAndWait publishes an event and waits for the ingest's verdict. A refused event is a verdict,
// not an error, unless it was refused here and not sent.
func (c *Client) PublishAndWait(ctx context.Context, e *schema.Event) (schema.Verdict, error) {
	inbox, err := c.openInbox()
	if err != nil {
		return schema.Verdict{}, err
	}
	defer inbox.close()
	m, err := c.message(e)
	if err != nil {
		return schema.Verdict{}, err
	}
	m.Header = withVerdictTo(m.Header, inbox.Subject)
	receipt, err := c.sendAndWait(ctx, m)
	if err != nil {
		return schema.Verdict{}, err
	}
	verdicts, err := inbox.await(ctx, []Receipt{receipt})
	return verdicts[0], err
}

// PublishBatchAndWait publishes a batch as PublishBatch does and waits for the verdict on each event;
// verdicts are in the order of the events. One that has not come is empty but for its Sequence and Index,
// and the error is then a *NoVerdictError.
func (c *Client) PublishBatchAndWait(ctx context.Context, events []*schema.Event) ([]schema.Verdict, error) {
	inbox, err := c.openInbox()
	if err != nil {
		return nil, err
	}
	defer inbox.close()
	receipts, err := c.publishBatch(ctx, events, inbox.Subject)
	if err != nil {
		return nil, err
	}
	return inbox.await(ctx, receipts)
}

// inbox is a subject of the sender's own on which the verdicts on its messages arrive.
type inbox struct{ *nats.Subscription }

func (c *Client) openInbox() (inbox, error) {
	s, err := c.nc.SubscribeSync(c.nc.NewInbox())
	if err != nil {
		return inbox{}, fmt.Errorf("inbox for verdicts: %w", err)
	}
	return inbox{s}, nil
}

func (i inbox) close() { _ = i.Unsubscribe() } // fails only on a closed connection

// await collects the verdicts on the messages that the receipts are of. A message that was sent twice
// has verdicts for both; those of the sequence that was acknowledged are taken.
func (i inbox) await(ctx context.Context, receipts []Receipt) ([]schema.Verdict, error) {
	var verdicts []schema.Verdict
	waiting := map[schema.Position]int{} // where in verdicts
	for _, r := range receipts {
		for index := range r.Events {
			waiting[schema.At(r.Sequence, index)] = len(verdicts)
			verdicts = append(verdicts, schema.Verdict{Sequence: r.Sequence, Index: index})
		}
	}
	for len(waiting) > 0 {
		v, err := i.next(ctx)
		if err != nil {
			return verdicts, &NoVerdictError{Missing: len(waiting), Sequence: verdicts[len(verdicts)-1].Sequence, Err: err}
		}
		position := schema.At(v.Sequence, v.Index)
		if at, ok := waiting[position]; ok {
			verdicts[at] = v
			delete(waiting, position)
		}
	}
	return verdicts, nil
}

func (i inbox) next(ctx context.Context) (schema.Verdict, error) {
	m, err := i.NextMsgWithContext(ctx)
	if err != nil {
		return schema.Verdict{}, errors.Join(err, context.Cause(ctx))
	}
	var v schema.Verdict
	if err := json.Unmarshal(m.Data, &v); err != nil {
		return v, fmt.Errorf("verdict %q: %w", m.Data, err)
	}
	return v, nil
}

func withVerdictTo(h nats.Header, inbox string) nats.Header {
	if inbox == "" {
		return h
	}
	return nats.Header{schema.ContentTypeHeader: h[schema.ContentTypeHeader], schema.VerdictToHeader: {inbox}}
}
