package deadletters

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/ingest"
	"xushi/schema"
)

// Request is a letter that is to be sent once more.
type Request struct {
	Letter *Letter
	Body   []byte // an edited one; nil: as it was
}

// Options of one replay.
type Options struct {
	At       time.Time // stands in for the log's clock, for simulated events; zero: their moment is now
	Again    bool      // also what was replayed or dropped before
	DryRun   bool      // judge by the ledger in force now, and send nothing
	Progress func(done, total int)
}

// Replayer sends letters once more and hears what becomes of them.
type Replayer struct {
	JetStream jetstream.JetStream
	Store     driver.Conn
	Register  ingest.Register // of a trial
	Policy    schema.Policy   // likewise
	Now       func() time.Time
	Patience  time.Duration // for an acknowledgement, and for the next verdict
}

// attempt is a letter on its way.
type attempt struct {
	Outcome
	message *nats.Msg
	events  []*event // that it carries, with the verdict of a trial
	heard   int      // verdicts
}

// atOnce is how many letters are on their way together.
const atOnce = 256

// Replay sends letters once more, in the order in which they are given, which should be that of the log: of
// several contents of one event the first counts. What became of each is in its outcome; the error is for
// what keeps all of them from being sent.
//
// Without Again nothing is sent that was sent before, also by a replay that the ingest has not judged yet.
// The guarantee behind that is the identity of events: sent twice, they count once.
func (r *Replayer) Replay(ctx context.Context, requests []Request, o Options) ([]Outcome, error) {
	stream, err := r.JetStream.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	underWay, err := unjudged(ctx, stream)
	if err != nil {
		return nil, err
	}
	if err := r.Register.Sync(ctx); err != nil {
		return nil, err
	}
	inbox, err := r.JetStream.Conn().SubscribeSync(r.JetStream.Conn().NewInbox())
	if err != nil {
		return nil, fmt.Errorf("inbox for verdicts: %w", err)
	}
	defer func() { _ = inbox.Unsubscribe() }() // fails only on a closed connection
	run := &run{Replayer: r, Options: o, log: originals{stream: stream}, underWay: underWay, inbox: inbox, met: map[identity]*event{}}
	outcomes := make([]Outcome, 0, len(requests))
	for some := range slices.Chunk(requests, atOnce) {
		attempts := run.prepare(ctx, some)
		if !o.DryRun {
			run.send(ctx, attempts)
		}
		if err := run.compare(ctx, attempts); err != nil {
			return outcomes, err
		}
		for _, a := range attempts {
			outcomes = append(outcomes, a.Outcome)
		}
		if o.Progress != nil {
			o.Progress(len(outcomes), len(requests))
		}
	}
	return outcomes, ctx.Err()
}

// run is one replay under way.
type run struct {
	*Replayer
	Options
	log      originals
	underWay map[schema.Position]uint64
	inbox    *nats.Subscription
	silent   bool                // the ingest says nothing
	met      map[identity]*event // on trial: what would be in the store by now
}

// prepare makes the messages and judges them on trial.
func (r *run) prepare(ctx context.Context, requests []Request) []*attempt {
	attempts := make([]*attempt, len(requests))
	for i, request := range requests {
		a := &attempt{Outcome: Outcome{Letter: request.Letter}}
		attempts[i] = a
		if sequence, sent := r.sentBefore(request.Letter); sent && !r.Again {
			a.Kind, a.Sequence = Before, sequence
			continue
		}
		if a.Err = r.compose(ctx, a, request.Body); a.Err == nil {
			r.judge(a)
		}
	}
	return attempts
}

// sentBefore tells whether a letter was dealt with, and where in the log its replay is.
func (r *run) sentBefore(l *Letter) (sequence uint64, sent bool) {
	if sequence, sent = r.underWay[l.Position]; sent {
		return sequence, true
	}
	return l.ReplayedBy.Sequence(), l.State != Open
}

func (r *run) compose(ctx context.Context, a *attempt, edited []byte) error {
	o, err := r.log.of(ctx, a.Letter)
	if err != nil {
		return err
	}
	if bytes.Equal(edited, o.raw) {
		edited = nil
	}
	a.message, err = compose(a.Letter, o, edited, r.At)
	return err
}

// judge opens the attempt's message as the ingest will. On trial that is the outcome.
func (r *run) judge(a *attempt) {
	m := schema.Message{Subject: a.message.Subject, Header: a.message.Header, Body: a.message.Data, Timestamp: r.Now()}
	var verdicts []*schema.Rejection
	ingest.Judge(r.Policy, r.Register, &m, func(o *schema.Opened) {
		a.events = append(a.events, eventOf(&o.Record))
		verdicts = append(verdicts, o.Rejection)
	})
	if !r.DryRun {
		return
	}
	for _, refused := range verdicts {
		if refused == nil {
			refused = &schema.Rejection{}
		}
		a.hear(refused.Reason, refused.Field, refused.Message)
	}
}
