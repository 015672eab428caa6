package mail

import (
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"
)

// Step is where in the SMTP conversation a message failed.
type Step string

// Steps of a conversation.
const (
	StepAddress   Step = "address"
	StepConnect   Step = "connect"
	StepHello     Step = "hello"
	StepTLS       Step = "tls"
	StepLogin     Step = "login"
	StepSender    Step = "sender"
	StepRecipient Step = "recipient"
	StepData      Step = "data"
	StepVerdict   Step = "verdict" // everything was sent, the server's answer to it is missing or bad
)

// SendError says why a message was not delivered, as far as we know.
type SendError struct {
	Step      Step
	Retryable bool // the server said so (4xx), or it could not be talked to
	Uncertain bool // it may have been delivered: the connection broke after the last byte was sent
	Err       error
}

// Error names the step and what was known.
func (e *SendError) Error() string {
	verdict := "for good"
	switch {
	case e.Uncertain:
		verdict = "perhaps: it may have been delivered"
	case e.Retryable:
		verdict = "for now"
	}
	return fmt.Sprintf("smtp %s failed (%s): %v", e.Step, verdict, e.Err)
}

// Unwrap gives the cause: a *smtp.SMTPError if the server spoke.
func (e *SendError) Unwrap() error { return e.Err }

// IsRetryable tells whether sending the same message again may succeed and cannot deliver it twice.
func IsRetryable(err error) bool {
	e, ok := errors.AsType[*SendError](err)
	return ok && e.Retryable
}

// IsUncertain tells whether the message may have been delivered although its sending failed. A person
// decides then: sending again may deliver it twice, not sending may deliver it never.
func IsUncertain(err error) bool {
	e, ok := errors.AsType[*SendError](err)
	return ok && e.Uncertain
}

func failed(ctx context.Context, step Step, err error) *SendError {
	e := &SendError{Step: step, Err: err}
	reply, answered := errors.AsType[*smtp.SMTPError](err)
	switch {
	case answered:
		e.Retryable = reply.Temporary()
	case step == StepVerdict:
		e.Uncertain = true
	default: // nothing was delivered, and nobody has said no
		e.Retryable = true
	}
	if ctx.Err() != nil {
		e.Err = fmt.Errorf("%w (%w)", context.Cause(ctx), err)
	}
	return e
}
