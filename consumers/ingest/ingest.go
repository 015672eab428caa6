package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/schema"
)

// Register is what events are admitted by: the versions of every plan's ledger, as the office's acts made
// them. *office.Acts is one.
type Register interface {
	// Sync returns when every act that was stored before the call is known.
	Sync(ctx context.Context) error
	// Admit judges an event by the version that was in force when it was received.
	Admit(rec *schema.Record) *schema.Rejection
}

// Options bound an ingest. The zero value of a field means its default.
type Options struct {
	BatchRows     int           // rows that fill a batch; default 100,000
	BatchBytes    int           // bytes of messages, with their headers, that fill a batch; default 32 MiB
	BatchAge      time.Duration // age at which a batch is stored as it is; default 200 ms
	Partitions    int           // of the log: 1, or schema.Partitions for several processes to share it; default 1
	FetchMessages int           // messages asked of the server ahead, of all partitions together; default 10,000
	FetchBytes    int           // and their bytes; default 16 MiB, at least two of the largest messages of each partition
	AckWait       time.Duration // after which the server hands out unacknowledged messages again; default 30 s
	PinnedTTL     time.Duration // after which the partitions of a process that died are another's; default 3 s
	StopTimeout   time.Duration // for storing what is in hand at a planned stop; default 10 s
	TryTimeout    time.Duration // for one try to reach the store or the stream; grows while it does not suffice; default 30 s
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
	set(&o.BatchRows, 100_000)
	set(&o.BatchBytes, 64<<20)
	wait(&o.BatchAge, 200*time.Millisecond)
	set(&o.Partitions, 1)
	set(&o.FetchMessages, 10_000)
	set(&o.FetchBytes, 16<<20)
	wait(&o.AckWait, 30*time.Second)
	wait(&o.PinnedTTL, 3*time.Second)
	wait(&o.StopTimeout, 10*time.Second)
	wait(&o.TryTimeout, 30*time.Second)
	return o
}

// Ingest is one process that reads the log, or its share of it. Make it with New, run it with Run.
type Ingest struct {
	js       jetstream.JetStream
	store    driver.Conn
	register Register
	log      *slog.Logger
	options  Options
	metrics  *metrics
	health   *health
	patience patience
}

// New makes an ingest that reads js, admits by the register, and writes to the store's events table.
func New(js jetstream.JetStream, store driver.Conn, register Register, log *slog.Logger, reg prometheus.Registerer, options Options) *Ingest {
	options, h := options.withDefaults(), newHealth(log)
	i := &Ingest{
		js: js, store: store, register: register, log: log, options: options,
		metrics: newMetrics(reg, h), health: h, patience: patience{least: options.TryTimeout, parts: map[string]time.Duration{}},
	}
	for _, r := range Readers(options.Partitions) {
		i.metrics.floor.WithLabelValues(r.Consumer)
		i.metrics.owned.WithLabelValues(r.Consumer)
	}
	return i
}

// Run reads until ctx ends, then stores and acknowledges what it has in hand, and returns nil. It
// outlasts absences of the store and of the server; it returns an error if the consumers cannot be had
// at the start, or if the connection to the server was closed.
func (i *Ingest) Run(ctx context.Context) error {
	reading := i.options.ConsumerConfigs()
	owning := make([]jetstream.ConsumerConfig, len(reading))
	for k, c := range reading {
		owning[k] = i.options.ownerConfig(c)
	}
	if err := i.makeConsumers(ctx, slices.Concat(reading, owning)); err != nil {
		if ctx.Err() != nil {
			err = nil // it was stopped before it began
		}
		return err
	}
	owners, err := newOwners(i.js, i.log, i.options.PinnedTTL, owning, i.metrics.owned)
	if err != nil {
		return err
	}
	conn, err := readingConn(i.js)
	if err != nil {
		owners.close()
		return err
	}
	defer conn.Close()
	r, err := newReader(i, conn, reading, owners)
	if err != nil {
		owners.close()
		return err
	}
	return i.runStages(ctx, owners, r, &writer{Ingest: i, lanes: newLanes(reading)})
}

func (i *Ingest) makeConsumers(ctx context.Context, configs []jetstream.ConsumerConfig) error {
	for _, c := range configs {
		if _, err := i.js.CreateOrUpdateConsumer(ctx, schema.ProgressStream, c); err != nil {
			return fmt.Errorf("consumer %s of stream %s: %w", c.Durable, schema.ProgressStream, err)
		}
	}
	return nil
}

// runStages runs them together: owning partitions, reading them, storing, and looking for losses. The owning ends
// with ctx, and the reading with what was asked for by then. The storing outlives both by StopTimeout at most, so
// that a planned stop leaves nothing to be delivered again.
func (i *Ingest) runStages(ctx context.Context, o *owners, r *reader, w *writer) error {
	storing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(i.options.StopTimeout, cancel) })()
	owning, release := context.WithCancel(ctx)

	var stages sync.WaitGroup
	stages.Go(func() { o.run(owning) })
	stages.Go(func() { i.compareForEver(owning) })
	stages.Go(func() { w.run(storing, r.full, r.empty) })
	err := r.run(ctx, storing)
	if err != nil { // as long as at a planned stop: what is stored would not be acknowledged
		defer time.AfterFunc(i.options.StopTimeout, cancel).Stop()
	}
	release()
	stages.Wait()
	if ferr := i.js.Conn().FlushTimeout(i.options.StopTimeout); err == nil && ferr != nil {
		i.log.Warn("the last acknowledgement may be lost, which means a redelivery", "err", ferr)
	}
	return err
}

// Health is nil, or says what the ingest is waiting for.
func (i *Ingest) Health() error { return i.health.err() }

// Troubles are what it waits for, part by part.
func (i *Ingest) Troubles() []Trouble { return i.health.all() }
