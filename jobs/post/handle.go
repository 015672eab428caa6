package post

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/mail"
	"xushi/schema"
)

// try is one try to bring one letter on its way.
type try struct {
	*Post
	notes   notes
	message jetstream.Msg
	letter  schema.MailAddress
	log     *slog.Logger
}

// handle does with a letter what its note asks for.
func (p *Post) handle(ctx context.Context, n notes, m jetstream.Msg) {
	letter, ok := schema.ParseMailSubject(m.Subject())
	if !ok {
		p.log.Error("a message of the MAIL stream is no letter, and is left out", "subject", m.Subject())
		p.settle(p.log, m.TermWithReason("no letter"))
		return
	}
	t := try{p, n, m, letter, p.log.With("plan", letter.Plan, "period", letter.Period, "kind", letter.Kind, "recipient", letter.Recipient)}
	if !p.hold(m.Subject()) {
		p.settle(t.log, m.NakWithDelay(p.options.AckWait)) // this process is at it, and NATS did not hear so
		return
	}
	defer p.release(m.Subject())
	was, err := n.read(ctx, m.Subject())
	if err != nil {
		t.log.Warn("what became of the letter cannot be read; it is looked at again", "err", err)
		p.settle(t.log, m.NakWithDelay(p.options.FirstWait))
		return
	}
	switch left := t.mayBeAlive(was); {
	case was.State.Settled():
		t.close()
	case left > 0:
		p.settle(t.log, m.NakWithDelay(left))
	default:
		t.take(ctx, was)
	}
}

// mayBeAlive is how long to wait for a process that was handing the letter over: where only its line to NATS
// broke, it will soon say what came of it.
func (t try) mayBeAlive(was note) time.Duration {
	if was.State != schema.MailSending || was.Step != schema.MailData {
		return 0
	}
	return was.At.Add(2 * t.options.AckWait).Sub(t.options.Clock())
}

// take makes the letter this process's, if it is still as it was read, and sends it.
func (t try) take(ctx context.Context, was note) {
	e := t.event(taken, 0, nil)
	if t.isForgotten(was) {
		e = t.event(forgotten, 0, errForgotten)
	}
	d, _ := next(was.Delivery, e)
	if was.revision == 0 { // Queue's note will come too late, or never
		d.MessageID, d.Reason = saidOf(t.message.Headers())
	}
	now, err := t.notes.write(ctx, t.message.Subject(), was, d)
	switch {
	case errors.Is(err, errMoved) && was.revision == 0:
		t.settle(t.log, t.message.Nak()) // whoever queued it has only now noted that; it comes again at once
	case errors.Is(err, errMoved):
		return // another has it
	case err != nil:
		t.log.Warn("the letter cannot be taken up; it is looked at again", "err", err)
		t.settle(t.log, t.message.NakWithDelay(t.options.FirstWait))
	case now.State == schema.MailUncertain:
		t.log.Error("the letter may or may not have arrived; it is not sent again by itself", "err", now.Error)
		t.count(schema.MailUncertain, nil)
		t.close()
	default:
		t.conclude(ctx, now, t.converse(ctx, now))
	}
}

// memory is how long after it was queued a letter without a note is taken for one that nobody has tried: its note
// failed, or Queue's process died before it. What lies there for longer has lost its note, as when the bucket was lost
// and the consumer with it, and may have been sent: nobody is to get all the letters of years again.
const memory = 7 * 24 * time.Hour

var errForgotten = errors.New("it was queued long ago, and what became of it is not noted any more: it may have been sent")

func (t try) isForgotten(was note) bool {
	m, err := t.message.Metadata()
	return err == nil && was.revision == 0 && t.options.Clock().Sub(m.Timestamp) > memory
}

// converse sends the letter. A stop cuts the conversation while nothing of the letter has left.
func (t try) converse(ctx context.Context, now note) error {
	defer t.keepAlive()()
	talking, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	goOn := context.AfterFunc(ctx, func() { cut(errStopping) })
	defer goOn()
	begin := func() error {
		if !goOn() {
			return errStopping
		}
		d, _ := next(now.Delivery, t.event(begun, now.Tries, nil))
		_, err := t.notes.write(ctx, t.message.Subject(), now, d)
		return err
	}
	h := t.message.Headers()
	body, err := Body(h, t.message.Data())
	if err != nil {
		return &mail.SendError{Step: mail.StepAddress, Err: err}
	}
	return t.sender.Send(talking, h.Get(schema.MailFromHeader), h.Get(schema.MailRecipientHeader), body, begin)
}

var errStopping = errors.New("this process was stopped")

// conclude notes what the mail server said, and settles the letter's message accordingly.
func (t try) conclude(ctx context.Context, was note, err error) {
	e := t.judge(was, err)
	t.watchServer(err)
	ctx, cancel := lasting(ctx)
	defer cancel()
	now, rerr := t.notes.record(ctx, t.message.Subject(), e)
	t.tell(e, now.Delivery)
	switch {
	case rerr != nil:
		t.log.Error("what became of the letter could not be noted; the next process will find it as it was before", "state", now.State, "err", rerr)
	case now.State.Settled():
		t.close()
	case now.State == schema.MailQueued && errors.Is(err, errStopping):
		t.settle(t.log, t.message.Nak())
	case now.State == schema.MailQueued:
		t.settle(t.log, t.message.NakWithDelay(t.wait(now.Tries)))
	}
	// Otherwise another process has it.
}

// judge is what the outcome of a conversation means for the letter.
func (t try) judge(was note, err error) event {
	switch {
	case err == nil:
		return t.event(accepted, was.Tries, nil)
	case mail.IsUncertain(err):
		return t.event(lost, was.Tries, err)
	case !mail.IsRetryable(err):
		return t.event(refused, was.Tries, err)
	case t.options.Clock().Sub(was.Since) >= t.options.GiveUp && !errors.Is(err, errStopping):
		return t.event(refused, was.Tries, gaveUp(was, err))
	default:
		return t.event(deferred, was.Tries, err)
	}
}

func (t try) event(what what, tries int, why error) event {
	return event{what: what, by: t.options.By, try: tries, at: t.options.Clock().UTC(), why: why}
}

// close takes the letter's message off the list: there is nothing more to do for it.
func (t try) close() {
	t.poke()
	t.settle(t.log, t.message.Ack())
}

// wait doubles with every try.
func (t try) wait(tries int) time.Duration {
	return min(t.options.FirstWait<<min(tries-1, 20), t.options.MostWait)
}
