package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/schema"
)

// owners holds this process's leases: it asks for partitions, keeps those it has, and lets go of what is more
// than its share. JetStream decides; nothing of ours elects. And nothing rests on there being one owner: the
// floor sees to it that two lose nothing. It only keeps processes from holding each other up, since what one
// acknowledges waits for what the other was given.
type owners struct {
	js     jetstream.JetStream
	api    string // prefix of the server's API
	log    *slog.Logger
	ttl    time.Duration
	leases []*lease // by partition
	metric *prometheus.GaugeVec
	shares *shares

	incoming chan *nats.Msg
	presence *nats.Subscription
	links    uint64        // how often the connection was made anew: requests made before are lost
	changed  chan struct{} // wakes whoever reads: a partition was won
}

func newOwners(js jetstream.JetStream, log *slog.Logger, ttl time.Duration, consumers []jetstream.ConsumerConfig, owned *prometheus.GaugeVec) (*owners, error) {
	o := &owners{
		js: js, api: schema.APIPrefix(js), log: log, ttl: ttl, metric: owned, shares: newShares(nuid.Next(), ttl),
		incoming: make(chan *nats.Msg, 1024), changed: make(chan struct{}, 1),
		links: js.Conn().Stats().Reconnects,
	}
	var err error
	if o.presence, err = js.Conn().ChanSubscribe(presenceSubject, o.incoming); err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	for _, c := range consumers {
		l := &lease{consumer: c, ttl: ttl, born: time.Now()}
		if l.sub, err = js.Conn().ChanSubscribe(js.Conn().NewInbox(), o.incoming); err != nil {
			o.close()
			return nil, fmt.Errorf("subscribe: %w", err)
		}
		o.leases = append(o.leases, l)
	}
	return o, nil
}

func (o *owners) close() {
	_ = o.presence.Unsubscribe() // fails only if the connection is closed already
	for _, l := range o.leases {
		_ = l.sub.Unsubscribe()
	}
}

// run holds leases until ctx ends, and then gives them all back.
func (o *owners) run(ctx context.Context) {
	defer o.close()
	look := time.NewTicker(o.ttl / 3)
	defer look.Stop()
	o.look(ctx)
	for {
		select {
		case m := <-o.incoming:
			o.hear(ctx, m)
		case <-look.C:
			o.look(ctx)
		case <-ctx.Done():
			o.leave(context.WithoutCancel(ctx))
			return
		}
	}
}

// owned counts the partitions that are this process's.
func (o *owners) owned() (n int) {
	for _, l := range o.leases {
		if l.held() {
			n++
		}
	}
	return n
}

// look does what is to be done from time to time.
func (o *owners) look(ctx context.Context) {
	if links := o.js.Conn().Stats().Reconnects; links != o.links {
		o.links = links
		for _, l := range o.leases {
			l.asked = time.Time{}
		}
	}
	for _, l := range o.leases {
		if !l.held() {
			o.lose(l, "the server did not renew it")
		}
		if l.gone {
			o.make(ctx, l)
		}
	}
	o.even(ctx)
	o.announce(false)
	o.askAll()
}

// even lets go of what is more than this process's share, the last partitions first.
func (o *owners) even(ctx context.Context) {
	excess := o.shares.excess(o.owned(), time.Now())
	for _, l := range slices.Backward(o.leases) {
		if excess > 0 && l.held() {
			o.release(ctx, l)
			excess--
		}
	}
}

// askAll asks for what is this process's, and for what it would take.
func (o *owners) askAll() {
	welcome := o.shares.excess(o.owned(), time.Now()) < 0
	for _, l := range o.leases {
		if (welcome || l.pin != "") && !l.waiting() && !l.gone {
			o.ask(l)
		}
	}
}

func (o *owners) ask(l *lease) {
	if !o.js.Conn().IsConnected() {
		return
	}
	request, err := l.request()
	if err == nil {
		err = o.js.Conn().PublishRequest(o.api+"CONSUMER.MSG.NEXT."+schema.ProgressStream+"."+l.consumer.Durable, l.sub.Subject, request)
	}
	if err != nil {
		o.log.Warn("a partition cannot be asked for, which is tried again", "consumer", l.consumer.Durable, "err", err)
		return
	}
	l.asked = time.Now()
}

// hear takes a message: another process's presence, a lease, or the server's own word.
func (o *owners) hear(ctx context.Context, m *nats.Msg) {
	if m.Sub == o.presence {
		o.shares.hear(m.Data, time.Now())
		o.askAll()
		return
	}
	i := slices.IndexFunc(o.leases, func(l *lease) bool { return l.sub == m.Sub })
	l := o.leases[i]
	l.asked = time.Time{}
	if m.Reply != "" {
		o.win(ctx, l, m)
		o.ask(l)
		return
	}
	switch status := m.Header.Get("Status"); {
	case status == statusPinned:
		o.lose(l, "another process has it")
	case consumerGone(m):
		l.gone = true
		o.lose(l, "its owner consumer is gone")
	case status == statusTimeout:
		o.askAll()
	}
	// Anything else waits for the next look, so that no answer is asked for in a tight circle.
}

// win takes, or keeps, a partition whose owner consumer sent this process its message.
func (o *owners) win(ctx context.Context, l *lease, m *nats.Msg) {
	pin := pinOf(m)
	if pin == "" {
		pin = o.askPin(ctx, l)
	}
	if pin == "" || !l.renew(pin, m.Reply) {
		return
	}
	o.log.Info("this process reads a partition", "consumer", l.reads())
	o.metric.WithLabelValues(l.reads()).Set(1)
	select {
	case o.changed <- struct{}{}:
	default: // it is to be woken already
	}
}

// askPin asks the server for the pin that a message does not tell: it is this process's, since it got the message.
func (o *owners) askPin(ctx context.Context, l *lease) string {
	ctx, cancel := context.WithTimeout(ctx, o.ttl/3)
	defer cancel()
	consumer, err := o.js.Consumer(ctx, schema.ProgressStream, l.consumer.Durable)
	if err != nil {
		if ctx.Err() == nil {
			o.log.Warn("a partition's pin cannot be had, which is tried again", "consumer", l.consumer.Durable, "err", err)
		}
		return ""
	}
	for _, g := range consumer.CachedInfo().PriorityGroups {
		if g.Group == ownerGroup {
			return g.PinnedClientID
		}
	}
	return ""
}

func (o *owners) lose(l *lease, why string) {
	if l.end() {
		o.log.Info("this process no longer reads a partition", "consumer", l.reads(), "because", why)
		o.metric.WithLabelValues(l.reads()).Set(0)
	}
}

// make makes an owner consumer anew where somebody deleted it.
func (o *owners) make(ctx context.Context, l *lease) {
	ctx, cancel := context.WithTimeout(ctx, o.ttl)
	defer cancel()
	if _, err := o.js.CreateOrUpdateConsumer(ctx, schema.ProgressStream, l.consumer); err != nil {
		if ctx.Err() == nil {
			o.log.Warn("an owner consumer cannot be made anew, which is tried again", "consumer", l.consumer.Durable, "err", err)
		}
		return
	}
	l.gone = false
}

var nak = []byte("-NAK")

// release gives a partition back, so that another process has it at once: the server is to pin another, and
// then to hand the message out again without waiting. Where that fails, it does so when the lease is over.
func (o *owners) release(ctx context.Context, l *lease) {
	ctx, cancel := context.WithTimeout(ctx, o.ttl/3)
	defer cancel()
	o.lose(l, "it was let go of")
	conn := o.js.Conn()
	_, err := conn.RequestWithContext(ctx, o.api+"CONSUMER.UNPIN."+schema.ProgressStream+"."+l.consumer.Durable, []byte(`{"group":"`+ownerGroup+`"}`))
	if err == nil {
		err = conn.Publish(l.grant, nak)
	}
	if err != nil {
		o.log.Warn("a partition will be another process's only when its lease is over", "consumer", l.consumer.Durable, "err", err)
	}
	l.asked = time.Time{}
}

func (o *owners) leave(ctx context.Context) {
	for _, l := range o.leases {
		if l.held() {
			o.release(ctx, l)
		}
	}
	o.announce(true)
}

func (o *owners) announce(leaving bool) {
	if !o.js.Conn().IsConnected() {
		return
	}
	body, err := json.Marshal(presence{Process: o.shares.process, Owns: o.owned(), Leaving: leaving})
	if err == nil {
		err = o.js.Conn().Publish(presenceSubject, body)
	}
	if err != nil {
		o.log.Warn("tell the other processes of this one", "err", err)
	}
}
