package post

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"xushi/schema"
)

// Consumer is the durable name of the post's consumer of the MAIL stream.
const Consumer = "post"

// Sender is how a letter leaves the house: package mail has it. Send calls begin before the first byte of the
// message leaves, and delivers nothing if that fails.
type Sender interface {
	Send(ctx context.Context, from, to string, message []byte, begin func() error) error
	Server() string // for people to read
}

// Options of a post; the zero value has the defaults.
type Options struct {
	By        string           // names this process in the notes; default host and process id
	Parallel  int              // letters that are sent at the same time; default 4
	AckWait   time.Duration    // without a sign of life for so long, a process has lost its letter to another; default 30 s
	FirstWait time.Duration    // before a letter that was put off is tried again; doubles with every try; default 5 s
	MostWait  time.Duration    // and is never longer; default 10 min
	GiveUp    time.Duration    // from its first try on; then a letter that is put off has failed; default 72 h
	Clock     func() time.Time // the wall clock; default time.Now
}

func (o Options) withDefaults() Options {
	if o.By == "" {
		host, _ := os.Hostname() // without a name the process id has to do
		o.By = fmt.Sprintf("%s/%d", host, os.Getpid())
	}
	o.Parallel = cmp.Or(o.Parallel, 4)
	o.AckWait = cmp.Or(o.AckWait, 30*time.Second)
	o.FirstWait = cmp.Or(o.FirstWait, 5*time.Second)
	o.MostWait = cmp.Or(o.MostWait, 10*time.Minute)
	o.GiveUp = cmp.Or(o.GiveUp, 72*time.Hour)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// Post sends letters.
type Post struct {
	js      jetstream.JetStream
	store   driver.Conn
	sender  Sender
	log     *slog.Logger
	options Options
	metrics *metrics
	health  *health
	noted   chan struct{} // pokes the copier

	mu   sync.Mutex
	busy map[string]bool // letters that this process is sending, by subject
}

// New makes a post whose figures are in reg.
func New(js jetstream.JetStream, store driver.Conn, sender Sender, log *slog.Logger, reg prometheus.Registerer, o Options) *Post {
	o = o.withDefaults()
	return &Post{
		js: js, store: store, sender: sender, log: log, options: o,
		metrics: newMetrics(reg), health: newHealth(log, o.Clock), noted: make(chan struct{}, 1), busy: map[string]bool{},
	}
}

// Health is nil, or says what the post waits for. No letter is lost meanwhile.
func (p *Post) Health() error { return p.health.err() }

// Run sends until ctx ends. A letter of which nothing has left the house by then waits for the next process; one
// that the mail server is judging is waited for.
func (p *Post) Run(ctx context.Context) error {
	n, err := openNotes(ctx, p.js)
	if err != nil {
		return err
	}
	var copier errgroup.Group
	copying, stop := context.WithCancel(context.WithoutCancel(ctx)) // what is noted during a stop is copied too
	defer stop()
	copier.Go(func() error { return p.keepCopying(copying, n) })
	p.send(ctx, n)
	stop()
	return copier.Wait()
}

const (
	askFor  = 5 * time.Second // a request for a letter, while there is none
	retryIn = time.Second     // a stream that cannot be read
)

// send has letters sent until ctx ends. A consumer that somebody deleted is made anew: it looks at every letter
// again, and their notes say which were sent.
func (p *Post) send(ctx context.Context, n notes) {
	for ctx.Err() == nil {
		err := p.consume(ctx, n)
		if ctx.Err() != nil {
			return
		}
		p.health.begin(streamPart, err, slog.LevelWarn)
		select {
		case <-ctx.Done():
		case <-time.After(retryIn):
		}
	}
}

// consume sends letters until ctx ends or the stream cannot be read.
func (p *Post) consume(ctx context.Context, n notes) error {
	consumer, err := p.js.CreateOrUpdateConsumer(ctx, schema.MailStream, jetstream.ConsumerConfig{
		Durable: Consumer, Description: "sends letters by SMTP",
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: p.options.AckWait,
		MaxAckPending: -1, // letters that were put off keep no other back
	})
	if err != nil {
		return fmt.Errorf("consumer %s of stream %s: %w", Consumer, schema.MailStream, err)
	}
	p.health.end(streamPart)
	workers, asking := errgroup.WithContext(ctx)
	for range p.options.Parallel {
		workers.Go(func() error { return p.work(ctx, asking, n, consumer) })
	}
	return workers.Wait()
}

// work sends one letter after another, and asks for them until asking ends. It asks when it is free, so that no
// letter waits here for a slow one.
func (p *Post) work(ctx, asking context.Context, n notes, consumer jetstream.Consumer) error {
	for asking.Err() == nil {
		request, cancel := context.WithTimeout(asking, askFor)
		m, err := consumer.Next(jetstream.FetchContext(request))
		cancel()
		switch {
		case err == nil:
			p.handle(ctx, n, m)
		case errors.Is(err, nats.ErrTimeout), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, jetstream.ErrNoMessages):
		default:
			return fmt.Errorf("read stream %s: %w", schema.MailStream, err)
		}
	}
	return nil
}

// Pending is how many letters wait to be sent.
func Pending(ctx context.Context, js jetstream.JetStream) (uint64, error) {
	b, err := schema.BacklogOf(ctx, js, schema.MailStream, schema.Reader{Consumer: Consumer})
	return b.Pending(), err
}
