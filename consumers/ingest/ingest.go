package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/schema"
	"xushi/seeds"
)

// Consumer is the durable name of the ingest's consumer of the PROGRESS stream.
const Consumer = "ingest"

// Options bound an ingest. The zero value of a field means its default.
type Options struct {
	BatchRows     int           // rows that fill a batch; default 20,000
	BatchBytes    int           // bytes of messages that fill a batch; default 16 MiB
	BatchAge      time.Duration // age at which a batch is stored as it is; default 200 ms
	FetchMessages int           // messages asked of the server ahead; default 20,000
	FetchBytes    int           // and their bytes; default 32 MiB
	AckWait       time.Duration // after which the server hands out unacknowledged messages again; default 30 s
	StopTimeout   time.Duration // for storing what is in hand at a planned stop; default 10 s
	Policy        schema.Policy
}

func (o Options) withDefaults() Options {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	wait := func(field *time.Duration, value time.Duration) {
		if *field == 0 {
			*field = value
		}
	}
	set(&o.BatchRows, 20_000)
	set(&o.BatchBytes, 16<<20)
	wait(&o.BatchAge, 200*time.Millisecond)
	set(&o.FetchMessages, 20_000)
	set(&o.FetchBytes, 32<<20)
	wait(&o.AckWait, 30*time.Second)
	wait(&o.StopTimeout, 10*time.Second)
	return o
}

// ConsumerConfig is the consumer that an ingest with these options reads.
func (o Options) ConsumerConfig() jetstream.ConsumerConfig {
	o = o.withDefaults()
	return jetstream.ConsumerConfig{
		Durable:       Consumer,
		Description:   "JetStream to ClickHouse",
		AckPolicy:     jetstream.AckAllPolicy,
		AckWait:       o.AckWait,
		MaxAckPending: 10 * o.BatchRows, // what a predecessor left pending plus several batches of ours
		FilterSubject: "progress.>",
	}
}

// Ingest is one reader of the log. Make it with New, run it with Run.
type Ingest struct {
	js       jetstream.JetStream
	store    driver.Conn
	register *seeds.Register
	log      *slog.Logger
	options  Options
	metrics  *metrics
	health   health
}

// New makes an ingest that reads js, admits by the register, and writes to the store's events table.
func New(js jetstream.JetStream, store driver.Conn, register *seeds.Register, log *slog.Logger, reg prometheus.Registerer, options Options) *Ingest {
	return &Ingest{
		js: js, store: store, register: register, log: log,
		options: options.withDefaults(), metrics: newMetrics(reg),
	}
}

// Run reads until ctx ends, then stores and acknowledges what it has in hand, and returns nil. It
// outlasts absences of the store and of the server; it returns an error only if the consumer cannot be
// had at all.
func (i *Ingest) Run(ctx context.Context) error {
	stream, err := i.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	consumer, err := i.js.CreateOrUpdateConsumer(ctx, schema.ProgressStream, i.options.ConsumerConfig())
	if err != nil {
		return fmt.Errorf("consumer %s of stream %s: %w", Consumer, schema.ProgressStream, err)
	}
	w := &writer{Ingest: i, consumer: consumer}
	w.floor.raise(consumer.CachedInfo().AckFloor.Stream)
	if first := stream.CachedInfo().State.FirstSeq; first > 0 {
		w.floor.raise(first - 1)
	}

	// The writer outlives ctx by StopTimeout, so that a planned stop leaves nothing to redeliver.
	writing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(i.options.StopTimeout, cancel) })()

	messages := make(chan jetstream.Msg, 1024)
	consume, err := i.consume(consumer, writing, messages)
	if err != nil {
		return err
	}
	batches := make(chan *batch)
	var stages sync.WaitGroup
	stages.Go(func() {
		<-ctx.Done()
		consume.Drain()
		<-consume.Closed()
		close(messages)
	})
	stages.Go(func() { i.fill(writing, messages, batches) })
	stages.Go(func() { w.run(writing, batches) })
	stages.Wait()
	return nil
}

func (i *Ingest) consume(consumer jetstream.Consumer, ctx context.Context, messages chan<- jetstream.Msg) (jetstream.ConsumeContext, error) {
	consume, err := consumer.Consume(
		func(m jetstream.Msg) {
			select {
			case messages <- m:
			case <-ctx.Done():
			}
		},
		jetstream.PullMaxMessagesWithBytesLimit(i.options.FetchMessages, i.options.FetchBytes),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			i.health.note("stream", err)
			i.log.Warn("reading the stream, which is tried again", "err", err)
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("consume from %s: %w", Consumer, err)
	}
	return consume, nil
}

// fill judges messages and gathers them into batches by rows, bytes and age.
func (i *Ingest) fill(ctx context.Context, messages <-chan jetstream.Msg, batches chan<- *batch) {
	defer close(batches)
	age := time.NewTicker(i.options.BatchAge)
	defer age.Stop()
	current := new(batch)
	flush := func() {
		if current.messages == 0 {
			return
		}
		select {
		case batches <- current:
			current = new(batch)
		case <-ctx.Done():
		}
	}
	for {
		select {
		case m, open := <-messages:
			if !open {
				flush()
				return
			}
			meta, err := m.Metadata()
			if err != nil {
				i.log.Error("message without JetStream metadata; it is left to be delivered again", "err", err)
				continue
			}
			i.health.clear("stream")
			current.add(m, meta, i.options.Policy, i.register)
			if current.rows.rows() >= i.options.BatchRows || current.messages >= i.options.BatchRows || current.bytes >= i.options.BatchBytes {
				flush()
			}
		case <-age.C:
			if time.Since(current.started) >= i.options.BatchAge {
				flush()
			}
		case <-ctx.Done():
			return
		}
	}
}

// Health is nil, or says what the ingest is waiting for.
func (i *Ingest) Health() error { return i.health.err() }

// health is what is wrong now, by part.
type health struct {
	mu       sync.Mutex
	troubles map[string]error
}

func (h *health) note(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.troubles == nil {
		h.troubles = map[string]error{}
	}
	h.troubles[part] = err
}

func (h *health) clear(part string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.troubles, part)
}

func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []error
	for part, err := range h.troubles {
		all = append(all, fmt.Errorf("%s: %w", part, err))
	}
	return errors.Join(all...)
}
