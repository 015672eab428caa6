package post

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"xushi/jobs/mail"
	"xushi/schema"
)

func gaveUp(was note, err error) error {
	return fmt.Errorf("given up after %d tries since %s: %w", was.Tries, was.Since.Format(time.RFC3339), err)
}

// tell logs and counts what came of a try. Of a mail server in trouble the log has heard already.
func (t try) tell(e event, now schema.Delivery) {
	switch e.what {
	case accepted:
		t.log.Info("letter sent", "tries", e.try)
		t.count(schema.MailSent, nil)
	case deferred:
		t.log.Info("letter not sent; it is tried again", "tries", e.try, "err", e.why)
		t.count(schema.MailQueued, e.why)
	case refused:
		t.log.Error("letter not delivered, and not tried again", "tries", e.try, "err", e.why)
		t.count(schema.MailFailed, e.why)
	case lost:
		t.log.Error("the letter may or may not have arrived; it is not sent again by itself", "tries", e.try, "err", e.why)
		t.count(schema.MailUncertain, e.why)
	}
	if e.what == deferred && now.State == schema.MailFailed {
		t.log.Error("letter not delivered, and meanwhile taken for uncertain: it is not tried again by itself", "err", e.why)
	}
}

func (t try) count(state schema.MailState, err error) {
	t.metrics.tries.WithLabelValues(string(state)).Inc()
	if failure, ok := errors.AsType[*mail.SendError](err); ok {
		t.metrics.failures.WithLabelValues(string(failure.Step)).Inc()
	}
}

// watchServer knows from the outcome of a conversation whether the mail server is well.
func (p *Post) watchServer(err error) {
	failure, failed := errors.AsType[*mail.SendError](err)
	switch {
	case errors.Is(err, errStopping), failed && (failure.Step == mail.StepAddress || failure.Step == mail.StepBegin):
		return // it is not the server's doing
	case !failed || !failure.ServerTrouble():
		p.health.end(serverPart)
		return
	}
	level := slog.LevelWarn
	if failure.NeedsOperator() {
		level = slog.LevelError
	}
	p.health.begin(serverPart, fmt.Errorf("%s: %w", p.sender.Server(), err), level)
}

// keepAlive tells NATS that the letter's message is worked on, until the returned function is called.
func (t try) keepAlive() (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(t.options.AckWait / 4)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				_ = t.message.InProgress() // a sign that is not heard only means that others look at the note
			}
		}
	}()
	return func() { close(done); <-ended }
}

// noteFor is how long after a stop a process still tries to note what it knows.
const noteFor = 10 * time.Second

// lasting outlives ctx by noteFor.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	long, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(noteFor, cancel) })
	return long, func() { stop(); cancel() }
}

// hold makes a letter this process's only once.
func (p *Post) hold(subject string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[subject] {
		return false
	}
	p.busy[subject] = true
	return true
}

func (p *Post) release(subject string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, subject)
}

func (p *Post) settle(log *slog.Logger, err error) {
	if err != nil {
		log.Warn("settle the letter's message; it will be looked at again", "err", err)
	}
}

// poke has the copier look.
func (p *Post) poke() {
	select {
	case p.noted <- struct{}{}:
	default: // it will
	}
}
