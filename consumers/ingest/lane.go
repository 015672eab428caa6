package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// lane is one partition to the writer: what of it is stored, and where that is acknowledged.
type lane struct {
	consumer jetstream.ConsumerConfig
	floor    floor
	newest   string    // reply subject of the newest delivery
	asked    time.Time // when the server was last asked for its own floor
	blockage blockage
}

func newLanes(consumers []jetstream.ConsumerConfig) []*lane {
	lanes := make([]*lane, len(consumers))
	for k, c := range consumers {
		lanes[k] = &lane{consumer: c}
	}
	return lanes
}

// take notes what of a stored batch is the lane's, and tells whether anything is.
func (l *lane) take(t *taken, partition int) bool {
	if t.anew[partition] {
		*l = lane{consumer: l.consumer}
	}
	for _, r := range t.runs[partition] {
		l.floor.add(r)
	}
	if t.newest[partition] == "" {
		return false
	}
	l.newest = t.newest[partition]
	return true
}

var ack = []byte("+ACK")

func (w *writer) acknowledge(l *lane) {
	sequence := l.floor.acknowledge()
	if sequence == 0 || l.newest == "" {
		return
	}
	if err := w.js.Conn().Publish(ackSubject(l.newest, sequence), ack); err != nil {
		// Not acknowledged means delivered again, and stored again under the same identity.
		w.log.Warn("acknowledge", "consumer", l.consumer.Durable, "sequence", sequence, "err", err)
	}
	w.metrics.floor.WithLabelValues(l.consumer.Durable).Set(float64(l.floor.sequence))
}

// askFloorEvery is how often, at most, the server is asked what a gap is about.
const askFloorEvery = time.Second

// unblock asks the server about a gap below what is stored. The gap may be a predecessor's messages, which
// are yet to be delivered again, or another process's to store: the server's own floor says when it has been.
// Or it may hold no message of the partition.
func (w *writer) unblock(ctx context.Context, l *lane) {
	if !l.floor.blocked() || time.Since(l.asked) < askFloorEvery {
		return
	}
	l.asked = time.Now()
	consumer, err := w.js.Consumer(ctx, schema.ProgressStream, l.consumer.Durable)
	if err != nil {
		w.log.Warn("ask the server for the consumer's ack floor", "consumer", l.consumer.Durable, "err", err)
		return
	}
	l.floor.raise(consumer.CachedInfo().AckFloor.Stream)
	if l.floor.blocked() {
		if err := w.walk(ctx, l); err != nil {
			w.log.Warn("ask the server what is in a gap", "consumer", l.consumer.Durable, "above", l.floor.sequence, "err", err)
		}
	}
	w.acknowledge(l)
}

const (
	walkAhead    = 1000
	walkPatience = 5 * time.Second
)

// walk follows the log above the floor as far as what it holds of the partition is stored: messages that were
// delivered again do not tell what lies between them, and a message may be lost, with a disk.
func (w *writer) walk(ctx context.Context, l *lane) error {
	ctx, cancel := context.WithTimeout(ctx, walkPatience)
	defer cancel()
	consumer, err := w.js.CreateConsumer(ctx, schema.ProgressStream, jetstream.ConsumerConfig{
		Description: "what is in a gap of " + l.consumer.Durable, AckPolicy: jetstream.AckNonePolicy,
		FilterSubject: l.consumer.FilterSubject, HeadersOnly: true, MemoryStorage: true,
		InactiveThreshold: walkPatience,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy, OptStartSeq: l.floor.sequence + 1,
	})
	if err != nil {
		return err
	}
	name := consumer.CachedInfo().Name
	err = w.walkBy(ctx, l, name)
	if derr := w.js.DeleteConsumer(ctx, schema.ProgressStream, name); err == nil {
		err = derr
	}
	return err
}

func (w *writer) walkBy(ctx context.Context, l *lane, consumer string) error {
	incoming := newIncoming(walkAhead)
	pull, err := newPuller(w.js.Conn(), w.js, consumer, incoming)
	if err != nil {
		return err
	}
	defer pull.close()
	pull.bound(walkAhead, w.options.FetchBytes)
	for order := uint64(1); l.floor.blocked(); order++ {
		if err := pull.ask(); err != nil {
			return err
		}
		var m *nats.Msg
		select {
		case m = <-incoming:
		case <-ctx.Done():
			return ctx.Err()
		}
		ok, err := pull.take(m)
		if err != nil || !ok {
			return err // at the end of the log, or asked in vain: there is a next time
		}
		d, ok := readDelivery(m.Reply)
		if !ok || d.order != order {
			return fmt.Errorf("a message was missed after sequence %d", l.floor.sequence)
		}
		if !l.floor.follow(d.sequence) {
			return nil
		}
	}
	return nil
}
