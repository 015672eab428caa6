// Package post sends what the MAIL stream holds, one letter after another, and notes what became of
// each: in the key-value bucket, where every process looks before it sends, and in
// progress.mail_deliveries, where analysts look.
//
// It does not compose, and it does not decide who gets what: a message of the stream is a letter with
// its envelope, byte for byte.
package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/mail"
	"xushi/jobs/records"
	"xushi/schema"
)

// Consumer is the durable name of the post's consumer of the MAIL stream.
const Consumer = "post"

// Sender is how a letter leaves the house.
type Sender interface {
	Send(ctx context.Context, from, to string, message []byte) error
}

// Post sends letters.
type Post struct {
	JetStream jetstream.JetStream
	Store     driver.Conn
	Sender    Sender
	Log       *slog.Logger
}

const (
	sendTimeout = 90 * time.Second          // of one letter's whole SMTP conversation
	ackWait     = sendTimeout + time.Minute // so that no second process takes up a letter that is being sent
	heartbeat   = 2 * time.Second           // of the server, while there is no letter; twice that in silence is trouble
	firstWait   = 5 * time.Second           // before a letter that failed for now is tried again
	mostWait    = 10 * time.Minute
)

// Run sends until ctx ends; whatever is being sent then is finished. A consumer that somebody deleted is
// made anew: it looks at every letter again, and their states say which were sent.
func (p *Post) Run(ctx context.Context) error {
	states, err := p.JetStream.KeyValue(ctx, schema.Bucket)
	if err != nil {
		err = fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	for err == nil && ctx.Err() == nil {
		if err = p.consume(ctx, states); err == nil && ctx.Err() == nil {
			p.Log.Warn("the consumer of the MAIL stream is gone; it is made anew", "consumer", Consumer)
		}
	}
	if ctx.Err() != nil {
		err = nil // a stop was asked for
	}
	return err
}

// consume handles letters until ctx ends or the consumer is gone.
func (p *Post) consume(ctx context.Context, states jetstream.KeyValue) error {
	consumer, err := p.JetStream.CreateOrUpdateConsumer(ctx, schema.MailStream, jetstream.ConsumerConfig{
		Durable: Consumer, Description: "sends letters by SMTP",
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait,
	})
	if err != nil {
		return fmt.Errorf("consumer %s of stream %s: %w", Consumer, schema.MailStream, err)
	}
	sending := context.WithoutCancel(ctx)
	consume, err := consumer.Consume(func(m jetstream.Msg) { p.handle(sending, states, m) },
		jetstream.PullMaxMessages(1), jetstream.PullExpiry(5*heartbeat), jetstream.PullHeartbeat(heartbeat),
		jetstream.ConsumeErrHandler(func(c jetstream.ConsumeContext, err error) {
			p.Log.Warn("reading the MAIL stream, which is tried again", "err", err)
			// The library goes on asking a consumer that was deleted between two requests.
			if _, err := p.JetStream.Consumer(ctx, schema.MailStream, Consumer); errors.Is(err, jetstream.ErrConsumerNotFound) {
				c.Stop()
			}
		}))
	if err != nil {
		return fmt.Errorf("consume from %s: %w", Consumer, err)
	}
	select {
	case <-ctx.Done():
		consume.Drain()
		<-consume.Closed()
	case <-consume.Closed():
	}
	return nil
}

// handle sends one letter unless its state says what became of it, and settles its message. A crash
// between the sending and the note of it is the one moment that may send twice.
func (p *Post) handle(ctx context.Context, states jetstream.KeyValue, m jetstream.Msg) {
	l := envelopeOf(m.Headers())
	log := p.Log.With("plan", l.Plan, "period", l.Period, "recipient", l.Recipient)
	note, err := deliveryOf(ctx, states, l.key())
	switch {
	case err == nil && note.State.Settled():
		p.settle(log, m.Ack())
		return
	case err != nil && !errors.Is(err, jetstream.ErrKeyNotFound):
		log.Warn("whether the letter was sent cannot be read; it is looked at again", "err", err)
		p.settle(log, m.NakWithDelay(wait(m)))
		return
	}
	err = p.send(ctx, l, m.Data())
	state := schema.MailSent
	switch {
	case err == nil:
		log.Info("letter sent")
	case mail.IsRetryable(err):
		log.Warn("letter not sent; it is tried again", "err", err)
		p.settle(log, m.NakWithDelay(wait(m)))
		return
	case mail.IsUncertain(err):
		state = schema.MailUncertain
		log.Error("letter may or may not have arrived; it is not sent again by itself", "err", err)
	default:
		state = schema.MailFailed
		log.Error("letter refused for good", "err", err)
	}
	revision, perr := put(ctx, states, l.key(), schema.Delivery{State: state, At: time.Now(), MessageID: l.MessageID})
	if perr != nil {
		log.Error("note the letter's state", "state", state, "err", perr)
	}
	d := l.delivery(state, err)
	d.At, d.Revision = time.Now(), revision
	if derr := records.SaveDelivery(ctx, p.Store, d); derr != nil {
		log.Error("copy the letter's state to the store", "state", state, "err", derr)
	}
	p.settle(log, m.Ack())
}

func (p *Post) send(ctx context.Context, l envelope, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return p.Sender.Send(ctx, l.from, l.Recipient, message)
}

func (p *Post) settle(log *slog.Logger, err error) {
	if err != nil {
		log.Warn("settle the letter's message; it will be looked at again", "err", err)
	}
}

// wait doubles with every try.
func wait(m jetstream.Msg) time.Duration {
	meta, err := m.Metadata()
	if err != nil {
		return mostWait
	}
	tries := min(meta.NumDelivered, 16)
	return min(firstWait<<(tries-1), mostWait)
}

// Pending is how many letters wait to be sent.
func Pending(ctx context.Context, js jetstream.JetStream) (uint64, error) {
	b, err := schema.BacklogOf(ctx, js, schema.MailStream, schema.Reader{Consumer: Consumer})
	return b.Pending(), err
}

func deliveryOf(ctx context.Context, states jetstream.KeyValue, key string) (d schema.Delivery, err error) {
	e, err := states.Get(ctx, key)
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal(e.Value(), &d)
}

func put(ctx context.Context, states jetstream.KeyValue, key string, d schema.Delivery) (uint64, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return 0, err
	}
	return states.Put(ctx, key, b)
}
