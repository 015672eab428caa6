package ingest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// reader judges messages and gathers them into batches by rows, bytes and age, whichever of the partitions
// that this process owns they come from. There are two batches: it fills one while the writer stores the other.
type reader struct {
	*Ingest
	owners   *owners
	sources  []*source // by partition
	incoming chan *nats.Msg
	court    *court
	full     chan *batch // to the writer
	empty    chan *batch // back from it
	current  *batch
	caughtUp bool // nothing was behind the last message
	stopping bool
}

// source is one partition, read while its lease is held.
type source struct {
	*puller
	chain     chain
	lease     *lease
	term      uint64 // of the lease, when the chain began
	partition int
	consumer  jetstream.ConsumerConfig
}

func newReader(i *Ingest, conn *nats.Conn, reading []jetstream.ConsumerConfig, o *owners) (*reader, error) {
	r := &reader{
		Ingest: i, owners: o, incoming: newIncoming(i.options.FetchMessages),
		full: make(chan *batch), empty: make(chan *batch, 1), current: newBatch(len(reading)),
	}
	r.empty <- newBatch(len(reading))
	for k, c := range reading {
		pull, err := newPuller(conn, i.js, c.Durable, r.incoming)
		if err != nil {
			r.close()
			return nil, err
		}
		r.sources = append(r.sources, &source{puller: pull, lease: o.leases[k], partition: k, consumer: c})
	}
	return r, nil
}

func (r *reader) close() {
	for _, s := range r.sources {
		s.close()
	}
}

// run reads until ctx ends, and on until the server has sent all that it was asked for. storing ends
// when there is no more time even for that.
func (r *reader) run(ctx, storing context.Context) error {
	r.court = openCourt(r.Ingest)
	defer r.court.close()
	defer close(r.full)
	defer r.close()
	age := time.NewTicker(r.options.BatchAge)
	defer age.Stop()
	stop := ctx.Done()
	for !r.stopping || r.waiting() {
		r.askAll()
		select {
		case m := <-r.incoming:
			if err := r.takeAll(ctx, storing, m); err != nil {
				if storing.Err() != nil {
					return nil
				}
				return err
			}
		case r.due() <- r.current:
			r.renew(storing)
		case <-age.C:
			if err := r.look(); err != nil {
				return err
			}
		case <-r.owners.changed:
		case <-stop:
			stop, r.stopping = nil, true
		case <-storing.Done():
			return nil
		}
	}
	if r.current.messages > 0 {
		r.hand(storing)
	}
	return nil
}

// askAll asks for the messages of all partitions that are this process's, an equal part of the bound for each.
// Of one that it has lost nothing more is asked; what had been is taken, stored and acknowledged as ever.
func (r *reader) askAll() {
	owned := max(1, r.owners.owned())
	for _, s := range r.sources {
		s.stopping = r.stopping || !s.lease.held()
		if term := s.lease.terms.Load(); s.term != term {
			// Others may have been given messages meanwhile. What is in hand is as good as before.
			s.term, s.chain = term, chain{}
			r.current.taken.anew[s.partition] = true
		}
		if s.missed {
			r.restart(s)
		}
		s.bound(r.options.FetchMessages/owned, r.options.FetchBytes/owned)
		r.ask(s)
	}
}

// restart forgets which of a partition's messages this process has: what it acknowledged of them might be taken
// for another consumer's, or another log's.
func (r *reader) restart(s *source) {
	s.missed, s.chain = false, chain{}
	r.current.taken.restart(s.partition)
}

func (r *reader) ask(s *source) {
	if err := s.ask(); err != nil {
		r.health.note("stream", err)
	}
}

func (r *reader) waiting() bool {
	return len(r.incoming) > 0 || slices.ContainsFunc(r.sources, func(s *source) bool { return s.waiting() })
}

// due is where a batch goes that is old enough, or has nothing behind it and is worth an insert, as soon as the
// writer is free; until then it grows.
func (r *reader) due() chan<- *batch {
	b := r.current
	old := b.messages > 0 && time.Since(b.started) >= r.options.BatchAge
	if old || r.caughtUp && int(b.weight.Load()) >= r.options.BatchRows/worthAnInsert {
		return r.full
	}
	return nil
}

// worthAnInsert is what part of a full batch does not wait for more.
const worthAnInsert = 10

// takeAll takes m and what has come in behind it, up to a full batch. None is judged before the register
// knows every act of the office that was stored before it: what is in hand when the register is brought up
// to date is judged by that, and what comes in meanwhile waits for the next time. What costs more than a few
// nanoseconds is done once for all of them.
func (r *reader) takeAll(ctx, storing context.Context, m *nats.Msg) error {
	inHand := 1 + len(r.incoming)
	if err := r.learn(storing); err != nil {
		return err // m is not acknowledged, so that it comes again
	}
	r.health.clear("stream")
	now := time.Now()
	s := r.sources[0]
	defer func() { r.court.hand(r.current) }()
	for ; ; m = <-r.incoming { // there is one: nobody else takes them
		if s.sub != m.Sub {
			s = r.sourceOf(m.Sub)
		}
		s.heard = now
		r.take(ctx, storing, s, m)
		if r.current.full(r.options) {
			r.hand(storing)
			return nil
		}
		if inHand--; inHand == 0 {
			return nil
		}
		r.ask(s)
	}
}

func (r *reader) sourceOf(sub *nats.Subscription) *source {
	return r.sources[slices.IndexFunc(r.sources, func(s *source) bool { return s.sub == sub })]
}

// learn brings the register up to date. While that cannot be had nothing is judged: a verdict on old
// knowledge would be another one in a replay.
func (r *reader) learn(storing context.Context) error {
	return r.persist(storing, "acts", func(ctx context.Context) error {
		err := r.register.Sync(ctx)
		if errors.Is(err, nats.ErrConnectionClosed) {
			return backoff.Permanent(err)
		}
		return err
	})
}

// take heeds a message; if it is one of the log, it goes into the batch.
func (r *reader) take(ctx, storing context.Context, s *source, m *nats.Msg) {
	ok, err := s.take(m)
	if err != nil {
		r.revive(ctx, storing, s, err)
	}
	if !ok {
		return
	}
	d, ok := readDelivery(m.Reply)
	if !ok {
		r.log.Error("a message that JetStream did not send is no message of the log", "subject", m.Subject, "reply", m.Reply)
		return
	}
	r.caughtUp = d.pending == 0
	r.court.give(r.current, m, d)
	r.current.taken.add(s.partition, s.chain.link(d), d.sequence, m.Reply)
}

// look notices that the server is away. Only a closed connection is an error.
func (r *reader) look() error {
	if r.js.Conn().IsClosed() {
		return nats.ErrConnectionClosed
	}
	var trouble error
	waiting := false
	for _, s := range r.sources {
		if err := s.check(); trouble == nil {
			trouble = err
		}
		waiting = waiting || s.waiting()
	}
	switch {
	case errors.Is(trouble, nats.ErrConnectionClosed):
		return trouble
	case trouble != nil:
		r.health.note("stream", trouble)
	case !waiting && r.owners.owned() == 0:
		r.health.clear("stream") // another process reads it
	}
	return nil
}

// hand gives the current batch to the writer, or gives up when storing ends.
func (r *reader) hand(storing context.Context) {
	r.court.hand(r.current)
	select {
	case r.full <- r.current:
		r.renew(storing)
	case <-storing.Done():
	}
}

// renew takes an empty batch for the one that was handed over.
func (r *reader) renew(storing context.Context) {
	select {
	case r.current = <-r.empty:
	case <-storing.Done():
		r.current = newBatch(len(r.sources)) // the writer has given up, and will not see it
	}
}

// revive makes a consumer anew where somebody deleted it, alone or with its stream. It begins at the beginning of
// the log: what is stored is stored again, under the same identities.
//
// Before that, everything of the old one is stored: an acknowledgement of a message of the old one would speak for
// those of the same numbers of the new one, which nobody has stored if the log is another.
func (r *reader) revive(ctx, storing context.Context, s *source, cause error) {
	r.health.note("stream", cause)
	if r.current.messages > 0 {
		r.hand(storing)
	}
	select {
	case other := <-r.empty:
		r.empty <- other
	case <-storing.Done():
		return
	}
	err := r.persist(ctx, "consumer", func(ctx context.Context) error {
		_, err := r.js.CreateOrUpdateConsumer(ctx, schema.ProgressStream, s.consumer)
		return err
	})
	if err != nil && ctx.Err() == nil {
		r.log.Error("the consumer cannot be made anew", "consumer", s.consumer.Durable, "err", err)
	}
	r.restart(s)
}
